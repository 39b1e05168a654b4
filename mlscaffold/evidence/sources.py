"""`source.toml`: where the data of one source come from, and by what right."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlscaffold.evidence.fields import canonical, read_toml

METHODS = ("own", "api", "download", "scraped", "generated")
WANTED = ("name", "origin", "licence", "collected", "collected_by", "method")


@dataclass(frozen=True)
class Source:
    """One source; a field that nobody filled in is empty."""

    path: str
    name: str = ""
    origin: str = ""
    licence: str = ""
    collected: str = ""
    collected_by: str = ""
    method: str = ""
    policy: str = ""
    notes: str = ""
    unknown: tuple[str, ...] = ()
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that a source owes and that are empty; a scraped one owes its policy too."""
        wanted = (*WANTED, "policy") if self.method == "scraped" else WANTED
        return tuple(name for name in wanted if not getattr(self, name))


def read(data: bytes, path: str) -> Source:
    """Parse a source; an unknown method is broken, an empty field is `missing`."""
    top = read_toml(data, path)
    names = ("name", "origin", "licence", "collected", "collected_by", "policy", "notes")
    texts = {name: top.text(name, "") for name in names}
    return Source(path, method=top.choice("method", METHODS, ""), **texts, unknown=top.unknown(), raw=top.values)


def meaning(source: Source, select: str = "") -> object:
    """The parsed file in canonical form."""
    return canonical(source.raw, select)
