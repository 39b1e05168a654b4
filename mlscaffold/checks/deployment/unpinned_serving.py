"""The image of the service installs the versions that were tried."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, warn
from mlscaffold.checks.deployment.another_model_served import served
from mlscaffold.evidence import chain, runs
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FILES = ("requirements-serve.txt", "requirements/serve.txt", "requirements-serve.lock")
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pixi.lock", "constraints.txt", "environment-lock.yml", "pylock.toml")
_NAME = re.compile(r"^([A-Za-z0-9][\w.\-]*)(?:\[[^\]]*\])?\s*(.*)$")


@check(proves="service", reads=(*FILES, *LOCKS, "Dockerfile", "exports", "reports/training"))
def unpinned_serving(project: Project) -> Iterator[Finding]:
    """The image of the service installs the versions that were tried.

    ## Why
    Another version of a library resizes or computes differently, and answers change over night.

    ## Evidence
    `requirements-serve.txt` (or a lock file): every package with one version; those that the training run or the export's card
    names,
    with the same one.

    ## Fix
    Pin each package with `==`, or install with a lock or constraints file.
    """
    path = next((path for path in FILES if project.exists(path)), "")
    docker = project.content("Dockerfile").decode("utf-8", "replace") if project.exists("Dockerfile") else ""
    locked = [lock for lock in LOCKS if project.exists(lock) and lock in docker] or re.findall(
        r"uv sync --(?:locked|frozen)", docker
    )
    if not path:
        if locked:
            return
        raise Missing("nothing says what the service installs", path=FILES[0], fix=f"write {FILES[0]}")
    known = _tried(project)
    loose, other = [], []
    for number, line in enumerate(project.content(path).decode("utf-8", "replace").splitlines(), 1):
        match = _NAME.match(line.split("#")[0].split(";")[0].strip())
        if not match:
            continue
        name, version = match.group(1).lower().replace("_", "-"), match.group(2).strip()
        exact = re.match(r"={2,3}\s*([^\s,\\*]+)$", version.split(" --hash")[0].strip())
        if not exact:
            loose.append((number, name, version))
        elif name in known and _plain(known[name]) != _plain(exact.group(1)):
            other.append((number, name, exact.group(1)))
    constrained = bool(re.search(r"(?:-c|--constraint)\s+\S+", project.content(path).decode("utf-8", "replace") + docker))
    if loose and not locked and not constrained:
        number, name, version = loose[0]
        used = f", {known[name]} was used" if name in known else ""
        yield warn(
            f"{len(loose)} packages of the service have no one version: {name} ({version or 'any'}{used})",
            at(path, number),
            fix="pin it with ==",
        )
    if other:
        number, name, version = other[0]
        yield warn(f"{len(other)} packages of the service have another version than was tried: {name} {version}, {known[name]} was used",
                   at(path, number), fix=f"pin {name}=={known[name]}, or convert and try again")  # fmt: skip


def _tried(project: Project) -> dict[str, str]:
    """Package → version, of the training run and of the export that is served (which has the last word)."""
    found: dict[str, str] = {}
    try:
        file = f"{chain.model(project).folder}/provenance.json"
        found |= project.read(runs.read_provenance, file).packages if project.exists(file) else {}
        found |= served(project).versions
    except Missing:
        pass
    return {name.lower().replace("_", "-"): version for name, version in found.items()}


def _plain(version: str) -> str:
    """A version without its build (`2.14.1+cpu`)."""
    return version.split("+", maxsplit=1)[0]
