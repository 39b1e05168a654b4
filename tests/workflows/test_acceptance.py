from __future__ import annotations

import shutil
import tomllib

import pytest

from mlscaffold.cli.acceptance import _show
from mlscaffold.errors import UsageError
from mlscaffold.evidence import decisions
from mlscaffold.reports import html, md
from mlscaffold.workflows.acceptance import change
from mlscaffold.workflows.advance import Refused
from mlscaffold.workflows.report import gather
from tests.conftest import Sandbox
from tests.finished import EVALUATED, RETESTED, RUN, TUNED
from tests.named_set import NIGHT, night

WHY = "Grace counts every kind alike since the auction rules changed"


def test_another_metric_is_recorded_and_all_models_are_ranked_anew(project: Sandbox) -> None:
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "f1_macro"')
    done = change(project.open(), reason=WHY, who="Ada Byron")
    assert done.text == ("metric to optimise: accuracy, now f1_macro",)
    validation, test = done.rankings
    assert [m.name for m in validation.models] == [TUNED, RUN] and [m.name for m in test.models] == [RETESTED, EVALUATED]
    assert (validation.models[0].n, test.models[0].n) == (60, 150)
    assert test.models[0].low < test.models[0].value < test.models[0].high and (test.models[1].p or 1) < 0.05
    assert test.before == test.winner == RETESTED
    table = tomllib.loads(project.read(done.path))
    assert table["before"]["metric"] == {"optimise": "accuracy"} and table["after"]["metric"] == {"optimise": "f1_macro"}
    assert table["winner"] == {"of": "validation", "before": TUNED, "after": TUNED}
    assert table["after_test"] is True and table["seen"] == [EVALUATED, RETESTED]


def test_it_says_when_the_winner_changes(project: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    def sure_of_mistakes(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for row in rows:
            if row["prediction"] != row["label"]:
                row.update({f"p:{c}": "0.9999998" if c == row["prediction"] else "0.0000001" for c in ("daisy", "rose", "tulip")})
        return rows

    project.edit_csv(f"reports/evaluation/{RETESTED}/predictions.csv", sure_of_mistakes)
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "log_loss"')
    done = change(project.open(), reason=WHY, who="Ada Byron")
    assert (done.rankings[1].before, done.rankings[1].winner) == (RETESTED, EVALUATED)
    _show(done.rankings[1])
    assert f"The winner changes: {RETESTED} was the best before, {EVALUATED} is now." in capsys.readouterr().out


def test_every_report_shows_a_change_that_came_after_a_test_result(project: Sandbox) -> None:
    project.replace("acceptance.toml", "min = 0.85", "min = 0.8")
    change(project.open(), reason=WHY, who="Ada Byron")
    content = gather(project.open())
    assert content.changes[0].after_test
    page, text = html.render(content), md.render(content)
    assert "made after a test result was known" in page and WHY in page
    assert "accuracy on test: at least 0.85, now at least 0.8" in page
    assert "## Changed targets" in text and "**yes**" in text


def test_a_second_change_starts_from_the_first(project: Sandbox) -> None:
    project.replace("acceptance.toml", "min = 0.85", "min = 0.8")
    change(project.open(), reason=WHY, who="Ada Byron")
    project.replace("acceptance.toml", "min = 0.8 }", "min = 0.82 }")
    done = change(project.open(), reason=WHY, who="Ada Byron")
    assert done.path.endswith("2.toml") and done.text == ("accuracy on test: at least 0.8, now at least 0.82",)
    assert [c.number for c in decisions.changes(project.open())] == [1, 2]


def test_what_was_committed_and_signed_again_can_still_be_recorded(project: Sandbox) -> None:
    project.replace("acceptance.toml", "min = 0.85", "min = 0.8")
    project.sign("problem")
    project.commit("fix typo")
    assert change(project.open(), reason=WHY, who="Ada Byron").text == ("accuracy on test: at least 0.85, now at least 0.8",)


def test_nothing_changed_no_reason_and_a_trial(project: Sandbox) -> None:
    with pytest.raises(Refused, match="nothing to record"):
        change(project.open(), reason=WHY, who="Ada Byron")
    with pytest.raises(UsageError, match="too short"):
        change(project.open(), reason="typo", who="Ada Byron")
    project.replace("acceptance.toml", "error = 0.06", "error = 0.05")
    done = change(project.open(), reason=WHY, who="Ada Byron", dry_run=True)
    assert done.text == ("tolerable error: 0.06, now 0.05",)
    assert not (project.root / ".mlscaffold/acceptance").exists()


def test_before_any_result_there_is_nothing_to_rank(empty: Sandbox) -> None:
    text = 'schema = 1\n[metric]\noptimise = "accuracy"\n'
    empty.write({"acceptance.toml": text})
    empty.commit("targets")
    empty.write({"acceptance.toml": text.replace("accuracy", "f1_macro")})
    done = change(empty.open(), reason=WHY, who="Ada Byron")
    assert not done.after_test and done.rankings == ()


def test_runs_on_other_pictures_are_left_out(project: Sandbox) -> None:
    project.edit_csv(f"reports/evaluation/{EVALUATED}/predictions.csv", lambda rows: rows[:90])
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "kappa"')
    done = change(project.open(), reason=WHY, who="Ada Byron")
    test = done.rankings[1]
    assert (test.what, len(test.models), test.left_out) == ("test", 1, 0)
    ((run, command),) = test.behind
    assert run == EVALUATED and command.startswith("python -m flower_sorter.evaluate --checkpoint ")


def test_a_model_that_was_evaluated_anew_is_ranked_once(project: Sandbox) -> None:
    folder, older = f"reports/evaluation/{EVALUATED}", "reports/evaluation/20261020T120000Z-ada-old"
    shutil.copytree(project.root / folder, project.root / older)
    project.edit_csv(f"{older}/predictions.csv", lambda rows: rows[:90])  # on an older version of test
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "kappa"')
    test = change(project.open(), reason=WHY, who="Ada Byron").rankings[1]
    assert (len(test.models), test.behind) == (2, ())


def test_named_test_sets_have_rankings_of_their_own(project: Sandbox) -> None:
    night(project)
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "kappa"')
    done = change(project.open(), reason=WHY, who="Ada Byron")
    assert [(r.what, r.models[0].n) for r in done.rankings] == [("validation", 60), ("test", 150), (NIGHT, 30)]


@pytest.mark.parametrize("metric", ["size_bytes", "recall"])
def test_what_is_no_metric_of_the_whole_model_is_not_recorded(project: Sandbox, metric: str) -> None:
    project.replace("acceptance.toml", 'optimise = "accuracy"', f'optimise = "{metric}"')
    with pytest.raises(UsageError, match="no metric of the whole model") as error:
        change(project.open(), reason="The phone is small.", who="Ada Byron")
    assert "recall_macro" in error.value.hint and not (project.root / ".mlscaffold/acceptance").exists()
