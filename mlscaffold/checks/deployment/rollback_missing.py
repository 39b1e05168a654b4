"""There is a way back: an export that exists, or a plan for a first release."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import exports, toml
from mlscaffold.evidence.deployed import read
from mlscaffold.evidence.documents import count_words
from mlscaffold.evidence.wording import count, is_placeholder
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

WORDS = 5


@check(proves="plan", reads=("deploy.toml", "exports", ".mlscaffold/releases"))
def rollback_missing(project: Project) -> Iterator[Finding]:
    """There is a way back: an export that exists, or a plan for a first release.

    ## Why
    "Deploy the old version": which one, and is it still there?

    ## Evidence
    `[rollback]` in `deploy.toml`: the digest of an export that a release or a card knows and that is not the one served; for a first release
    the plan in words; how it is done.

    ## Fix
    Name the digest of the release that comes back, or say in `plan` what people do without a model.
    """
    deploy = read(project)
    releases = _releases(project)
    if not deploy.rollback_digest and not deploy.rollback_plan:
        raise Missing(
            "deploy.toml names no way back: neither digest nor plan", path="deploy.toml", fix="edit [rollback] in deploy.toml"
        )
    if deploy.rollback_digest:
        known = {digest for live in releases for digest in live} | {
            project.read(exports.read, path).digest for path in project.glob("exports/*/card.json")
        }
        if deploy.rollback_digest == deploy.digest:
            yield fail(
                f"the rollback target {deploy.rollback_digest[:12]} is the export that is served",
                "deploy.toml",
                fix="edit [rollback] in deploy.toml",
            )
        elif deploy.rollback_digest not in known:
            yield fail(f"the rollback target {deploy.rollback_digest[:12]} does not exist: no release and no export has this digest", "deploy.toml",
                       fix="edit [rollback] in deploy.toml")  # fmt: skip
    else:
        if count_words(deploy.rollback_plan) < WORDS:
            yield fail(
                f'the plan is "{deploy.rollback_plan}": who does what without the model?',
                "deploy.toml",
                fix="edit [rollback] in deploy.toml",
            )
        earlier = [live for live in releases if deploy.digest not in live]
        if earlier:
            yield warn(f"{count(len(earlier), 'release')} came before this one; name the export that comes back by its digest", "deploy.toml",
                       fix="edit [rollback] in deploy.toml")  # fmt: skip
    if is_placeholder(deploy.rollback_how):
        yield fail(
            "deploy.toml does not say how the old state is brought back",
            "deploy.toml",
            fix="write how = … under [rollback] in deploy.toml",
        )


def _releases(project: Project) -> list[set[str]]:
    """Of each release the digests of what can be served: its model and its exports."""
    found = []
    for path in project.glob(".mlscaffold/releases/*.toml"):
        digests = project.read(toml.read, path).get("digests", {})
        if isinstance(digests, dict):
            live = {k: v for k, v in digests.items() if isinstance(v, str) and (k == "model" or k.startswith("export"))}
            found.append({value.lower() for value in live.values()})
    return found
