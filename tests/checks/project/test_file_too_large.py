from __future__ import annotations

from mlscaffold.checks.project.file_too_large import file_too_large
from mlscaffold.project import open_project
from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK = "project.file-too-large"


def test_small_files_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_tracked_passes(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


def test_a_model_in_git(project: Sandbox) -> None:
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + '\n[checks."project.file-too-large"]\nmegabytes = 2\n'})
    project.write({"weights/best.ckpt": bytes(3_000_000), "runs/x/best.ckpt": bytes(3_000_000)})
    assert project.check(CHECK) == []
    project.git("add", "weights", "mlscaffold.toml")
    said(project.check(CHECK), "fail", "1 tracked file above 2 MB: weights/best.ckpt (3 MB)", "git rm --cached weights/best.ckpt")
    project.write({"weights/best.ckpt": b"small"})
    assert [f.status for f in file_too_large(open_project(project.root, staged=True))] == ["fail"]


def test_a_model_in_parts(project: Sandbox) -> None:
    project.write({f"weights/part-{k}.bin": bytes([k]) * 15_000_000 for k in range(4)})
    project.git("add", "weights/part-0.bin", "weights/part-1.bin", "weights/part-2.bin")
    assert project.check(CHECK) == []
    project.git("add", "weights")
    said(project.check(CHECK), "warn", "4 tracked files above 10 MB, 60 MB together", "weights/part-")
