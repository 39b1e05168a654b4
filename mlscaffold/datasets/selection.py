"""Which annotated media a selection such as `light=night; source=belt` means."""

from __future__ import annotations

from mlscaffold.datasets.annotations import Collection, Medium
from mlscaffold.datasets.list_columns import columns_of
from mlscaffold.errors import UsageError
from mlscaffold.evidence.acceptance import conditions
from mlscaffold.evidence.fields import nearest


def selected(collection: Collection, where: str) -> set[str]:
    """The media that a selection such as `light=night; source=belt` means; raises for a column or value that is not there."""
    pairs = conditions(where)
    if not pairs or any(not name or not value for name, value in pairs):
        raise UsageError(
            f'"{where}" selects nothing.',
            reference="selection-syntax",
            hint='--where light=night, or --where "source=iphone; light=night"',
        )
    grouped = any(medium.annotation.group for medium in collection.media)
    columns = {name for medium in collection.media for name in medium.annotation.attributes} | {"source", "group"}
    found = {medium.path for medium in collection.media}
    for told, value in pairs:
        name = told
        if name not in columns and grouped and "group" in columns_of([name]):
            name = "group"  # a list's own name for it (`patient`), which the import took for the group
        if name not in columns:
            near = nearest(name, columns)
            raise UsageError(
                f'No annotation file has a column "{name}".',
                reference="no-such-column",
                context=f"Columns: {', '.join(sorted(columns))}",
                hint=f"Is {near} meant?" if near else "",
            )
        values = {medium.path: _value(medium, name) for medium in collection.media}
        if value not in values.values():
            known = sorted({v for v in values.values() if v})
            near = nearest(value, known)
            raise UsageError(
                f'{name} is never "{value}".',
                reference="no-such-value",
                context=f"It is: {', '.join(known[:10])}{' …' if len(known) > 10 else ''}" if known else "",
                hint=f'Is "{near}" meant?' if near else "",
            )
        found &= {path for path, held in values.items() if held == value}
    return found


def _value(medium: Medium, name: str) -> str:
    if name == "source":
        return medium.path.split("/")[0]
    return medium.annotation.group if name == "group" else medium.annotation.attributes.get(name, "")
