"""What a piece of shell proves: whether a command runs in it, and whether its failure is the failure of the whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Commands that only speak of what stands after them.
SPEAKS = frozenset(
    {"echo", "printf", "cat", "grep", "egrep", "rg", "test", "[", "[[", ":", "true", "#", "which", "type", "man", "command"}
)
HELP = re.compile(r"(?:^|\s)(?:-h|--help|--version)(?=\s|$)")
EXITS = re.compile(r"\b(?:exit|return)\s+(?:[1-9]\d*|\"?\$\{?[\w?]+\}?\"?)|(?:^|[;&|{(]\s*)false\b")
ASSIGNED = re.compile(r"^(?:[A-Za-z_]\w*=(?:'[^']*'|\"[^\"]*\"|\S*)\s+)+")
CONDITION = re.compile(r"^(?:if|elif|while|until|!)\s+(?:!\s+)?")


@dataclass(frozen=True)
class Run:
    """One run of a command in a script: its words, the line it stands on, and why its failure would not count (empty if it would)."""

    text: str
    line: int
    hushed: str


def runs(script: str, command: re.Pattern[str], *, pipefail: bool = False) -> list[Run]:
    """Every real run of a command; one that is only spoken of, or asked for help, is none.

    `pipefail`: whether the shell that runs the script has that option set from the beginning (GitHub's default shell has not).
    """
    return list(_runs(script, command, pipefail=pipefail))


def _runs(script: str, command: re.Pattern[str], *, pipefail: bool) -> Iterator[Run]:
    lines = _logical(script)
    for place, (number, line) in enumerate(lines):
        parts = _split(line)
        for at, (_, part) in enumerate(parts):
            bare = ASSIGNED.sub("", part.strip().lstrip("({").strip())
            asked = CONDITION.sub("", bare)
            if not command.search(asked) or asked.split(maxsplit=1)[0] in SPEAKS or HELP.search(asked):
                continue
            before = "\n".join(text for _, text in lines[:place])
            after = "\n".join([" ".join(o + " " + p for o, p in parts[at + 1 :]), *(text for _, text in lines[place + 1 :])])
            rest = parts[at + 1 :]
            yield Run(asked, number, _hush(bare != asked, before, after, rest, pipefail=pipefail or "pipefail" in before))


def _hush(is_condition: bool, before: str, after: str, rest: list[tuple[str, str]], *, pipefail: bool) -> str:
    """Why the failure of a run would not count, by what stands before and after it."""
    following = rest[0][0] if rest else ""
    if is_condition:
        return "" if EXITS.search(after) else "asks whether it failed, and goes on"
    if following == "||":
        answer = " ".join(o + " " + p for o, p in rest)
        return "" if EXITS.search(answer) else f"|| {rest[0][1].strip()}"
    if following == "&":
        return "& (in the background)"
    if following == "|" and not pipefail:
        return f"| {rest[0][1].strip().split(' ')[0]}, without pipefail"
    if following == ";" and re.fullmatch(r"\s*(?:true|:|exit\s+0)\s*", rest[0][1]):
        return f"; {rest[0][1].strip()}"
    loose = list(re.finditer(r"\bset\s+([+-])\w*e\w*", before))
    if (
        loose and loose[-1][1] == "+" and after.strip() and not EXITS.search(after)
    ):  # as the last command its answer is the script's
        return "set +e"
    return ""


def _logical(script: str) -> list[tuple[int, str]]:
    """Lines without comments, those that go on in the next one joined to it."""
    found: list[tuple[int, str]] = []
    held, begun = "", 0
    for number, line in enumerate(script.splitlines(), 1):
        text = re.sub(r"(?:^|(?<=\s))#.*$", "", line)
        begun = begun if held else number
        if text.rstrip().endswith("\\"):
            held += text.rstrip()[:-1] + " "
            continue
        joined = (held + text).strip()
        held = ""
        if not joined:
            continue
        if (found and re.match(r"(?:\|\||&&|\|)", joined)) or (found and re.search(r"(?:\|\||&&|\|)$", found[-1][1])):
            first, before = found.pop()
            found.append((first, f"{before} {joined}"))
        else:
            found.append((begun, joined))
    return found + ([(begun, held.strip())] if held.strip() else [])


def _split(line: str) -> list[tuple[str, str]]:
    """The simple commands of a line, each with the operator before it; an operator within quotes is text."""
    parts, operator, current, quote = [], "", "", ""
    place = 0
    while place < len(line):
        mark = line[place]
        two = line[place : place + 2]
        if quote:
            quote = "" if mark == quote else quote
            current += mark
        elif mark in "'\"":
            quote, current = mark, current + mark
        elif two in ("||", "&&", "|&"):
            parts.append((operator, current))
            operator, current, place = two if two != "|&" else "|", "", place + 1
        elif mark in ";|" or (mark == "&" and line[place - 1 : place] != ">" and two != "&>"):
            parts.append((operator, current))
            operator, current = mark, ""
        else:
            current += mark
        place += 1
    return [*parts, (operator, current)]
