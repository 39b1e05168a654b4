"""The data of a project as rows: annotations, manifests, splits, processed pictures. Committed tables first, files where they are here."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from mlscaffold.evidence import tables, toml
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.splitnames import present
from mlscaffold.trees import composed

RAW = "data/raw"
MEDIA = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"}
    | {".avif", ".heic", ".heif", ".jp2"}
)
TEXT = frozenset({".csv", ".tsv", ".toml", ".json", ".jsonl", ".txt", ".md", ".xml", ".yaml", ".yml", ".html"})


@dataclass(frozen=True)
class Annotation:
    """A label as it stands in the raw data. `path` is relative to `data/raw`."""

    path: str
    label: str
    group: str
    file: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Medium:
    """A row of a manifest. `path` is relative to `data/raw`, `bytes` a size, `digest` a sha256."""

    path: str
    bytes: int
    digest: str
    file: str
    line: int


@dataclass(frozen=True)
class SplitRow:
    """A row of a split table. `path` is relative to `data/raw`."""

    path: str
    digest: str
    label: str
    group: str
    split: str
    file: str
    line: int


@dataclass(frozen=True)
class Processed:
    """A row of `data/processed/<split>/annotations.csv`. `path` is relative to `data/processed`, `digest` of pixels."""

    path: str
    digest: str
    label: str
    origin: str
    split: str
    file: str
    line: int


def is_medium(path: str) -> bool:
    """Whether a file below `data/raw` is a picture, by its name; what is no text and no picture counts too, so that it is looked at."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return dot > 0 and name[dot:].lower() in MEDIA  # pathlib would take a second for a hundred thousand names


def classes(project: Project) -> list[str]:
    """The class names in the order of the model's outputs; raises `Missing` while the schema names none."""
    schema = project.read(toml.read, "data/schema.toml")
    names = schema.get("classes", [])
    if not names:
        raise Missing("data/schema.toml names no classes", path="data/schema.toml", fix="mlscaffold data import FOLDER")
    return [str(name) for name in names]


def annotation_rows(project: Project) -> list[Annotation]:
    """Every row of every annotation file below `data/raw`; raises `Unknown` where DVC keeps some that were not pulled."""
    need_pulled(project)
    return [row for file in project.glob(f"{RAW}/**/annotations.csv") for row in project.read(_annotations, file)]


def need_pulled(project: Project) -> None:
    """Raise `Unknown` where DVC keeps a whole folder of pictures, its annotation files among them, and it was not pulled."""
    pointers = project.glob(f"{RAW}/**/*.dvc")
    kept = [path.removesuffix(".dvc") for path in pointers]
    if not kept:
        return
    here = [path.rpartition("/")[0] for path in project.glob(f"{RAW}/**/annotations.csv")]
    listed = [f"{RAW}/{row.path}" for row in manifest(project)]
    for folder, pointer in zip(kept, pointers, strict=True):
        if any(p.startswith(f"{folder}/") for p in listed) and not any(f"{p}/".startswith(f"{folder}/") for p in here):
            raise Unknown(f"{folder} is kept by DVC and not on this machine", path=pointer, fix="dvc pull")


def _annotations(content: bytes, file: str) -> list[Annotation]:
    table = tables.read(content, file)
    table.need("path", "label")
    folder = str(PurePosixPath(file).parent.relative_to(RAW))
    extra = [c for c in table.header if c not in ("path", "label", "group")]
    return [
        Annotation(
            composed(str(PurePosixPath(folder, row["path"]))),
            row["label"],
            row.get("group"),
            file,
            row.line,
            {c: row[c] for c in extra},
        )
        for row in table.rows
    ]


def manifest(project: Project) -> list[Medium]:
    """Every row of every manifest."""
    return [row for file in project.glob("data/manifest/*.csv") for row in project.read(_manifest, file)]


def _manifest(content: bytes, file: str) -> list[Medium]:
    table = tables.read(content, file)
    table.need("path", "bytes", "digest")
    return [Medium(composed(r["path"]), table.whole(r, "bytes"), r["digest"].lower(), file, r.line) for r in table.rows]


def splits(project: Project) -> list[SplitRow]:
    """Every row of every split table; raises `Missing` while there is none."""
    rows = [row for file in project.glob("data/splits/*.csv") for row in project.read(read_splits, file)]
    if not rows:
        raise Missing("data/splits has no rows", path="data/splits", fix="mlscaffold data split")
    return rows


def read_splits(content: bytes, file: str) -> list[SplitRow]:
    """Parse one split table."""
    table = tables.read(content, file)
    table.need("path", "digest", "label", "split")
    return [
        SplitRow(composed(r["path"]), r["digest"].lower(), r["label"], r.get("group"), r["split"], file, r.line)
        for r in table.rows
    ]


def prepared_splits(project: Project) -> tuple[str, ...]:
    """The four splits, and which others have a folder of processed pictures."""
    return present(file.split("/")[2] for file in project.glob("data/processed/*/annotations.csv"))


def processed(project: Project, *wanted: str) -> list[Processed]:
    """The rows of the processed splits (default: all); raises `Missing` while there is none."""
    names = wanted or prepared_splits(project)
    files = [f"data/processed/{split}/annotations.csv" for split in names]
    rows = [row for file in files if project.exists(file) for row in project.read(_processed, file)]
    if not rows:
        raise Missing(
            f"data/processed/{'|'.join(names)} has no annotations",
            path="data/processed",
            fix=f"python -m {project.settings.package}.prepare",
        )
    return rows


def _processed(content: bytes, file: str) -> list[Processed]:
    split = file.split("/")[2]
    table = tables.read(content, file)
    table.need("path", "digest", "label", "origin")
    return [
        Processed(composed(f"{split}/{r['path']}"), r["digest"].lower(), r["label"], composed(r["origin"]), split, file, r.line)
        for r in table.rows
    ]


def raw_media(project: Project) -> dict[str, str]:
    """Pictures below `data/raw` that are on this machine → digest of the file; paths relative to `data/raw`."""
    return _composed({p[len(RAW) + 1 :]: d for p, d in project.digests(RAW).items() if is_medium(p)})


def processed_media(project: Project, split: str) -> dict[str, str]:
    """Pictures of a processed split that are on this machine → digest of the file; paths relative to `data/processed`."""
    base = "data/processed/"
    return _composed({p[len(base) :]: d for p, d in project.digests(f"{base}{split}").items() if is_medium(p)})


def _composed(found: dict[str, str]) -> dict[str, str]:
    """Files under their composed names, as tables are read; of two that differ in the form only, one keeps its own."""
    named: dict[str, str] = {}
    for path, digest in found.items():
        name = composed(path)
        named[path if name in named else name] = digest
    return named
