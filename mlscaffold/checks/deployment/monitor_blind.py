"""The alarm rings for shifted pictures, and stays silent for the test pictures."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import acceptance, chain, deployment
from mlscaffold.evidence.deployed import read, served, tried
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

# An alarm hangs on a number that the service must emit; names differ, these parts of them do not.
EMITTED = {
    "p95_ms": ("latency", "duration", "seconds", "_ms"),
    "psi": ("prediction", "class", "request"),
    "confidence_drop": ("confidence",),
}
FEW = 30
ODD = 1.0  # a PSI beyond which nobody sets an alarm: 0.25 is called a great shift
FAR = 20
SLOWEST = 30


@check(proves="monitoring", reads=("reports/deployment", "deploy.toml", "acceptance.toml"))
def monitor_blind(project: Project) -> Iterator[Finding]:
    """The alarm rings for shifted pictures, and stays silent for the test pictures.

    ## Why
    An alarm that was never tried is a description. One that always rings is switched off.

    ## Evidence
    The drill in `monitoring.json`: `shifted` must be an alarm, `clean` must be ok; both with their numbers of pictures. The
    alarms of
    `deploy.toml` against the metrics that the service emits, and against the drill's numbers: a limit that even shifted pictures do not
    reach, a fall of the confidence below zero, a window that fills in months, a time twenty times that of `acceptance.toml`. And the reference: an evaluation of the model that is served.
    The PSI of a drill is that of its worst column.

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
    else:
        yield from _never_rings(deploy, found, path)
    yield from _alarms(project, deploy)
    tried_on = found.raw.get("export")
    digest = str(tried_on.get("digest", "")) if isinstance(tried_on, dict) else ""
    if digest and deploy.digest and digest.lower() != deploy.digest:
        yield fail(
            f"the alarm was tried with export {digest[:12]}, deploy.toml names {deploy.digest[:12]}", path, "deploy.toml", fix=fix
        )
    yield from _reference(project, found, path, fix)
    yield from _added_up(found, path, fix)


def _reference(project: Project, found: deployment.Monitoring, path: str, fix: str) -> Iterator[Finding]:
    """What windows are compared with: an evaluation of the model that is served."""
    known = {evaluation.run: evaluation for evaluation in chain.evaluations(project)}
    if not found.reference_run:
        return
    if found.reference_run not in known:
        yield fail(f"the reference is run {found.reference_run}, which has no evaluation here", path, fix=fix)
        return
    of = known[found.reference_run].checkpoint
    model = served(project).checkpoint
    if of and model and of != model:
        yield fail(
            f"the reference is evaluation {found.reference_run} of checkpoint {of[:12]}; the model that is served is {model[:12]}",
            path, f"{known[found.reference_run].folder}/provenance.json", fix=fix,
        )  # fmt: skip


def _added_up(found: deployment.Monitoring, path: str, fix: str) -> Iterator[Finding]:
    """The PSI of a drill against that of the column that it names as the worst."""
    drill = found.raw.get("drill")
    for name, part in drill.items() if isinstance(drill, dict) else ():
        columns = part.get("columns") if isinstance(part, dict) else None
        worst = columns.get(part.get("worst")) if isinstance(columns, dict) else None
        told, counted = (each.get("psi") if isinstance(each, dict) else None for each in (part, worst))
        if (
            isinstance(told, int | float)
            and isinstance(counted, int | float)
            and abs(told - counted) > max(0.005, 0.001 * counted)
        ):
            yield fail(
                f"the drill {name} says PSI {told:.2f}; its worst column, {part['worst']}, has {counted:.2f}", path, fix=fix
            )


def _never_rings(deploy: deployment.Deploy, found: deployment.Monitoring, path: str) -> Iterator[Finding]:
    """Limits of `deploy.toml` that the drill's own numbers do not reach: whatever happens, such an alarm is silent."""
    shifted, fix = found.shifted, "edit [alarms] in deploy.toml"
    if shifted is None:
        return
    usual = shifted.confidence_reference or found.watch.confidence_reference
    fell = usual - shifted.confidence_window if usual and shifted.confidence_window is not None else None
    silent = deploy.psi is not None and shifted.psi is not None and shifted.psi < deploy.psi
    rings = deploy.confidence_drop is not None and (fell is None or fell >= deploy.confidence_drop)
    if silent and (deploy.psi > ODD or (shifted.verdict == "alarm" and not rings)):  # type: ignore[operator]
        yield fail(
            f"the alarm is at PSI {deploy.psi:g}; the shifted pictures of the drill reach {shifted.psi:.2f}: it would not ring for them",
            "deploy.toml", path, fix=fix,
        )  # fmt: skip
    if deploy.confidence_drop is not None and usual and deploy.confidence_drop >= usual:
        yield fail(
            f"the alarm is at a confidence that falls by {deploy.confidence_drop:g}; it is {usual:.2f} on average and cannot fall so far",
            "deploy.toml", path, fix=fix,
        )  # fmt: skip
    days = deploy.window / deploy.ab_requests_per_day if deploy.window and deploy.ab_requests_per_day else 0
    if days > SLOWEST:
        yield warn(
            f"a window of {deploy.window:,} requests fills in {days:,.0f} days at {deploy.ab_requests_per_day:g} a day; after {SLOWEST} at most"
            " somebody should hear",
            "deploy.toml", fix=fix,
        )  # fmt: skip


def _slow(project: Project, deploy: deployment.Deploy, measured: float | None) -> Iterator[Finding]:
    """A limit for the time of an answer that lies far beyond both what is demanded and what was measured."""
    if deploy.p95_ms is None or not measured or deploy.p95_ms < FAR * measured or not project.exists("acceptance.toml"):
        return
    demanded = [
        t.max
        for t in project.read(acceptance.read, "acceptance.toml").thresholds
        if t.metric.startswith("latency") and t.max is not None
    ]
    if demanded and deploy.p95_ms > FAR * max(demanded):
        yield warn(
            f"the alarm is at {deploy.p95_ms:g} ms; acceptance.toml demands {max(demanded):g} ms, and {measured:.3g} ms were measured",
            "deploy.toml", "acceptance.toml", fix="edit [alarms] in deploy.toml",
        )  # fmt: skip


def _alarms(project: Project, deploy: deployment.Deploy) -> Iterator[Finding]:
    wanted = {name: getattr(deploy, name) for name in EMITTED}
    if all(value is None for value in wanted.values()):
        raise Missing("deploy.toml sets no alarm", path="deploy.toml", fix="edit [alarms] in deploy.toml")
    service = tried(project)
    emitted = service.metrics
    yield from _slow(project, deploy, service.p95_ms)
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
