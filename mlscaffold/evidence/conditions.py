"""Conditions of a CI file (`if:`), worked out for one event as far as what is known allows."""

from __future__ import annotations

import re
from collections.abc import Mapping

# What is known of the event that proposes a change.
PROPOSED: Mapping[str, object] = {
    "github.event_name": "pull_request", "github.ref": "refs/pull/1/merge", "github.ref_name": "1/merge", "github.ref_type": "branch",
    "github.event.pull_request.draft": False, "github.event.action": "synchronize", "github.event.pull_request.merged": False,
    "github.event.pull_request.labels.*.name": "",
}  # fmt: skip
ALWAYS = {"success": True, "always": True, "failure": False, "cancelled": False}
TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(==|!=|&&|\|\||<=|>=|[!()<>,])|([\w.*\-\[\]]+))")


def holds(condition: object, known: Mapping[str, object] = PROPOSED) -> bool | None:
    """Whether a condition holds where these values are known; None where that cannot be said."""
    if isinstance(condition, bool) or condition is None:
        return condition is not False
    text = re.sub(r"^\s*\$\{\{(.*)\}\}\s*$", r"\1", str(condition), flags=re.DOTALL).strip()
    tokens, place = [], 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            return None
        tokens.append(match[0].strip())
        place = match.end()
    if not tokens:
        return True
    value, rest = _either(tokens, known)
    return None if rest or value is None else _true(value)


def _true(value: object) -> bool:
    return value not in (False, "", 0)


def _either(tokens: list[str], known: Mapping[str, object]) -> tuple[object, list[str]]:
    value, rest = _both(tokens, known)
    while rest[:1] == ["||"]:
        other, rest = _both(rest[1:], known)
        truths = [None if v is None else _true(v) for v in (value, other)]
        value = True if True in truths else None if None in truths else False
    return value, rest


def _both(tokens: list[str], known: Mapping[str, object]) -> tuple[object, list[str]]:
    value, rest = _compared(tokens, known)
    while rest[:1] == ["&&"]:
        other, rest = _compared(rest[1:], known)
        truths = [None if v is None else _true(v) for v in (value, other)]
        value = False if False in truths else None if None in truths else True
    return value, rest


def _compared(tokens: list[str], known: Mapping[str, object]) -> tuple[object, list[str]]:
    value, rest = _one(tokens, known)
    if rest[:1] and rest[0] in ("==", "!="):
        operator = rest[0]
        other, rest = _one(rest[1:], known)
        if value is None or other is None:
            return None, rest
        same = str(value).casefold() == str(other).casefold()
        return (same if operator == "==" else not same), rest
    if rest[:1] and rest[0] in ("<", ">", "<=", ">="):
        return None, _one(rest[1:], known)[1]
    return value, rest


def _one(tokens: list[str], known: Mapping[str, object]) -> tuple[object, list[str]]:
    if not tokens:
        return None, []
    first, rest = tokens[0], tokens[1:]
    if first == "!":
        value, rest = _one(rest, known)
        return (None if value is None else not _true(value)), rest
    if first == "(":
        value, rest = _either(rest, known)
        return value, rest[1:]
    if first.startswith("'"):
        return first[1:-1].replace("''", "'"), rest
    if rest[:1] == ["("]:
        return _called(first, rest[1:], known)
    if first in ("true", "false"):
        return first == "true", rest
    if re.fullmatch(r"\d+(?:\.\d+)?", first):
        return float(first), rest
    return known.get(first), rest


def _called(name: str, tokens: list[str], known: Mapping[str, object]) -> tuple[object, list[str]]:
    values: list[object] = []
    rest = tokens
    while rest and rest[0] != ")":
        value, rest = _either(rest, known)
        values.append(value)
        rest = rest[1:] if rest[:1] == [","] else rest
    rest = rest[1:]
    if name in ALWAYS:
        return ALWAYS[name], rest
    if None in values or len(values) != 2:
        return None, rest
    text, part = (str(v).casefold() for v in values)
    match name.casefold():
        case "startswith":
            return text.startswith(part), rest
        case "endswith":
            return text.endswith(part), rest
        case "contains":
            return part in text, rest
    return None, rest
