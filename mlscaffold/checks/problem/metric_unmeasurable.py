"""problem.metric-unmeasurable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import acceptance, toml
from mlscaffold.evidence.acceptance import METRICS, Acceptance
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FILE = "acceptance.toml"
TARGETS = ("coreml", "executorch", "litert", "onnx")
FIX = f"edit {FILE}"


@check(proves="acceptance", reads=(FILE, "data/schema.toml"), tells=("acceptance.toml",))
def metric_unmeasurable(project: Project) -> Iterator[Finding]:
    """One metric is to be optimised, and every other wish is a threshold that can be measured.

    ## Why
    With two metrics to optimise every model can be called better. With a misspelt one, or a bound on the wrong side, none can
    be judged.

    ## Evidence
    `acceptance.toml`: metric names, ranges and directions that the task can compute; classes of `data/schema.toml`, known
    export targets.

    ## Fix
    Leave one metric under `[metric] optimise`, and write the others as `[[thresholds]]` with `min` or `max`.
    """
    if not project.exists(FILE) or project.is_pristine(FILE):
        what = "is still as generated" if project.exists(FILE) else "is missing"
        raise Missing(f"{FILE} {what}: nobody has decided what is good enough", path=FILE, fix=FIX)
    several = _optimised(project.read(toml.read, FILE))
    if len(several) > 1:
        yield fail(
            f"{len(several)} metrics to optimise ({few(several, 6)}); exactly 1 is wanted", FILE, fix="make the others thresholds"
        )
        return
    found = project.read(acceptance.read, FILE)
    if not found.optimise:
        yield fail(f"no metric to optimise; exactly 1 is wanted, of {', '.join(METRICS)}", FILE, fix=FIX)
    elif METRICS[found.optimise].of_class or METRICS[found.optimise].of_export:
        yield fail(f"{found.optimise} is no metric of the whole model, so it cannot be the one to optimise", FILE, fix=FIX)
    if not found.thresholds:
        yield fail("no threshold: nothing says when the model is good enough", FILE, fix=FIX)
    yield from _thresholds(project, found)
    if found.unknown:
        yield warn(f"{FILE} has fields that nothing reads: {few(found.unknown)}", FILE, fix=FIX)


def _optimised(table: dict[str, object]) -> list[str]:
    """Every metric that the file marks as the one to optimise, however it is written."""
    metric = table.get("metric")
    tables = metric if isinstance(metric, list) else [metric]
    names: list[str] = []
    for entry in tables:
        value = entry.get("optimise") if isinstance(entry, dict) else None
        names += [str(v) for v in value] if isinstance(value, list) else [str(value)] if value else []
    return names


def _thresholds(project: Project, found: Acceptance) -> Iterator[Finding]:
    schema = project.read(toml.read, "data/schema.toml") if project.exists("data/schema.toml") else {}
    classes = [str(c) for c in schema.get("classes", [])]
    strange = [t for t in found.thresholds if t.of_class and classes and t.of_class not in classes]
    if strange:
        named = few([f'"{t.of_class}"' for t in strange])
        yield fail(f"thresholds for classes that the schema does not know: {named}; it has {few(classes, 8)}", FILE, fix=FIX)
    lost = [t for t in found.thresholds if t.target and t.target not in TARGETS]
    if lost:
        yield fail(f'threshold for the export "{lost[0].target}"; known are {", ".join(TARGETS)}', FILE, fix=FIX)
    keys = Counter((t.metric, t.of_class, t.slice, t.split, t.target, t.device, t.min is None) for t in found.thresholds)
    twice = [key for key, n in keys.items() if n > 1]
    if twice:
        yield fail(
            f"two thresholds for {' of '.join(filter(None, twice[0][:2]))} on {twice[0][3]}; only one can be meant", FILE, fix=FIX
        )
    learned = [t.text for t in found.thresholds if t.split == "train"]
    if learned:
        yield warn(f"a threshold on what the model was trained on says little: {learned[0]}", FILE, fix='set split = "test"')
