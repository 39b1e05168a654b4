"""problem.owner-unnamed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import people, sections
from mlscaffold.evidence.documents import Section, count_words, normalise
from mlscaffold.evidence.person_names import names_person
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project

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


@check(proves="named-owner", reads=("docs/01-problem.*", "mlscaffold.toml", ".mailmap"))
def owner_unnamed(project: Project) -> Iterator[Finding]:
    """The problem's owner is a named person, who tells what happened.

    ## Why
    A department has no bad day. Only a person can say which answer is wanted, and whether the problem is gone.

    ## Evidence
    A person's name (or own address; `ml-team@` is nobody's) in the section on the owner of `docs/01-problem.*`; scenes in the section on understanding:
    list items, sub-headings or paragraphs of at least eight words, of which not all are praise without a day or a number.
    Setting `scenes` (default 2).

    ## Fix
    Name the person and how to reach them. Ask them what happened last time, and when, and write down two such scenes.
    """
    found = sections.document(project, "01-problem")
    owner = sections.find(project, found, "01-problem", anchor="owner")
    if owner is not None and owner.text.strip() and not names_person(owner.text, people.names(project)):
        shown = normalise(owner.text)
        yield fail(
            f'problem owner is "{shown[:60]}{"…" if len(shown) > 60 else ""}"; a named person is wanted',
            at(found.path, owner.line),
            fix=f"edit {found.path}: the person's name and how to reach them",
        )
    insight = sections.find(project, found, "01-problem", anchor="understanding")
    if insight is not None and insight.text.strip():
        yield from _scenes(insight, found.path, project.option("problem.owner-unnamed", "scenes", 2))


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
