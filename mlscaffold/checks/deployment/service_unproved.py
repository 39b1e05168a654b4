"""The service answers over HTTP what its export answers, and refuses what is no picture."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import data
from mlscaffold.evidence.deployed import read, tried
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

AGREE = 0.99
ASKED = 50
NEEDED = {
    "text": ("text",),
    "empty": ("empty",),
    "too many pixels": ("pixel", "bomb"),
    "wrong type": ("type", "field", "pdf", "json"),
}


@check(proves="service", reads=("reports/deployment/service.json", "deploy.toml", "data/processed/test/annotations.csv"))
def service_unproved(project: Project) -> Iterator[Finding]:
    """The service answers over HTTP what its export answers, and refuses what is no picture.

    ## Why
    Another way of resizing in the service, and it is another model. A text file that ends in an error 500 is an open door.

    ## Evidence
    `service.json`: health 200; at least 50 test pictures (all, where there are fewer) sent over HTTP, 99 % of the answers as in
    the
    export's table (ties in the last digit may fall either way); a 4xx for a text, an empty file, too many pixels and a wrong
    type; the
    model version in the answer; a row in the log for each answer; p95 above the median, and within the alarm.

    ## Fix
    `python -m <package>.serve --check`
    """
    service, deploy = tried(project), read(project)
    fix = f"python -m {project.settings.package}.serve --check"
    if service.health != 200:
        yield fail(f"health answers {service.health}; 200 is wanted", service.path, fix=fix)
    try:
        wanted = min(ASKED, len(data.processed(project, "test")))
    except Missing:
        wanted = ASKED
    if service.compared < wanted or service.agreement is None:
        yield fail(
            f"{service.compared} answers were compared with the export's; at least {wanted} are wanted", service.path, fix=fix
        )
    elif service.agreement < AGREE:
        yield fail(f"{service.agreement:.1%} of {service.compared} answers are the export's; {AGREE:.0%} are wanted: does it prepare pictures"
                   " as pipeline.json says?", service.path, fix=fix)  # fmt: skip
    yield from _rejected(service.rejected, service.path, fix=fix)
    if not service.model_version:
        yield warn("the answer has no model version: nobody can tell later which model said what", service.path, fix=fix)
    if service.log_rows < service.compared:
        yield fail(f"the log has {service.log_rows} rows for {service.compared} answers", service.path, fix=fix)
    if not service.metrics:
        yield fail("the service emits no metrics", service.path, fix=fix)
    if service.p95_ms is not None and (service.p95_ms <= 0 or service.p95_ms < (service.p50_ms or 0.0)):
        yield fail(
            f"p95 is {service.p95_ms:g} ms, half of the answers take {service.p50_ms or 0.0:g} ms: that was not measured",
            service.path,
            fix=fix,
        )
    if deploy.p95_ms is not None and service.p95_ms is not None and service.p95_ms > deploy.p95_ms:
        yield fail(
            f"p95 is {service.p95_ms:.1f} ms over HTTP, the alarm rings at {deploy.p95_ms:g} ms",
            service.path,
            "deploy.toml",
            fix=fix,
        )


def _rejected(rejected: dict[str, int], path: str, *, fix: str) -> Iterator[Finding]:
    lacking = [kind for kind, words in NEEDED.items() if not any(word in name.casefold() for name in rejected for word in words)]
    if lacking:
        yield fail(f"bad input was not tried: {', '.join(lacking)}", path, fix=fix)
    wrong = [f"{kind} → {code}" for kind, code in sorted(rejected.items()) if not 400 <= code < 500]
    if wrong:
        yield fail(
            f"{len(wrong)} of {len(rejected)} kinds of bad input are not refused with a 4xx: {', '.join(wrong[:3])}",
            path,
            fix=fix,
        )
