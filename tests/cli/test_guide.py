"""The pages of the guide that show decisions: every block of commands runs, on a finished project, and leaves what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.command import surroundings
from tests.conftest import Sandbox
from tests.named_set import pictures
from tests.workflows.test_sheet import answered

GUIDE = Path(__file__).parents[2] / "docs/guide"
pytestmark = pytest.mark.story
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> list[str]:
    """The blocks of commands on a page."""
    return BLOCK.findall((GUIDE / page).read_text(encoding="utf-8"))


class Reader:
    """Somebody who types the commands of a page, in the folder where the last block ended."""

    def __init__(self, place: Path, scratch: Path) -> None:
        self.place, self.end = place, scratch / "where"
        scripts = scratch / "bin"
        scripts.mkdir()
        tool = scripts / "mlscaffold"
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mlscaffold "$@"\n', encoding="utf-8")
        tool.chmod(0o755)
        settings = scratch / "gitconfig"
        settings.write_text("[user]\n\tname = Ada Byron\n\temail = ada@flowers.example\n", encoding="utf-8")
        self.env = surroundings(
            COLUMNS="100", GIT_CONFIG_GLOBAL=str(settings), PATH=f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"
        )

    def types(self, block: str, *, code: int = 0) -> str:
        """Run a block; returns what was printed."""
        script = f"set -e\n{block}\npwd > '{self.end}'\n"
        done = subprocess.run(["bash", "-c", script], cwd=self.place, env=self.env, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False)  # fmt: skip
        assert done.returncode == code, f"{block}\n{done.stdout}\n{done.stderr}"
        if code == 0:
            self.place = Path(self.end.read_text(encoding="utf-8").strip())
        return done.stdout


@pytest.fixture
def signed(project: Sandbox) -> Sandbox:
    """The finished project, all ten stages signed."""
    project.sign()
    project.commit("signed")
    return project


def test_sheets(project: Sandbox, tmp_path: Path) -> None:
    reader, (write, bring_back) = Reader(project.root, tmp_path), blocks("sheets.md")
    told = reader.types(write)
    form = project.read("flower-sorter-01-problem.html")
    assert "<form" in form and "http" not in re.sub(r"http-equiv|http://www.w3.org\S*", "", form)
    assert (project.root / "for-grace.docx").stat().st_size > 10_000
    assert "stage next --from flower-sorter-01-problem-answers.json" in told

    project.write({"flower-sorter-01-problem-answers.json": answered(project, "problem")})
    refused = reader.types(bring_back.replace("--from", "--yes --from"), code=2)
    assert refused == ""
    assert "Signed on paper by Ada Byron" in reader.types(bring_back)
    signoff = tomllib.loads(project.read(".mlscaffold/signoffs/01/01-problem.toml"))
    assert (signoff["who"], signoff["transcribed_by"], len(signoff["sheet"].rpartition(":")[2])) == ("Ada Byron", "Ada Byron", 64)


def test_decisions(signed: Sandbox, tmp_path: Path) -> None:
    reader, (diagnose, waive, change, reopen) = Reader(signed.root, tmp_path), blocks("decisions.md")
    assert "Nothing holds the project back" in reader.types(diagnose)

    assert "Waived until 2999-03-31" in reader.types(waive)
    waiver = tomllib.loads(signed.read(".mlscaffold/waivers/evaluation.not-better-than-baseline.toml"))
    assert waiver["owner"] == "Ada Byron"

    signed.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "recall_macro"')
    told = reader.types(change)
    assert told.count("Changed:") == 2 and "Nothing was recorded." in told and "Recorded: .mlscaffold/acceptance/" in told
    assert "test results were known when it was changed" in told
    assert re.search(r"1\. \S+  0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)", told) and "The winner is the same as before." in told
    assert not [f for f in signed.check("problem.target-moved") if f.status == "fail"]

    assert signed.states()["collection"] == "signed"
    reader.types(reopen.replace("evaluation", "collection"))
    assert signed.states()["collection"] == "ahead"  # problem is the current one: its target has changed
    assert "Half of the test pictures" in reader.types("mlscaffold report --format md --output out.md; cat out.md")


def test_releases(signed: Sandbox, tmp_path: Path) -> None:
    reader, (release, turn) = Reader(signed.root, tmp_path), blocks("releases.md")
    told = reader.types(release)
    assert told.count("Release 1, round 1: accuracy 0.940 (0.890 to 0.968) on 150 test pictures") == 2
    assert "Nothing was written." in told and "Released: .mlscaffold/releases/1.toml" in told
    signed.commit("released")

    told = reader.types(turn)
    assert re.search(r"round 2 · in production: release 1 \(round 1, \d+ \w+\)", told)
    assert set(signed.states().values()) == {"signed"}
    signed.replace("deploy.toml", "every_days = 60", "every_days = 30")
    assert signed.states()["deployment"] == "open"
    assert (signed.root / ".mlscaffold/releases/1.toml").is_file()


def test_test_sets(signed: Sandbox, tmp_path: Path) -> None:
    pictures(signed, 60, source="phone", light="night")
    pictures(signed, 60, source="shop", light="day", seed=400_000)
    reader, sets = Reader(signed.root, tmp_path), next(block for block in blocks("data.md") if "--named" in block)
    told = reader.types(sets)
    assert "version 1 of test-night, named: 60 pictures with light=night (new: 60 that no split held)" in told
    assert "version 2 of test, extended: 159 pictures" in told and "version 3 of test, replaced: 12 pictures" in told
    assert "the 159 pictures of the old set are in test-v2" in told
    assert told.endswith("flower_sorter.evaluate --of tuning   (before anything is compared)\n")
    assert signed.check("preparation.test-set-changed") == []


@pytest.mark.xdist_group("finished")
@pytest.mark.slow
def test_the_readme_and_the_page_of_the_demo(tmp_path: Path) -> None:
    place = tmp_path / "desk"
    place.mkdir()
    readme = (GUIDE.parents[1] / "README.md").read_text(encoding="utf-8")
    reader, opening = Reader(place, tmp_path), BLOCK.findall(readme)[1]
    unpack, look, spoil, undo = blocks("demo.md")
    assert opening.startswith(unpack) and spoil.splitlines()[1] == opening.splitlines()[-1]  # so nothing is run twice

    told = reader.types(opening)
    assert told.count("signed   ") == 10 and " passed, " in told
    shown = re.search(r"^```text\n(Half of the test pictures.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert shown and steady(shown[1]) in steady(told), f"README shows another transcript than this:\n{told}"
    assert "Taken back: leak." in reader.types(undo)
    told = reader.types(look)
    assert "accuracy" in told and "Nothing was written." in told
    assert (reader.place / "report.html").stat().st_size > 20_000


def steady(text: str) -> str:
    """A transcript without what differs each time: commit, seconds, how many checks there are."""
    return re.sub(r"\([0-9a-f]{7}, |^\d+ checks: .* s$", "…", text, flags=re.MULTILINE)


def test_the_page_names_every_sin() -> None:
    from mlscaffold.demo.sins import all_sins

    rows = re.findall(r"^\| `([\w-]+)` \| (\w+) \| (.+) \|$", (GUIDE / "demo.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(s.name, s.stage, s.message) for s in all_sins()]
