"""A sheet of causes goes out and comes back by the commands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlscaffold.cli.apply import app as apply_app
from mlscaffold.cli.data import app as data_app
from mlscaffold.errors import UsageError
from tests.conftest import Sandbox

RUN = CliRunner()


def test_causes_end_as_a_paragraph_and_a_next_command(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    made = RUN.invoke(data_app, ["causes", "--cause", "closed", "--cause", "at the edge"], catch_exceptions=False)
    found = re.search(r"Wrote (causes-\w{8})\.html: (\d) of \2 pictures", made.output)
    assert found and Path(f"{found[1]}.html").is_file()
    asked = json.loads(next(project.root.glob("reports/collection/sheets/causes-*/sheet.json")).read_text(encoding="utf-8"))
    rows = [f'{asked["sheet"]},{i["item"]},"closed{"; wrong label" if n == 0 else ""}",' for n, i in enumerate(asked["items"])]
    Path("back.csv").write_text("sheet,item,decision,remark\n" + "\n".join(rows) + "\n", encoding="utf-8")

    with pytest.raises(UsageError, match="not which are right"):
        RUN.invoke(apply_app, ["back.csv", "--by", "Grace Hopper", "--correct"], catch_exceptions=False)
    told = RUN.invoke(apply_app, ["back.csv", "--by", "Grace Hopper"], catch_exceptions=False).output
    assert told.startswith(f"causes, sorted by Grace Hopper: {found[2]} of {found[2]} mistakes looked at\n")
    assert f"| closed | {found[2]} | 100%" in told and "| wrong label | 1 |" in told
    assert "Wrong labels explain" in told and "put them into docs/07-evaluation" in told
    assert told.rstrip().endswith("-grace-hopper/wrong-labels.txt")
    listed = told.rstrip().rsplit(" ", 1)[1]
    assert RUN.invoke(data_app, ["relabel", listed], catch_exceptions=False).output.startswith("Wrote relabel-")
    Path("table.csv").write_text("path\n" + Path(listed).read_text(encoding="utf-8"), encoding="utf-8")
    assert RUN.invoke(data_app, ["relabel", "table.csv"], catch_exceptions=False).output.startswith("Wrote relabel-")
