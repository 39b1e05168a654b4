"""problem.owner-unnamed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import people, sections
from mlscaffold.evidence.documents import Section, count_words, normalise
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project

INVENTED = re.compile(
    r"firstname|lastname|first name|last name|vorname|nachname|john (?:doe|smith)|jane doe|"
    r"(?:max|erika) mustermann|foo bar|"
    r"your name|\bname\s+surname\b|张三|李四|某某"
)
# Words that name a part, a place or a time, not a person, in English and German.
_COMMON = """
the a an our their his her its this that problem owner client customer customers user users colleague colleagues team department
company management manager marketing sales service support head office board project business product operations stakeholder staff
people person everyone everybody somebody nobody employees group unit division quality control customer-service production
der die das den dem des ein eine unser unsere kunde kunden kundin abteilung vertrieb firma unternehmen leitung geschäftsführung
nutzer anwender kollege kollegen mitarbeiter fachbereich produktion einkauf verkauf auftraggeber problemeigner verantwortlich
january february march april may june july august september october november december monday tuesday wednesday thursday friday
saturday sunday januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
he she they we it is i to be and for of in at tbd
chief executive officer director chairman president technical operating financial information science engineering research assurance
human resources else other another not yet known still open client firma firm company plant production data quality
somebody someone anybody anyone muster example beispiel inhaber leiter leiterin leitung chef geschäftsführer geschäftsführerin
"""
PARTICLES = re.compile(
    r"(?<=\w)\s+(?:(?:van|von|auf|zu)\s+(?:den?|der|dem|zur|zum)|de(?:\s+la|\s+los)?|van|von|da|dos?|das|di|del(?:la)?|du|bin|ibn|al|el|ter|zu)\s+(?=\w)"
)
FIRM = re.compile(r"(?:[^\W\d_][\w&'’.-]*\s+){1,3}(?:GmbH|AG|KG|Inc|Ltd|LLC|Corp|Co|plc|B\.?V|S\.?A)\b\.?")
COMMON = frozenset(_COMMON.split())
TITLES = re.compile(r"\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|hr|fr|sir|madame|mme|m|sra?|señora?)\.?\s+[^\W\d_a-z][\w'’-]+", re.I)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金贾韦夏付方邹熊白孟秦邱侯江尹薛闫段雷黎史陶贺顾毛郝龚邵万钱严洪武莫孔"
)
FIX = "edit {path}: who did what, when, where, and what went wrong"
# What advertising says, and what only somebody says who was there.
PRAISE = re.compile(
    r"\b(?:innovati\w+|seamless\w*|empower\w*|synerg\w+|cutting[- ]edge|state[- ]of[- ]the[- ]art|world[- ]class|delight\w*|revolution\w+|disrupt\w*|"
    r"leverag\w+|next[- ]generation|game[- ]chang\w+|best[- ]in[- ]class|holistic\w*|intelligent\w*|unlock\w*|nahtlos\w*|marktführend\w*|zukunftsweisend\w*|"
    r"bahnbrechend\w*|begeister\w*)\b|颠覆|赋能|领先|创新|智能化|一站式|革命性",
    re.I,
)
HAPPENED = re.compile(
    r"\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:yesterday|last (?:week|month|year|night|spring|summer|autumn|winter)|ago|morning|evening|night|once)\b|"
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december)\b|"
    r"\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|gestern|neulich|letzte\w*|vorig\w*|morgens|abends|nachts|einmal|"
    r"januar|februar|märz|mai|juni|juli|oktober|dezember)\w*|[“\"„「]|昨天|上周|上个月|去年|星期|周[一二三四五六日]|早上|晚上|有一次",
    re.I,
)
CASELESS = re.compile(r"[\u0590-\u08ff\u0900-\u0fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@check(proves="named-owner", reads=("docs/01-problem.*", "mlscaffold.toml", ".mailmap"))
def owner_unnamed(project: Project) -> Iterator[Finding]:
    """The problem's owner is a named person, who tells what happened.

    ## Why
    A department has no bad day. Only a person can say which answer is wanted, and whether the problem is gone.

    ## Evidence
    A person's name (or address) in the section on the owner of `docs/01-problem.*`; scenes in the section on understanding:
    list items, sub-headings or paragraphs of at least eight words, of which not all are praise without a day or a number.
    Setting `scenes` (default 2).

    ## Fix
    Name the person and how to reach them. Ask them what happened last time, and when, and write down two such scenes.
    """
    found = sections.document(project, "01-problem")
    owner = sections.find(project, found, "01-problem", anchor="owner")
    if owner is not None and owner.text.strip() and not names_person(owner.text, project):
        shown = normalise(owner.text)
        yield fail(
            f'problem owner is "{shown[:60]}{"…" if len(shown) > 60 else ""}"; a named person is wanted',
            at(found.path, owner.line),
            fix=f"edit {found.path}: the person's name and how to reach them",
        )
    insight = sections.find(project, found, "01-problem", anchor="understanding")
    if insight is not None and insight.text.strip():
        yield from _scenes(insight, found.path, project.option("problem.owner-unnamed", "scenes", 2))


def names_person(text: str, project: Project) -> bool:
    """Whether a text names a person: somebody of the team, an address, a title with a name, or two names in a row."""
    plain = normalise(text)
    folded = plain.casefold()
    if INVENTED.search(folded):
        return False
    if any(name in folded for name in people.names(project)):
        return True
    if re.search(r"\b(?!info|contact|office|mail|support|hello|team|sales)[\w.+-]+@[\w-]+\.\w+", folded) or TITLES.search(plain):
        return True
    if len(CASELESS.findall(plain)) > len(plain) / 3:
        return _names_without_case(plain)
    plain = PARTICLES.sub(" ", FIRM.sub(" ", plain))
    words = re.findall(r"[\w'’.-]+|[^\w\s]", plain)
    proper = [w[0].isupper() and w.strip(".").casefold() not in COMMON and not w.strip(".").isdigit() for w in words]
    initials = [bool(re.fullmatch(r"[^\W\d_]\.?|[^\W\d_]{2,3}", w)) and w.isupper() for w in words]
    pairs = zip(range(len(words)), range(1, len(words)), strict=False)
    return any(proper[i] and proper[j] and not (initials[i] and initials[j]) and len(words[j]) > 1 for i, j in pairs)


def _names_without_case(text: str) -> bool:
    """Names in a script without capitals: Chinese by family name; others cannot be told, so a text of some length will do."""
    if re.search(r"[\u3400-\u9fff]", text):
        common = re.sub(r"客户|用户|部门|公司|管理|市场部|经理|团队|负责人|所有者|问题|同事|领导|于|任|何|方", " ", text)
        return bool(re.search(rf"[{SURNAMES}][\u3400-\u9fff·]{{1,3}}", common)) or bool(re.search(r"[A-Z][a-z]+", text))
    return count_words(text) >= 2


def _scenes(insight: Section, path: str, wanted: int) -> Iterator[Finding]:
    blocks = insight.text.splitlines()
    told = [block for block in blocks if count_words(block) >= 8]
    scenes = max(len(told), len(insight.subheadings))
    # One long paragraph may well tell two scenes.
    if scenes >= wanted or (scenes and insight.words >= 60 * wanted):
        praise = {found.casefold() for found in PRAISE.findall(insight.text)}
        if len(praise) > 1 and not HAPPENED.search(insight.text):
            yield warn(
                f"“{insight.title}” names no day, no place and no number, and praises ({few(sorted(praise))}); "
                f"at least {wanted} first-hand scenes are wanted",
                at(path, insight.line),
                fix=FIX.format(path=path),
            )
        return
    judge_as = fail if insight.words < 25 else warn
    yield judge_as(
        f"{count(scenes, 'scene')} in {insight.words} words of “{insight.title}”; at least {wanted} first-hand ones are wanted",
        at(path, insight.line),
        fix=FIX.format(path=path),
    )
