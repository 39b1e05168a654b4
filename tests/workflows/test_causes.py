"""Mistakes are given to a person to be sorted by cause, and what comes back is counted."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import Broken
from mlscaffold.reports.causes import Sorted
from mlscaffold.reports.causes.md import render
from mlscaffold.reports.judging import Form, xlsx
from mlscaffold.workflows.apply import receive
from mlscaffold.workflows.causes import make_sheet, sort_mistakes
from tests.checks.stories import FIRST, SECOND
from tests.conftest import Sandbox
from tests.finished import rows_of


def answered(form: Form, *said: str, rest: str = "blurry") -> bytes:
    """A returned CSV: causes of the first mistakes as told, of the others alike."""
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(["sheet", "item", "decision", "remark"])
    for place, item in enumerate(form.asked.items):
        writer.writerow([form.asked.digest, item.id, said[place] if place < len(said) else rest, ""])
    return content.getvalue().encode()


def take(project: Sandbox, form: Form, *said: str, by: str = "Grace Hopper", rest: str = "blurry") -> Sorted:
    opened = project.open()
    return sort_mistakes(opened, receive(opened, answered(form, *said, rest=rest), "answers.csv", by=by))


def spoil(project: Sandbox, *, wrong: int = 12, table: str = f"{SECOND}/eyeball.csv") -> None:
    """Let the model get `wrong` of the 30 eyeball pictures wrong."""
    turn = {"daisy": "rose", "rose": "tulip", "tulip": "daisy"}

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [{**r, "prediction": turn[r["label"]] if i < wrong else r["label"]} for i, r in enumerate(rows)]

    project.edit_csv(table, change)


def test_mistakes_of_the_model_on_eyeball_with_what_it_said(project: Sandbox) -> None:
    spoil(project)
    form = make_sheet(project.open(), named=["Blurry", "wrong label", "blurry", "at the  edge"])
    wrong = {
        r["path"]: r for r in rows_of((project.root / f"{SECOND}/eyeball.csv").read_bytes()) if r["label"] != r["prediction"]
    }

    assert form.several
    assert form.asked.options == ("Blurry", "at the edge", "wrong label", "unsure")
    assert {i.predicted for i in form.asked.items} == wrong.keys()
    assert all(
        (i.label, i.prediction) == (wrong[i.predicted]["label"], wrong[i.predicted]["prediction"]) for i in form.asked.items
    )
    assert all(i.path.startswith("data/raw/belt/") and i.digest and 0 < i.confidence <= 1 for i in form.asked.items)
    assert (form.asked.population, form.asked.of) == (12, f"{SECOND}/eyeball.csv")
    assert [i.predicted for i in form.asked.items] != sorted(wrong), (
        "drawn at random, so that whoever stops early has a fair share"
    )


def test_without_eyeball_it_is_validation_and_never_test(project: Sandbox) -> None:
    project.remove(f"{SECOND}/eyeball.csv")
    form = make_sheet(project.open())

    assert form.asked.of.endswith("/validation.csv")
    assert {i.predicted.split("/")[0] for i in form.asked.items} == {"validation"}


def test_a_table_says_what_each_cause_costs_at_most(project: Sandbox) -> None:
    spoil(project)
    done = take(
        project, make_sheet(project.open()), "blurry; wrong label", "Wrong Label", "unsure", "", "at the edge", rest="Blurry;"
    )

    assert [(c.name, c.count) for c in done.causes] == [("blurry", 8), ("wrong label", 2), ("at the edge", 1), ("unsure", 1)]
    assert (done.n, done.wrong, len(done.looked), done.open) == (30, 12, 11, 1)
    assert done.causes[0].gain == pytest.approx(8 / 11 * 12 / 30)
    assert done.causes[0].interval.low < 8 / 11 < done.causes[0].interval.high
    assert done.causes[-1].gain == 0
    told = json.loads(project.read(f"{done.folder}/causes.json"))
    assert (told["n"], told["mistakes"], told["looked"], told["by"]) == (30, 12, 11, "Grace Hopper")
    assert told["causes"][0] | {"low": 0, "high": 0} == {
        "cause": "blurry",
        "count": 8,
        "share": 0.727273,
        "low": 0,
        "high": 0,
        "gain": 0.290909,
    }
    assert {r["causes"] for r in rows_of((project.root / f"{done.folder}/mistakes.csv").read_bytes())} >= {
        "blurry; wrong label",
        "wrong label",
        "unsure",
    }
    assert done.labels is not None and "wrong labels explain 18% of the mistakes" in done.labels.text
    assert project.read(f"{done.folder}/wrong-labels.txt").count("belt/") == 2


def test_the_paragraph_holds_for_the_document(project: Sandbox) -> None:
    spoil(project, table=f"{FIRST}/eyeball.csv")
    spoil(project)
    done = take(project, make_sheet(project.open()), "blurry; wrong label", rest="blurry | odd")
    text = render(done)

    assert "Of the 30 eyeball pictures 12 are answered wrongly (40.0%); Grace Hopper looked at all of these mistakes." in text
    assert "| blurry \\| odd | 11 | 92% (65% to 99%) | 0.367 |" in text
    assert project.read(f"{done.folder}/report.md") == text
    project.write(
        {
            "docs/07-evaluation.md": f"# Evaluation\n\n## Results\n\nAccuracy 0.86.\n\n## Failure cases\n\n{text}\n\n## Remedies\n\nA tripod.\n"
        }
    )
    for check in ("causes-differ", "failure-cases-missing", "document-number-differs", "threshold-compared"):
        assert project.check(f"evaluation.{check}") == []


def test_causes_that_were_used_before_are_offered_again(project: Sandbox) -> None:
    spoil(project)
    take(project, make_sheet(project.open()), "at the edge", "odd", rest="blurry")
    again = make_sheet(project.open(), named=["new"], seed=1)

    assert again.asked.options == ("new", "blurry", "at the edge", "odd", "wrong label", "unsure")


def test_a_second_person_is_compared_cause_by_cause(project: Sandbox) -> None:
    spoil(project)
    form = make_sheet(project.open())
    take(project, form, "edge", "edge", "blurry; edge", rest="blurry")
    second = take(project, form, "edge", "blurry", "blurry; edge", rest="blurry", by="Lin Lan")

    ((who, n, pairs),) = second.agreement
    assert (who, n, [name for name, _ in pairs]) == ("Grace Hopper", 12, ["blurry", "edge"])
    assert dict(pairs)["edge"] == pytest.approx(0.75)
    assert "Cohen's kappa with Grace Hopper on 12 mistakes: blurry 0.62, edge 0.75." in render(second)
    assert len(list((project.root / "reports/evaluation/causes").iterdir())) == 2
    with pytest.raises(ScaffoldError, match="Lin Lan has answered this sheet already"):
        take(project, form, by="Lin Lan")


def test_the_workbook_has_a_column_for_each_cause(project: Sandbox) -> None:
    spoil(project)
    form = make_sheet(project.open(), named=["blurry", "edge"])
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(form, picture=lambda path: b"")))
    sheet = book["Sheet"]
    columns = {str(cell.value): get_column_letter(place) for place, cell in enumerate(sheet[1], start=1)}
    assert list(columns)[2:9] == [
        "label",
        "prediction",
        "confidence",
        "cause: blurry",
        "cause: edge",
        "cause: wrong label",
        "cause: cannot be told",
    ]
    for line in range(2, 14):
        sheet[f"{columns['cause: blurry']}{line}"] = "x" if line % 2 else "no"
        sheet[f"{columns['cause: edge']}{line}"] = 1 if line == 2 else None
    sheet[f"{columns['cause: cannot be told']}3"] = "x"
    sheet[f"{columns['cause: cannot be told']}6"] = "x"
    sheet[f"{columns['decision']}4"] = "a bee; two bees"
    content = io.BytesIO()
    book.save(content)
    opened = project.open()
    done = sort_mistakes(opened, receive(opened, content.getvalue(), "answers.xlsx", by="Grace Hopper"))

    assert {c.name: c.count for c in done.causes} == {"blurry": 6, "edge": 1, "a bee": 1, "two bees": 1, "unsure": 1}


def test_mistakes_that_are_none_any_more_are_left_out(project: Sandbox) -> None:
    spoil(project)
    form = make_sheet(project.open())
    spoil(project, wrong=5)
    done = take(project, form)
    assert (len(done.looked), len(done.outdated), done.wrong) == (5, 7, 5)
    spoil(project, wrong=0)
    with pytest.raises(ScaffoldError, match="has none of these mistakes any more"):
        take(project, form, by="Lin Lan")
    with pytest.raises(ScaffoldError, match="The model makes no mistake on the 30 pictures"):
        make_sheet(project.open())


def test_what_is_no_answer_writes_nothing(project: Sandbox) -> None:
    spoil(project)
    form = make_sheet(project.open())
    with pytest.raises(ScaffoldError, match="No cause was ticked"):
        take(project, form, rest=" ; ")
    with pytest.raises(UsageError, match='" =" names no cause'):
        make_sheet(project.open(), named=[" ="])
    with pytest.raises(Broken, match="'777', which the sheet has not"):
        opened = project.open()
        receive(opened, answered(form).replace(b",001,", b",777,"), "answers.csv", by="Grace Hopper")
    assert not (project.root / "reports/evaluation/causes").exists()
    assert sorted(p.name for p in (project.root / form.asked.path).parent.iterdir()) == ["sheet.json"]
