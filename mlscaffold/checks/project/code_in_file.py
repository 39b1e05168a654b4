"""project.code-in-file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

from mlscaffold import git
from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.evidence import pickles
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project
from mlscaffold.trees import WorkTree, on_disk

FOLDERS = ("exports", "models", "checkpoints", "weights", "artifacts", "data")
READS = ("runs", *FOLDERS, *(f"**/*{suffix}" for suffix in pickles.SUFFIXES))


@check(proves="", reads=READS, always=True, volatile=True)
def code_in_file(project: Project) -> Iterator[Finding]:
    """No checkpoint and no array runs code when it is loaded.

    ## Why
    A pickle is a program. A checkpoint from somewhere can read the keys of whoever loads it, and still be a good model.

    ## Evidence
    The opcodes of checkpoints (`.ckpt`, `.pt`, `.pth`, also within their archive), arrays of objects (`.npy`, `.npz`) and pickles, in
    `[paths] runs`, `exports`, `data` and among the tracked files: what they would look up and call. Nothing is loaded. Objects of
    other classes than those of tensors, arrays and plain values warn.

    ## Fix
    Delete the file, and find out where it came from. Save weights (`state_dict`, safetensors), not objects.
    """
    called: dict[str, list[str]] = {}
    objects: dict[str, list[str]] = {}
    large = []
    for path in _files(project):
        size = project.tree.stamp(path)
        if size and size[0] > pickles.LARGEST and not path.endswith((".ckpt", ".pt", ".pth", ".npz")):
            large.append(path)
            continue
        found = project.memo(f"pickles:{path}", lambda path=path: _names(project, path))  # type: ignore[misc]
        if bad := [name for name in found if pickles.dangerous(name)]:
            called[path] = bad
        elif odd := [name for name in found if not pickles.plain(name)]:
            objects[path] = odd
    if called:
        told = few([f"{path} holds a call to {few(bad, 2)}" for path, bad in called.items()])
        yield fail(f"{told}; not loaded", *list(called)[:3], fix=f"delete {next(iter(called))}, and find out where it came from")
    if objects:
        classes = few(sorted({name for odd in objects.values() for name in odd}))
        yield warn(
            f"{count(len(objects), 'file')} {'holds' if len(objects) == 1 else 'hold'} objects whose code runs when they are loaded: {classes}",
            *list(objects)[:3],
            fix="save weights (state_dict, safetensors) in their place",
        )
    if large:
        yield unknown(f"{count(len(large), 'pickle')} too large to be looked through: {few(large)}", *large[:3])


def _files(project: Project) -> list[str]:
    runs = project.settings.paths.get("runs", "runs").rstrip("/") or "runs"
    found = {p for folder in (runs, *FOLDERS) for p in project.glob(f"{folder}/**") if p.endswith(pickles.SUFFIXES)}
    return sorted(found | {p for p in git.index_entries(project.root) if p.endswith(pickles.SUFFIXES) and project.exists(p)})


def _names(project: Project, path: str) -> list[str]:
    project.digest(path)  # noted: it is looked at again when it changes
    file: IO[bytes]
    if isinstance(project.tree, WorkTree):
        try:
            with on_disk(project.root / path).open("rb") as file:
                return pickles.names(file)
        except OSError:
            return []
    return pickles.names(io.BytesIO(project.content(path)))
