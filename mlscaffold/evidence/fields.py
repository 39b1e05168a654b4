"""Typed access to parsed TOML, JSON and YAML: every mistake is told with its file and field."""

from __future__ import annotations

import datetime
import difflib
import json
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from mlscaffold.evidence import SCHEMA, Broken, NewerSchema
from mlscaffold.splitnames import AUGMENTED, BASE, is_split

_REQUIRED = object()


@dataclass(frozen=True)
class Fields:
    """A table of a settings or record file, with the name of the file and the place in it."""

    path: str
    values: dict[str, object]
    where: str = ""
    seen: set[str] = field(default_factory=set, compare=False, repr=False)

    def broken(self, key: str, what: str, *, hint: str = "") -> NoReturn:
        """Raise `Broken` for one field."""
        raise Broken(self.path, f"{self.name(key)} {what}", hint=hint)

    def name(self, key: str) -> str:
        """The full name of a field, as a person would look for it."""
        return f"{self.where}.{key}" if self.where else key

    def has(self, key: str) -> bool:
        """Whether the field is there and not null."""
        return self.values.get(key) is not None

    def get(self, key: str, default: object = _REQUIRED) -> object:
        """The raw value; a required one that is missing is broken."""
        self.seen.add(key)
        value = self.values.get(key)
        if value is None:
            if default is _REQUIRED:
                near = nearest(key, self.values)
                self.broken(key, "is missing", hint=f"Is {self.name(near)} meant to be {key}?" if near else "")
            return default
        return value

    def text(self, key: str, default: object = _REQUIRED) -> str:
        """A string, stripped; a TOML date counts as its ISO form."""
        value = self.get(key, default)
        if isinstance(value, datetime.date | datetime.datetime | datetime.time):
            return value.isoformat()
        if not isinstance(value, str):
            self.broken(key, f"is {_kind(value)}; text is wanted")
        return value.strip()

    def choice(self, key: str, known: Iterable[str], default: object = _REQUIRED) -> str:
        """One of the known words; an unknown one is told with the nearest known."""
        known, value = tuple(known), self.text(key, default)
        if value not in known and value != default:
            near = nearest(value, known)
            self.broken(key, f'is "{value}"; it is one of {", ".join(known)}', hint=f'Is "{near}" meant?' if near else "")
        return value

    def split(self, key: str, default: object = _REQUIRED) -> str:
        """The name of a split, also of a test set with a name of its own."""
        value = self.text(key, default)
        return value if is_split(value) else self.choice(key, (*BASE, AUGMENTED), default)

    def number(self, key: str, default: object = _REQUIRED, *, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number between `low` and `high`."""
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.broken(key, f"is {_kind(value)}; a number is wanted")
        if not math.isfinite(value):
            self.broken(key, f"is {value}; a finite number is wanted")
        if not low <= value <= high:
            self.broken(key, f"is {value:g}; it lies {_between(low, high)}")
        return float(value)

    def maybe(self, key: str, *, low: float = -math.inf, high: float = math.inf) -> float | None:
        """A number, or None where the field is absent."""
        self.seen.add(key)
        return self.number(key, low=low, high=high) if self.has(key) else None

    def count(self, key: str, default: object = _REQUIRED) -> int:
        """A whole number from 0."""
        value = self.number(key, default, low=0)
        if value != int(value):
            self.broken(key, f"is {value:g}; a whole number is wanted")
        return int(value)

    def flag(self, key: str, default: object = _REQUIRED) -> bool:
        """True or false."""
        value = self.get(key, default)
        if not isinstance(value, bool):
            self.broken(key, f"is {_kind(value)}; true or false is wanted")
        return value

    def texts(self, key: str, default: object = _REQUIRED) -> tuple[str, ...]:
        """A list of strings; one string alone counts as a list of one."""
        value = self.get(key, default)
        if isinstance(value, str):
            value = [value] if value.strip() else []
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            self.broken(key, "is not a list of texts")
        return tuple(item.strip() for item in value)

    def numbers(self, key: str, default: object = _REQUIRED, *, length: int | None = None) -> tuple[float, ...]:
        """A list of numbers; NaN and infinity are kept, since a diverged run is a fact."""
        value = self.get(key, default)
        if not isinstance(value, list | tuple) or any(isinstance(v, bool) or not isinstance(v, int | float) for v in value):
            self.broken(key, "is not a list of numbers")
        if length is not None and len(value) != length:
            self.broken(key, f"has {len(value)} numbers; {length} are wanted")
        return tuple(float(item) for item in value)

    def digest(self, key: str, default: object = _REQUIRED) -> str:
        """A sha256 in 64 lower-case hex characters, or empty where the default is taken."""
        value = self.text(key, default)
        if value and not re.fullmatch(r"[0-9a-f]{64}", value):
            self.broken(key, f'is "{value[:70]}"; a digest of 64 hex characters is wanted')
        return value

    def table(self, key: str, default: object = _REQUIRED) -> Fields:
        """A nested table; an absent optional one is empty."""
        value = self.get(key, default)
        if not isinstance(value, dict):
            self.broken(key, f"is {_kind(value)}; a table is wanted")
        return Fields(self.path, value, self.name(key))

    def optional(self, key: str) -> Fields:
        """A nested table that may be absent."""
        return self.table(key, {})

    def tables(self, key: str, default: object = ()) -> tuple[Fields, ...]:
        """A list of tables, numbered from 1 in messages."""
        value = self.get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(item, dict) for item in value):
            self.broken(key, "is not a list of tables")
        return tuple(Fields(self.path, item, f"{self.name(key)}[{number}]") for number, item in enumerate(value, start=1))

    def unknown(self) -> tuple[str, ...]:
        """The fields nobody asked for, each with the nearest that exists."""
        named = ((key, nearest(key, self.seen)) for key in self.values if key not in self.seen)
        return tuple(f"{self.name(key)} (is {near} meant?)" if near else self.name(key) for key, near in named)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that looks most like this one, or nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def decode(data: bytes, path: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Broken(path, "is not UTF-8 text", line=line, hint=f"Save {path} as UTF-8.") from None


def refuse_conflict(text: str, path: str) -> None:
    """Raise `Broken` for a file that git left with both sides of a merge in it."""
    found = (
        re.search(r"^<{7} .*(?:\n.*)*?^={7}$(?:\n.*)*?^>{7} ", text.replace("\r\n", "\n"), re.M) if "<<<<<<< " in text else None
    )
    if found:
        hint = f"Take one side, then git add it: git checkout --ours {path} (or --theirs)"
        raise Broken(path, "holds both sides of a merge conflict", line=text.count("\n", 0, found.start()) + 1, hint=hint)


def read_toml(data: bytes, path: str) -> Fields:
    """The fields of a TOML file; its `schema` is checked."""
    try:
        values = tomllib.loads(decode(data, path).replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        refuse_conflict(decode(data, path), path)
        text = str(error)
        found = re.search(r"\(at line (\d+)", text)
        what = text.split(" (at ", maxsplit=1)[0].strip()
        raise Broken(path, f"is not valid TOML: {what}", line=int(found[1]) if found else None) from None
    return _checked(path, values)


def read_json(data: bytes, path: str) -> Fields:
    """The fields of a JSON file; its `schema` is checked."""
    try:
        values = json.loads(decode(data, path))
    except json.JSONDecodeError as error:
        refuse_conflict(decode(data, path), path)
        raise Broken(path, f"is not valid JSON: {error.msg}", line=error.lineno) from None
    except RecursionError:
        raise Broken(path, "is nested too deeply") from None
    return _checked(path, values)


def read_yaml(data: bytes, path: str) -> Fields:
    """The fields of a YAML file, read without running anything that it names."""
    import yaml

    try:
        values = yaml.safe_load(decode(data, path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "cannot be parsed"
        raise Broken(path, f"is not valid YAML: {problem}", line=mark.line + 1 if mark else None) from None
    return _checked(path, values if values is not None else {})


def flat(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Every value of a table by its full name: `result.value`."""
    found: dict[str, object] = {}
    for key, value in table.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return found


def canonical(value: object, select: str = "") -> object:
    """The JSON-able meaning of a parsed value: no key order, no `schema`, 1.0 is 1, dates are ISO text.

    `select` names the keys that count, separated by commas; a dot goes deeper. What is absent is null.
    """
    if select and isinstance(value, Mapping):
        return {key: canonical(_pick(value, key)) for key in sorted(part.strip() for part in select.split(","))}
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in sorted(value, key=str) if key != "schema"}
    return _plain(value)


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            if not math.isfinite(value):
                return str(value)
            return int(value) if value == int(value) else value
        case Mapping():
            return {str(key): _plain(value[key]) for key in sorted(value, key=str)}
        case list() | tuple():
            return [_plain(item) for item in value]
        case datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return str(value)


def _pick(value: Mapping[str, object], key: str) -> object:
    found: object = value
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _checked(path: str, values: object) -> Fields:
    if not isinstance(values, dict):
        raise Broken(path, f"holds {_kind(values)}; a table of fields is wanted")
    schema = values.get("schema", SCHEMA)
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
        raise Broken(path, f"schema is {schema!r}; a whole number from 1 is wanted")
    if schema > SCHEMA:
        raise NewerSchema(path, schema)
    fields = Fields(path, values)
    fields.seen.add("schema")
    return fields


def _between(low: float, high: float) -> str:
    if high == math.inf:
        return f"at {low:g} or above"
    return f"at {high:g} or below" if low == -math.inf else f"from {low:g} to {high:g}"


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table"}
    return "missing" if value is None else names.get(type(value), f"a {type(value).__name__}")
