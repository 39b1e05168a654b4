"""Headings under which people write the sections we look for, in each language that we ship."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

ANCHORS: dict[str, tuple[str, ...]] = {
    "01-problem": ("owner", "problem-statement", "ideal-solution", "understanding", "technical-requirements"),
    "02-research": ("data-sources", "solution-form", "architecture", "algorithms", "hardware", "software", "literature"),
    "07-evaluation": ("results", "failure-cases", "remedies"),
}
"""The anchors of each document, in the order of the template."""

FURTHER = ("baseline", "confusion", "bias-variance")
"""Sections that the templates offer and no check asks for."""

TITLES: dict[str, tuple[str, ...]] = {
    "owner": ("problem owner", "owner", "who owns the problem", "problemeigner", "problemverantwortliche", "problemverantwortlicher",
              "verantwortlich", "ansprechpartner", "问题负责人", "负责人", "需求方"),
    "problem-statement": ("problem statement", "the problem", "problem", "problem definition", "problemstellung", "das problem",
                          "problembeschreibung", "问题陈述", "问题描述", "问题定义", "问题"),
    "ideal-solution": ("ideal solution", "the ideal solution", "ideale lösung", "die ideale lösung", "ideallösung", "wunschlösung",
                       "理想解决方案", "理想方案", "理想的解决方案"),
    "understanding": ("understanding and insight", "understanding", "insight", "insights", "scenarios", "verständnis und einsicht",
                      "verständnis", "einsichten", "einsicht", "erkenntnisse", "szenarien", "理解与洞察", "理解和洞察", "理解", "洞察", "场景"),
    "technical-requirements": ("technical requirements", "requirements", "technical requirement", "technische anforderungen",
                               "anforderungen", "技术要求", "技术需求", "需求"),
    "data-sources": ("data: structure and sources", "data", "the data", "daten: struktur und quellen", "daten", "die daten", "数据", "数据:结构与来源",
                     "data structure and sources", "data structure and data sources", "data structure", "data sources", "data source",
                     "datenstruktur und quellen", "datenstruktur", "datenquellen", "quellen", "数据结构与来源", "数据结构和来源",
                     "数据结构", "数据来源", "来源"),
    "solution-form": ("solution form", "form of the solution", "form of solution", "lösungsform", "form der lösung", "解决方案形式", "方案形式"),
    "architecture": ("architecture", "network architecture", "model architecture", "network and model architecture", "architektur",
                     "netzarchitektur", "modellarchitektur", "架构", "网络架构", "模型架构", "网络结构", "模型结构"),
    "algorithms": ("algorithms", "algorithm", "algorithm research", "algorithmen", "algorithmus", "算法", "算法研究"),
    "hardware": ("hardware", "hardware needs", "hardware requirements", "hardwarebedarf", "hardware-anforderungen", "硬件", "硬件需求", "硬件要求"),
    "software": ("software", "software needs", "software requirements", "softwarebedarf", "software-anforderungen", "软件", "软件需求", "软件要求"),
    "literature": ("literature", "references", "bibliography", "related work", "literatur", "quellenverzeichnis", "literaturverzeichnis",
                   "参考文献", "文献", "相关工作"),
    "results": ("results", "result", "evaluation results", "ergebnisse", "ergebnis", "结果", "评估结果"),
    "failure-cases": ("failure cases", "failures", "error analysis", "errors", "fehlerfälle", "fehler", "fehleranalyse", "失败案例",
                      "错误分析", "失败情况"),
    "remedies": ("remedies", "remedy", "measures", "next steps", "abhilfe", "maßnahmen", "gegenmaßnahmen", "补救措施", "改进措施", "对策"),
}  # fmt: skip
"""Anchor → headings: English, German, Chinese."""

_NUMBER = re.compile(
    r"^\s*(?:(?:section|chapter|part|abschnitt|kapitel|teil)\s+)?(?:第[0-9一二三四五六七八九十百]+[章节部分]+|[(（]?[0-9一二三四五六七八九十]+[)）、．]|"
    r"\d+(?:\.\d+)*[.)]?(?=\s)|[ivxlc]+[.)](?=\s)|[a-z][.)](?=\s)|§\s*\d+)[\s:.、-]*"
)
_JOIN = re.compile(r"(?:[\s/,&+;:|·–—-]|、|，|与|和|及|以及|我们的|\b(?:and|und|sowie|the|our|die|der|das|unsere?)\b)*")


def plain(title: str) -> str:
    """A heading without numbering, emphasis, blanks at the ends and case."""
    text = unicodedata.normalize("NFKC", re.sub(r"[*_`#]+", "", title)).casefold().strip()
    text = _NUMBER.sub("", text, count=1)
    return re.sub(r"\s+", " ", text).strip(" :：.。")


def anchors_of(title: str, own: Mapping[str, str | tuple[str, ...]] | None = None) -> tuple[str, ...]:
    """The anchors whose titles this heading is made of: one, or several where sections were merged into one.

    `own` maps anchors to the headings that a project uses in their place.
    """
    text = plain(title)
    if not text:
        return ()
    phrases = _phrases(own or {})
    if text in phrases:
        return (phrases[text],)
    found: list[tuple[int, str]] = []
    for phrase in sorted(phrases, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(phrase)}(?!\w)" if phrase.isascii() or not _blankless(phrase) else re.escape(phrase)
        match = re.search(pattern, text)
        if match:
            found.append((match.start(), phrases[phrase]))
            text = text[: match.start()] + "\0" * len(phrase) + text[match.end() :]
    rest = text.replace("\0", " ")
    return tuple(dict.fromkeys(anchor for _, anchor in sorted(found))) if found and _JOIN.fullmatch(rest) else ()


def _phrases(own: Mapping[str, str | tuple[str, ...]]) -> dict[str, str]:
    phrases = dict(_shipped())
    for anchor, titles in own.items():
        phrases |= {plain(title): anchor for title in ((titles,) if isinstance(titles, str) else titles)}
    return phrases


@functools.cache
def _shipped() -> Mapping[str, str]:
    return {plain(title): anchor for anchor, titles in TITLES.items() for title in titles}


def _blankless(text: str) -> bool:
    return bool(re.search(r"[\u3040-\u30ff\u3400-\u9fff]", text))
