"""The data of today beside those of a commit."""

from __future__ import annotations

import json as python_json

import pytest

from mlscaffold.errors import UsageError
from mlscaffold.reports.diff import html, json, md, text
from mlscaffold.reports.diff.content import DataDiff
from mlscaffold.workflows.data_diff import data_diff, picture_of
from mlscaffold.workflows.record_tests import record_tests
from tests.conftest import Sandbox
from tests.finished import rows_of
from tests.named_set import NIGHT, night

DAISY, SPLITS = "data/raw/belt/daisy/annotations.csv", "data/splits/belt.csv"


def relabel(project: Sandbox, *names: str) -> None:
    """Somebody says that these daisies are roses."""
    project.edit_csv(DAISY, lambda rows: [{**r, "label": "rose" if r["path"] in names else r["label"]} for r in rows])


def first(project: Sandbox, split: str, count: int = 1) -> list[str]:
    """Names of the first daisies of a split."""
    rows = rows_of((project.root / SPLITS).read_bytes())
    return [r["path"].rsplit("/", 1)[1] for r in rows if r["split"] == split and "/daisy/" in r["path"]][:count]


def rename(project: Sandbox, path: str, *, old: str, new: str) -> None:
    """Another name in a table."""
    project.edit_csv(path, lambda rows: [{**r, "path": r["path"].replace(old, new)} for r in rows])


def test_nothing_moved(project: Sandbox) -> None:
    found = data_diff(project.open())

    assert found.empty
    assert "nothing moved" in text.render(found)


def test_labels_from_class_to_class_in_each_split(project: Sandbox) -> None:
    relabel(project, *first(project, "train", 2), *first(project, "test"))
    found = data_diff(project.open())

    assert found.turns == {"train": {("daisy", "rose"): 2}, "test": {("daisy", "rose"): 1}}
    assert found.test_touched
    told = text.render(found)
    assert "3 relabelled" in told
    assert "daisy  →  rose  2" in told
    assert "The test set is not what it was" in told
    assert '"count": 2' in json.render(found)
    assert "| train | daisy | rose | 2 |" in md.render(found)


def test_another_test_set_is_named(project: Sandbox) -> None:
    project.edit_csv(
        "data/splits/belt.csv", lambda rows: [{**r, "split": "test-night"} if i == 300 else r for i, r in enumerate(rows)]
    )
    found = data_diff(project.open())
    assert found.tests_touched == ("test", "test-night")
    assert "test and test-night are not what they were: evaluate the released model on them anew" in text.render(found)


def test_the_page_shows_the_pictures(project: Sandbox) -> None:
    relabel(project, *first(project, "train"))
    opened = project.open()
    page = html.render(data_diff(opened), picture=lambda path: picture_of(opened, path))

    assert "data:image/jpeg;base64," in page
    assert "daisy → <b>rose</b>" in page
    assert "<script" not in page


def test_where_reports_may_hold_no_pictures_the_page_has_none(project: Sandbox) -> None:
    relabel(project, *first(project, "train"))
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml").replace('pictures = "embed"', 'pictures = "none"')})
    opened = project.open()
    if opened.settings.pictures == "embed":
        project.write({"mlscaffold.toml": 'pictures = "none"\n' + project.read("mlscaffold.toml")})
        opened = project.open()

    assert "data:image" not in html.render(data_diff(opened), picture=lambda path: picture_of(opened, path))


def test_a_renamed_file_is_not_gone_and_new(project: Sandbox) -> None:
    old = first(project, "train")[0]
    for path in (DAISY, SPLITS, "data/manifest/belt.csv"):
        prefix = "" if path == DAISY else "belt/daisy/"
        rename(project, path, old=f"{prefix}{old}", new=f"{prefix}new-{old}")
    found = data_diff(project.open())

    assert [(r.before, r.after) for r in found.renamed] == [(f"belt/daisy/{old}", f"belt/daisy/new-{old}")]
    assert not found.added and not found.removed and not found.moved


def test_what_went_what_moved_and_what_has_other_bytes(project: Sandbox) -> None:
    gone, moved, other = first(project, "train", 3)
    project.edit_csv(DAISY, lambda rows: [r for r in rows if r["path"] != gone])
    project.edit_csv(SPLITS, lambda rows: [{**r, "split": "test"} if r["path"].endswith(f"daisy/{moved}") else r for r in rows])
    project.edit_csv(
        "data/manifest/belt.csv",
        lambda rows: [{**r, "digest": "0" * 64} if r["path"].endswith(f"daisy/{other}") else r for r in rows],
    )
    found = data_diff(project.open())

    assert found.headline == "1 gone, 1 in another split, 1 with other bytes"
    assert [(r.before, r.after) for r in found.moved] == [("train", "test")]
    assert found.test_touched
    assert "raw pictures are never changed in place" in text.render(found)


def test_a_label_that_is_code_is_shown_as_text(project: Sandbox) -> None:
    name = first(project, "train")[0]
    project.edit_csv(DAISY, lambda rows: [{**r, "label": "<script>|\x1b[31m" if r["path"] == name else r["label"]} for r in rows])
    found: DataDiff = data_diff(project.open())

    assert "\x1b" not in text.render(found)
    assert "&lt;script&gt;\\|" in md.render(found)
    assert "<script" not in html.render(found, picture=lambda path: "")


def test_an_unknown_revision_is_named(project: Sandbox) -> None:
    with pytest.raises(UsageError, match='"yesterday" is no commit'):
        data_diff(project.open(), "yesterday")


def test_another_version_of_a_test_set_is_named(project: Sandbox) -> None:
    night(project)
    project.commit("night")
    project.edit_csv("data/splits/phone.csv", lambda rows: rows[:-2])
    record_tests(project.root, how={NIGHT: "extended"}, who="Ada Byron")
    found = data_diff(project.open())

    assert found.headline == "1 test set with another version" and found.test_touched and not found.empty
    (told,) = found.tests
    assert told.startswith("test-night: version 1 (30 pictures), now version 2 (28 pictures, extended on 20")
    assert told in text.render(found) and told in html.render(found, picture=lambda path: "")
    assert f"> - {told}" in md.render(found)
    assert python_json.loads(json.render(found))["tests"] == [told]


def test_a_first_version_is_told_too(project: Sandbox) -> None:
    night(project)
    assert [told.split(",")[0] for told in data_diff(project.open()).tests] == ["test: no version", "test-night: no version"]
