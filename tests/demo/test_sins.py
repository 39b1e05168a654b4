"""Every sin, on a project that is not the digits: it spoils what it says, and a check of another hand finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlscaffold.demo.sins import Sin, all_sins, find_sin
from mlscaffold.demo.sins.layout import NotFinished
from mlscaffold.errors import UsageError
from mlscaffold.stages import all_stages
from tests.cli.command import snapshot
from tests.conftest import Sandbox
from tests.demo.caught import CAUGHT


@pytest.mark.parametrize("sin", all_sins(), ids=lambda sin: sin.name)
def test_a_sin_on_another_project_is_found(sin: Sin, project: Sandbox) -> None:
    if sin.stage == "project":
        project.sign("training", "evaluation")
    check, words = CAUGHT[sin.name]
    before = [f.message for f in project.check(check)]
    sin.spoil(project.root)
    project.commit(sin.message)
    found = [f for f in project.check(check) if f.message not in before]

    assert any(words in f.message and f.fix and f.status == "fail" for f in found), found


def test_every_stage_has_a_sin_and_every_sin_a_title_and_an_id() -> None:
    sins = all_sins()

    assert {s.stage for s in sins} == {"project", *(s.slug for s in all_stages())}
    assert all(len(s.title) > 20 and "-" in s.defect and s.message for s in sins)
    assert len({s.name for s in sins}) == len({s.defect for s in sins}) == len(sins) == len(CAUGHT)
    assert find_sin("lea").name == "leak"
    for name in ("no-such-sin", ""):
        with pytest.raises(UsageError, match="No sin"):
            find_sin(name)


@pytest.mark.parametrize("sin", all_sins(), ids=lambda sin: sin.name)
def test_where_there_is_nothing_to_spoil_a_sin_says_so_and_writes_nothing(sin: Sin, empty: Sandbox) -> None:
    if sin.name == "secret-committed":
        return
    before = snapshot(empty.root)
    with pytest.raises((NotFinished, FileNotFoundError)):
        sin.spoil(empty.root)
    assert snapshot(empty.root) == before


@pytest.mark.parametrize("metric", ["recall_macro", "log_loss"])
def test_targets_of_another_metric_move_the_easy_way(metric: str, project: Sandbox) -> None:
    bound = "max = 0.2 }," if metric == "log_loss" else "min = 0.8 },"
    project.replace("acceptance.toml", 'optimise = "accuracy"', f'optimise = "{metric}"')
    project.replace("acceptance.toml", '{ metric = "accuracy", min = 0.85 },', f'{{ metric = "{metric}", {bound}')
    folder = next(project.root.glob("reports/evaluation/*/metrics.json")).parent.parent
    for path in folder.glob("*/metrics.json"):
        project.edit_json(path.relative_to(project.root).as_posix(), lambda r: r["metrics"].setdefault(metric, {"value": 0.5}))
    project.git("add", "-A")
    project.git("commit", "-q", "--amend", "--no-edit")  # agreed before there was a result
    find_sin("moved-target").spoil(project.root)
    (found,) = project.check("problem.target-moved")
    assert "1 target made easier" in found.message and metric in found.message
    if metric == "recall_macro":
        find_sin("majority-target").spoil(project.root)
        assert "recall_macro ≥ 0.33" in next(f.message for f in project.check("problem.threshold-trivial"))


def test_a_leak_labels_its_copies_and_leaves_the_mistakes_where_they_are(project: Sandbox) -> None:
    pictures = {p.relative_to(project.root) for p in project.root.rglob("*.png")}
    find_sin("leak").spoil(project.root)
    new = {p.relative_to(project.root) for p in project.root.rglob("*.png")} - pictures

    assert {p.parts[:2] for p in new} == {("data", "raw"), ("data", "processed")}
    assert all(p.name.startswith("extra-") for p in new)
    assert not project.check("collection.unlabelled-image")
    assert not project.check("collection.manifest-differs")
    assert not project.check("preparation.processed-differs")


def test_the_made_up_key_stands_nowhere_in_the_source() -> None:
    text = Path(__file__).parents[2].joinpath("mlscaffold/demo/sins/delivery.py").read_text(encoding="utf-8")
    assert "AKIA" not in text
