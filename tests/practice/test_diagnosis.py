from __future__ import annotations

from dataclasses import replace

import pytest

from mlscaffold.model import Effect, Finding, Report, StageStatus, State, Status
from mlscaffold.practice.diagnosis import ClassShare, Numbers, Share, diagnose
from tests.reports import sample

FINE = Numbers("flower_sorter", 0.85, 0.95, Share(0.95, 1000), Share(0.94, 1000), Share(0.94, 1000), tolerable=0.02)


def report(*findings: Finding, current: str = "training", stale: str = "") -> Report:
    """A project whose stages before the current one are signed."""
    stages = []
    for number, slug in enumerate(sample.SLUGS, start=1):
        before = not current or number < sample.SLUGS.index(current) + 1
        state = State.STALE if slug == stale else State.SIGNED if before else State.OPEN if slug == current else State.WAITING
        because = ("data/splits",) if slug == stale else ()
        stages.append(StageStatus(sample.stage(number, slug), state, None, because, because))
    return Report("flower-sorter", "image-classification", "", False, 1, current, tuple(stages), findings)


def finding(check: str, status: Status = Status.FAIL, *, effect: Effect | None = None, stage: str = "") -> Finding:
    return Finding(
        status,
        f"{check} is wrong",
        fix=f"mend {check}",
        check=check,
        stage=stage or check.split(".", 1)[0],
        counts=True,
        effect=effect,
    )


def test_a_check_that_broke_comes_before_all() -> None:
    said = diagnose(report(finding("preparation.leak"), finding("training.bug", Status.ERROR)), FINE)
    assert (said.kind, said.command) == ("broken-evidence", "mend training.bug")


def test_what_is_wrong_in_a_signed_stage_comes_next_the_one_with_an_effect_first() -> None:
    leak = finding("preparation.leak", effect=Effect("accuracy", 0.93, 0.91))
    said = diagnose(report(finding("collection.doubled"), leak, finding("training.diverged")), FINE)
    assert said.kind == "broken-evidence" and said.reason == "accuracy is 0.910 without that, not 0.930."
    assert said.headline == "preparation.leak is wrong (1 more like it)"


def test_a_waived_or_uncounted_finding_holds_nothing_back() -> None:
    found = [replace(finding("preparation.leak"), waiver="known"), replace(finding("tuning.later"), counts=False)]
    assert diagnose(report(*found), FINE).kind == "unsigned"


def test_a_stale_stage_and_its_own_failures() -> None:
    stale = replace(finding("project.stale", stage="collection"))
    said = diagnose(report(stale, current="collection", stale="collection"), FINE)
    assert (said.kind, said.command) == (
        "stale-stage",
        "mlscaffold stage next --stage 3",
    ) and "data/splits changed" in said.reason
    both = report(stale, finding("collection.label"), current="collection", stale="collection")
    assert diagnose(both, FINE).command == "mend collection.label"


def test_a_failing_check_of_the_current_stage() -> None:
    assert diagnose(report(finding("training.diverged")), FINE).kind == "failing-check"


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        (
            {"train": Share(0.80, 1000), "validation": Share(0.80, 1000), "test": Share(0.79, 1000)},
            "bias",
            "0.150 are avoidable bias",
        ),
        ({"validation": Share(0.80, 1000), "test": Share(0.79, 1000)}, "variance", "0.150 are variance"),
        ({"test": Share(0.80, 1000)}, "overfit-to-validation", "fitted to 1000 validation pictures"),
        ({"field": Share(0.60, 200), "unmet": ("recall of rose ≥ 0.9",)}, "mismatch", "0.600 on 200 from the field"),
    ],
)
def test_the_largest_gap_is_named(changed: dict[str, object], kind: str, words: str) -> None:
    said = diagnose(report(), replace(FINE, **changed))  # type: ignore[arg-type]
    assert said.kind == kind and words in said.reason


def test_bias_of_a_run_that_was_still_learning_asks_for_more_epochs() -> None:
    low = replace(FINE, train=Share(0.7, 1000), validation=Share(0.7, 1000), test=Share(0.7, 1000), still_learning=True)
    assert diagnose(report(), low).command == "python -m flower_sorter.train --trainer.max_epochs N"


def test_without_a_human_level_the_goal_stands_in() -> None:
    low = replace(FINE, human=None, train=Share(0.7, 1000), validation=Share(0.7, 1000), test=Share(0.7, 1000))
    assert "wanted is 0.850" in diagnose(report(), low).reason


def test_a_gap_that_chance_explains_is_no_gap() -> None:
    few = replace(FINE, validation=Share(0.86, 30), test=Share(0.82, 30), tolerable=None)
    assert diagnose(report(), few).kind == "unsigned"


def test_an_unmet_target_without_a_gap_names_the_weakest_class() -> None:
    classes = (ClassShare("daisy", 0.97, 500), ClassShare("rose", 0.91, 500))
    said = diagnose(report(), replace(FINE, unmet=("recall of rose ≥ 0.95",), classes=classes))
    assert said.kind == "target-unmet" and "rose: 0.910 of 500" in said.reason


def test_missing_evidence_then_small_data_then_a_weak_class() -> None:
    todo = finding("training.chosen", Status.TODO)
    small = replace(FINE, test=Share(0.94, 100), classes=(ClassShare("daisy", 0.98, 50), ClassShare("rose", 0.70, 50)))
    assert diagnose(report(todo), small).kind == "missing-evidence"
    said = diagnose(report(), small)
    assert said.kind == "small-test-set" and "100 test pictures tell accuracy to ±0.0" in said.reason
    assert diagnose(report(), replace(small, tolerable=0.1)).kind == "weak-class"


def test_nothing_holds_back_a_finished_project() -> None:
    said = diagnose(report(current=""), FINE)
    assert (said.kind, said.command) == ("nothing", "mlscaffold release")
    assert diagnose(report(), Numbers()).kind == "unsigned"


EXTRA = replace(FINE, goal=0.9, train=Share(0.97, 2000), test=Share(0.79, 1000))


@pytest.mark.parametrize(
    ("augmented", "validation", "kind", "words"),
    [
        (0.95, 0.80, "data-mismatch", "0.150 are a mismatch of data; train to augmented, 0.020, is variance"),
        (
            0.83,
            0.80,
            "variance",
            "0.140 are variance. More data, more augmentation, or more regularisation. What lies between augmented and",
        ),
        (0.93, 0.94, "overfit-to-validation", "0.790 on test"),
    ],
)
def test_augmented_tells_variance_from_a_mismatch_of_data(augmented: float, validation: float, kind: str, words: str) -> None:
    said = diagnose(report(), replace(EXTRA, augmented=Share(augmented, 400), validation=Share(validation, 1000)))
    assert said.kind == kind and words in said.reason


def test_an_augmented_set_that_is_too_small_to_tell_leaves_the_whole_gap_to_variance() -> None:
    said = diagnose(report(), replace(EXTRA, augmented=Share(0.90, 12), validation=Share(0.80, 1000)))
    assert said.kind == "variance" and "0.170 are variance" in said.reason
    assert "cannot be told from chance" in said.reason
