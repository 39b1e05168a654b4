"""project.provenance-contradicts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from mlscaffold import git
from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.evidence import jsonfile
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project

RUNS = ("training", "tuning")


@check(proves="", reads=("reports/*/*/provenance.json", "reports/*/*/metrics.csv"), volatile=True)
def provenance_contradicts(project: Project) -> Iterator[Finding]:
    """Every run is one of its own, made from code that the repository knows.

    ## Why
    A folder that was copied and renamed is a result that never happened; a commit that nobody has cannot be run again.

    ## Evidence
    `provenance.json` of every reported run: its name against its folder, its commit against the repository; `metrics.csv` and
    checkpoint digests against those of the other runs.

    ## Fix
    Take the copy out. Push the commit that the run was made from, or run it again.
    """
    records = {path: project.read(jsonfile.read, path) for path in project.glob("reports/*/*/provenance.json")}
    misnamed = [p for p, r in records.items() if r.get("run") and str(r["run"]) != p.split("/")[2]]
    if misnamed:
        named = few([f"{p.split('/')[2]} says it is {records[p]['run']}" for p in misnamed])
        yield fail(
            f"{count(len(misnamed), 'run')} under another name than its own: {named}", *misnamed[:3], fix="take the copy out"
        )
    yield from _copies(project, {p: r for p, r in records.items() if p.split("/")[1] in RUNS})
    yield from _commits(project, records)


def _copies(project: Project, records: dict[str, dict[str, object]]) -> Iterator[Finding]:
    by_metrics, by_checkpoint = defaultdict(set), defaultdict(set)
    for path in project.glob("reports/*/*/metrics.csv"):
        if path.split("/")[1] in RUNS:
            by_metrics[project.digest(path)].add(path.split("/")[2])
    for path, record in records.items():
        checkpoint = record.get("checkpoint")
        digest = str(checkpoint.get("digest") or "") if isinstance(checkpoint, dict) else ""
        if digest:
            by_checkpoint[digest].add(path.split("/")[2])
    for what, groups in (("metrics.csv", by_metrics), ("checkpoint", by_checkpoint)):
        for runs in groups.values():
            if len(runs) > 1:
                places = [p for p in records if p.split("/")[2] in runs]
                yield fail(f"{few(sorted(runs))} have the same {what}", *places[:3], fix="take the copy out")


def _commits(project: Project, records: dict[str, dict[str, object]]) -> Iterator[Finding]:
    claimed = {path: str(record.get("commit") or "") for path, record in records.items()}
    claimed = {path: commit for path, commit in claimed.items() if commit}
    if not claimed or git.top(project.root) is None:
        return
    malformed = [p for p, commit in claimed.items() if not re.fullmatch(r"[0-9a-f]{7,64}", commit)]
    if malformed:
        yield fail(
            f"{count(len(malformed), 'run')} with a commit that is none: {few([repr(claimed[p]) for p in malformed])}",
            *malformed[:3],
        )
    known = git.known_commits({c for p, c in claimed.items() if p not in malformed}, project.root)
    lost = [p for p, commit in claimed.items() if p not in malformed and commit not in known]
    if lost and git.is_shallow(project.root):
        yield unknown(
            f"commits of {count(len(lost), 'run')} cannot be looked up: this clone is shallow",
            *lost[:3],
            fix="git fetch --unshallow",
        )
    elif lost:
        named = few([f"{claimed[p][:12]} of {p.split('/')[2]}" for p in lost])
        yield warn(
            f"{count(len(lost), 'run')} from a commit that is not in the repository: {named}",
            *lost[:3],
            fix="push that commit, or run it again",
        )
