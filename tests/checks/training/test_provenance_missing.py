from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN

FOLDER = f"reports/training/{RUN}"

CHECK, FILE = "training.provenance-missing", f"{FOLDER}/provenance.json"


def test_a_recorded_run(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_what_is_not_said(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: [p.pop(k) for k in ("commit", "seed", "packages")] + [p["data"].pop("train")])
    assert "does not say commit, data of train, packages, seed" in project.check(CHECK)[0].message


def test_uncommitted_changes(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(dirty=True))
    assert [f.status for f in project.check(CHECK)] == [Status.WARN]


def test_a_folder_that_was_copied(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(run="20261101T080000Z-bob-xyz"))
    assert "is of run 20261101T080000Z-bob-xyz" in project.check(CHECK)[0].message


def test_a_debug_run(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["limits"].update(limit_train_batches=2))
    assert "limit_train_batches = 2" in project.check(CHECK)[0].message


def test_another_seed_in_the_parameters(project: Sandbox) -> None:
    project.replace(f"{FOLDER}/params.yaml", "seed_everything: 7", "seed_everything: 8")
    assert "params.yaml has seed 8, provenance.json 7" in project.check(CHECK)[0].message


def test_a_debug_run_by_its_parameters(project: Sandbox) -> None:
    path = f"{FOLDER}/params.yaml"
    for told in ("limit_train_batches: 0.1", "fast_dev_run: true", "overfit_batches: 4"):
        text = project.read(path)
        project.replace(path, "trainer:\n", f"trainer:\n  {told}\n")
        assert f"the run saw a part of the data: {told.split(':')[0]} = " in project.check(CHECK)[0].message
        project.write({path: text})
    whole = "trainer:\n  limit_train_batches: 1.0\n  limit_val_batches: null\n  overfit_batches: 0.0\n  fast_dev_run: false\n"
    project.replace(path, "trainer:\n", whole)
    assert project.check(CHECK) == []
