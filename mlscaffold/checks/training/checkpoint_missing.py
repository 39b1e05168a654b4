"""training.checkpoint-missing."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import trained
from mlscaffold.evidence.trained import Trained
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project, Unknown

KINDS = (".ckpt", ".pt", ".pth", ".safetensors")
POINTER = b"version https://git-lfs"


@check(proves="trained-model", reads=("reports/training", "runs"), tells=("reports/training/chosen.toml",))
def checkpoint_missing(project: Project) -> Iterator[Finding]:
    """The checkpoint of the chosen run is there, and is the one that was recorded.

    ## Why
    Somebody copied another run's file over it to save the folder, and everything later is of another model.

    ## Evidence
    The digest in `chosen.toml` against `provenance.json`, and against the files under `[paths] runs` of `mlscaffold.toml`. Where the
    chosen epoch is the best one, the run's file named `best` must have it, whatever copy lies beside it. Where that folder holds none
    of the run, it is unknown: a colleague may have it.

    ## Fix
    Bring the file back, or choose a run whose checkpoint exists.
    """
    yield from of_run(project, trained.trained(project))


def of_run(project: Project, run: Trained) -> Iterator[Finding]:
    """Findings about the checkpoint of a run, of training or of tuning."""
    fix = f"{trained.choose(project, run, 'RUN')}, or bring the file back"
    try:
        saved = trained.provenance(project, run).checkpoint
    except Missing:
        saved = None
    if saved and saved.digest != run.checkpoint:
        yield fail(
            f"chosen.toml names checkpoint {run.checkpoint[:12]}, provenance.json of the run {saved.digest[:12]}",
            run.file,
            run.path("provenance.json"),
            fix=fix,
        )
    base = project.settings.paths.get("runs", "runs").rstrip("/") or "runs"
    files = [p for p in project.glob(f"{base}/**") if p.endswith(KINDS)]
    mine = [p for p in files if p.startswith(f"{base}/{run.run}/")]
    found = {p: _digest(project, p) for p in (*mine, *(p for p in files if p not in mine))}
    best = [p for p in mine if "best" in p.rsplit("/", 1)[-1]]
    if run.checkpoint in found.values() and not (best and _is_best(project, run) and run.checkpoint not in map(found.get, best)):
        return
    if best:
        yield fail(
            f"{best[0].rsplit('/', 1)[-1]} of the run has digest {found[best[0]][:12]}, chosen.toml says {run.checkpoint[:12]}",
            best[0],
            run.file,
            fix=fix,
        )
        return
    raise Unknown(
        f"checkpoint {run.checkpoint[:12]} is not on this machine: {len(files)} checkpoints lie under {base}",
        path=base, fix="set `runs` under [paths] in mlscaffold.toml to the folder that holds it",
    )  # fmt: skip


def _is_best(project: Project, run: Trained) -> bool:
    """Whether the chosen epoch is the best one of the run by what was monitored."""
    try:
        curves, saved = trained.metrics(project, run), trained.provenance(project, run).checkpoint
    except Missing:
        return False
    column = trained.column(curves, saved.monitor) if saved else ""
    if not column or saved is None or run.epoch is None:
        return False
    best = curves.best(column, saved.mode if saved.mode in ("min", "max") else "min")
    return best is not None and best in trained.rows_of(curves, run.epoch)


def _digest(project: Project, path: str) -> str:
    """The digest of a file; of a Git LFS pointer, that of the file it stands for."""
    stamp = project.tree.stamp(path)
    if stamp and stamp[0] < 1024:
        content = project.content(path)
        if content.startswith(POINTER):
            return next(
                (
                    line[len("oid sha256:") :].strip()
                    for line in content.decode("utf-8", "replace").splitlines()
                    if line.startswith("oid ")
                ),
                "",
            )
    return project.digest(path)
