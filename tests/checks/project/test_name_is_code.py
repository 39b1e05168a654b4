from __future__ import annotations

import pytest

from tests.checks.stories import said
from tests.conftest import Sandbox
from tests.finished import CLASSES

CHECK, SCHEMA = "project.name-is-code", "data/schema.toml"
FILE = "data/raw/belt/rose/annotations.csv"


def test_plain_names_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_collected_has_no_names(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("<script>alert(1)</script>", "a tag of HTML"),
        ("rose<img src=x onerror=alert(1)>", "a tag of HTML"),
        ("=HYPERLINK('http://x.example')", "a formula"),
        ("@SUM(1+1)", "a formula"),
        ("-2+3+cmd|' /C calc'!A0", "a formula"),
        ("javascript:alert(1)", "a link that runs a script"),
        ("{{ config }}", "a placeholder"),
        ("$(reboot)", "a placeholder"),
    ],
)
def test_a_class_that_is_code(project: Sandbox, name: str, kind: str) -> None:
    project.replace(SCHEMA, f'"{CLASSES[0]}"', f'"{name}"')
    said(project.check(CHECK), "warn", "1 name with characters that are code", "shown escaped", f'"{name}" ({kind}', SCHEMA)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("\x1b[31mred", "\\x1b[31mred"), ("two\nlines", "two\\nlines"), ("gpj\u202efdp", "gpj\\u202efdp"), ("\x9b2J", "\\x9b2J")],
)
def test_signs_that_a_terminal_obeys_are_spelt_out(project: Sandbox, name: str, shown: str) -> None:
    project.write({f"data/field/{name}.png": b"x"})
    found = said(project.check(CHECK), "warn", shown)
    assert name not in found.message


def test_labels_and_file_names(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [rows[0] | {"label": "<b>rose</b>"}, rows[1] | {"path": "=now(1).png"}, *rows[2:]])
    said(project.check(CHECK), "warn", "2 names", '"<b>rose<', '"=now(1).png" (a formula)', f"{FILE}:2", f"{FILE}:3")


@pytest.mark.parametrize(
    "name",
    [
        "-1",
        "+1",
        "+",
        "@home",
        "=",
        "a < b",
        "R&D",
        "50 % off!",
        "$5",
        "rose (1)",
        "img[1](2)",
        "№ 7; #8",
        "玫瑰🌹",
        "Größe 3,5",
        "o'clock",
        "-foo (1)",
    ],
)
def test_names_that_only_look_odd(project: Sandbox, name: str) -> None:
    project.replace(SCHEMA, f'"{CLASSES[0]}"', f'"{name}"')
    project.write({f"data/field/{name}.png": b"x"})
    assert project.check(CHECK) == []
