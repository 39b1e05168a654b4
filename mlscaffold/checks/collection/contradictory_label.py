"""collection.contradictory-label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data, media
from mlscaffold.evidence.collection import composed
from mlscaffold.evidence.data import RAW, Annotation
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FIX = "decide which label holds, and correct the other row"
COMMON = 0.05  # of the pictures; beyond, classes differ in a detail that a thumbnail does not show


@check(proves="annotations", reads=(RAW, "data/manifest/*.csv"))
def contradictory_label(project: Project) -> Iterator[Finding]:
    """No picture has two labels.

    ## Why
    Two annotators saw the same picture and disagreed. The model is punished for either answer, and the test set counts one of
    them wrong.

    ## Evidence
    Labels of pictures with equal pixels, whatever their names and files (with equal bytes, by the manifests, where they are not
    here), and of rows that name the same picture. A picture that was only saved again, by perceptual hash and thumbnail, is a
    warning; where more than one picture in twenty has such a twin, the data are of that kind, and nothing is said.

    ## Fix
    Decide which label holds; write the case down under `[[edge_cases]]` in `data/schema.toml`.
    """
    rows = data.annotation_rows(project)
    if not rows:
        raise Missing("no annotation file has a row", path=RAW, fix="mlscaffold data import FOLDER")
    identity = _identities(project)
    groups: dict[str, list[Annotation]] = defaultdict(list)
    for row in rows:
        if row.label:
            path = composed(row.path)
            groups[identity.get(path, path)].append(row)
    bad = [group for group in groups.values() if len({row.label for row in group}) > 1]
    if bad:
        first = bad[0]
        one, two = first[0], next(row for row in first if row.label != first[0].label)
        yield fail(
            f"{count(len(bad), 'picture')} with more than one label: "
            + few([f'{one.path} "{one.label}" and {two.path} "{two.label}"', *(group[0].path for group in bad[1:])]),
            at(one.file, one.line),
            at(two.file, two.line),
            fix=FIX,
            items=[f"{RAW}/{row.path}" for group in bad for row in group],
        )
    yield from _saved_again(project, rows)


def _saved_again(project: Project, rows: list[Annotation]) -> Iterator[Finding]:
    """Pictures of other pixels that look the same and have another label."""
    here = {composed(path): fact for path, fact in media.facts(project, data.raw_media(project), base=RAW).items()}
    labelled = {composed(row.path): row for row in rows if row.label}
    known = {path: fact for path, fact in here.items() if path in labelled}
    pairs = [
        (labelled[pair.first], labelled[pair.second])
        for pair in media.alike(project, known)
        if pair.tight and not pair.mirrored and labelled[pair.first].label != labelled[pair.second].label
    ]
    if pairs and len({row.path for pair in pairs for row in pair}) <= max(2, COMMON * len(known)):
        named = [f'{one.path} "{one.label}" and {two.path} "{two.label}"' for one, two in pairs]
        yield warn(
            f"{count(len(pairs), 'pair')} of pictures that look the same, with different labels: {few(named, 2)}",
            *(at(row.file, row.line) for row in pairs[0]),
            fix=FIX,
            items=[f"{RAW}/{row.path}" for pair in pairs for row in pair],
        )


def _identities(project: Project) -> dict[str, str]:
    """Path → what makes a picture the same: its pixels where it is here, else the digest that its manifest gives."""
    found = {composed(medium.path): medium.digest for medium in data.manifest(project)}
    here = data.raw_media(project)
    facts = media.facts(project, here, base=RAW)
    pixels = {composed(path): fact.pixels or fact.digest for path, fact in facts.items()}
    # A blank or unread picture is the same as itself only by its bytes.
    return found | pixels
