"""collection.provenance-missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import sources
from mlscaffold.evidence.collection import known_media, source_of
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few, is_placeholder
from mlscaffold.model import Finding
from mlscaffold.project import Project

# What people write where no licence is known; a search engine is none.
NO_LICENCE = frozenset(
    {
        "google images",
        "google",
        "internet",
        "web",
        "the web",
        "bing",
        "free",
        "?",
        "no idea",
        "various",
        "keine",
        "unklar",
        "不明",
    }
)


@check(proves="provenance", reads=(f"{RAW}/**/source.toml", "data/manifest/*.csv", RAW))
def provenance_missing(project: Project) -> Iterator[Finding]:
    """Every source says where it comes from, by what right, and how it was collected.

    ## Why
    A source without a licence cannot be shipped, and without a date and a method nobody can collect more of it.

    ## Evidence
    `source.toml` of every source below `data/raw` that has pictures: origin, licence, dates, who, method; for scraped ones the
    policy read.

    ## Fix
    Fill in the field. Where the licence cannot be found out, take the source out.
    """
    images = Counter(source_of(path) for path in known_media(project))
    for source, n in sorted(images.items()):
        if not source:
            yield fail(
                f"{count(n, 'picture')} directly in {RAW}, in no source", RAW, fix="mlscaffold data import FOLDER --source NAME"
            )
            continue
        path = f"{RAW}/{source}/source.toml"
        if not project.exists(path):
            yield fail(
                f'source "{source}" ({count(n, "picture")}) says nothing of where it comes from', path, fix=f"write {path}"
            )
            continue
        found = project.read(sources.read, path)
        missing = list(found.missing)
        missing += [
            f
            for f in ("origin", "licence", "collected", "collected_by", "policy")
            if f not in missing and _empty(f, getattr(found, f))
        ]
        if missing:
            said = f', it says "{found.licence}"' if "licence" in missing and found.licence else ""
            yield fail(f'source "{source}" ({count(n, "picture")}) has no {few(missing, 6)}{said}', path, fix=f"edit {path}")


def _empty(field: str, value: str) -> bool:
    """Whether a field that is filled in says nothing all the same."""
    if not value:
        return False
    return is_placeholder(value) or (field == "licence" and value.strip().casefold() in NO_LICENCE)
