from __future__ import annotations

import pytest

from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK, ROSES = "collection.path-leaves-project", "data/raw/belt/rose/annotations.csv"


def test_paths_inside_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there_leads_nowhere(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


@pytest.mark.parametrize("path", ["../../../../.ssh/id_rsa", "/etc/passwd", "C:\\secret.png", "..\\..\\x.png", "~/x.png"])
def test_a_row_that_leads_out(project: Sandbox, path: str) -> None:
    project.replace(ROSES, "img0002.png,", f"{path},")
    said(project.check(CHECK), "fail", "1 row names a path outside the project, which was not read", f"{ROSES}:2")


@pytest.mark.parametrize(
    ("file", "old"),
    [
        ("data/manifest/belt.csv", "belt/rose/img0002.png"),
        ("data/splits/belt.csv", "belt/rose/img0002.png"),
        ("data/processed/train/annotations.csv", ",belt/rose/img0002.png"),
    ],
)  # fmt: skip
def test_every_table_is_looked_at(project: Sandbox, file: str, old: str) -> None:
    project.replace(file, old, f"{old[:1] if old[0] == ',' else ''}../../../x.png")
    said(project.check(CHECK), "fail", file)


def test_a_link_that_leads_out(project: Sandbox) -> None:
    secret = project.root.parent / "secret.png"
    secret.write_bytes(b"secret")
    (project.root / "data/raw/belt/rose/img9999.png").symlink_to(secret)
    said(project.check(CHECK), "fail", "1 link leads out of the project", "data/raw/belt/rose/img9999.png")


def test_names_that_only_look_odd(project: Sandbox) -> None:
    project.write({ROSES: project.read(ROSES) + "rose..final (1) #50% 🌹.png,rose\n"})
    assert project.check(CHECK) == []
