"""The pre-commit entry: asks git first, and loads the rest of the tool only when something relevant is staged.

A hook runs at every commit, so it must not pay for a command line. What it refuses is the project's `gate`.
"""

from __future__ import annotations

import os
import subprocess
import sys

from mlscaffold.keys import FILES, FORMS

# A staged file of a project below one of these concerns a check.
RELEVANT = (
    "docs/", "data/", "reports/", "exports/", ".mlscaffold/", ".github/", "acceptance.toml", "mlscaffold.toml", "pipeline.json",
    "deploy.toml", "Dockerfile", "runs/", "models/", "checkpoints/", "weights/", "artifacts/",
    "requirements-serve.txt", ".pre-commit-config.yaml", ".gitlab-ci.yml", ".gitignore", "README.md",
)  # fmt: skip
# Files that may run code when they are loaded, wherever they lie.
LOADED = (".ckpt", ".pt", ".pth", ".pkl", ".pickle", ".joblib", ".npy", ".npz", ".bin")
LARGE = 5_000_000  # bytes
REFUSED, BUG, INTERRUPTED = 1, 3, 130
AT_ONCE = 500  # paths on one command line


def main() -> None:
    """The console script: exit 0 lets the commit pass, anything else refuses it."""
    try:
        sys.exit(_hook())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _hook() -> int:
    top = _git("rev-parse", "--show-toplevel")
    staged = _staged(top) if top else {}
    mine = {path: root for path in staged if (root := _project_of(top, path)) is not None}
    if not mine:
        return 0
    if not any(_is_relevant(path, root) for path, root in mine.items()) and not _is_suspicious(top, {p: staged[p] for p in mine}):
        return 0
    from mlscaffold.errors import ScaffoldError

    try:
        return max(_judge(os.path.join(top, root)) for root in sorted(set(mine.values())))  # noqa: PTH118 - pathlib costs a Python start
    except ScaffoldError as error:
        sys.stderr.write(f"mlscaffold: {error.message}\n" + (f"  Next: {error.hint}\n" if error.hint else ""))
        return REFUSED
    except OSError as problem:
        sys.stderr.write(f"mlscaffold: {problem}\n")
        return REFUSED
    except Exception as bug:
        sys.stderr.write(f"mlscaffold broke: {type(bug).__name__}: {bug}\n  Next: mlscaffold --debug check --staged\n")
        return BUG


def _judge(root: str) -> int:
    from pathlib import Path

    from mlscaffold import git
    from mlscaffold.model import Status
    from mlscaffold.places import FILE
    from mlscaffold.project import open_project
    from mlscaffold.workflows.check import Options, check_index, check_project

    if FILE not in git.index_entries(Path(root)):  # not a project yet, as far as this commit knows
        return 0
    project = open_project(Path(root), staged=True)
    report = check_project(project, Options(paths=tuple(git.staged_paths(project.root))))
    always = {s.id for s in check_index(project) if s.always}
    gate = project.settings.gate
    bad = [f for f in report.findings if f.counts and not f.waiver and f.status in (Status.FAIL, Status.ERROR)]
    silent = {f.because for f in report.findings if f.check in always}  # who tells of a file that such a check cannot read
    refused = [f for f in bad if gate == "strict" or (gate == "protect" and f.check in always | silent)]
    passing = len(bad) - len(refused)
    for finding in refused:
        places = ", ".join(f"{e.path}:{e.line}" if e.line else e.path for e in finding.evidence[:3])
        fix = f"\n    {finding.fix}" if finding.fix else ""
        _say(f"mlscaffold: {finding.check}: {finding.message}" + (f"\n    {places}" if places else "") + fix)
    if passing:
        _say(f"mlscaffold: {passing} finding{'s' * (passing != 1)} to look at, not in the way of this commit: mlscaffold check")
    if refused:
        _say(f"mlscaffold: commit refused (gate = {gate!r}). Look closer: mlscaffold check --staged")
    return REFUSED if refused else 0


def _say(text: str) -> None:
    """Control characters from file names are shown, not obeyed."""
    sys.stderr.write("".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text) + "\n")


def _staged(top: str) -> dict[str, str]:
    """Staged path (relative to the top) → blob id; a deletion has none."""
    base = _git("rev-parse", "--verify", "--quiet", "HEAD", cwd=top) or _git(
        "hash-object", "-t", "tree", "--stdin", cwd=top, stdin=""
    )
    fields = _git("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", base, cwd=top).split("\0")
    return {
        path: ("" if meta.split()[4] == "D" else meta.split()[3]) for meta, path in zip(fields[::2], fields[1::2], strict=False)
    }


def _project_of(top: str, path: str) -> str | None:
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if os.path.isfile(os.path.join(top, folder, "mlscaffold.toml")):  # noqa: PTH113, PTH118 - as above
            return folder
    return None


def _is_relevant(path: str, root: str) -> bool:
    return path[len(root) + 1 if root else 0 :].startswith(RELEVANT) or path.endswith(LOADED)


def _is_suspicious(top: str, staged: dict[str, str]) -> bool:
    paths = [path for path, blob in staged.items() if blob]
    if any(path.rpartition("/")[2].startswith(FILES) for path in paths):
        return True
    sizes = (
        _git("cat-file", "--batch-check=%(objectsize)", cwd=top, stdin="\n".join(staged[p] for p in paths)).split()
        if paths
        else []
    )
    if any(size.isdigit() and int(size) > LARGE for size in sizes):
        return True
    search = ("grep", "--cached", "-I", "-l", "-E", *(part for form in FORMS.values() for part in ("-e", form)), "--")
    parts = [paths[start : start + AT_ONCE] for start in range(0, len(paths), AT_ONCE)]
    return any(_git(*search, *(f":(top,literal){p}" for p in part), cwd=top) for part in parts)


def _git(*args: str, cwd: str | None = None, stdin: str | None = None) -> str:
    """What git answers; nothing where it is missing or refuses. A hook's own variables (its index) are kept."""
    try:
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", *args],
            cwd=cwd or None, input=None if stdin is None else stdin.encode("utf-8", "surrogateescape"), capture_output=True, check=False,
        )  # fmt: skip
    except OSError:
        return ""
    return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")


if __name__ == "__main__":
    main()
