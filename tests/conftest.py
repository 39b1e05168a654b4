"""Projects on real disks with real git, to tell small stories on."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.cache import Cache
from mlscaffold.checks import Spec, all_checks
from mlscaffold.datasets import workers
from mlscaffold.datasets.images import Facts, facts_of
from mlscaffold.evidence import records
from mlscaffold.evidence.fingerprints import fingerprint
from mlscaffold.model import Finding, State
from mlscaffold.project import Project
from mlscaffold.stages import all_stages, find_stage
from mlscaffold.stages.state import stage_states
from mlscaffold.workflows.check import run_check
from mlscaffold.writing import write_toml
from tests.copies import Copy
from tests.finished import SOME_COMMIT, csv_bytes, finished, rows_of

# A shell that starts the tests in the background ignores interrupts for all its children: what is interrupted here must see them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SPECS: dict[str, Spec] = {}
SMALL = 4096  # bytes of a picture whose facts are kept


class Sandbox:
    """A project in a temporary folder, and what a test does to it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, files: dict[str, str | bytes]) -> None:
        """Write files; a text is UTF-8."""
        for path, content in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # a picture may be a link to the one that all tests share
            target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def copy(self, source: str, target: str) -> None:
        """Copy a file over another one."""
        self.write({target: (self.root / source).read_bytes()})

    def remove(self, path: str) -> None:
        """Remove a file or a folder."""
        target = self.root / path
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink()

    def read(self, path: str) -> str:
        """A file's text."""
        return (self.root / path).read_text(encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        text = self.read(path)
        assert old in text, f"{old!r} is not in {path}"
        self.write({path: text.replace(old, new)})

    def edit_json(self, path: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change a JSON file in place."""
        value = json.loads(self.read(path))
        change(value)
        self.write({path: json.dumps(value)})

    def edit_csv(self, path: str, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
        """Change the rows of a CSV file."""
        self.write({path: csv_bytes(change(rows_of((self.root / path).read_bytes())))})

    def git(self, *args: str) -> str:
        """Run git here, as a user without settings of their own."""
        identity = ["-c", "user.name=Ada Byron", "-c", "user.email=ada@flowers.example", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *identity, *args], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, message: str = "change") -> str:
        """Commit all that is not ignored."""
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def open(self, *, cached: bool = False) -> Project:
        """The project as it lies on disk."""
        (self.root / ".mlscaffold").mkdir(exist_ok=True)
        return Project(self.root, cache=Cache(self.root / ".mlscaffold" / "cache.sqlite") if cached else None)

    def check(self, check: str) -> list[Finding]:
        """What one check says; an empty list is a pass. `check == "missing"` on a finding marks absent evidence."""
        if not SPECS:
            SPECS.update({s.id: s for s in all_checks()})
        return run_check(self.open(), SPECS[check])

    def sign(self, *slugs: str, turn: int = 1) -> None:
        """Record sign-offs of today's evidence for these stages (default: all ten)."""
        for slug in slugs or [s.slug for s in all_stages()]:
            stage, project = find_stage(slug), self.open()
            table = {
                "schema": 1, "stage": slug, "round": turn, "who": "Ada Byron", "role": stage.roles[0], "when": datetime.now(UTC).isoformat(timespec="seconds"),
                "checklist": {q.id: "yes" for q in stage.checklist},
                "evidence": {n: fingerprint(project, n) for n in stage.evidence},
                "inputs": {n: fingerprint(project, n, as_input=True) for n in stage.inputs},
            }  # fmt: skip
            write_toml(self.root / records.signoff_path(stage.number, slug, turn=turn), table)

    def states(self) -> dict[str, State]:
        """Stage → state."""
        return {s.stage.slug: s.state for s in stage_states(self.open())}

    def stale(self) -> list[str]:
        """The stages that are stale, in order."""
        return [slug for slug, state in self.states().items() if state is State.STALE]


@pytest.fixture(scope="session", autouse=True)
def never_waiting_for_the_disk() -> Iterator[None]:
    """What a test writes need not outlive a power cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def decoded_once() -> Iterator[None]:
    """What a small picture says depends on its bytes alone: those that a thousand tests share are decoded once."""
    known = lru_cache(maxsize=4096)(facts_of)

    def facts(data: bytes, *, look: bool = True) -> Facts:
        return known(data, look=look) if len(data) < SMALL else facts_of(data, look=look)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "facts_of", facts)
        yield


@pytest.fixture(scope="session")
def finished_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The finished project, written and committed once."""
    sandbox = Sandbox(tmp_path_factory.mktemp("finished"))
    sandbox.write({k: v for k, v in finished().items() if k.endswith(".toml") and "/" not in k})
    code = sandbox.commit("the code that the runs were made with").encode()
    sandbox.write({k: v.replace(SOME_COMMIT.encode(), code) for k, v in finished().items()})
    sandbox.commit("finished")
    sandbox.git("gc", "-q")  # one pack instead of a file an object: half of what every test copies
    yield sandbox.root
    changed = [p for p, content in finished().items() if p.endswith(".png") and (sandbox.root / p).read_bytes() != content]
    assert not changed, f"a test wrote into a shared picture in place: {changed[:3]}"


@pytest.fixture(scope="session")
def shared_copy(finished_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The copy of the finished project that the tests of this worker spoil in turn."""
    return Copy(finished_folder, tmp_path_factory.mktemp("copy"))


@pytest.fixture
def project(shared_copy: Copy) -> Iterator[Sandbox]:
    """A sound, finished project (unsigned), to be spoiled."""
    yield Sandbox(shared_copy.root)
    shared_copy.restore()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Sandbox]:
    """A project with settings and nothing else."""
    sandbox = Sandbox(tmp_path / "flower-sorter")
    sandbox.write({k: v for k, v in finished().items() if k in ("mlscaffold.toml", ".gitignore")})
    sandbox.commit("empty")
    yield sandbox


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the corpus caught and missed; write its page if every row was tried.

    Here and not beside the corpus: where workers run the tests, who prints has read no other conftest than this.
    """
    reports = [r for key in ("passed", "failed") for r in terminalreporter.getreports(key)]
    told = [v for r in reports for k, v in getattr(r, "user_properties", []) if k == "sabotage"]
    if not told:
        return
    from tests.sabotage import proof

    found = proof.outcomes(told)
    terminalreporter.section("what the tool catches")
    for line in proof.summary(found):
        terminalreporter.write_line(line)
    if proof.complete(found):
        proof.PAGE.write_text(proof.page(found), encoding="utf-8")
        terminalreporter.write_line(f"written: {proof.PAGE}")
