from pathlib import Path

from mlscaffold.evidence import columns
from mlscaffold.evidence.answers import read_answers
from mlscaffold.evidence.roles import recognise
from mlscaffold.workflows import audit_findings
from tests.workflows.test_audit import rows, table


def test_leaving_rows_out_has_an_effect_unless_nothing_is_left(tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", [*rows(40, accuracy=0.5), ("a", "cat", "cat"), ("b", "dog", "dog")])
    read = columns.read(path.read_bytes(), "p.csv")
    answers = read_answers(read, recognise(read))
    right = sum(answers.right)
    effect = audit_findings.without(answers, {40, 41})
    assert effect is not None
    assert (effect.reported, effect.corrected) == (right / 42, (right - 2) / 40)
    assert audit_findings.without(answers, set(range(42))) is None


def test_counts_read_as_english() -> None:
    assert audit_findings.rows_of(1) == "1 row repeats"
    assert audit_findings.rows_of(3) == "3 rows repeat"
