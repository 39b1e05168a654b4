"""The pictures that a threshold with a `slice` is about: of one source, of one group, or with one value of an attribute."""

from __future__ import annotations

from collections.abc import Collection

from mlscaffold.evidence import data, toml
from mlscaffold.evidence.acceptance import conditions
from mlscaffold.project import Missing, Project

OWN = ("source", "group")


def select(project: Project, wanted: str, paths: Collection[str]) -> set[str]:
    """The paths (under `data/processed`) of a slice, all of whose conditions must hold; no slice selects all."""
    chosen = set(paths)
    if not wanted:
        return chosen
    origins = {row.path: row.origin for row in data.processed(project)}
    notes = {row.path: row.attributes | {"group": row.group} for row in data.annotation_rows(project)}
    for name, value in conditions(wanted):
        if name == "source":
            chosen = {path for path in chosen if origins.get(path, "").split("/")[0] == value}
        else:
            chosen = {path for path in chosen if notes.get(origins.get(path, ""), {}).get(name) == value}
    return chosen


def problem(project: Project, wanted: str) -> str:
    """What is wrong with a slice that can never hold a picture, in words; empty where it may."""
    for name, value in conditions(wanted):
        if name == "source":
            names = {row.path.split("/")[0] for row in _splits(project)}
            if names and value not in names:
                return f'there is no source "{value}" (known are {", ".join(sorted(names))})'
        elif name != "group":
            known = _attributes(project)
            if name not in known:
                return f'"{name}" is no attribute of data/schema.toml or of the annotations (known are {", ".join([*OWN, *sorted(known)])})'
            if known[name] and value not in known[name]:
                return f'{name} is never "{value}" (it is one of {", ".join(sorted(known[name]))})'
    return ""


def _attributes(project: Project) -> dict[str, set[str]]:
    """Attribute → the values that the schema allows, and those that the annotations have."""
    listed = project.read(toml.read, "data/schema.toml").get("attributes", {}) if project.exists("data/schema.toml") else {}
    known = {name: {str(v) for v in values} for name, values in listed.items() if isinstance(values, list)}
    for row in data.annotation_rows(project):
        for name, value in row.attributes.items():
            known.setdefault(name, set()).update({value} if value else ())
    return known


def _splits(project: Project) -> list[data.SplitRow]:
    try:
        return data.splits(project)
    except Missing:
        return []
