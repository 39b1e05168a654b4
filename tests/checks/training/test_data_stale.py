from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN

FOLDER = f"reports/training/{RUN}"

CHECK = "training.data-stale"
TRAIN = "data/processed/train/annotations.csv"


def test_todays_data(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_labels_corrected_last_night(project: Sandbox) -> None:
    project.edit_csv(TRAIN, lambda rows: [{**r, "label": "tulip"} if i < 3 else r for i, r in enumerate(rows)])
    (found,) = project.check(CHECK)
    assert found.check == "missing"
    assert "was trained before a change of train (data " in found.message
    assert "with 180 pictures then" in found.message
    assert "with 180 now: 2 labels differ)" in found.message
    project.edit_csv(TRAIN, lambda rows: [{**rows[-1], "digest": "0" * 64}, *rows[5:]])
    assert "1 picture is new, 5 pictures are gone)" in project.check(CHECK)[0].message
    project.remove(".git")
    assert project.check(CHECK)[0].message.endswith("with 176 now)")


def test_pipeline_and_classes(project: Sandbox) -> None:
    project.edit_json("pipeline.json", lambda p: p.update(size=[32, 32]))
    project.replace("data/schema.toml", '"tulip"', '"lily"')
    assert "the classes of data/schema.toml, pipeline.json" in project.check(CHECK)[0].message


def test_a_test_label_moves_nothing_here(project: Sandbox) -> None:
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: [{**r, "label": "tulip"} for r in rows])
    assert project.check(CHECK) == []


def test_written_in_another_way(project: Sandbox) -> None:
    project.edit_json("pipeline.json", lambda p: p.update(size=p.pop("size")))
    project.edit_csv(TRAIN, lambda rows: [{**r, "path": f"new/{r['path']}"} for r in reversed(rows)])
    assert project.check(CHECK) == []


def test_a_part_of_train(project: Sandbox) -> None:
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["data"]["train"].update(samples=90))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "the run used 90 of 180 pictures of train" in found.message


def test_another_weight_of_an_extra_source(project: Sandbox) -> None:
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p.update(weights={"web": 0.3}))
    source = project.read("data/raw/belt/source.toml")
    project.write({"data/raw/web/source.toml": f'{source}role = "extra"\nweight = 0.3\n'})
    assert project.check(CHECK) == []
    project.replace("data/raw/web/source.toml", "weight = 0.3", "weight = 0.5")
    (found,) = project.check(CHECK)
    assert found.check == "missing"
    assert "a change of the weights of extra sources (web 0.3 then, 0.5 now)" in found.message
