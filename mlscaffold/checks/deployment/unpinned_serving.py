"""The image of the service installs the versions that were tried."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import chain, runs
from mlscaffold.evidence.deployed import served
from mlscaffold.evidence.wording import count
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FILES = ("requirements-serve.txt", "requirements/serve.txt", "requirements-serve.lock")
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pixi.lock", "constraints.txt", "environment-lock.yml", "pylock.toml")
COMPOSE = ("docker-compose*.y*ml", "compose*.y*ml", "deploy/*compose*.y*ml", "deploy/*.y*ml", "k8s/*.y*ml", "kubernetes/*.y*ml")
_TOOLS = ("pip", "setuptools", "wheel", "uv")
_WITH_VALUE = (
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
)
_CONSTRAINED = re.compile(r"\bpip3?\s+install\b[^&|;\n]*\s(?:-c|--constraint)[\s=]+\S+")
_NAME = re.compile(r"^([A-Za-z0-9][\w.\-]*)(?:\[[^\]]*\])?\s*(.*)$")


@check(proves="service", reads=(*FILES, *LOCKS, "Dockerfile", *COMPOSE, "exports", "reports/training"))
def unpinned_serving(project: Project) -> Iterator[Finding]:
    """The image of the service installs the versions that were tried.

    ## Why
    Another version of a library resizes or computes differently, and answers change over night.

    ## Evidence
    `requirements-serve.txt` (or a lock file), and what the `Dockerfile` installs by name: every package with one version; those
    that the training run or the export's card names, with the same one. The images that the `Dockerfile` is built on, and those that
    files for Compose or Kubernetes start: each with a digest, or a tag that is not `latest`.

    ## Fix
    Pin each package with `==`, or install with a lock or constraints file; name the version of each image.
    """
    path = next((path for path in FILES if project.exists(path)), "")
    docker = project.content("Dockerfile").decode("utf-8", "replace") if project.exists("Dockerfile") else ""
    locked = [lock for lock in LOCKS if project.exists(lock) and lock in docker] or re.findall(
        r"uv sync --(?:locked|frozen)", docker
    )
    named = _installed(docker)
    yield from _bases(project, docker)
    if not path:
        if locked:
            return
        if not named:
            raise Missing("nothing says what the service installs", path=FILES[0], fix=f"write {FILES[0]}")
    known = _tried(project)
    loose, other = [], []
    listed = project.content(path).decode("utf-8", "replace") if path else ""
    lines = [(path, number, line) for number, line in enumerate(listed.splitlines(), 1)]
    for file, number, line in [*lines, *(("Dockerfile", number, text) for number, text in named)]:
        match = _NAME.match(line.split("#")[0].split(";")[0].strip())
        if not match:
            continue
        name, version = match.group(1).lower().replace("_", "-"), match.group(2).strip()
        exact = re.match(r"={2,3}\s*([^\s,\\*]+)$", version.split(" --hash")[0].strip())
        if not exact:
            loose.append((file, number, name, version))
        elif name in known and _plain(known[name]) != _plain(exact.group(1)):
            other.append((file, number, name, exact.group(1)))
    constrained = bool(
        _CONSTRAINED.search(docker.replace("\\\n", " ")) or re.search(r"^(?:-c|--constraint)[\s=]+\S+", listed, re.MULTILINE)
    )
    if loose and not locked and not constrained:
        file, number, name, version = loose[0]
        used = f", {known[name]} was used" if name in known else ""
        yield warn(
            f"{len(loose)} packages of the service have no one version: {name} ({version or 'any'}{used})",
            at(file, number),
            fix="pin it with ==",
        )
    if other:
        file, number, name, version = other[0]
        yield warn(f"{len(other)} packages of the service have another version than was tried: {name} {version}, {known[name]} was used",
                   at(file, number), fix=f"pin {name}=={known[name]}, or convert and try again")  # fmt: skip


def _bases(project: Project, docker: str) -> Iterator[Finding]:
    """Images that are built on, or started, without a version: another one tomorrow."""
    loose = [("Dockerfile", number, image) for number, image in _built_on(docker) if not _pinned(image)]
    for file in (path for pattern in COMPOSE for path in project.glob(pattern)):
        text = project.content(file).decode("utf-8", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r"\s*(?:-\s+)?image:\s*[\"']?([^\s\"'#]+)", line)
            if match and not _pinned(match[1]):
                loose.append((file, number, match[1]))
    if loose:
        file, number, image = loose[0]
        yield warn(
            f"{count(len(loose), 'image')} of the service {'has' if len(loose) == 1 else 'have'} no version: {image}",
            at(file, number), fix="name a tag other than latest, or a digest: python:3.11-slim",
        )  # fmt: skip


def _built_on(docker: str) -> Iterator[tuple[int, str]]:
    """Line and image of every `FROM` and `COPY --from=`, with the defaults of its arguments; neither stages nor `scratch`."""
    stages, defaults = {"scratch"}, dict[str, str]()
    for number, line in enumerate(docker.splitlines(), 1):
        if argument := re.match(r"\s*ARG\s+(\w+)=[\"']?([^\s\"']*)", line, re.I):
            defaults[argument[1]] = argument[2]
        base = re.match(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", line, re.I) or re.match(
            r"\s*(?:COPY|ADD)\s+(?:--\S+\s+)*?--from=(\S+)()", line, re.I
        )
        if not base:
            continue
        image = re.sub(r"\$\{?(\w+)(?::-([^}]*))?\}?", lambda found: defaults.get(found[1]) or found[2] or found[0], base[1])
        if image.casefold() not in stages and not image.isdigit() and "$" not in image:
            yield number, image
        if base[2]:
            stages.add(base[2].casefold())


def _pinned(image: str) -> bool:
    """Whether an image has a digest, or a tag that is not `latest`; the port of a registry is no tag. A variable tag is not judged."""
    _, _, tag = image.rpartition("/")[2].partition(":")
    return "@sha256:" in image or "$" in image or "{{" in image or tag.partition("@")[0] not in ("", "latest")


def _installed(docker: str) -> list[tuple[int, str]]:
    """Line and requirement of every package that a Dockerfile installs by name."""
    found: list[tuple[int, str]] = []
    number = 1
    for command in re.split(r"(?<!\\)\n", docker):
        for words in re.findall(r"\bpip3?\s+install\s+([^&|;]*)", command.replace("\\\n", " ")):
            parts = iter(words.replace('"', "").replace("'", "").split())
            for part in parts:
                if part in _WITH_VALUE:
                    next(parts, None)
                elif not part.startswith(("-", ".", "/", "$")) and not part.endswith((".whl", ".gz")) and part not in _TOOLS:
                    found.append((number, part))
        number += command.count("\n") + 1
    return found


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
