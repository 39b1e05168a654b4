"""project.file-too-large."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold import git
from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project
from mlscaffold.trees import IndexTree

PART = 5  # a file that is a fifth of too much


@check(proves="", reads=("**",), always=True, volatile=True)
def file_too_large(project: Project) -> Iterator[Finding]:
    """No large file is in git.

    ## Why
    A model in git is in every clone for ever, and hosts refuse the push when it is too late.

    ## Evidence
    Sizes of tracked files. Setting `megabytes` (default 50). Files above a fifth of
    that which together exceed it warn. A Git LFS pointer has the size of a pointer.

    ## Fix
    `git rm --cached FILE` and a line in `.gitignore`; or Git LFS, or DVC.
    """
    limit = project.option("project.file-too-large", "megabytes", 50.0) * 1e6
    sizes = _staged_sizes(project) if isinstance(project.tree, IndexTree) else _sizes(project)
    large = sorted(((size, path) for path, size in sizes.items() if size > limit), reverse=True)
    if large:
        named = few([f"{path} ({size / 1e6:.0f} MB)" for size, path in large])
        yield fail(
            f"{count(len(large), 'tracked file')} above {limit / 1e6:g} MB: {named}",
            *(path for _, path in large[:3]),
            fix=f"git rm --cached {large[0][1]}, and a line in .gitignore",
        )
    parts = sorted(((size, path) for path, size in sizes.items() if limit / PART < size <= limit), reverse=True)
    if (total := sum(size for size, _ in parts)) > limit and not large:
        yield warn(
            f"{count(len(parts), 'tracked file')} above {limit / PART / 1e6:g} MB, {total / 1e6:.0f} MB together: {few([p for _, p in parts])}",
            *(path for _, path in parts[:3]), fix=f"git rm --cached {parts[0][1]}, and a line in .gitignore; or Git LFS",
        )  # fmt: skip


def _sizes(project: Project) -> dict[str, int]:
    """Tracked path → bytes on disk."""
    sizes = {}
    for path in git.index_entries(project.root):
        file = project.root / path
        if file.is_file() and not file.is_symlink():
            sizes[path] = file.stat().st_size
    return sizes


def _staged_sizes(project: Project) -> dict[str, int]:
    """Tracked path → bytes of the blob that is staged."""
    entries = git.index_entries(project.root)
    asked = "".join(f"{blob}\n" for blob in entries.values()).encode()
    answer = git.run_git(["cat-file", "--batch-check=%(objectsize)"], project.root, check=False, stdin=asked).text.splitlines()
    return {path: int(size) for path, size in zip(entries, answer, strict=False) if size.isdigit()}
