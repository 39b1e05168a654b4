"""The real command as a process of its own, with or without a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[2]
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada Byron", "GIT_AUTHOR_EMAIL": "ada@flowers.example",
    "GIT_COMMITTER_NAME": "Ada Byron", "GIT_COMMITTER_EMAIL": "ada@flowers.example",
}  # fmt: skip
Done = subprocess.CompletedProcess[str]


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a user without settings of their own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "COV_"))}
    return (
        clean
        | {"PYTHONPATH": str(PACKAGE), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "COLUMNS": "120"}
        | more
    )


def run(place: Path, *args: str, before: str = "", **env: str) -> Done:
    """`mlscaffold ARGS` without a terminal; `before` is Python that runs first, to limit or break what surrounds the command."""
    command = [sys.executable, "-c", f"{before}\nfrom mlscaffold.cli import main; main()", *args]
    return subprocess.run(
        command, cwd=place, env=surroundings(**env), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def terminal(place: Path, *args: str, **env: str) -> Any:  # noqa: ANN401 - pexpect has no types
    """`mlscaffold ARGS` in a terminal of its own."""
    import pexpect

    env = surroundings(TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1", **env)
    return pexpect.spawn(
        sys.executable, ["-m", "mlscaffold", *args], cwd=place, env=env, encoding="utf-8", timeout=30, dimensions=(50, 200)
    )


def ends(child: Any) -> int:  # noqa: ANN401 - as above
    """Wait for the end; the exit code."""
    import pexpect

    child.expect(pexpect.EOF)
    child.close()
    code: int = child.exitstatus
    return code


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file below a folder, but for git's own and the cache."""
    files = (p for p in root.rglob("*") if p.is_file() and ".git" not in p.relative_to(root).parts)
    return {str(p.relative_to(root)): p.read_bytes() for p in files if not p.name.startswith("cache.sqlite")}


def one_error(done: Done, *words: str, code: int = 1) -> None:
    """One clear error on stderr, with the words, and no traceback."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stderr.count("Error") == 1, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
