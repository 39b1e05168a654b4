"""The alarm rings for shifted pictures, and stays silent for the test pictures."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.checks.deployment.another_model_served import read, tried
from mlscaffold.evidence import chain, deployment
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

# An alarm hangs on a number that the service must emit; names differ, these parts of them do not.
EMITTED = {
    "p95_ms": ("latency", "duration", "seconds", "_ms"),
    "psi": ("prediction", "class", "request"),
    "confidence_drop": ("confidence",),
}
FEW = 30


@check(proves="monitoring", reads=("reports/deployment", "deploy.toml"))
def monitor_blind(project: Project) -> Iterator[Finding]:
    """The alarm rings for shifted pictures, and stays silent for the test pictures.

    ## Why
    An alarm that was never tried is a description. One that always rings is switched off.

    ## Evidence
    The drill in `monitoring.json`: `shifted` must be an alarm, `clean` must be ok; both with their numbers of pictures. The
    alarms of
    `deploy.toml` against the metrics that the service emits. And the reference: an evaluation of the model that is served.

    ## Fix
    `python -m <package>.monitor --drill`
    """
    path, fix = "reports/deployment/monitoring.json", f"python -m {project.settings.package}.monitor --drill"
    if not project.exists(path):
        raise Missing("the alarm was not tried yet", path=path, fix=fix)
    found, deploy = project.read(deployment.read_monitoring, path), read(project)
    if found.clean is None or found.shifted is None:
        raise Missing(f"{path} has no drill with clean and shifted pictures", path=path, fix=fix)
    limit = f" (the alarm is {deploy.psi:g})" if deploy.psi is not None else ""
    if found.shifted.verdict != "alarm":
        yield fail(
            f"shifted pictures give {found.shifted.verdict}: PSI {_text(found.shifted.psi)}{limit}; an alarm is wanted",
            path,
            fix=fix,
        )
    if found.clean.verdict == "alarm":
        yield fail(f"untouched test pictures give an alarm: PSI {_text(found.clean.psi)}{limit}, noise alone {_text(found.clean.psi_floor)}",
                   path, fix=fix)  # fmt: skip
    elif found.clean.verdict == "too few" or 0 < found.clean.n < FEW:
        yield warn(f"the drill had {found.clean.n} clean pictures; {FEW} are wanted before silence means anything", path, fix=fix)
    same = (found.clean.psi, found.clean.confidence_window) == (found.shifted.psi, found.shifted.confidence_window)
    if same and found.clean.psi is not None and found.shifted.verdict == "alarm":
        yield fail(
            f"clean and shifted pictures have the same PSI, {_text(found.clean.psi)}, and the same confidence: nothing was shifted",
            path,
            fix=fix,
        )
    yield from _alarms(project, deploy)
    known = {evaluation.run for evaluation in chain.evaluations(project)}
    if found.reference_run and found.reference_run not in known:
        yield fail(f"the reference is run {found.reference_run}, which has no evaluation here", path, fix=fix)


def _alarms(project: Project, deploy: deployment.Deploy) -> Iterator[Finding]:
    wanted = {name: getattr(deploy, name) for name in EMITTED}
    if all(value is None for value in wanted.values()):
        raise Missing("deploy.toml sets no alarm", path="deploy.toml", fix="edit [alarms] in deploy.toml")
    emitted = tried(project).metrics
    blind = [
        n for n, value in wanted.items() if value is not None and not any(w in m.casefold() for m in emitted for w in EMITTED[n])
    ]
    if emitted and blind:
        yield fail(f"{len(blind)} of {sum(v is not None for v in wanted.values())} alarms hang on what the service never emits: {', '.join(blind)}",
                   "deploy.toml", "reports/deployment/service.json", fix="edit [alarms] in deploy.toml, or let the service emit it")  # fmt: skip
    listed = deploy.raw.get("alarms")
    named = listed.get("metrics", []) if isinstance(listed, dict) else []
    never = [str(name) for name in named if name not in emitted] if isinstance(named, list) else []
    if never:
        yield fail(f"{len(never)} of {len(named)} monitored metrics are never emitted: {', '.join(never[:3])}", "deploy.toml",
                   fix="edit [alarms] in deploy.toml, or let the service emit it")  # fmt: skip


def _text(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"
