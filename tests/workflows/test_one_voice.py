"""A broken file is told once; nothing that rests on it is proved, and no stage of it can be signed."""

from __future__ import annotations

import pytest

from mlscaffold.model import Finding, Report, Status
from mlscaffold.reports import json as machine
from mlscaffold.reports import text
from mlscaffold.workflows.advance import candidate
from mlscaffold.workflows.check import Options, check_project
from mlscaffold.workflows.one_voice import home
from tests.conftest import Sandbox

pytestmark = pytest.mark.story


def checked(project: Sandbox, *, everything: bool = True) -> Report:
    return check_project(project.open(), Options(everything=everything))


def about(report: Report, path: str) -> list[Finding]:
    """The failures that point at a file, without those that only say that it moved."""
    return [
        f
        for f in report.findings
        if f.status is Status.FAIL and f.evidence[:1] and f.evidence[0].path == path and f.check != "project.stale"
    ]


@pytest.mark.parametrize(
    ("path", "speaker"),
    [
        ("acceptance.toml", "problem.metric-unmeasurable"),
        ("data/schema.toml", "collection.schema-violation"),
        ("data/manifest/belt.csv", "collection.manifest-differs"),
        ("data/splits/belt.csv", "preparation.class-missing"),
        ("data/processed/test/annotations.csv", "preparation.processed-differs"),
        ("pipeline.json", "preparation.random-test-transform"),
        ("reports/training/chosen.toml", "training.checkpoint-missing"),
        ("deploy.toml", "deployment.plan-missing"),
    ],
)
def test_one_check_tells_of_it_and_the_others_wait(project: Sandbox, path: str, speaker: str) -> None:
    project.write({path: b"{[ broken \xff\n" + (project.root / path).read_bytes()})
    report = checked(project)

    (told,) = about(report, path)
    assert told.check == speaker
    assert told.counts
    assert told.fix
    waiting = [f for f in report.findings if f.because]
    assert len(waiting) >= 2
    assert {(f.because, f.status, f.message) for f in waiting} == {
        (speaker, Status.UNKNOWN, f"not run to the end: {path} cannot be read")
    }
    assert not report.ok
    assert "proved" not in {s.deliverables[f.deliverable] for f in waiting for s in report.stages if s.stage.slug == f.stage}


def test_on_the_terminal_they_are_one_line(project: Sandbox) -> None:
    project.replace("acceptance.toml", "0.85", "0.85.85")
    report = checked(project)
    shown = text.render(report, width=200)
    assert shown.count("acceptance.toml:") == 2  # in its words, and as its place
    assert "more checks not run to the end: acceptance.toml cannot be read" in shown
    assert '"because": "problem.metric-unmeasurable"' in machine.render(report)


def test_it_counts_wherever_it_counts_for_anybody(project: Sandbox) -> None:
    """The splits are of a stage ahead; that no test picture is in train is asked at any time."""
    project.write({"data/splits/belt.csv": project.read("data/splits/belt.csv").replace("path,", "pfad,", 1)})
    report = checked(project, everything=False)
    (told,) = about(report, "data/splits/belt.csv")
    assert report.current == "problem"
    assert told.counts
    assert not report.ok


def test_a_waiver_of_the_one_lets_another_speak(project: Sandbox) -> None:
    project.replace("acceptance.toml", "0.85", "0.85.85")
    waiver = 'reason = "we know, and mend it on Monday"\nowner = "Ada Byron"\nuntil = 2099-01-01\n'
    project.write(
        {".mlscaffold/waivers/problem.metric-unmeasurable.toml": f'schema = 1\ncheck = "problem.metric-unmeasurable"\n{waiver}'}
    )
    report = checked(project)
    (told,) = [f for f in about(report, "acceptance.toml") if not f.waiver]
    assert told.check == "conversion.accuracy-drop" or told.check.startswith("problem.")
    assert not report.ok


def test_two_broken_files_are_two_findings(project: Sandbox) -> None:
    project.replace("acceptance.toml", "0.85", "0.85.85")
    project.write({"deploy.toml": "= 3\n"})
    report = checked(project)
    assert len(about(report, "acceptance.toml")) == len(about(report, "deploy.toml")) == 1


def test_a_stage_that_rests_on_it_cannot_be_signed(project: Sandbox) -> None:
    project.sign()
    project.write({"acceptance.toml": "thresholds = 1\n"})
    wanted = candidate(project.open(), "evaluation")
    assert wanted.blocking
    assert not [f for f in wanted.unknown if f.because]


def test_the_hook_still_refuses(project: Sandbox) -> None:
    """Which check speaks is a matter of words: a file that a check for all times cannot read stops the commit."""
    from mlscaffold.hook import _judge

    project.write({"data/splits/belt.csv": project.read("data/splits/belt.csv").replace("path,", "pfad,", 1)})
    project.git("add", "data/splits/belt.csv")
    assert _judge(str(project.root)) == 1


def test_whose_a_file_is() -> None:
    assert home("acceptance.toml") == "problem"
    assert home("data/manifest/belt.csv") == "collection"
    assert home("reports/evaluation/x/metrics.json") == "evaluation"
    assert home("docs/02-research.docx") == "research"
    assert home("README.md") == ""
