"""preparation.group-leak."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data, effects
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Project
from mlscaffold.splitnames import is_split, is_test, present

BODIES = re.compile(r"(patient|person|subject|participant|lesion|individual|animal|case)s?([_ -]?(id|no|nr|number|key))?", re.I)
SCENES = re.compile(
    r"(product|video|clip|scene|session|series|sequence|burst|item|object|serial|plate|slide|site)s?[_ -]?(id|no|nr|number|key)?",
    re.I,
)
NUMBERED = re.compile(r".*[_ -]?(id|no|nr|number|key|serial)", re.I)
WORD = re.compile(
    r"(aug(ment(ed|ation)?)?|rot(at(ed?|ion))?|[hv]?flip(ped|lr|ud)?|mirror(ed)?|crop(ped)?|bright(ness)?|nois[ey]|blur(red)?|jitter|shear|zoom(ed)?"
    r"|scaled?|shift(ed)?|copy|dup(licate)?|elastic|contrast|gamma|oversampled)-?\d*",
    re.I,
)
ORIGIN = re.compile(
    r"(original|origin|parent|base|source)([_ -]?(image|file|name|path|id|picture|photo))?"
    r"|(augmented|derived|copied|copy|made|cropped|generated)[_ -]?(from|of)",
    re.I,
)
FRAME = re.compile(r"(.*?)[ _-]*(?:frame|frm)[ _-]*\d+$", re.I)
COUNTED = re.compile(r"(.*\d.*?)[ _.-]+(?:[^\W\d]+[ _.-]*)?(\d{1,3})", re.S)
FIX = "mlscaffold data split"
MANY, MOST = 20, 0.1
LARGEST = 20  # of a family that is only guessed from names
Rows = list[data.SplitRow]


@check(proves="disjoint-splits", reads=("data/splits", "data/raw/**/annotations.csv"))
def group_leak(project: Project) -> Iterator[Finding]:
    """No group (patient, product, video, original of augmented copies) is in two splits.

    ## Why
    Five photos of one lesion, split by file, let the model recognise the patient instead of the illness.

    ## Evidence
    The column `group` of the split tables and the annotations, columns named like a patient or a video, columns that name the picture
    another one was made from (`original`, `augmented_from`), and file names: an augmented copy (`0007_rot15`, `aug_0007`, `.rf.`) whose
    original lies in another split, frames of one video, and names that only count (`IMG_2542_1`, `IMG_2542_2`: cut from one photo?). A
    column whose values stand in the names of its files is taken for a group too. A declared group, a number of a product or a scene (20 or more, none with
    a tenth of the pictures), and an augmented copy, fail at the first one. A guessed group warns where more than a fifth of the groups are torn.
    Settings: `group`, the name of another column of the annotations that is the group.

    ## Fix
    Write the group into the annotations (column `group`), then `mlscaffold data split`.
    """
    rows = [r for r in data.splits(project) if is_split(r.split)]
    notes = {a.path: a for a in data.annotation_rows(project)}
    wanted = project.option("preparation.group-leak", "group", "")
    declared = {"group": _by(rows, {r.path: r.group or _group(notes.get(r.path)) for r in rows})}
    columns = {name for note in notes.values() for name in note.attributes}
    strict = {c for c in columns if c == wanted or BODIES.fullmatch(c) or _identifies(c, list(notes.values()))}
    declared |= {name: _by(rows, {p: n.attributes.get(name, "") for p, n in notes.items()}) for name in sorted(strict)}
    for name, groups in declared.items():
        torn = _torn(groups)
        if torn:
            first = next(iter(torn))
            effect = effects.without(project, {r.path for held in torn.values() for r in held})
            yield fail(
                f"{len(torn)} of {count(len(groups), f'`{name}`', f'`{name}` values')} are in two splits: {first} has {_spread(torn[first])}",
                *_places(torn), fix=FIX, effect=effect, items=_all(torn),
            )  # fmt: skip
    yield from _augmented(rows, notes)
    guesses = {
        name: _by(rows, {p: n.attributes.get(name, "") for p, n in notes.items()})
        for name in columns - strict
        if SCENES.fullmatch(name) or _names_files(name, notes)
    }
    if not declared["group"] and not guesses:
        guesses["frames of one video"] = _by(rows, {r.path: _video(r.path) for r in rows})
        guesses["what their names share"] = _counted(rows)
    for name, groups in sorted(guesses.items()):
        several = {key: held for key, held in groups.items() if len(held) > 1}
        torn = _torn(several)
        if len(torn) > len(several) / 5:
            first = next(iter(torn))
            yield warn(
                f"{len(torn)} of {len(several)} groups by {name} are in two splits, as {first} ({_spread(torn[first])});"
                " if they belong together, name them in the column `group`",
                *_places(torn), fix=f'group = "{name}" in data/schema.toml, then {FIX}' if name in columns else FIX, items=_all(torn),
            )  # fmt: skip


def _identifies(column: str, notes: list[data.Annotation]) -> bool:
    """Whether a column numbers single things: products, scenes, videos; not sites or cameras, which hold many pictures each."""
    if not SCENES.fullmatch(column) or not NUMBERED.fullmatch(column):
        return False
    sizes = Counter(value for note in notes if (value := note.attributes.get(column, "")))
    return len(sizes) >= MANY and max(sizes.values()) <= MOST * len(notes)


def _names_files(column: str, notes: dict[str, data.Annotation]) -> bool:
    """Whether the values of a column, each of a few pictures, stand in the names of those pictures: a photo they were cut from."""
    named = {path: value for path, note in notes.items() if (value := note.attributes.get(column, ""))}
    sizes = Counter(named.values())
    if len(sizes) < MANY or max(sizes.values()) > max(2, MOST * len(notes)) or len(sizes) > 0.9 * len(named):
        return False
    told = [any(c.isdigit() for c in value) and _tokens(value) in _tokens(path) for path, value in named.items()]
    return sum(told) > 0.9 * len(told)


def _counted(rows: Rows) -> dict[str, Rows]:
    """Pictures by the part of their names before a count from 0 or 1 on; empty where that part is a class or a plain series."""
    families: dict[str, dict[int, data.SplitRow]] = defaultdict(dict)
    for row in rows:
        path = PurePosixPath(row.path)
        if found := COUNTED.fullmatch(path.stem):
            families[f"{path.parent}/{found[1]}"][int(found[2])] = row
    counted = {
        name: list(held.values())
        for name, held in families.items()
        if len(held) > 1 and min(held) <= 1 and max(held) <= len(held) and len(held) <= LARGEST
    }
    # A number that the class alone explains is no photo; and few families among many pictures say nothing.
    classes = {r.label for held in counted.values() for r in held}
    plain = len(counted) <= len(classes) or sum(map(len, counted.values())) < len(rows) / 3
    return {} if len(counted) < MANY or plain else counted


def _augmented(rows: Rows, notes: dict[str, data.Annotation]) -> Iterator[Finding]:
    """Augmented copies, by a recorded origin or by their names, whose original or sibling lies in another split."""
    originals: dict[tuple[str, str], Rows] = defaultdict(list)
    siblings: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in rows:
        originals[row.label, _tokens(row.path)].append(row)
        for base in sorted(bases(row.path)):
            siblings[row.label, base].append(row)
    families = [(copies, originals.get(key, [])) for key, copies in siblings.items()] + _recorded(rows, notes)
    torn: dict[data.SplitRow, data.SplitRow] = {}
    for copies, known in families:
        for copy in copies:
            other = next((r for r in _family(copy, known, copies) if _side(r.split) != _side(copy.split)), None)
            if other:
                torn.setdefault(copy, other)
    if torn:
        copy, other = min(torn.items(), key=lambda pair: (pair[0].file, pair[0].line))
        places = [at(r.file, r.line) for r in (copy, other)]
        yield fail(
            f"{count(len(torn), 'augmented copy', 'augmented copies')} and the original or another copy lie in different splits,"
            f" first {copy.path} ({copy.split}) and {other.path} ({other.split}): split first, augment train afterwards",
            *places, fix=f"take the copies out of data/raw, then {FIX}", items=[f"{data.RAW}/{r.path}" for pair in torn.items() for r in pair],
        )  # fmt: skip


def _family(copy: data.SplitRow, known: Rows, copies: Rows) -> Rows:
    """What a copy may be of: where its own folder holds the original, a namesake in another folder is another picture."""
    folder = PurePosixPath(copy.path).parent
    if any(PurePosixPath(r.path).parent == folder for r in known):
        return [r for r in known + copies if PurePosixPath(r.path).parent == folder]
    return known + copies


def _recorded(rows: Rows, notes: dict[str, data.Annotation]) -> list[tuple[Rows, Rows]]:
    """Copies with their original, where a column of the annotations names the picture that each was made from."""
    columns = [c for c in sorted({name for note in notes.values() for name in note.attributes}) if ORIGIN.fullmatch(c)]
    if not columns:
        return []
    named: dict[str, Rows] = defaultdict(list)
    for row in rows:
        path = PurePosixPath(row.path)
        for name in {row.path, path.name, path.stem}:
            named[name].append(row)
    families: dict[str, Rows] = defaultdict(list)
    for row in rows:
        for column in columns if row.path in notes else ():
            value = notes[row.path].attributes.get(column, "")
            found = named.get(value) or named.get(PurePosixPath(value).name) if value else None
            if found and row not in found:
                families[found[0].path].append(row)
    place = {row.path: row for row in rows}
    return [(copies, [place[path]]) for path, copies in families.items()]


def bases(path: str) -> set[str]:
    """What the name of the original may be, where a name says that the picture is an augmented copy."""
    stem = PurePosixPath(path).stem
    if ".rf." in stem:
        return {_tokens(stem.split(".rf.")[0])}
    parts = [p for p in re.split(r"[_\-. ()]+", stem) if p]
    marks = [i for i, part in enumerate(parts) if WORD.fullmatch(part)]
    if not marks:
        return set()
    rest = [p for i, p in enumerate(parts) if i not in marks]
    found = {"_".join(rest), "_".join(parts[: marks[0]])}
    return {base.casefold() for base in found if any(c.isdigit() for c in base)}


def _tokens(path: str) -> str:
    stem = PurePosixPath(path).stem if "/" in path or "." in path else path
    return "_".join(p for p in re.split(r"[_\-. ()]+", stem) if p).casefold()


def _video(path: str) -> str:
    name = FRAME.fullmatch(PurePosixPath(path).stem)
    return f"{PurePosixPath(path).parent}/{name[1]}" if name else ""


def _group(note: data.Annotation | None) -> str:
    return note.group if note else ""


def _by(rows: Rows, keys: dict[str, str]) -> dict[str, Rows]:
    groups: dict[str, Rows] = defaultdict(list)
    for row in rows:
        if keys.get(row.path):
            groups[keys[row.path]].append(row)
    return dict(groups)


def _torn(groups: dict[str, Rows]) -> dict[str, Rows]:
    return {key: held for key, held in sorted(groups.items()) if len({_side(r.split) for r in held}) > 1}


def _side(split: str) -> str:
    """What a group must not straddle: all test sets are one side, since nothing is learned from any of them."""
    return "test" if is_test(split) else split


def _spread(held: Rows) -> str:
    counts = [(s, sum(r.split == s for r in held)) for s in present(r.split for r in held)]
    return few([f"{n} in {s}" for s, n in counts if n], 4)


def _places(torn: dict[str, Rows]) -> list[Evidence]:
    return [at(r.file, r.line) for held in list(torn.values())[:1] for r in held[:3]]


def _all(torn: dict[str, Rows]) -> list[str]:
    return [f"{data.RAW}/{r.path}" for held in torn.values() for r in held]
