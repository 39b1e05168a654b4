from __future__ import annotations

import tomllib

from mlscaffold.model import Status
from mlscaffold.workflows.record_tests import record_tests
from tests.checks.stories import passes, says
from tests.conftest import Sandbox
from tests.finished import csv_bytes, rows_of
from tests.named_set import NIGHT, night

CHECK, TABLE = "preparation.test-set-changed", "data/splits/belt.csv"


def drop(project: Sandbox, n: int) -> None:
    """Take rows out of test, by hand."""
    rows = rows_of((project.root / TABLE).read_bytes())
    gone = [row for row in rows if row["split"] == "test"][:n]
    project.write({TABLE: csv_bytes([row for row in rows if row not in gone])})


def test_a_project_that_never_recorded_a_version_is_not_held_to_one(project: Sandbox) -> None:
    passes(project, CHECK)
    drop(project, 3)
    passes(project, CHECK)


def test_the_pictures_are_those_of_the_newest_version(project: Sandbox) -> None:
    night(project)
    passes(project, CHECK)


def test_rows_that_left_an_evaluated_set_are_told_with_both_numbers(project: Sandbox) -> None:
    record_tests(project.root, who="Ada Byron")
    drop(project, 3)
    found = says(
        project, CHECK, "test has 147 rows, version 1 of test (dealt on 20", "by Ada Byron) has 150", "without a version"
    )
    assert found.evidence[0].path == "data/splits"
    assert found.evidence[1].path.startswith("data/splits/tests/test-1-")
    assert found.fix == 'mlscaffold data split --reason "…"'


def test_other_pictures_of_the_same_number(project: Sandbox) -> None:
    record_tests(project.root, who="Ada Byron")
    drop(project, 1)
    project.edit_csv(TABLE, lambda rows: [{**rows[0], "split": "test"}, *rows[1:]])
    says(project, CHECK, "test has 150 rows as version 1 of test", "but other ones")


def test_before_the_first_evaluation_it_is_a_warning(project: Sandbox) -> None:
    project.remove("reports/evaluation")
    record_tests(project.root, who="Ada Byron")
    drop(project, 3)
    says(project, CHECK, "147 rows", status=Status.WARN)


def test_a_corrected_label_is_no_new_set(project: Sandbox) -> None:
    record_tests(project.root)
    project.edit_csv(TABLE, lambda rows: [{**r, "label": "rose" if r["split"] == "test" else r["label"]} for r in rows])
    passes(project, CHECK)


def test_a_set_that_came_without_a_command_is_a_warning(project: Sandbox) -> None:
    record_tests(project.root)
    night(project, recorded=False)
    says(project, CHECK, "no version of test-night is recorded", "with 30 rows", status=Status.WARN)


def test_a_named_set_that_vanished(project: Sandbox) -> None:
    night(project)
    project.remove("data/splits/phone.csv")
    says(project, CHECK, "test-night has 0 rows, version 1 of test-night (made of a selection on 20")


def test_two_branches_that_each_extended_a_set_are_merged_by_the_next_split(project: Sandbox) -> None:
    night(project)
    (mine,) = (project.root / "data/splits/tests").glob("test-night-1-*.toml")
    table = tomllib.loads(mine.read_text())
    for digest, rows in (("a" * 64, 31), ("b" * 64, 34)):
        lines = [f"{key} = {value!r}" for key, value in {**table, "version": 2, "digest": digest, "rows": rows}.items()]
        project.write({f"data/splits/tests/test-night-2-{digest[:8]}.toml": "\n".join(lines) + "\n"})
    found = says(
        project, CHECK, "two branches made version 2 of test-night, with 31 and 34 rows", "it has 30", status=Status.WARN
    )
    assert found.fix == "mlscaffold data split"
    (merged,) = record_tests(project.root)
    assert (merged.set, merged.number, merged.how, merged.rows) == (NIGHT, 3, "merged", 30)
    passes(project, CHECK)


def test_what_was_changed_by_hand_wants_a_reason(project: Sandbox) -> None:
    record_tests(project.root, who="Ada Byron")
    drop(project, 3)
    (made,) = record_tests(project.root, how="by hand")
    found = says(project, CHECK, "version 2 of test (changed without a command on 20", "nobody said why", status=Status.WARN)
    assert found.fix == f"write the reason into {made.path}"
    project.replace(made.path, 'reason = ""', 'reason = "three pictures of a customer who withdrew them"')
    passes(project, CHECK)


def test_a_broken_version_is_told(project: Sandbox) -> None:
    project.write({"data/splits/tests/test-1-aaaaaaaa.toml": 'schema = 1\nset = "train"\n'})
    says(project, CHECK, 'set is "train", which is no test set')
