"""collection.unreadable-image."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.evidence import data, media
from mlscaffold.evidence.collection import source_of
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project, Unknown

if TYPE_CHECKING:
    from mlscaffold.datasets.images import Facts

# What each ending promises.
FORMATS = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".webp": "WEBP", ".bmp": "BMP",
    ".gif": "GIF", ".tif": "TIFF", ".tiff": "TIFF", ".ppm": "PPM", ".pgm": "PPM", ".pbm": "PPM", ".avif": "AVIF",
}  # fmt: skip
WORDS = {
    "not-an-image": "{n} with a picture's name {is_} no picture",
    "truncated": "{n} {is_} cut off",
    "undecodable": "{n} cannot be decoded",
    "too-large": "{n} {is_} too large to be opened safely, and was not decoded",
    "empty": "{n} {is_} empty",
}


@check(proves="raw-data", reads=(RAW, "data/processed", "docs/examples", "data/manifest/*.csv"), always=True)
def unreadable_image(project: Project) -> Iterator[Finding]:
    """Every picture opens, whole.

    ## Why
    A saved "403 Forbidden" page or half a download stops the training at night; or one decoder fills the rest with grey, and
    nobody sees it.

    ## Evidence
    Every picture below `data/raw`, `data/processed` and `docs/examples` decoded to its last row, unless its header declares
    more than a hundred million pixels. Git LFS pointers are pictures that are elsewhere, not broken ones.

    ## Fix
    Fetch the file again, or take it out together with its rows.
    """
    bases = {RAW: data.raw_media(project), "data/processed": _processed(project), "docs/examples": _examples(project)}
    listed = {source_of(m.path): m for m in data.manifest(project)}
    if not listed and not any(bases.values()):
        raise Missing("data/raw holds no pictures", path=RAW, fix="mlscaffold data import FOLDER")
    facts = {
        f"{base}/{path}": fact
        for base, here in bases.items()
        for path, fact in media.facts(project, here, base=base, look=False).items()
    }
    yield from _broken(facts)
    yield from _misnamed(facts)
    pointers = [path for path, fact in facts.items() if fact.pointer]
    if pointers:
        yield unknown(f"{count(len(pointers), 'picture')} kept by Git LFS elsewhere: {few(pointers)}", fix="git lfs pull")
    away = sorted(set(listed) - {source_of(path) for path in bases[RAW]})
    if away and not facts:
        raise Unknown(
            f"no picture is on this machine; the manifests list {count(len(data.manifest(project)), 'picture')}", path=RAW
        )
    if away:
        yield unknown(f"the pictures of {count(len(away), 'source')} are not on this machine: {few(away)}", RAW)


def _broken(facts: dict[str, Facts]) -> Iterator[Finding]:
    groups = defaultdict(list)
    for path, fact in facts.items():
        if fact.problem and not fact.pointer:
            groups[fact.problem].append(path)
    for problem, paths in sorted(groups.items()):
        words = WORDS.get(problem, "{n} cannot be read: " + problem)
        said = words.format(n=count(len(paths), "file"), is_="is" if len(paths) == 1 else "are")
        details = few([f"{path} ({facts[path].detail})" for path in paths], 2)
        fix = "fetch them again, or take them out together with their rows"
        yield fail(f"{said}: {details}", *paths[:3], fix=fix, items=paths)


def _misnamed(facts: dict[str, Facts]) -> Iterator[Finding]:
    wrong = {}
    for path, fact in facts.items():
        promised = FORMATS.get(PurePosixPath(path).suffix.lower())
        # MPO is what phones write: a JPEG with a second picture behind it.
        found = "JPEG" if fact.format == "MPO" else fact.format
        if fact.decode_ok and promised and found != promised:
            wrong[path] = found
        elif fact.decode_ok and fact.mode in ("CMYK", "YCCK"):
            wrong[path] = f"{fact.mode} {found}"
    if wrong:
        kinds = few([f"{n} {kind}" for kind, n in Counter(wrong.values()).most_common()])
        verb = "is not what its name says" if len(wrong) == 1 else "are not what their names say"
        yield warn(
            f"{count(len(wrong), 'picture')} {verb} ({kinds}): {few(list(wrong))}",
            *list(wrong)[:3],
            fix="rename or save them again",
            items=wrong,
        )


def _processed(project: Project) -> dict[str, str]:
    return {
        path: digest for split in data.prepared_splits(project) for path, digest in data.processed_media(project, split).items()
    }


def _examples(project: Project) -> dict[str, str]:
    base = "docs/examples/"
    return {p.removeprefix(base): d for p, d in project.digests("docs/examples").items() if data.is_medium(p)}
