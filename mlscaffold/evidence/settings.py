"""`mlscaffold.toml`: the project's settings, written by people and never rewritten by the tool."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mlscaffold.evidence.fields import Fields, canonical, read_toml

GATES = ("advise", "protect", "strict")
PICTURES = ("embed", "link", "none")
TARGETS = ("coreml", "executorch", "litert", "onnx")


@dataclass(frozen=True)
class Settings:
    """What `mlscaffold.toml` says; `unknown` names the fields that nothing reads."""

    path: str
    name: str
    package: str
    task: str
    problem: str = ""
    gate: str = "protect"
    pictures: str = "link"
    team: dict[str, tuple[str, ...]] = field(default_factory=dict)
    runs: str = "runs"
    python: str = ""
    targets: tuple[str, ...] = ()
    documents: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    checks: dict[str, dict[str, object]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    def people(self, role: str) -> tuple[str, ...]:
        """The people who hold a role."""
        return self.team.get(role, ())

    def titles(self, document: str) -> dict[str, tuple[str, ...]]:
        """Anchor → heading texts of one document, named by its path, file name or stem."""
        name = document.rsplit("/", 1)[-1]
        return next((self.documents[key] for key in (document, name, name.rsplit(".", 1)[0]) if key in self.documents), {})


def read(data: bytes, path: str) -> Settings:
    """Parse the settings; a wrong type or an unknown word is broken, an unknown field is listed."""
    top = read_toml(data, path)
    name = top.text("name")
    package = top.text("package", _package(name))
    if not package.isidentifier():
        top.broken("package", f'is "{package}"; a Python identifier is wanted')
    team, paths, environment, mobile = (top.optional(key) for key in ("team", "paths", "environment", "mobile"))
    documents, checks = top.optional("documents"), top.optional("checks")
    settings = {
        "task": top.text("task"),
        "problem": top.text("problem", ""),
        "gate": top.choice("gate", GATES, "protect"),
        "pictures": top.choice("pictures", PICTURES, "link"),
        "runs": paths.text("runs", "runs"),
        "python": environment.text("python", ""),
    }
    return Settings(
        path,
        name,
        package,
        **settings,
        team={role: team.texts(role) for role in team.values},
        targets=_targets(mobile),
        documents={key: _titles(documents.table(key)) for key in documents.values},
        checks={key: dict(checks.table(key).values) for key in checks.values},
        unknown=tuple(name for table in (top, paths, environment, mobile) for name in table.unknown()),
        raw=top.values,
    )


def meaning(settings: Settings, select: str = "") -> object:
    """The parsed settings in canonical form; `select` names keys."""
    return canonical(settings.raw, select)


def _targets(mobile: Fields) -> tuple[str, ...]:
    targets = mobile.texts("targets", [])
    for target in targets:
        Fields(mobile.path, {"targets": target}, mobile.where).choice("targets", TARGETS)
    return targets


def _titles(document: Fields) -> dict[str, tuple[str, ...]]:
    return {anchor: document.texts(anchor) for anchor in document.values}


def _package(name: str) -> str:
    return re.sub(r"\W", "_", name.lower())
