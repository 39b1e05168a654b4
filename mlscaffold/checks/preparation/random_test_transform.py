"""preparation.random-test-transform."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.checks.preparation.group_leak import bases
from mlscaffold.evidence import data, pipelines
from mlscaffold.evidence.pipelines import Pipeline, Step
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import is_split, present

CHANCE = re.compile(r"random|jitter|aug(ment|mix)|cut(out|mix)|mixup|mosaic|erasing|trivial|noise|dropout|shuffle|elastic", re.I)


@check(
    proves="recorded-pipeline",
    reads=("pipeline.json", "data/processed/*/annotations.csv", "data/splits"),
    tells=("pipeline.json",),
)
def random_test_transform(project: Project) -> Iterator[Finding]:
    """Nothing random touches validation, eyeball and the test sets, and no augmented copies lie in them.

    ## Why
    With a random crop on test the same model gets another number each time; augmented copies count one picture many times.

    ## Evidence
    The steps of each split in `pipeline.json`: what is marked as random, is random by its name, has a probability, or is random in
    train. Then the pictures themselves: two of one origin, and copies beside their original by name (`0007_rot15`).

    ## Fix
    Give validation, eyeball and test their own steps, without chance, and run `prepare` again.
    """
    pipeline = pipelines.of(project)
    fix = f"python -m {project.settings.package}.prepare"
    found = {
        s: [step.op for step in pipeline.splits.get(s, ()) if is_random(step, pipeline)]
        for s in present(pipeline.splits)
        if s != "train"
    }
    told = [f"{s}: {few(ops, 5)}" for s, ops in found.items() if ops]
    if told:
        yield fail(
            f"random steps where numbers are measured: {'; '.join(told)}", pipelines.FILE, fix=f"take them out, then {fix}"
        )
    silent = [s for s in ("validation", "test") if s not in pipeline.splits]
    if silent:
        yield warn(
            f"pipeline.json does not say what is done to {' and '.join(silent)}; an empty list says: nothing",
            pipelines.FILE,
            fix=fix,
        )
    yield from _copies(project, fix)


def is_random(step: Step, pipeline: Pipeline) -> bool:
    """Whether chance is involved in a step."""
    if step.random is not None:
        return step.random or bool(CHANCE.search(step.op))
    probability = step.parameters.get("probability", step.parameters.get("p"))
    if CHANCE.search(step.op) or (isinstance(probability, int | float) and 0 < probability < 1):
        return True
    return any(other.op == step.op and other.random for other in pipeline.splits.get("train", ()))


def _copies(project: Project, fix: str) -> Iterator[Finding]:
    try:
        prepared = [p for p in data.processed(project) if p.split != "train"]
    except Missing:
        prepared = []
    origins = Counter((p.split, p.origin) for p in prepared if p.origin)
    twice = [p for p in prepared if origins[p.split, p.origin] > 1]
    if twice:
        yield fail(
            f"{count(len(twice), 'picture')} outside train share an origin with another of their split, first {twice[0].path}:"
            " only train may hold copies",
            *(at(p.file, p.line) for p in twice[:3]), fix=fix,
        )  # fmt: skip
    rows = [r for r in data.splits(project) if r.split != "train" and is_split(r.split)]
    stems = {(r.split, r.label, base) for r in rows if not bases(r.path) for base in [_stem(r.path)]}
    copies = [r for r in rows if any((r.split, r.label, base) in stems for base in bases(r.path))]
    if copies:
        yield fail(
            f"{count(len(copies), 'augmented copy lies', 'augmented copies lie')} beside the original outside train, first {copies[0].path}"
            f" in {copies[0].split}",
            *(at(r.file, r.line) for r in copies[:3]), fix=f"take the copies out of data/raw, then mlscaffold data split and {fix}",
        )  # fmt: skip


def _stem(path: str) -> str:
    name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "_".join(p for p in re.split(r"[_\-. ()]+", name) if p).casefold()
