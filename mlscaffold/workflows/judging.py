"""Give pictures to a person to judge: draw them, write down what was asked, and return the form."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import chain, data, predictions
from mlscaffold.evidence.judgements import RIGHT, UNSURE, UNTOLD, Asked, Item, read_asked
from mlscaffold.project import Project
from mlscaffold.reports.judging import Form
from mlscaffold.workflows.taking import address
from mlscaffold.writing import write_text

FOLDER = "reports/collection/sheets"
MOST = 1000
"""Items of a sheet: a page has to open, and a person has to end it."""
SMALL = 320
"""Pixels of a picture's longer side on the form."""
BLIND = ("validation", "eyeball")
"""Splits on which a person's level may be measured: nobody looks at test."""


def make_form(project: Project, kind: str, *, count: int = 100, of: str = "", paths: Sequence[str] = (), seed: int = 0) -> Form:
    """Draw the items of a sheet and record them under `reports/collection/sheets`; raises where there is nothing to ask.

    `kind`: `spot-check` (are these labels right?; `of` "mistakes": of the pictures of eyeball and validation that the model got wrong),
    `human-level` (what is this?, blind, on validation and eyeball), `relabel` (`paths` under `data/raw`), `review` (the pictures
    that the service laid aside).
    """
    need_sheet(project, count)
    pool = _pool(project, kind, of=of, paths=paths)
    if not pool:
        raise ScaffoldError("There is no picture to judge.", reference="nothing-to-judge", hint=_where_from(kind))
    drawn = (
        pool if kind in ("relabel", "review") and len(pool) <= count else random.Random(seed).sample(pool, min(count, len(pool)))
    )
    options = (*((RIGHT,) if kind in ("spot-check", "relabel") else ()), *data.classes(project), UNSURE)
    return form_of(record(project, kind, drawn, population=len(pool), options=options, of=of))


def need_sheet(project: Project, count: int) -> None:
    """Raise where a sheet of so many pictures may not be made."""
    if not 1 <= count <= MOST:
        raise UsageError(f"A sheet has 1 to {MOST} pictures, not {count}.", reference="sheet-size")
    need_pictures(project.settings.pictures, "A sheet", may="leave the machine with the sheet")


def need_pictures(setting: str, what: str, *, may: str) -> None:
    """Raise where the settings (`pictures`) let no file hold pictures; `what` would show them, and they would have to be allowed to do `may`."""
    if setting == "none":
        raise ScaffoldError(
            f'{what} holds pictures, and mlscaffold.toml says pictures = "none".',
            reference="no-pictures",
            hint=f'If these may {may}: pictures = "embed". With "link" they are only shown, on this machine.',
        )


def form_of(asked: Asked) -> Form:
    """The words around a recorded sheet."""
    classes = [option for option in asked.options if option not in (RIGHT, UNSURE)]
    choices = [(name, name) for name in classes]
    if asked.kind == "causes":
        return Form(
            asked,
            "causes of mistakes",
            "Why is the model wrong here?",
            (*choices, (UNSURE, UNTOLD)),
            shown=True,
            several=True,
        )
    if asked.kind == "human-level":
        return Form(
            asked, "what a person reaches", "What does the picture show?", (*choices, (UNSURE, "cannot tell")), shown=False
        )
    if asked.kind == "review":
        return Form(
            asked, "review", "What does the picture show?", (*choices, (UNSURE, "none of these, or cannot tell")), shown=True
        )
    right = (RIGHT, "the label is right")
    title = "labels, looked at" if asked.kind == "spot-check" else "labels, given anew"
    return Form(
        asked, title, "Is the label right, and if not, which one is?", (right, *choices, (UNSURE, "cannot tell")), shown=True
    )


def asked_before(project: Project, digest: str) -> Asked:
    """The recorded sheet of this digest; raises where the project knows none."""
    for path in project.glob(f"{FOLDER}/*/sheet.json"):
        asked = project.read(read_asked, path)
        if asked.digest == digest:
            return asked
    raise ScaffoldError(
        f"No sheet of this project has the digest {digest[:12]}.",
        reference="unknown-sheet",
        hint=f"It was made in another project, or its folder under {FOLDER} is not in this clone.",
    )


