"""The settings that people write in `mlscaffold.toml`; the tool never rewrites them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Any

from mlscaffold.errors import ScaffoldError
from mlscaffold.places import FILE

SCHEMA = 1
GATES = ("advise", "protect", "strict")
PICTURES = ("embed", "link", "none")
TARGETS = ("coreml", "executorch", "litert", "onnx")


class BrokenSettings(ScaffoldError):
    """`mlscaffold.toml` cannot be used as it stands."""

    def __init__(self, problem: str, *, hint: str = "") -> None:
        super().__init__(
            f"{FILE}: {problem}",
            reference="broken-settings",
            hint=hint or f"Mend {FILE}; docs/reference/evidence.md lists its keys.",
        )


@dataclass(frozen=True)
class Settings:
    """`mlscaffold.toml`, typed."""

    name: str
    package: str
    task: str
    problem: str = ""
    gate: str = "protect"
    pictures: str = "embed"
    team: dict[str, tuple[str, ...]] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    python: str = ""
    targets: tuple[str, ...] = ()
    documents: dict[str, dict[str, str]] = field(default_factory=dict)
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, tuple[str, ...]]:
        """Person → the roles that the team table gives them."""
        roles: dict[str, list[str]] = {}
        for role, names in self.team.items():
            for name in names:
                roles.setdefault(name, []).append(role)
        return {name: tuple(held) for name, held in roles.items()}

    def titles(self, path: str) -> dict[str, str]:
        """Anchor → heading text of one document, named in the settings by its path, its file name or its stem."""
        name = path.rsplit("/", 1)[-1]
        return next((self.documents[key] for key in (path, name, name.rsplit(".", 1)[0]) if key in self.documents), {})


def read_settings(data: bytes) -> Settings:
    """Parse `mlscaffold.toml`; raises `BrokenSettings` naming the line or the key, and what was wanted."""
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BrokenSettings(f"not valid TOML: {problem}") from problem
    schema = raw.get("schema", 1)
    if not isinstance(schema, int) or schema > SCHEMA:
        raise BrokenSettings(
            f"has schema {schema}; this mlscaffold knows schema {SCHEMA}", hint="Install the newer mlscaffold that wrote it."
        )
    team = {role: _names(role, people) for role, people in _table(raw, "team").items()}
    return Settings(
        name=_text(raw, "name"),
        package=_text(raw, "package"),
        task=_text(raw, "task"),
        problem=_text(raw, "problem", default=""),
        gate=_choice(raw, "gate", GATES, "protect"),
        pictures=_choice(raw, "pictures", PICTURES, "embed"),
        team=team,
        paths={k: str(v) for k, v in _table(raw, "paths").items()},
        python=str(_table(raw, "environment").get("python", "")),
        targets=tuple(str(t) for t in _table(raw, "mobile").get("targets", [])),
        documents={k: dict(v) for k, v in _table(raw, "documents").items() if isinstance(v, dict)},
        checks={k: dict(v) for k, v in _table(raw, "checks").items() if isinstance(v, dict)},
    )


def _text(raw: dict[str, Any], key: str, *, default: str | None = None) -> str:
    value = raw.get(key, default)
    if not isinstance(value, str) or (default is None and not value):
        raise BrokenSettings(f"`{key}` is {'missing' if key not in raw else repr(raw[key])}; a text is wanted")
    return value


def _choice(raw: dict[str, Any], key: str, allowed: tuple[str, ...], default: str) -> str:
    value = raw.get(key, default)
    if value not in allowed:
        raise BrokenSettings(f"`{key}` is {value!r}; one of {', '.join(allowed)} is wanted")
    return str(value)


def _table(raw: dict[str, Any], key: str) -> dict[str, Any]:
    value = raw.get(key, {})
    if not isinstance(value, dict):
        raise BrokenSettings(f"`{key}` is {value!r}; a table is wanted")
    return value


def _names(role: str, people: object) -> tuple[str, ...]:
    listed = [people] if isinstance(people, str) else people
    if not isinstance(listed, list) or not all(isinstance(p, str) for p in listed):
        raise BrokenSettings(f'[team] "{role}" is {people!r}; a list of names is wanted')
    return tuple(p for p in listed if p.strip())
