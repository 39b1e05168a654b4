"""`data/schema.toml`: what a label may be, what is noted beside it, and what was agreed where the classes do not decide."""

from __future__ import annotations

from dataclasses import dataclass

from mlscaffold.evidence.fields import Fields, read_toml

FILE = "data/schema.toml"


@dataclass(frozen=True)
class EdgeCase:
    """A case that the classes do not decide, what was agreed, and the class it goes to where one is named."""

    number: int
    case: str
    decision: str
    label: str


@dataclass(frozen=True)
class Schema:
    """Classes in the order of the outputs, attributes with the values they may have (none: any), edge cases."""

    classes: tuple[str, ...]
    attributes: dict[str, tuple[str, ...]]
    edge_cases: tuple[EdgeCase, ...]


def read(data: bytes, path: str) -> Schema:
    """Parse the schema; names and values may be numbers, which count as text."""
    top = read_toml(data, path)
    attributes = top.optional("attributes")
    return Schema(
        _names(top, "classes"),
        {name: _names(attributes, name) for name in attributes.values},
        tuple(
            EdgeCase(number, item.text("case", ""), item.text("decision", ""), item.text("label", ""))
            for number, item in enumerate(top.tables("edge_cases"), start=1)
        ),
    )


def _names(fields: Fields, key: str) -> tuple[str, ...]:
    values = fields.get(key, [])
    if not isinstance(values, list) or any(isinstance(value, bool | dict | list) for value in values):
        fields.broken(key, "is not a list of names", hint=f'For example: {key} = ["one", "two"]')
    return tuple(str(value) for value in values)
