"""`source.toml`: where the data of one source come from, and by what right."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlscaffold.evidence.fields import canonical, read_toml
from mlscaffold.project import Project

METHODS = ("own", "api", "download", "scraped", "generated")
ROLES = ("own", "extra")
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
    role: str = "own"
    weight: float = 1.0
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
    role, method = top.choice("role", ROLES, "own"), top.choice("method", METHODS, "")
    weight = top.number("weight", 1.0, low=0, high=1)
    if weight == 0:
        top.broken("weight", "is 0: nothing would be learned from the source", hint="Take the source out of data/raw.")
    if weight != 1 and role == "own":
        top.broken("weight", "is set for a source of your own data; only an extra source has one", hint='Write role = "extra".')
    return Source(path, method=method, role=role, weight=weight, **texts, unknown=top.unknown(), raw=top.values)


def extra(project: Project) -> dict[str, Source]:
    """The extra sources, by the name of their folder: data to learn more from, which are not drawn from where the model will work."""
    return {name: one for name, one in every(project).items() if one.role == "extra"}


def every(project: Project) -> dict[str, Source]:
    """All sources that say where they come from, by the name of their folder."""
    return {path.split("/")[2]: project.read(read, path) for path in project.glob("data/raw/*/source.toml")}


def meaning(source: Source, select: str = "") -> object:
    """The parsed file in canonical form."""
    return canonical(source.raw, select)
