from __future__ import annotations

import pytest

from mlscaffold import git
from mlscaffold.writing import write_toml
from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "problem.metric-unmeasurable", "acceptance.toml"


def test_one_metric_and_thresholds_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_file_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_a_file_as_generated_is_something_to_do(project: Sandbox) -> None:
    blob = git.blob_id((project.root / FILE).read_bytes())
    write_toml(project.root / ".mlscaffold/template.toml", {"schema": 1, "files": {FILE: {"class": "seed", "blob": blob}}})
    assert absent(project.check(CHECK))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'optimise = "accuracy"',
            'optimise = ["accuracy", "recall_macro"]',
            "2 metrics to optimise (accuracy, recall_macro); exactly 1",
        ),
        (
            '[metric]\noptimise = "accuracy"',
            '[[metric]]\noptimise = "accuracy"\n[[metric]]\noptimise = "kappa"',
            "2 metrics to optimise",
        ),
        ('optimise = "accuracy"', 'optimise = "acuracy"', 'Is "accuracy" meant?'),
        ('optimise = "accuracy"', 'optimise = "mAP50"', "no metric of this task"),
        ('optimise = "accuracy"', 'optimise = ""', "no metric to optimise"),
        ('optimise = "accuracy"', 'optimise = "size_bytes"', "no metric of the whole model"),
        ("min = 0.85", "min = 92", "accuracy lies from 0 to 1"),
        ("min = 0.85", "max = 0.85", "accuracy on the wrong side (max = 0.85): higher is better"),
        ('metric = "accuracy", min = 0.85', 'metric = "latency_p95_ms", min = 50', "(min = 50): lower is better"),
        ('class = "rose"', 'class = "Rose"', 'the schema does not know: "Rose"'),
        ('metric = "recall",', 'metric = "recal",', 'Is "recall" meant?'),
    ],
)
def test_what_cannot_be_measured(project: Sandbox, old: str, new: str, words: str) -> None:
    project.replace(FILE, old, new)
    said(project.check(CHECK), "fail", words, FILE)


def test_two_thresholds_for_one_thing(project: Sandbox) -> None:
    project.replace(FILE, "thresholds = [", 'thresholds = [\n    { metric = "accuracy", min = 0.9 },')
    said(project.check(CHECK), "fail", "two thresholds for accuracy on test")


def test_no_threshold(project: Sandbox) -> None:
    project.write({FILE: '[metric]\noptimise = "accuracy"\n'})
    said(project.check(CHECK), "fail", "no threshold")


def test_other_order_and_comments_are_no_matter(project: Sandbox) -> None:
    project.write(
        {
            FILE: '# ours\r\n[tolerable]\r\nerror = 6e-2\r\n[[thresholds]]\r\nmin = 0.85\r\nmetric = "accuracy"\r\n[metric]\r\noptimise = "f1_macro"\r\n'
        }
    )
    assert project.check(CHECK) == []
