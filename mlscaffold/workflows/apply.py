"""Take back a sheet on which a person judged pictures: keep it, say what it means, and write what it decides."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from mlscaffold import git
from mlscaffold.datasets.annotations import FILE, read_annotations, write_annotations
from mlscaffold.datasets.tables import write_table
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import Broken, chain, data, evaluations
from mlscaffold.evidence.fields import read_json
from mlscaffold.evidence.judgements import RIGHT, UNSURE, Asked, Item, Returned, read_returned
from mlscaffold.practice.intervals import Interval, clopper_pearson
from mlscaffold.practice.labels import decide
from mlscaffold.practice.metrics import kappa
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.workflows.judging import asked_before
from mlscaffold.writing import write_bytes, write_text

ABSENT = (Missing, Unknown, ScaffoldError)


@dataclass(frozen=True)
class Judged:
    """A decided item: what stood there, and what the person says; `decision` is a class."""

    item: Item
    decision: str

    @property
    def differs(self) -> bool:
        """Whether the person says another class than the label."""
        return self.decision != self.item.label


@dataclass(frozen=True)
class Applied:
    """What came of a sheet. `share` is of wrong labels (spot-check, relabel) or of right answers (human-level)."""

    asked: Asked
    by: str
    judged: tuple[Judged, ...]
    unsure: int
    open: int
    outdated: tuple[str, ...]
    share: float
    interval: Interval
    verdict: str
    pairs: tuple[tuple[tuple[str, str], int], ...]
    agreement: tuple[tuple[str, int, float | None], ...]
    relabelled: tuple[str, ...]
    written: tuple[str, ...]


@dataclass(frozen=True)
class Received:
    """A sheet that came back: what was asked, what was answered, by whom, and where it is kept once it is judged."""

    asked: Asked
    returned: Returned
    content: bytes
    by: str
    slug: str

    @property
    def folder(self) -> str:
        """The folder of the sheet."""
        return str(PurePosixPath(self.asked.path).parent)

    @property
    def kept(self) -> str:
        """Where the answers are kept as they came."""
        return f"{self.folder}/answers-{self.slug}{'.xlsx' if self.content[:2] == b'PK' else '.csv'}"

    @property
    def result(self) -> str:
        """Where it is kept what they mean."""
        return f"{self.folder}/result-{self.slug}.json"


def receive(project: Project, content: bytes, name: str, *, by: str = "") -> Received:
    """Match answers of `by` (default: the git user) with the sheet that they are of; writes nothing.

    Raises `Broken` for what is no sheet, and refuses a second answer of one person.
    """
    returned = read_returned(content, name)
    asked = asked_before(project, returned.sheet)
    _fits(asked, returned, name)
    by = by.strip() or git.identity(project.root)
    if not by:
        raise UsageError("Nobody is named who answered.", reference="no-name", hint='--by "NAME"')
    received = Received(asked, returned, content, by, re.sub(r"\W+", "-", by.casefold()).strip("-") or "person")
    if any((project.root / received.folder).glob(f"answers-{received.slug}.*")):
        raise ScaffoldError(
            f"{by} has answered this sheet already.",
            reference="answered-twice",
            context=received.folder,
            hint="Make a new sheet, or name the other person: --by",
        )
    return received


def apply(project: Project, received: Received, *, correct: bool = False) -> Applied:
    """Judge the answers to a sheet about labels and keep them; `correct` also writes the labels that a spot check found wrong.

    A sheet for relabelling writes its labels; a picture whose label or bytes changed since the sheet was made is left as it is.
    """
    asked, returned = received.asked, received.returned
    judged, outdated = _judged(project, asked, returned)
    said = Counter(a.decision for a in returned.answers)
    found = _outcome(project, asked, judged)
    agreement = _agreement(project, received.folder, {j.item.id: j.decision for j in judged})
    labels = judged if asked.kind == "relabel" or (correct and asked.kind == "spot-check") else ()
    files = _write_labels(project, [j for j in labels if j.differs])
    if asked.kind == "review":
        files += _write_review(project, judged)
    applied = Applied(
        asked=asked,
        by=received.by,
        judged=judged,
        unsure=said[UNSURE],
        open=said[""] + len(asked.items) - len(returned.answers),
        outdated=outdated,
        share=found[0],
        interval=found[1],
        verdict=found[2],
        pairs=tuple(Counter((j.item.label, j.decision) for j in judged if j.differs).most_common()),
        agreement=agreement,
        relabelled=tuple(j.item.path for j in labels if j.differs),
        written=(*files, received.kept, received.result),
    )
    keep(project, received, _result(applied, received))
    return applied


def keep(project: Project, received: Received, told: dict[str, Any]) -> None:
    """Keep the answers byte by byte, and beside them what they mean."""
    write_bytes(project.root / received.kept, received.content)
    write_text(project.root / received.result, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def result(received: Received, decisions: dict[str, str], **told: object) -> dict[str, Any]:
    """What is kept of every sheet that came back: which, whose, when, `decisions` by item, and what else is `told`."""
    return {
        "schema": 1,
        "sheet": received.asked.digest,
        "kind": received.asked.kind,
        "by": received.by,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "answers": hashlib.sha256(received.content).hexdigest(),
        "n": len(decisions),
        **told,
        "decisions": [{"item": item, "decision": decision} for item, decision in decisions.items()],
    }


def _fits(asked: Asked, returned: Returned, name: str) -> None:
    """Raise where an answer is of no item, or is none of the choices."""
    known = {item.id for item in asked.items}
    for line, answer in enumerate(returned.answers, start=2):
        if answer.item not in known:
            raise Broken(name, f"row {line} is of item {answer.item!r}, which the sheet has not")
        if asked.kind != "causes" and answer.decision and answer.decision not in asked.options:
            raise Broken(name, f"row {line} decides {answer.decision!r}; the choices are {', '.join(asked.options)}")


def _judged(project: Project, asked: Asked, returned: Returned) -> tuple[tuple[Judged, ...], tuple[str, ...]]:
    """The decided items, and the paths of those that are not any more what was judged."""
    items = {item.id: item for item in asked.items}
    labels = {f"data/raw/{a.path}": a.label for a in data.annotation_rows(project)}
    digests = {f"data/raw/{m.path}": m.digest for m in data.manifest(project)}
    judged, outdated = [], []
    for answer in returned.answers:
        item = items[answer.item]
        if answer.decision in ("", UNSURE):
            continue
        moved = asked.kind != "review" and (labels.get(item.path) != item.label or digests.get(item.path, "") != item.digest)
        if moved:
            outdated.append(item.path)
        else:
            judged.append(Judged(item, item.label if answer.decision == RIGHT else answer.decision))
    return tuple(judged), tuple(outdated)


def _outcome(project: Project, asked: Asked, judged: Sequence[Judged]) -> tuple[float, Interval, str]:
    """The share with its exact interval, and what it means."""
    n, differing = len(judged), sum(j.differs for j in judged)
    if not n:
        return 0.0, clopper_pearson(0, 0), "Nothing was decided."
    if asked.kind == "human-level":
        right, found = n - differing, clopper_pearson(n - differing, n)
        model = _accuracy(project)
        beside = f"; the model reaches {model:.3f} on test" if model is not None else ""
        return right / n, found, f"a person reaches {right / n:.3f} ({found.low:.3f} to {found.high:.3f}, n = {n}){beside}"
    if asked.kind == "review":
        return 0.0, clopper_pearson(0, n), f"{n} pictures have a label now"
    found = clopper_pearson(differing, n)
    told = f"{differing} of {n} labels are wrong: {differing / n:.1%} ({found.low:.1%} to {found.high:.1%})"
    if asked.kind == "relabel":
        return differing / n, found, told
    model = _accuracy(project)
    if asked.of == "mistakes":
        return differing / n, found, f"{told}; {decide(differing, n).text}"
    if model is not None and model < 1:
        return differing / n, found, f"{told}; the model errs on {1 - model:.1%}: {decide(differing, n, mistakes=1 - model).text}"
    return differing / n, found, f"{told}; no evaluation says yet how often a model errs"


def _accuracy(project: Project) -> float | None:
    """Accuracy of the newest evaluation, as it was measured."""
    known = chain.evaluations(project)
    try:
        return project.read(evaluations.read, f"{known[-1].folder}/metrics.json").metrics["accuracy"].value if known else None
    except (*ABSENT, KeyError):
        return None


def _agreement(project: Project, folder: str, mine: dict[str, str]) -> tuple[tuple[str, int, float | None], ...]:
    """With each person who answered before: how many items both decided, and Cohen's kappa."""
    found = []
    for path in project.glob(f"{folder}/result-*.json"):
        other = project.read(read_json, path)
        theirs = {d.text("item"): d.text("decision") for d in other.tables("decisions")}
        both = sorted(mine.keys() & theirs.keys())
        names = sorted({*(mine[i] for i in both), *(theirs[i] for i in both)})
        matrix = [[sum(mine[i] == a and theirs[i] == b for i in both) for b in names] for a in names]
        found.append((other.text("by"), len(both), kappa(matrix) if both else None))
    return tuple(found)


