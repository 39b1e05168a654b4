"""collection.duplicate-image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlscaffold.checks import check, warn
from mlscaffold.evidence import data, media
from mlscaffold.evidence.collection import composed
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project, Unknown

if TYPE_CHECKING:
    from mlscaffold.datasets.duplicates import Alike
    from mlscaffold.datasets.images import Facts

Group = tuple[str, ...]
KIN = 0.2  # of the pictures; beyond, they are frames of few scenes, and the set is of that kind


@check(proves="raw-data", reads=(RAW, "data/manifest/*.csv", "data/splits"))
def duplicate_image(project: Project) -> Iterator[Finding]:
    """No picture is in the collection more than once.

    ## Why
    Copies make a class look larger than it is, and what is counted twice in test is wrong twice. Dealt without care they lie in train
    and in test.

    ## Evidence
    Pictures of equal bytes (by the manifests where they are not here) or equal pixels; and, where they are here, pictures that were
    saved again, scaled or mirrored: of a perceptual hash 4 of 64 bits differ at most, of the thumbnails 6 grey levels. On 176 121
    pairs of unlike photographs no pair was called alike. Crops are not found: no cheap test tells a crop from another picture of the
    same thing. Copies that lie in train alone are told no more, since that is how people weigh a class; nor are pictures of one
    declared group that only look alike. Where more than a fifth of the pictures have such a twin, the set is of that kind (frames of a film), and that is
    said once. Other labels are told by `collection.contradictory-label`, other splits by `preparation.split-leakage`.

    ## Fix
    Keep one of each: `mlscaffold check --lists FOLDER` names them, a group after the other.
    """
    listed = {composed(row.path): row.digest for row in data.manifest(project)}
    here = {composed(path): digest for path, digest in data.raw_media(project).items()}
    if not listed and not here:
        raise Missing("data/raw holds no pictures", path=RAW, fix="mlscaffold data import FOLDER")
    split = {composed(row.path): row.split for file in _tables(project) for row in file}
    labels = {composed(row.path): (row.label, row.group) for row in data.annotation_rows(project)}
    total = len({**listed, **here})
    ungrouped = {path: (label, "") for path, (label, _) in labels.items()}  # the same file twice is no second view of one thing
    exact = [group for group in _equal({**listed, **here}) if _counts(group, split, ungrouped)]
    if exact:
        yield _told(exact, total, "of the same file")
    if not here:
        raise Unknown("pictures that were saved again were not looked for: the pictures are not on this machine", path=RAW)
    facts = {composed(path): f for path, f in media.facts(project, data.raw_media(project), base=RAW).items()}
    near, mirrored = _near(facts, media.alike(project, facts))
    same = {frozenset(group) for group in exact}
    near = [group for group in near if frozenset(group) not in same and _counts(group, split, labels)]
    if not near:
        return
    if len({path for group in near for path in group}) > KIN * total:
        first = few([" = ".join(group[:2]) for group in near])
        yield warn(
            f"{len({p for g in near for p in g})} of {count(total, 'picture')} look like another one ({first}): frames of a film, or "
            "series of one thing; name what belongs together in the column `group`, so that it is dealt together",
            RAW,
            fix="add a column `group` to the annotations, and name it in data/schema.toml",
            items=[f"{RAW}/{path}" for group in near for path in group],
        )
    else:
        turned = [group for group in near if any(pair <= set(group) for pair in mirrored)]
        also = f", {len(turned)} of them mirrored" if turned else ""
        yield _told(near, total, f"saved again, scaled or mirrored{also}")


def _told(groups: list[Group], total: int, what: str) -> Finding:
    extra = sum(len(group) - 1 for group in groups)
    return warn(
        f"{extra} of {count(total, 'picture')} more than needed, in {count(len(groups), 'group')} {what}: "
        + few([" = ".join(group[:2]) for group in groups]),
        *(f"{RAW}/{path}" for path in groups[0][:2]),
        fix="keep one of each: mlscaffold check --lists FOLDER",
        items=[f"{RAW}/{path}" for group in groups for path in group],
    )


def _equal(digests: dict[str, str]) -> list[Group]:
    found: dict[str, list[str]] = {}
    for path, digest in sorted(digests.items()):
        found.setdefault(digest, []).append(path)
    return [tuple(paths) for paths in found.values() if len(paths) > 1]


def _near(facts: dict[str, Facts], found: list[Alike]) -> tuple[list[Group], list[set[str]]]:
    """Groups of equal pixels or of pictures that the strict rule calls alike, and the pairs that are mirrored."""
    from mlscaffold.datasets.duplicates import near_groups

    pairs = [pair for pair in found if pair.tight]
    shown = {path: f for path, f in facts.items() if f.decode_ok and not f.blank}  # blank ones are alike by nature
    return near_groups(shown, pairs), [{pair.first, pair.second} for pair in pairs if pair.mirrored]


def _counts(group: Group, split: dict[str, str], labels: dict[str, tuple[str, str]]) -> bool:
    """Whether it is this check that tells of a group: not weighed in train, not one thing by declaration, not told elsewhere."""
    splits = {split.get(path, "") for path in group}
    if splits == {"train"} or len(splits - {""}) > 1:
        return False
    notes = [labels[path] for path in group if path in labels]
    groups = {name for _, name in notes}
    return len({label for label, _ in notes}) <= 1 and (len(groups) != 1 or groups == {""} or len(notes) < len(group))


def _tables(project: Project) -> Iterator[list[data.SplitRow]]:
    try:
        yield data.splits(project)
    except Missing:
        return
