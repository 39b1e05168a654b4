import os
from pathlib import Path

import pytest

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.templating.compose import FOLDER
from mlscaffold.templating.render import move_into_place, refuse_occupied, render, sweep, to_toml, workshop

DEAD = 2**22 + 1  # above the largest process number of Linux


def test_undefined_variables_are_errors_and_copied_files_are_not_read(tmp_path: Path) -> None:
    tree = tmp_path / "t" / FOLDER
    tree.mkdir(parents=True)
    (tree / "ci.yml").write_text("${{ nothing }}")
    (tree / "a.txt").write_text("{{ toml(problem) }}")
    root = render(tmp_path / "t", tmp_path / "o", context={"name": "x", "problem": 'é "q"'}, copied=["ci.yml"])
    assert (root / "ci.yml").read_text() == "${{ nothing }}"
    assert (root / "a.txt").read_text("utf-8") == '"é \\"q\\""'
    with pytest.raises(ScaffoldError, match="unknown variable"):
        render(tmp_path / "t", tmp_path / "p", context={"name": "x"}, copied=["ci.yml"])


def test_killed_runs_are_swept_and_living_ones_are_left(tmp_path: Path) -> None:
    dead = tmp_path / f".a.mlscaffold-{DEAD}-0123abcd"
    living = tmp_path / f".b.mlscaffold-{os.getpid()}-0123abcd"
    other = tmp_path / ".c.mlscaffold-notes"
    for folder in (dead, living, other):
        (folder / "deep").mkdir(parents=True)
    assert sweep(tmp_path) == [dead]
    assert sorted(tmp_path.iterdir()) == [living, other]


def test_the_workshop_is_gone_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), workshop(tmp_path, "x") as folder:
        (folder / "half").write_text("")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="No space left"), workshop(tmp_path, "x"):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ScaffoldError, match="cannot write"), workshop(tmp_path, "x"):
        pass


def test_occupied_places_are_refused_and_empty_ones_used(tmp_path: Path) -> None:
    empty, file, full = tmp_path / "empty", tmp_path / "file", tmp_path / "full"
    (full / "x").mkdir(parents=True)
    empty.mkdir()
    file.write_text("")
    refuse_occupied(empty)
    refuse_occupied(tmp_path / "new")
    for place in (file, full):
        with pytest.raises(UsageError, match="exists"):
            refuse_occupied(place)
    with pytest.raises(UsageError, match="meanwhile"):
        move_into_place(empty, full)
    assert (full / "x").is_dir()


def test_lists_and_texts_are_written_as_toml() -> None:
    assert to_toml(["a", 'b"', "ü"]) == '["a", "b\\"", "ü"]'
