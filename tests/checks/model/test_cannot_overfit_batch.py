from __future__ import annotations

from mlscaffold.evidence import withdrawals
from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import MODEL

FILE = f"reports/model/{MODEL}/overfit.json"

CHECK = "model.cannot-overfit-batch"


def test_learned_by_heart(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_it_ends_where_guessing_begins(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(losses=[2.3, 2.31, 2.29], accuracies=[0.1, 0.1, 0.12], batch=p["batch"][:8]))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "ends at loss 2.29 after 3 steps (it began at 2.3), accuracy 0.12 on 8 pictures; below 0.23 and 1.0" in found.message


def test_low_loss_and_one_wrong(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(accuracies=[0.9] * len(p["losses"])))
    assert "accuracy 0.90" in project.check(CHECK)[0].message


def test_it_diverged(project: Sandbox) -> None:
    project.write({FILE: project.read(FILE).replace('"losses": [', '"losses": [1.1, NaN], "old": [')})
    assert "ends at loss nan" in project.check(CHECK)[0].message


def test_one_class_is_no_proof(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: [row.update(label="rose") for row in p["batch"]])
    assert "all 12 pictures of the batch are rose" in project.check(CHECK)[0].message


def test_a_batch_of_test(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["batch"][0].update(path="test/belt/daisy/img0271.png"))
    assert "1 of 12 pictures of the batch are not of train" in project.check(CHECK)[0].message


def test_only_the_newest_counts(project: Sandbox) -> None:
    project.write({"reports/model/20261001T090000Z-ada-old/overfit.json": "{}"})
    assert project.check(CHECK) == []


def test_a_loss_below_zero(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(losses=[-x for x in p["losses"]]))
    assert "cross entropy is never below 0" in project.check(CHECK)[0].message


def test_pictures_of_the_batch_that_are_gone(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["batch"][0].update(path="train/belt/rose/nowhere.png"))
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "1 of 12 pictures of the batch are in no split any more, first train/belt/rose/nowhere.png" in found.message
    project.edit_json(FILE, lambda p: [row.update(path=f"train/belt/{i}.png") for i, row in enumerate(p["batch"])])
    assert [f.status for f in project.check(CHECK)] == [Status.FAIL]


def test_a_picture_that_was_withdrawn_is_no_loss(project: Sandbox) -> None:
    name = "train/belt/rose/nowhere.png"
    project.edit_json(FILE, lambda p: p["batch"][0].update(path=name))
    stone = f"{'a' * 64},{'b' * 64},train,{'c' * 64},{withdrawals.digest_of(name)},rose,2026-11-20,consent withdrawn,Ada\n"
    project.write({"data/withdrawn/2026-11-20-12345678.csv": ",".join(withdrawals.COLUMNS) + "\n" + stone})
    assert project.check(CHECK) == []


def test_labels_of_the_batch_that_nobody_gave(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["batch"][0].update(label="tulip"))
    assert project.check(CHECK) == []  # corrected since
    turned = {"daisy": "rose", "rose": "tulip", "tulip": "daisy"}
    project.edit_json(FILE, lambda p: [row.update(label=turned[row["label"]]) for row in p["batch"]])
    assert "labels of the batch are not the annotated ones" in project.check(CHECK)[0].message
