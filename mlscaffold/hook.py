"""The pre-commit entry: asks git first, and loads the rest of the tool only when something relevant is staged.

A hook runs at every commit, so it must not pay for a command line. What it refuses is the project's `gate`.
"""

from __future__ import annotations

import os
import subprocess
import sys

# A staged file below one of these concerns a check.
RELEVANT = (
    "docs/", "data/", "reports/", "exports/", ".mlscaffold/", ".github/", "acceptance.toml", "mlscaffold.toml", "pipeline.json",
    "deploy.toml", "Dockerfile", "requirements-serve.txt", ".pre-commit-config.yaml", ".gitlab-ci.yml", "README.md", ".env",
)  # fmt: skip
# Broad on purpose: a hit only means that the real check looks at the file.
SUSPICIOUS = r"BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{12}|gh[pousr]_[A-Za-z0-9]{20}|github_pat_|xox[abprs]-|sk-[A-Za-z0-9_-]{16}|AIza[0-9A-Za-z_-]{20}|hf_[A-Za-z]{20}|glpat-|(api_?key|secret|passw(or)?d|token)[\"' ]*[:=]"
LARGE = 5_000_000  # bytes
REFUSED = 1


def main() -> None:
    """The console script: exit 0 lets the commit pass, 1 refuses it."""
    from_git = _git("rev-parse", "--show-toplevel", "--show-prefix").split("\n")
    if not from_git[0]:
        sys.exit(0)
    top = from_git[0]
    staged = _staged(top)
    roots = sorted({root for path in staged if (root := _project_of(top, path)) is not None})
    if not any(_is_relevant(path, roots) for path in staged) and not _is_suspicious(top, staged):
        sys.exit(0)
    from mlscaffold.errors import ScaffoldError

    try:
        sys.exit(max((_judge(os.path.join(top, root)) for root in roots), default=0))  # noqa: PTH118 - pathlib costs a Python start
    except ScaffoldError as error:
        sys.stderr.write(f"mlscaffold: {error.message}\n" + (f"  Next: {error.hint}\n" if error.hint else ""))
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        sys.exit(130)


def _judge(root: str) -> int:
    from pathlib import Path

    from mlscaffold import git
    from mlscaffold.model import Status
    from mlscaffold.project import open_project
    from mlscaffold.workflows.check import Options, check_index, check_project

    project = open_project(Path(root), staged=True)
    report = check_project(project, Options(paths=tuple(git.staged_paths(project.root))))
    always = {s.id for s in check_index(project) if s.always}
    gate = project.settings.gate
    bad = [f for f in report.findings if f.counts and not f.waiver and f.status in (Status.FAIL, Status.ERROR)]
    refused = [f for f in bad if gate == "strict" or (gate == "protect" and f.check in always)]
    passing = len(bad) - len(refused)
    for finding in refused:
        places = ", ".join(f"{e.path}:{e.line}" if e.line else e.path for e in finding.evidence[:3])
        fix = f"\n    {finding.fix}" if finding.fix else ""
        sys.stderr.write(f"mlscaffold: {finding.check}: {finding.message}" + (f"\n    {places}" if places else "") + fix + "\n")
    if passing:
        sys.stderr.write(
            f"mlscaffold: {passing} finding{'s' * (passing != 1)} to look at, not in the way of this commit: mlscaffold check\n"
        )
    if refused:
        sys.stderr.write(f"mlscaffold: commit refused (gate = {gate!r}). Look closer: mlscaffold check --staged\n")
    return REFUSED if refused else 0


def _staged(top: str) -> dict[str, str]:
    """Staged path (relative to the top) → blob id; a deletion has none."""
    base = "HEAD" if _git("rev-parse", "--verify", "--quiet", "HEAD", cwd=top) else "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    fields = _git("diff-index", "--cached", "--raw", "-z", "--no-renames", base, cwd=top).split("\0")
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


def _is_relevant(path: str, roots: list[str]) -> bool:
    inner = next((path[len(root) + 1 :] for root in sorted(roots, reverse=True) if root and path.startswith(f"{root}/")), path)
    return inner.startswith(RELEVANT)


def _is_suspicious(top: str, staged: dict[str, str]) -> bool:
    paths = [path for path, blob in staged.items() if blob]
    if not paths:
        return False
    blobs = "\n".join(blob for blob in staged.values() if blob)
    sizes = _git("cat-file", "--batch-check=%(objectsize)", cwd=top, stdin=blobs).split()
    if any(size.isdigit() and int(size) > LARGE for size in sizes):
        return True
    return bool(
        _git(
            "grep", "--cached", "-I", "-l", "-i", "-E", "-e", SUSPICIOUS, "--", *(f":(literal){p}" for p in paths[:500]), cwd=top
        )
    )


def _git(*args: str, cwd: str | None = None, stdin: str | None = None) -> str:
    try:
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", *args], cwd=cwd, input=stdin, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout.rstrip("\n")


if __name__ == "__main__":
    main()
