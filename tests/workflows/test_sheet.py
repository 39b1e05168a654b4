from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import Broken
from mlscaffold.model import State
from mlscaffold.reports import sheet as page
from mlscaffold.reports import sheet_docx
from mlscaffold.reports import text as words
from mlscaffold.workflows.advance import Refused
from mlscaffold.workflows.check import check_project
from mlscaffold.workflows.sheet import make_sheet, record_sheet
from tests.conftest import Sandbox

pytestmark = pytest.mark.story


class Form(HTMLParser):
    """What a browser would hand to the script of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.identity: dict[str, Any] = {}
        self.items: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        if tag == "form":
            self.identity = json.loads(named["data-identity"] or "")
        if tag == "fieldset":
            self.items.append(named["data-item"] or "")


def answered(sandbox: Sandbox, stage: str, **other: object) -> bytes:
    """The answers file that the form saves, filled in by Ada."""
    form = Form()
    form.feed(page.render(make_sheet(sandbox.open(), stage)))
    said = {"name": "Ada Byron", "role": "", "date": "2026-11-03", "answers": dict.fromkeys(form.items, "yes"), "remarks": {}}
    return json.dumps(form.identity | said | other).encode()


def filled_in(data: bytes, *, name: str = "Ada Byron", answer: str = "Yes", remark: str = "") -> bytes:
    """The Word form after a person wrote into it."""
    document = docx.Document(io.BytesIO(data))
    for table in document.tables:
        first = table.rows[0].cells[0].text
        for row in table.rows[1:]:
            if first == "Item":
                row.cells[2].text, row.cells[3].text = answer, remark
            if first == "Signature":
                row.cells[1].text = {"Name": name, "Role": "business analyst", "Date": "3 November 2026"}[row.cells[0].text]
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_the_html_form_is_one_file_that_sends_nothing(project: Sandbox) -> None:
    html = page.render(make_sheet(project.open(), "problem"))
    form = Form()
    form.feed(html)
    assert form.items == ["one-second", "task-not-job", "easiest-first"]
    assert form.identity["stage"] == "problem" and form.identity["evidence"]["docs/examples"].startswith("m1:")
    assert not [a for _, attrs in form.tags for a in attrs if a in ("src", "href", "action") or a.startswith("on")]
    script = html[html.rindex("<script>") + 8 : html.rindex("</script>")]
    policy = re.search(r"script-src 'sha256-([^']+)'", html)
    assert policy and policy[1] == __import__("base64").b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "fetch" not in script and "XMLHttpRequest" not in script
    labelled = [attrs.get("type") for tag, attrs in form.tags if tag == "input"]
    assert labelled.count("radio") == 6 and "date" in labelled


def test_returned_answers_sign_the_stage_and_say_who_brought_them(project: Sandbox) -> None:
    data = answered(project, "problem", remarks={"one-second": "with good light"})
    done = record_sheet(project.open(), data, "answers.json", transcribed_by="Tomas Vos")
    assert project.states()["problem"] is State.SIGNED
    assert (done.who, done.transcribed_by) == ("Ada Byron", "Tomas Vos")
    signed = project.read(done.signoff)
    assert 'transcribed_by = "Tomas Vos"' in signed and hashlib.sha256(data).hexdigest() in signed and "with good light" in signed
    assert (project.root / ".mlscaffold/sheets/01/01-problem.json").read_bytes() == data
    shown = words.status(check_project(project.open()), width=140)
    assert "on paper, transcribed by Tomas Vos" in shown


def test_a_word_form_comes_back_with_handwritten_answers(project: Sandbox) -> None:
    form = sheet_docx.render(make_sheet(project.open(), "problem"))
    done = record_sheet(project.open(), filled_in(form, remark="ja, but slowly"), "back.docx", transcribed_by="Tomas Vos")
    assert done.role == "business analyst" and done.sheet.endswith("01-problem.docx")
    assert project.states()["problem"] is State.SIGNED


def test_answers_typed_with_tracked_changes_count(project: Sandbox) -> None:
    form = sheet_docx.render(make_sheet(project.open(), "problem"))
    document = docx.Document(io.BytesIO(filled_in(form, answer="")))
    for table in document.tables:
        if table.rows[0].cells[0].text == "Item":
            for row in table.rows[1:]:
                paragraph = row.cells[2].paragraphs[0]._p
                inserted = docx.oxml.OxmlElement("w:ins")
                run, said = docx.oxml.OxmlElement("w:r"), docx.oxml.OxmlElement("w:t")
                said.text = "yes"
                run.append(said)
                inserted.append(run)
                paragraph.append(inserted)
    buffer = io.BytesIO()
    document.save(buffer)
    record_sheet(project.open(), buffer.getvalue(), "back.docx", transcribed_by="Tomas Vos")
    assert project.states()["problem"] is State.SIGNED


@pytest.mark.parametrize("kind", ["json", "docx"])
def test_evidence_that_moved_since_the_sheet_is_refused_by_name(project: Sandbox, kind: str) -> None:
    form = sheet_docx.render(make_sheet(project.open(), "problem"))
    data = filled_in(form) if kind == "docx" else answered(project, "problem")
    project.replace("acceptance.toml", "min = 0.85", "min = 0.84")
    with pytest.raises(Refused, match=r"moved since the sheet.*acceptance\.toml#metric"):
        record_sheet(project.open(), data, f"back.{kind}", transcribed_by="Tomas Vos")
    assert not (project.root / ".mlscaffold/sheets").exists()
    assert not (project.root / ".mlscaffold/signoffs").exists()


def test_a_no_is_told_with_its_remark_and_nothing_is_recorded(project: Sandbox) -> None:
    form = Form()
    form.feed(page.render(make_sheet(project.open(), "problem")))
    said = dict.fromkeys(form.items, "yes") | {"task-not-job": "no"}
    data = answered(project, "problem", answers=said, remarks={"task-not-job": "it replaces the night shift"})
    with pytest.raises(Refused, match=r"Ada Byron answered no: .*the night shift"):
        record_sheet(project.open(), data, "answers.json", transcribed_by="Tomas Vos")
    assert not (project.root / ".mlscaffold/sheets/01/01-problem.json").exists()


@pytest.mark.parametrize(
    ("other", "words_of_it"),
    [
        ({"project": "another"}, "of the project another"),
        ({"round": 2}, "of round 2; the project is in round 1"),
        ({"name": "Mallory"}, "Mallory is not in the team"),
        ({"name": ""}, "no name stands on it"),
        ({"date": ""}, "has no date"),
        ({"date": "2199-01-01"}, "still to come"),
        ({"answers": {}}, "did not answer"),
        ({"answers": {"one-second": "perhaps"}}, "yes or no is wanted"),
        ({"mlscaffold_sheet": 2}, "schema 2"),
    ],
)
def test_what_is_no_sheet_of_this_stage_is_refused(project: Sandbox, other: dict[str, object], words_of_it: str) -> None:
    with pytest.raises(ScaffoldError, match=words_of_it):
        record_sheet(project.open(), answered(project, "problem", **other), "answers.json", transcribed_by="Tomas Vos")
    assert project.states()["problem"] is not State.SIGNED


@pytest.mark.parametrize("data", [b"<!doctype html><html>", b"{}", b"PK\x03\x04broken", b"", b"\xff\xfe"])
def test_other_files_are_told_apart(project: Sandbox, data: bytes) -> None:
    with pytest.raises(Broken):
        record_sheet(project.open(), data, "back", transcribed_by="Tomas Vos")


def test_a_stage_that_is_not_proved_has_no_sheet(project: Sandbox) -> None:
    project.write({"acceptance.toml": "[metric"})
    if not any(f.check.startswith("problem.") for f in check_project(project.open()).findings):
        pytest.skip("no checks of stage 1 here")
    with pytest.raises(Refused, match="not proved yet"):
        make_sheet(project.open(), "problem")


def test_later_stages_show_their_numbers(project: Sandbox) -> None:
    project.sign("problem", "research", "collection", "preparation", "model", "training")
    html = page.render(make_sheet(project.open(), "evaluation"))
    assert "accuracy on test" in html.replace("≥", "") or "accuracy" in html
    assert "0.940" in html


def test_the_command_writes_and_records(
    project: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlscaffold.cli.sheets import record, write

    monkeypatch.chdir(project.root)
    write("1", format_="docx", output=Path("form.docx"))
    back = project.root / "form.docx"
    back.write_bytes(filled_in(back.read_bytes()))
    record(back, "Tomas Vos", others=[])
    said = capsys.readouterr().out
    assert "Signed on paper by Ada Byron, business analyst; transcribed by Tomas Vos" in said
    assert "Stage 2, research" in said


@pytest.mark.parametrize("name", ["ada byron", "Ada\u00a0Byron", " Ada  Byron ", "ADA BYRON"])
def test_a_name_is_recorded_as_the_team_spells_it(project: Sandbox, name: str) -> None:
    done = record_sheet(project.open(), answered(project, "problem", name=name, role="Business Analyst"), "a.json")
    assert (done.who, done.role) == ("Ada Byron", "business analyst")


def test_a_stranger_on_a_sheet_is_not_told_to_use_another_option(project: Sandbox) -> None:
    with pytest.raises(Refused) as error:
        record_sheet(project.open(), answered(project, "problem", name="Nobody Known"), "a.json")
    assert "--as" not in error.value.hint


def test_it_is_tomorrow_elsewhere(project: Sandbox) -> None:
    def sign(days: int) -> str:
        day = (date.today() + timedelta(days=days)).isoformat()
        return record_sheet(project.open(), answered(project, "problem", date=day), "a.json").signoff

    with pytest.raises(Refused, match="still to come"):
        sign(2)
    with pytest.raises(Refused, match="no date"):
        record_sheet(project.open(), answered(project, "problem", date="soon"), "a.json")
    assert sign(1)
