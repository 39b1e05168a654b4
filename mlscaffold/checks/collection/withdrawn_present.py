"""collection.withdrawn-present."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import data, withdrawals
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Project

BESIDE = ("data/field", "data/review", "data/removed")
READS = (RAW, "data/processed", "data/manifest/*.csv", "data/splits/*.csv", withdrawals.FOLDER, *BESIDE)


@check(proves="raw-data", reads=READS, always=True)
def withdrawn_present(project: Project) -> Iterator[Finding]:
    """No withdrawn picture is here.

    ## Why
    Somebody took back their consent, or a licence ended. A clone that had the picture, or a batch that brings it again, breaks a
    promise.

    ## Evidence
    Digests in `data/withdrawn/*.csv` against the files below `data/raw`, `data/field`, `data/review` and `data/removed`, and against
    manifests and split tables; prepared pictures of theirs that no table names any more.

    ## Fix
    `mlscaffold data forget --again` erases on this machine what was withdrawn, and takes its rows out.
    """
    known = withdrawals.tombstones(project)
    stones = {stone.digest: stone for stone in known if stone.digest}
    if not stones:
        return
    files = {path: digest for folder in (RAW, *BESIDE) for path, digest in project.digests(folder).items() if digest in stones}
    prepared = {f"data/processed/{path}": path for path in withdrawals.left_prepared(project, known)}
    rows: list[tuple[str, str, Evidence]] = [(m.path, m.digest, at(m.file, m.line)) for m in data.manifest(project)]
    for file in project.glob("data/splits/*.csv"):
        rows += [(row.path, row.digest, at(row.file, row.line)) for row in project.read(data.read_splits, file)]
    named = [(path, digest, place) for path, digest, place in rows if digest in stones]
    if not files and not named and not prepared:
        return
    digests = set(files.values()) | {digest for _, digest, _ in named}
    parts = [count(len(found), noun) for found, noun in ((files, "file"), (prepared, "prepared file"), (named, "row")) if found]
    paths = sorted({path.removeprefix(f"{RAW}/") for path in (*files, *prepared)} | {path for path, _, _ in named})
    n = max(len(digests), len(prepared))
    yield fail(
        f"{n} of {count(len(stones), 'withdrawn picture')} {'is' if n == 1 else 'are'} here ({', '.join(parts)}): {few(paths)}",
        *([at(path) for path in sorted([*files, *prepared])] + [place for _, _, place in named])[:3],
        fix="mlscaffold data forget --again",
    )
