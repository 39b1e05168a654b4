"""The service serves the export that was proved."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence.deployed import read, served, tried
from mlscaffold.evidence.exports import Card
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="service", reads=("deploy.toml", "reports/deployment", "exports"))
def another_model_served(project: Project) -> Iterator[Finding]:
    """The service serves the export that was proved.

    ## Why
    The container loads last month's file, and every number of stages 7 to 9 is about another model.

    ## Evidence
    The digest in `deploy.toml`, in `reports/deployment/service.json`, and in the version that the service answers, against the card of
    that export.

    ## Fix
    Write the card's digest into `deploy.toml`, then try the service again.
    """
    deploy, card = read(project), served(project)
    if deploy.digest != card.digest:
        yield fail(f"deploy.toml names {deploy.digest[:12] or 'no digest'}, the export {card.target} is {card.digest[:12]}",
                   "deploy.toml", card.path, fix=f'write digest = "{card.digest}" into deploy.toml')  # fmt: skip
    service, fix = tried(project), f"python -m {project.settings.package}.serve --check"
    if service.target != card.target or service.digest != deploy.digest:
        yield fail(f"the service was tried with {service.target} {service.digest[:12]}, deploy.toml names {card.target} {deploy.digest[:12]}",
                   service.path, "deploy.toml", fix=fix)  # fmt: skip
    elif service.model_version and not _names(service.model_version, card):
        yield fail(
            f"the service answers model version {service.model_version[:24]}, it should be {card.digest[:12]}",
            service.path,
            fix=fix,
        )


def _names(version: str, card: Card) -> bool:
    """Whether a version names the export, its checkpoint or its run."""
    told = version.lower().removeprefix("sha256:")
    digests = (card.digest, card.checkpoint)
    return bool(card.run and card.run in version) or any(
        len(told) >= 8 and (d.startswith(told) or d[:8] in told) for d in digests
    )
