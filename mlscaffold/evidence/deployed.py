"""What is served: the settings of the service, the export that they name, and what the service answered; absent is to do."""

from __future__ import annotations

from mlscaffold.evidence import deployment, exports
from mlscaffold.evidence.deployment import Deploy, Service
from mlscaffold.evidence.exports import Card
from mlscaffold.project import Missing, Project


def read(project: Project) -> Deploy:
    """`deploy.toml` with its export named; raises `Missing` while it is absent or as it was generated."""
    path = "deploy.toml"
    if not project.exists(path):
        raise Missing("deploy.toml is missing", path=path, fix="write deploy.toml")
    if project.is_pristine(path):
        raise Missing("deploy.toml is still as generated", path=path, fix="edit deploy.toml")
    deploy = project.read(deployment.read, path)
    if not deploy.export:
        raise Missing("deploy.toml names no export", path=path, fix="edit deploy.toml")
    return deploy


def served(project: Project) -> Card:
    """The card of the export that `deploy.toml` names; raises `Missing`."""
    target = read(project).export
    path = f"exports/{target}/card.json"
    if not project.exists(path):
        raise Missing(
            f"deploy.toml serves {target}, which has no export",
            path=path,
            fix=f"python -m {project.settings.package}.convert {target}",
        )
    return project.read(exports.read, path)


def tried(project: Project) -> Service:
    """What the running service answered; raises `Missing`."""
    path = "reports/deployment/service.json"
    if not project.exists(path):
        raise Missing("the service was not tried yet", path=path, fix=f"python -m {project.settings.package}.serve --check")
    return project.read(deployment.read_service, path)