def picture_bytes(project: Project, path: str) -> bytes:
    """A small JPEG of a medium for the form; empty where it is not here or cannot be decoded."""
    from mlscaffold.datasets.thumbnails import thumbnail

    try:
        return thumbnail(project.content(path), edge=SMALL, kind="JPEG")
    except Exception:  # Pillow raises anything at a damaged picture; that it is damaged is for a check to say
        return b""


def link_of(project: Project, path: str, *, beside: Path) -> str:
    """The address of a medium, seen from the page that shows it; empty where it is not here."""
    return address(project.root / path, beside.absolute().parent)


def _pool(project: Project, kind: str, *, of: str, paths: Sequence[str]) -> list[Item]:
    """Every picture that may be drawn, in order; ids are given when they are."""
    if kind == "review":
        folder = "data/review"
        waiting = {p: d for p, d in project.digests(folder).items() if data.is_medium(p)}
        return [Item("", path, digest, "") for path, digest in sorted(waiting.items())]
    digests = {row.path: row.digest for row in data.manifest(project)}
    notes = {a.path: a.label for a in data.annotation_rows(project) if a.label}
    if kind == "human-level":
        wanted = {row.path for row in data.splits(project) if row.split in BLIND}
    elif kind == "relabel":
        wanted = {path.removeprefix("data/raw/") for path in paths}
        if unknown := sorted(wanted - notes.keys()):
            raise UsageError(
                f"{len(unknown)} of {len(wanted)} pictures have no annotation, first {unknown[0]}.",
                reference="no-such-picture",
                hint="Name paths under data/raw, one a line.",
            )
    elif of == "mistakes":
        wanted = _mistaken(project)
    else:
        wanted = set(notes)
    return [Item("", f"data/raw/{path}", digests.get(path, ""), label) for path, label in sorted(notes.items()) if path in wanted]


def _mistaken(project: Project) -> set[str]:
    """Raw pictures of eyeball and validation that the chosen model names wrongly."""
    origin = {row.path: row.origin for row in data.processed(project, *BLIND)}
    tables = [f"{found.folder}/eyeball.csv" for found in chain.evaluations(project)[-1:]]
    tables.append(f"{chain.chosen(project, 'training').folder}/validation.csv")
    wrong: set[str] = set()
    for path in tables:
        if project.exists(path):
            wrong |= {
                origin[row.path] for row in project.read(predictions.read, path).rows if not row.right and row.path in origin
            }
    return wrong


def record(
    project: Project,
    kind: str,
    drawn: Sequence[Item],
    *,
    population: int,
    options: Sequence[str],
    of: str = "",
    checkpoint: str = "",
) -> Asked:
    """Write down what is asked, so that an answer can be matched with it; the items are numbered in their order."""
    told: dict[str, Any] = {
        "schema": 1,
        "kind": kind,
        "of": of,
        "project": project.settings.name,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "population": population,
        "options": list(options),
        "items": [_item(f"{number:03d}", item) for number, item in enumerate(drawn, 1)],
        **({"checkpoint": checkpoint} if checkpoint else {}),
    }
    told["sheet"] = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    path = f"{FOLDER}/{kind}-{str(told['sheet'])[:8]}/sheet.json"
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    write_text(project.root / path, text)
    return read_asked(text.encode(), path)


def _item(number: str, item: Item) -> dict[str, object]:
    kept: dict[str, object] = {"item": number, "path": item.path, "digest": item.digest, "label": item.label}
    if item.predicted:
        kept |= {"prediction": item.prediction, "confidence": round(item.confidence, 4), "predicted": item.predicted}
    return kept


def _where_from(kind: str) -> str:
    return {
        "review": "The service lays pictures into data/review when it is unsure.",
        "human-level": "mlscaffold data split deals validation and eyeball.",
    }.get(kind, "mlscaffold data import FOLDER brings labelled pictures in.")


def missing_pictures(project: Project, asked: Asked) -> int:
    """How many pictures of the sheet are not on this machine."""
    return sum(not (project.root / item.path).is_file() for item in asked.items)
