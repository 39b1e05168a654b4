"""Unsure pictures go to a person, never straight into the data."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence.deployed import read
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FORBIDDEN = ("data/processed", "data/splits", "data/raw", "data/manifest")


@check(proves="plan", reads=("deploy.toml",))
def queue_into_data(project: Project) -> Iterator[Finding]:
    """Unsure pictures go to a person, never straight into the data.

    ## Why
    Pictures that go into train with the model's own label teach it its own mistakes.

    ## Evidence
    The folder of `[queue]` in `deploy.toml`: outside raw, splits and processed data; and the confidence below which a picture
    goes
    there.

    ## Fix
    `folder = "data/review"`; import what people have labelled with `mlscaffold data import`.
    """
    deploy = read(project)
    if not deploy.queue_folder:
        raise Missing("deploy.toml names no folder for unsure pictures", path="deploy.toml", fix="edit [queue] in deploy.toml")
    folder = posixpath.normpath(deploy.queue_folder.replace("\\", "/"))
    root = project.root.as_posix()
    folder = folder.removeprefix(f"{root}/")
    inside = next((base for base in FORBIDDEN if folder == base or folder.startswith(f"{base}/") or folder == "data"), None)
    if inside:
        yield fail(
            f"the queue writes to {folder}; a folder for review is wanted",
            "deploy.toml",
            fix='folder = "data/review" under [queue]',
        )
    elif not str(deploy.queue_folder).strip() or folder == ".":
        yield fail(
            f'the queue writes to "{deploy.queue_folder}", the project itself',
            "deploy.toml",
            fix='folder = "data/review" under [queue]',
        )
    if deploy.queue_below is None:
        yield warn(
            "deploy.toml does not say below which confidence a picture goes to a person",
            "deploy.toml",
            fix="confidence_below under [queue]",
        )
    elif not 0 < deploy.queue_below < 1:
        yield fail(f"confidence_below is {deploy.queue_below:g}: {'no' if deploy.queue_below <= 0 else 'every'} picture goes to a person", "deploy.toml",
                   fix="confidence_below under [queue]")  # fmt: skip
