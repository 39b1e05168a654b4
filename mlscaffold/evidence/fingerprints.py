"""Fingerprints: digests of what evidence means, so that only a change of meaning makes a sign-off stale.

A name is a path or pattern; `#` selects a part of it: keys of a table, rows of a split, or a rule (CONTRACTS in docs/reference/evidence.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import chain, data, jsonfile, media, tables, toml
from mlscaffold.project import ABSENT, Missing, Project, Unknown, canonical_json
from mlscaffold.splitnames import present, selected

SCHEMES = ("m1", "m2")
ACCEPTANCE = "acceptance.toml"
CIRCUMSTANCES = ("schema", "run", "command", "commit", "dirty", "start", "end", "packages", "hardware", "threads")
FIGURES = (".svg", ".png", ".jpg", ".pdf", ".md", ".html", ".txt")


def fingerprint(project: Project, name: str, *, as_input: bool = False, like: str = "") -> str | None:
    """The fingerprint of a piece of evidence, `absent` where there is none, None where it cannot be computed here.

    What was signed is compared in the scheme that it was signed in: `like` is that fingerprint. `m2` says the same of
    `acceptance.toml` in whatever order its thresholds stand; all else is `m1`.
    """
    signed = like.partition(":")[0]
    scheme = signed if signed in SCHEMES else "m2" if name.partition("#")[0] == ACCEPTANCE else "m1"
    key = f"fingerprint:{scheme}:{'input' if as_input else 'evidence'}:{name}"
    return project.memo(key, lambda: _compute(project, name, scheme, as_input=as_input))


def files_of(project: Project, name: str) -> list[str]:
    """The files that carry a piece of evidence and are here, for messages and for "still as generated"."""
    base, _, select = name.partition("#")
    if base == "model":
        base = "reports/tuning/chosen.toml" if project.exists("reports/tuning/chosen.toml") else "reports/training/chosen.toml"
    if base == "data/raw":
        wanted = "annotations.csv" if select == "annotations" else "source.toml"
        return project.glob(f"data/raw/**/{wanted}")
    if base == "data/processed":
        return [f for s in prepared(project, select) for f in project.glob(f"data/processed/{s}/annotations.csv")]
    if base == "data/splits":  # the versions of test sets beside them are records, no rows
        return project.glob("data/splits/*.csv")
    if "*" in base:
        return project.glob(base)
    return [base] if project.exists(base) else project.glob(f"{base}/**")


def _compute(project: Project, name: str, scheme: str, *, as_input: bool) -> str | None:
    base, _, select = name.partition("#")
    try:
        value = _meaning(project, base, select, as_input=as_input, ordered=scheme == "m1")
    except Missing:
        return ABSENT
    except Unknown:
        return None
    except ScaffoldError:
        value = {"broken": [[f, project.digest(f)] for f in files_of(project, name)]}
    return ABSENT if value is None else f"{scheme}:{hashlib.sha256(canonical_json(value).encode()).hexdigest()[:32]}"


def _meaning(project: Project, base: str, select: str, *, as_input: bool, ordered: bool) -> object:
    special: dict[str, Callable[[], object]] = {
        "docs/examples": lambda: _examples(project),
        "data/manifest": lambda: sorted([m.digest, m.bytes] for m in data.manifest(project)) or None,
        "data/raw": lambda: _annotations(project) if select == "annotations" else _sources(project),
        "data/splits": lambda: _splits(project, select),
        "data/processed": lambda: _processed(project, select),
        "reports/model": lambda: _newest_model(project, figures=not as_input),
        "reports/training": lambda: _chosen(project, "training", figures=not as_input),
        "reports/tuning": lambda: _chosen(project, "tuning", figures=not as_input),
        "reports/evaluation": lambda: _evaluation(project, select.removeprefix("of="), figures=not as_input),
        "reports/deployment": lambda: _folder(project, "reports/deployment", figures=not as_input),
        "exports": lambda: _exports(project, digests_only=select == "digest"),
        "model": lambda: chain.model(project).checkpoint,
    }
    if base in special:
        return special[base]()
    if base.startswith("docs/"):
        return _document(project, base)
    value = _file(project, base)
    if base == ACCEPTANCE and not ordered and isinstance(value.get("thresholds"), list):
        value["thresholds"] = sorted(value["thresholds"], key=canonical_json)
    return _keys(value, select)


def _file(project: Project, path: str) -> Any:  # noqa: ANN401 - any JSON-able meaning
    suffix = PurePosixPath(path).suffix
    if suffix == ".toml":
        return {k: v for k, v in project.read(toml.read, path).items() if k != "schema"}
    if suffix == ".json":
        return {k: v for k, v in project.read(jsonfile.read, path).items() if k != "schema"}
    if suffix in (".csv", ".tsv"):
        return tables.meaning(project.read(tables.read, path))
    if suffix in (".yaml", ".yml"):
        from mlscaffold.evidence import runs

        return runs.meaning(project.read(runs.read_params, path))
    raw = project.content(path)
    if suffix in (".md", ".txt", ".html", ".svg"):
        return hashlib.sha256(" ".join(raw.decode("utf-8", "replace").split()).encode()).hexdigest()
    return hashlib.sha256(raw).hexdigest()


def _keys(value: Any, select: str) -> object:  # noqa: ANN401 - as above
    if not select or not isinstance(value, dict):
        return value
    wanted = [key.strip() for key in select.split(",")]
    kept = {key: value[key] for key in wanted if key in value}
    return kept or None


def _document(project: Project, pattern: str) -> object:
    from mlscaffold.evidence import documents

    path = project.find(pattern)
    return documents.meaning(project.read(documents.read, path))


def _examples(project: Project) -> object:
    files = [f for f in project.glob("docs/examples/**") if not f.endswith("/README.md")]
    rows = [[f.removeprefix("docs/examples/"), _file(project, f)] for f in files]
    return rows or None


def _annotations(project: Project) -> object:
    digest_of = {m.path: m.digest for m in data.manifest(project)}
    rows = data.annotation_rows(project)
    return sorted([digest_of.get(a.path, a.path), a.label, a.group, sorted(a.attributes.items())] for a in rows) or None


def _sources(project: Project) -> object:
    data.need_pulled(project)
    files = project.glob("data/raw/**/source.toml")
    return [[f, _file(project, f)] for f in files] or None


def _splits(project: Project, select: str) -> object:
    rows = data.splits(project)
    wanted = _selected(select, (r.split for r in rows)) if select else None
    return sorted([r.digest, r.label, r.group, r.split] for r in rows if wanted is None or r.split in wanted) or None


def prepared(project: Project, select: str) -> tuple[str, ...]:
    """The processed splits that a selection (`split=train,validation`; empty: all) means."""
    return _selected(select, data.prepared_splits(project))


def _selected(select: str, names: Iterable[str]) -> tuple[str, ...]:
    return selected(select.removeprefix("split=").split(","), names) if select.startswith("split=") else present(names)


def _processed(project: Project, select: str) -> object:
    rows = []
    for split in prepared(project, select):
        try:
            listed = data.processed(project, split)
        except Missing:
            listed = []
        here = data.processed_media(project, split)
        if not here:  # a clone without pictures: the committed table speaks for them
            rows += [[p.digest, p.label, split] for p in listed]
            continue
        seen = media.exact(project, here, base="data/processed")
        labels = {p.path: p.label for p in listed}
        # The table speaks for a picture of which only a pointer (Git LFS) is here.
        told = {p.path: p.digest for p in listed if p.path in here and seen[p.path].pointer}
        rows += [[told.get(path) or seen[path].pixels or digest, labels.get(path, "?"), split] for path, digest in here.items()]
        rows += [[ABSENT, p.label, split] for p in listed if p.path not in here]
    return sorted(rows) or None


def _newest_model(project: Project, *, figures: bool) -> object:
    runs = project.glob("reports/model/*/overfit.json")
    if not runs:
        return None
    return _folder(project, runs[-1].rsplit("/", 1)[0], figures=figures)


def _chosen(project: Project, stage: str, *, figures: bool) -> object:
    choice = chain.chosen(project, stage)
    return {"chosen": _file(project, choice.file), "run": _folder(project, choice.folder, figures=figures)}


def _evaluation(project: Project, of: str, *, figures: bool) -> object:
    """An evaluation without when, where and from which commit it was made: the same numbers made again mean the same."""
    folder = chain.evaluation_of(project, of).folder
    rows = _folder(project, folder, figures=figures, without=("provenance.json", "report.md"))
    record = project.read(jsonfile.read, f"{folder}/provenance.json")
    return [rows, _keys({k: v for k, v in record.items() if k not in CIRCUMSTANCES}, "")]


def _folder(project: Project, folder: str, *, figures: bool, without: tuple[str, ...] = ()) -> object:
    files = [f for f in project.glob(f"{folder}/**") if figures or not f.endswith(FIGURES)]
    files = [f for f in files if f.removeprefix(f"{folder}/") not in without]
    return [[f.removeprefix(f"{folder}/"), _file(project, f)] for f in files] or None


def _exports(project: Project, *, digests_only: bool) -> object:
    rows = []
    for card in project.glob("exports/*/card.json"):
        folder = card.rsplit("/", 1)[0]
        table = project.read(jsonfile.read, card)
        if digests_only:
            rows.append([folder, table.get("digest")])
            continue
        tracked = list(project.glob(f"{folder}/*.csv") + project.glob(f"{folder}/device/*.json"))
        rows.append([folder, _file(project, card), *([f, _file(project, f)] for f in tracked)])
    return rows or None
