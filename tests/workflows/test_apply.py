"""A sheet comes back: what it says is kept, judged and, where it decides labels, written."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import Broken
from mlscaffold.reports.judging import Form, xlsx
from mlscaffold.workflows.apply import Applied, apply, receive
from mlscaffold.workflows.judging import make_form
from tests.conftest import Sandbox
from tests.finished import rows_of


def answered(form: Form, *said: str, rest: str = "right") -> bytes:
    """A returned CSV: the first items as told, the others alike."""
    lines = ["sheet,item,decision,remark"]
    for i, item in enumerate(form.asked.items):
        lines.append(f"{form.asked.digest},{item.id},{said[i] if i < len(said) else rest},")
    return ("\n".join(lines) + "\n").encode()


def other(form: Form, place: int) -> str:
    """A class that the item at this place is not labelled with."""
    return next(o for o in form.asked.options if o not in ("right", "unsure", form.asked.items[place].label))


def take(
    project: Sandbox, form: Form, *said: str, by: str = "Grace Hopper", rest: str = "right", correct: bool = False
) -> Applied:
    opened = project.open()
    return apply(opened, receive(opened, answered(form, *said, rest=rest), "answers.csv", by=by), correct=correct)


def test_a_spot_check_says_how_many_labels_are_wrong_and_what_that_means(project: Sandbox) -> None:
    form = make_form(project.open(), "spot-check", count=50)
    done = take(project, form, other(form, 0), other(form, 1), "unsure", "")

    assert (len(done.judged), done.unsure, done.open) == (48, 1, 1)
    assert done.share == pytest.approx(2 / 48)
    assert "2 of 48 labels are wrong: 4.2% (0.5% to 14.3%)" in done.verdict
    assert "of the mistakes" in done.verdict
    assert sum(count for _, count in done.pairs) == 2
    result = json.loads(project.read(done.written[-1]))
    assert (result["by"], result["n"], result["sheet"]) == ("Grace Hopper", 48, form.asked.digest)
    assert project.git("status", "--porcelain", "data") == ""


def test_wrong_labels_are_written_only_when_asked(project: Sandbox) -> None:
    form = make_form(project.open(), "spot-check", count=10)
    wanted, item = other(form, 0), form.asked.items[0]
    done = take(project, form, wanted, correct=True)
    folder, name = item.path.rsplit("/", 1)

    assert done.relabelled == (item.path,)
    assert {r["path"]: r["label"] for r in rows_of((project.root / folder / "annotations.csv").read_bytes())}[name] == wanted
    assert len(project.git("diff", "--numstat", "--", "data").splitlines()) == 1


def test_relabelling_leaves_what_changed_in_the_meantime(project: Sandbox) -> None:
    form = make_form(project.open(), "relabel", paths=["belt/daisy/img0001.png", "belt/daisy/img0004.png"])
    project.edit_csv(
        "data/raw/belt/daisy/annotations.csv",
        lambda rows: [{**r, "label": "tulip"} if r["path"] == "img0001.png" else r for r in rows],
    )
    done = take(project, form, "rose", "rose")

    assert done.outdated == ("data/raw/belt/daisy/img0001.png",)
    assert done.relabelled == ("data/raw/belt/daisy/img0004.png",)
    assert "tulip" in project.read("data/raw/belt/daisy/annotations.csv")


def test_what_a_person_reaches(project: Sandbox) -> None:
    form = make_form(project.open(), "human-level", count=20)
    truth = [item.label for item in form.asked.items]
    done = take(project, form, *truth[:-1], other(form, 19))

    assert done.share == pytest.approx(0.95)
    assert "a person reaches 0.950 (0.751 to 0.999, n = 20); the model reaches" in done.verdict


def test_two_people_on_one_sheet_are_compared_and_one_answers_once(project: Sandbox) -> None:
    form = make_form(project.open(), "human-level", count=20)
    truth = [item.label for item in form.asked.items]
    take(project, form, *truth)
    second = take(project, form, other(form, 0), *truth[1:], by="Lin Lan")

    ((who, n, value),) = second.agreement
    assert (who, n) == ("Grace Hopper", 20)
    assert value is not None and 0.8 < value < 1
    with pytest.raises(ScaffoldError, match="Lin Lan has answered this sheet already"):
        take(project, form, *truth, by="Lin Lan")


def test_the_review_queue_becomes_a_list_to_import(project: Sandbox) -> None:
    project.write({f"data/review/{i}.png": (project.root / f"data/raw/belt/daisy/img000{i}.png").read_bytes() for i in (1, 4)})
    form = make_form(project.open(), "review")
    take(project, form, "daisy", "unsure")

    assert project.read("data/review/labels.csv") == "path,label\n1.png,daisy\n"


def test_the_workbook_comes_back_too(project: Sandbox) -> None:
    form = make_form(project.open(), "spot-check", count=6)
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(form, picture=lambda path: b"")))
    sheet = book["Sheet"]
    for line in range(2, 8):
        sheet[f"D{line}"] = other(form, 0) if line == 2 else "right"
    content = io.BytesIO()
    book.save(content)
    opened = project.open()
    done = apply(opened, receive(opened, content.getvalue(), "answers.xlsx", by="Grace Hopper"))

    assert "1 of 6 labels are wrong" in done.verdict
    assert done.written[-2].endswith(".xlsx")


@pytest.mark.parametrize(
    ("damage", "words"),
    [(lambda text: "<!doctype html>" + text, "is the form itself"), (lambda text: text.replace("right", "rihgt"), "decides 'rihgt'"),
     (lambda text: text.replace(",001,", ",xyz,"), "item 'xyz', which the sheet has not"), (lambda text: text.replace(",002,", ",001,"), "twice"),
     (lambda text: text.replace("item", "thing"), "item"), (lambda text: "sheet,item,decision\n", "names no sheet"), (lambda text: "PK\x03\x04" + text, "workbook")],
)  # fmt: skip
def test_what_is_no_answer_is_refused_and_nothing_is_kept(project: Sandbox, damage, words: str) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    form = make_form(project.open(), "spot-check", count=4)
    with pytest.raises(Broken, match=words):
        receive(project.open(), damage(answered(form).decode()).encode(), "answers.csv", by="Grace Hopper")
    assert sorted(p.name for p in (project.root / form.asked.path).parent.iterdir()) == ["sheet.json"]


def test_a_sheet_of_another_project_is_not_known(project: Sandbox) -> None:
    form = make_form(project.open(), "spot-check", count=4)
    project.remove(form.asked.path)
    with pytest.raises(ScaffoldError, match="No sheet of this project"):
        take(project, form)


def test_a_broken_record_of_another_person_is_named(project: Sandbox) -> None:
    form = make_form(project.open(), "human-level", count=5)
    truth = [item.label for item in form.asked.items]
    first = take(project, form, *truth)
    project.write({first.written[-1]: '{"by": "Grace'})
    with pytest.raises(Broken, match="result-grace-hopper"):
        take(project, form, *truth, by="Lin Lan")