def _write_labels(project: Project, wrong: Sequence[Judged]) -> list[str]:
    """Put the new labels into the raw annotations; the files that changed."""
    folders: dict[PurePosixPath, dict[str, str]] = {}
    for one in wrong:
        path = PurePosixPath(one.item.path)
        folders.setdefault(path.parent, {})[path.name] = one.decision
    written = []
    for folder, labels in sorted(folders.items()):
        file = project.root / folder / FILE
        rows = [
            type(row)(row.name, labels.get(row.name, row.label), row.group, row.attributes, row.line)
            for row in read_annotations(file)
        ]
        if write_annotations(file, rows):
            written.append(f"{folder}/{FILE}")
    return written


def _write_review(project: Project, judged: Sequence[Judged]) -> list[str]:
    """A list of the reviewed pictures that `data import` takes."""
    rows = [{"path": PurePosixPath(j.item.path).relative_to("data/review").as_posix(), "label": j.decision} for j in judged]
    path = "data/review/labels.csv"
    return [path] if rows and write_table(project.root / path, ("path", "label"), rows) else []


def _result(applied: Applied, received: Received) -> dict[str, Any]:
    return result(
        received,
        {j.item.id: j.decision for j in applied.judged},
        unsure=applied.unsure,
        open=applied.open,
        outdated=len(applied.outdated),
        share=round(applied.share, 6),
        low=round(applied.interval.low, 6),
        high=round(applied.interval.high, 6),
        verdict=applied.verdict,
        agreement=[{"with": who, "n": n, "kappa": value} for who, n, value in applied.agreement],
    )
