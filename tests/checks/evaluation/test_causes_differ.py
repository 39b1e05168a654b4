from __future__ import annotations

import csv
import io
import json

from mlscaffold.model import Status
from mlscaffold.workflows.apply import receive
from mlscaffold.workflows.causes import make_sheet, sort_mistakes
from tests.checks.stories import FIRST, SECOND, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.causes-differ"


def sort(project: Sandbox) -> str:
    """Sort the mistakes of the finished project by cause; the folder of the table."""
    opened = project.open()
    form = make_sheet(opened)
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(["sheet", "item", "decision"])
    for place, item in enumerate(form.asked.items):
        writer.writerow([form.asked.digest, item.id, "closed; at the edge" if place == 0 else "closed"])
    return sort_mistakes(opened, receive(opened, content.getvalue().encode(), "answers.csv", by="Grace Hopper")).folder


def test_nothing_to_prove_without_a_table(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_table_of_the_chosen_model(project: Sandbox) -> None:
    sort(project)
    passes(project, CHECK)


def test_a_table_of_another_model(project: Sandbox) -> None:
    folder = sort(project)
    project.edit_json(f"{folder}/causes.json", lambda told: told.update(checkpoint="ab" * 32))
    says(project, CHECK, "counted from mistakes of checkpoint abababababab; chosen is ", status=Status.WARN)


def test_an_old_table_beside_a_new_one_is_history(project: Sandbox) -> None:
    folder = sort(project)
    old = f"{folder.rsplit('/', 1)[0]}/0ld-grace-hopper"
    for name in ("causes.json", "mistakes.csv"):
        project.copy(f"{folder}/{name}", f"{old}/{name}")
    project.edit_json(f"{old}/causes.json", lambda told: told.update(checkpoint="ab" * 32, n=1))
    passes(project, CHECK)


def test_rows_that_the_model_answered_rightly(project: Sandbox) -> None:
    folder = sort(project)
    right = next(r for r in csv.DictReader(io.StringIO(project.read(f"{SECOND}/eyeball.csv"))) if r["label"] == r["prediction"])
    project.edit_csv(f"{folder}/mistakes.csv", lambda rows: [{**rows[0], "path": right["path"]}, *rows[1:]])
    found = says(project, CHECK, "rows are no mistakes of", f"{SECOND}/eyeball.csv", right["path"])
    assert (found.evidence[0].path, found.evidence[0].line) == (f"{folder}/mistakes.csv", 2)


def test_mistakes_of_test(project: Sandbox) -> None:
    folder = sort(project)
    project.edit_json(f"{folder}/causes.json", lambda told: told.update(of=f"{FIRST}/predictions.csv"))
    says(project, CHECK, f"were taken from {FIRST}/predictions.csv; eyeball.csv or validation.csv of checkpoint")


def test_counts_that_the_rows_do_not_give(project: Sandbox) -> None:
    folder = sort(project)
    path = f"{folder}/causes.json"
    sound = project.read(path)
    looked = json.loads(sound)["looked"]

    project.edit_json(path, lambda told: told["causes"][0].update(count=9))
    says(project, CHECK, f'"closed" is said of 9 mistakes; {folder}/mistakes.csv gives {looked}')
    project.write({path: sound})
    project.edit_json(path, lambda told: told["causes"][1].update(gain=0.4))
    says(project, CHECK, '"at the edge" gains 0.400; 0.033 is what')
    project.write({path: sound})
    project.edit_json(path, lambda told: told["causes"].pop())
    says(project, CHECK, '"at the edge" is said of 0 mistakes')
    project.write({path: sound})
    project.edit_json(path, lambda told: told.update(n=300))
    says(project, CHECK, f"n is 300; {SECOND}/eyeball.csv gives 30")


def test_a_table_that_cannot_be_read(project: Sandbox) -> None:
    folder = sort(project)
    project.edit_json(f"{folder}/causes.json", lambda told: told.pop("looked"))
    says(project, CHECK, "looked is missing")
    project.remove(f"{folder}/mistakes.csv")
    misses(project, CHECK, "mistakes.csv")


def test_predictions_that_are_not_there(project: Sandbox) -> None:
    folder = sort(project)
    project.remove("reports/training/chosen.toml")
    misses(project, CHECK, "reports/training/chosen.toml is missing")
    assert folder
