"""collection.provenance-missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import data, sources
from mlscaffold.evidence.collection import known_media, source_of
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few, is_placeholder
from mlscaffold.model import Finding
from mlscaffold.project import Project

# What people write where no licence is known; a search engine is none.
_PLACES = (
    "google|bing|baidu|yandex|duckduckgo|pinterest|instagram|facebook|tiktok|youtube|twitter|reddit|internet|web|www|online|net|website|"
    "百度|谷歌|网络|互联网|网上"
)
NO_LICENCE = re.compile(
    rf"(?:from |via |on |off |aus |von |dem |the |来自)*(?:{_PLACES})[\s-]*(?:images?|image search|search|photos?|pictures?|bilder\w*|suche|图片|搜索)?|"
    r"see (?:the )?(?:web ?site|web ?page|page|internet|link|above)|siehe (?:webseite|website|oben)|"
    r"(?:no|without(?: a)?|keine?|ohne|无|没有)\s*(?:licen[cs]e|lizenz|copyright|许可证?|授权|版权)(?: (?:found|given|known|stated|bekannt))?|"
    r"(?:licen[cs]e|lizenz|许可|copyright)?\s*(?:is |ist )?(?:unknown|unclear|unspecified|unsure|not (?:stated|specified|given|known|found|sure|clear)|"
    r"none (?:given|stated|found|known)|unbekannt|unklar|nicht (?:bekannt|angegeben)|不明|未知|不详)|"
    r"(?:probably|maybe|perhaps|presumably|vermutlich|wahrscheinlich|vielleicht|可能|大概)\b.*|(?:可能|大概).*|"
    r"free|public|open|various|copyright(?:ed)?|no idea|do not know|don't know|\?+",
    re.I,
)

NOBODY = re.compile(r"me|myself|us|ourselves|we|self|ich|wir|uns|selbst|我们?|自己|本人", re.I)
DATE = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?:-\d\d(?:-\d\d)?)?(?![\d-])")


@check(proves="provenance", reads=(f"{RAW}/**/source.toml", "data/manifest/*.csv", RAW))
def provenance_missing(project: Project) -> Iterator[Finding]:
    """Every source says where it comes from, by what right, and how it was collected.

    ## Why
    A source without a licence cannot be shipped, and without a date and a method nobody can collect more of it.

    ## Evidence
    `source.toml` of every source below `data/raw` that has pictures: origin, licence, dates, who, method; for scraped ones the
    policy read. Who collected it has a name ("me" is nobody in a year), and no date lies in the future.

    ## Fix
    Fill in the field. Where the licence cannot be found out, take the source out.
    """
    data.need_pulled(project)
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
        today = project.today.isoformat()
        if later := [day for day in DATE.findall(found.collected) if day > today[: len(day)]]:
            yield fail(
                f'source "{source}" ({count(n, "picture")}) was collected in the future: {later[-1]}', path, fix=f"edit {path}"
            )


def _empty(field: str, value: str) -> bool:
    """Whether a field that is filled in says nothing all the same."""
    if not value:
        return False
    # "unknown (scraped)" says nothing, "free (CC0)" does.
    bare = re.sub(
        r"\s*[(（](?!.*(?:\bCC|MIT|BSD|Apache|GPL|domain|licen|lizenz))[^()（）]*[)）]\s*$", "", value.strip(), flags=re.I
    ).strip(" .!")
    nobody = field == "collected_by" and NOBODY.fullmatch(bare) is not None
    return nobody or is_placeholder(value) or (field == "licence" and NO_LICENCE.fullmatch(bare) is not None)
