"""The service shows its model the pictures that training showed it."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, unknown
from mlscaffold.evidence import pipelines
from mlscaffold.evidence.deployed import tried
from mlscaffold.model import Finding
from mlscaffold.project import Project

GREY = 1.0
SHARE = 0.05


@check(proves="service", reads=("reports/deployment/service.json", "pipeline.json"))
def input_differs(project: Project) -> Iterator[Finding]:
    """The service shows its model the pictures that training showed it.

    ## Why
    The service resizes straight to 224, training resized to 256 and cropped; or another library, another filter, another order of
    channels. Nothing fails, and the model is worse than anybody measured. Prepared test pictures do not show it: they have their
    size already.

    ## Evidence
    `originals` in `service.json`: test pictures sent as they lie in `data/raw`. By how many grey levels (of 255) what the service
    makes of them differs from `data/processed` (1 on average is what two decoders make), and how far its probabilities lie from
    those of the prepared pictures (0.05). `pipeline` in `service.json` against `pipeline.json`.

    ## Fix
    Let the service prepare pictures by the function that `prepare` uses, then `python -m <package>.serve --check`.
    """
    service, fix = tried(project), f"python -m {project.settings.package}.serve --check"
    if service.pipeline and project.exists("pipeline.json") and service.pipeline != pipelines.pipeline_digest(project):
        yield fail(
            f"the service was tried with pipeline {service.pipeline[:12]}, pipeline.json is {pipelines.pipeline_digest(project)[:12]}",
            service.path, "pipeline.json", fix=fix,
        )  # fmt: skip
    found = service.originals
    if found is None or not found.compared:
        yield unknown(
            "the service was not asked about pictures as they come, so its resizing was never tried", service.path, fix=fix
        )
        return
    if found.grey_levels is not None and found.grey_levels > GREY:
        yield fail(
            f"service input differs from training input by {found.grey_levels:.1f} grey levels on average over {found.compared} pictures;"
            f" {GREY:g} is what decoders differ by",
            service.path, fix=fix,
        )  # fmt: skip
    elif found.max_difference is not None and found.max_difference > SHARE:
        same = "unknown" if found.agreement is None else f"{found.agreement:.0%}"
        yield fail(
            f"{found.compared} originals sent to the service: {same} get the answer of their prepared picture, and probabilities differ"
            f" by up to {found.max_difference:.2f}; {SHARE:g} is tolerable",
            service.path, fix=fix,
        )  # fmt: skip
