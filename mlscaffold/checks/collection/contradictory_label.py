"""collection.contradictory-label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import data, media
from mlscaffold.evidence.collection import composed
from mlscaffold.evidence.data import RAW, Annotation
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project


@check(proves="annotations", reads=(RAW, "data/manifest/*.csv"))
def contradictory_label(project: Project) -> Iterator[Finding]:
    """No picture has two labels.

    ## Why
    Two annotators saw the same picture and disagreed. The model is punished for either answer, and the test set counts one of
    them wrong.

    ## Evidence
    Labels of pictures with equal pixels, whatever their names and files (with equal bytes, by the manifests, where they are not
    here), and of rows that name the same picture.

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
            fix="decide which label holds, and correct the other row",
        )


def _identities(project: Project) -> dict[str, str]:
    """Path → what makes a picture the same: its pixels where it is here, else the digest that its manifest gives."""
    found = {composed(medium.path): medium.digest for medium in data.manifest(project)}
    here = data.raw_media(project)
    facts = media.facts(project, here, base=RAW)
    pixels = {composed(path): fact.pixels or fact.digest for path, fact in facts.items()}
    # A blank or unread picture is the same as itself only by its bytes.
    return found | pixels
