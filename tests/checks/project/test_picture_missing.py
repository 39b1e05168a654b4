from __future__ import annotations

import pytest

from mlscaffold.model import Status
from tests.checks.stories import passes, says
from tests.conftest import Sandbox
from tests.finished import EVALUATED

CHECK, REPORT = "project.picture-missing", f"reports/evaluation/{EVALUATED}/report.md"


def test_nothing_is_shown(project: Sandbox, empty: Sandbox) -> None:
    passes(project, CHECK)
    passes(empty, CHECK)


def test_a_figure_of_a_report(project: Sandbox) -> None:
    folder = REPORT.rpartition("/")[0]
    project.write({REPORT: "# Report\n\n![Confusion](confusion.svg)\n", f"{folder}/confusion.svg": "<svg/>"})
    passes(project, CHECK)
    project.remove(f"{folder}/confusion.svg")
    found = says(project, CHECK, f"1 picture of {REPORT} is not there: confusion.svg", status=Status.WARN)
    assert found.evidence[0].line == 3


@pytest.mark.parametrize(
    "shown",
    [
        "![a](https://example.org/a.png)", "![a](data:image/png;base64,AAAA)", "```\n![a](nowhere.png)\n```", "`![a](nowhere.png)`",
        "<!-- ![a](nowhere.png) -->", '<img src="/docs/examples/bunch-1.png" width=20>', "![a](examples/bunch-1.png \"title\")",
        "![a](../docs/examples/bunch%2D1.png)", "![a](../../elsewhere/a.png)", "![a]({{ site.logo }})", "[a](nowhere.png)",
        "![of the field](../data/field/nowhere.png)",
    ],
)  # fmt: skip
def test_what_is_there_or_not_ours(project: Sandbox, shown: str) -> None:
    project.write({"docs/notes.md": f"# Notes\n\n{shown}\n"})
    passes(project, CHECK)


@pytest.mark.parametrize("shown", ["![a](worst.png)", '<img alt="a" src="worst.png">', "![a](<worst.png> 'title')"])
def test_a_picture_of_a_document(project: Sandbox, shown: str) -> None:
    project.write({"docs/07-evaluation.md": project.read("docs/07-evaluation.md") + f"\n{shown}\n"})
    says(project, CHECK, "1 picture of docs/07-evaluation.md is not there: worst.png", status=Status.WARN)
