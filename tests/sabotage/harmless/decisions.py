"""What a team chooses for itself: names of classes, tools, hooks, hosts of CI."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import zipfile
from pathlib import Path

from tests.sabotage.corpus import harmless
from tests.sabotage.rebuilding import digest_of, digests, files, quote, script, write_rows
from tests.sabotage.target import Row, Target
from tests.whole.command import mlscaffold

CI = "mlscaffold check"


@harmless("OK-07", allows=("project.stale",))
def a_class_renamed_everywhere(project: Target) -> dict[str, str]:
    """A class has another name in folders, annotations, schema, checkpoints, predictions, reports and exports."""
    old = project.classes[1]
    new = old.swapcase() if old.swapcase() != old else "I" * len(old)  # as long: it stands inside of exports too
    before = digests(project)
    project.replace("data/schema.toml", f'"{old}"', f'"{new}"')
    for base in ("data/raw", "data/processed"):
        for folder in sorted((project.root / base).rglob(old), reverse=True):
            if folder.is_dir():
                shutil.move(folder, folder.with_name(new))
    for path in files(project, ("data/**/*.csv", "reports/**/*.csv", "exports/*/*.csv", "docs/examples/*.csv")):
        rows = project.rows(path)
        if rows:
            write_rows(project, path, [renamed(row, old, new) for row in rows])
    quoted = {f'"{old}"': f'"{new}"', f"'{old}'": f"'{new}'", f"/{old}/": f"/{new}/", f"- {old}\n": f"- {new}\n"}
    quote(
        project,
        quoted,
        ("reports/**/*.json", "exports/*/card.json", "reports/**/*.yaml", "acceptance.toml", "reports/**/report.md"),
    )
    quote(project, {f"/{old}/": f"/{new}/"}, ("docs/*.md",))
    if old.isalpha():
        text = project.read(project.document(7))
        project.write({project.document(7): re.sub(rf"\b{old}\b", new, text)})
    rename_in_checkpoints(project, old, new)
    rename_in_exports(project, old, new)
    (project.root / "data/processed/.prepared.csv").unlink(missing_ok=True)
    script(project, "prepare")
    after = digests(project)
    quote(project, {before[key]: after[key] for key in before})
    return {old: new} if old.isalpha() else {f" {old} (": f" {new} ("}


# Columns that hold a class, or a path with the folder of one.
NAMING = ("label", "prediction", "answer", "verdict", "path", "origin")


def renamed(row: Row, old: str, new: str) -> Row:
    """A row with the new name of a class, in its cells and in the names of its columns."""
    told = {}
    for column, cell in row.items():
        if column in NAMING:
            cell = new if cell == old else cell.replace(f"/{old}/", f"/{new}/")  # noqa: PLW2901 - the cell as it is now
        told[{f"p:{old}": f"p:{new}", old: new}.get(column, column)] = cell
    return told


def rename_in_checkpoints(project: Target, old: str, new: str) -> None:
    """Write the new name into the class map of every checkpoint, and its new digest wherever records quote the old one."""
    import torch

    for path in sorted((project.root / "runs").rglob("*.ckpt")):
        digest, held = digest_of(path), torch.load(path, weights_only=True)
        classes = held["hyper_parameters"]["classes"]
        held["hyper_parameters"]["classes"] = [new if name == old else name for name in classes]
        torch.save(held, path)
        quote(project, {digest: digest_of(path)})


def rename_in_exports(project: Target, old: str, new: str) -> None:
    """Write the new name into the class map that exports carry, and their new digests into the records."""
    for path in sorted(p for p in (project.root / "exports").glob("*/model.*") if p.is_file()):
        digest, content = digest_of(path), path.read_bytes()
        if zipfile.is_zipfile(path) and path.suffix == ".tflite":
            named = repacked(content, old, new)
        else:
            named = content.replace(f'"{old}"'.encode(), f'"{new}"'.encode())
        if named != content:
            project.write({path.relative_to(project.root).as_posix(): named})
            quote(project, {digest: digest_of(path)})
    for package in sorted((project.root / "exports").glob("*/*.mlpackage")):
        digest = folder_digest(package)
        for path in package.rglob("*.mlmodel"):
            path.write_bytes(path.read_bytes().replace(f'"{old}"'.encode(), f'"{new}"'.encode()))
        quote(project, {digest: folder_digest(package)})


def repacked(content: bytes, old: str, new: str) -> bytes:
    """A model with the labels that are packed behind it written anew."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        held = {item: bundle.read(item) for item in bundle.infolist()}
        start = min(item.header_offset for item in held)
    target = io.BytesIO(content[:start])
    with zipfile.ZipFile(target, "a") as bundle:
        for item, text in held.items():
            lines = [new if line == old else line for line in text.decode().split("\n")]
            bundle.writestr(item.filename, "\n".join(lines).replace(f'"{old}"', f'"{new}"'))
    return target.getvalue()


def folder_digest(folder: Path) -> str:
    """The digest of a folder, as evidence.md has it."""
    rows = sorted(f"{p.relative_to(folder).as_posix()},{digest_of(p)}\n" for p in folder.rglob("*") if p.is_file())
    return hashlib.sha256("".join(rows).encode()).hexdigest()


@harmless("OK-41")
def another_manager_of_hooks(project: Target) -> None:
    """Hooks by lefthook, CI on GitLab, another formatter and package manager."""
    project.remove(".pre-commit-config.yaml")
    project.remove(".github")
    project.write(
        {
            "lefthook.yml": "pre-commit:\n  commands:\n    mlscaffold:\n      run: mlscaffold-hook\n",
            ".gitlab-ci.yml": "check:\n  image: python:3.11\n  rules:\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n"
            f"  script:\n    - pip install -r .mlscaffold/requirement.txt\n    - {CI}\n"
            f"deploy:\n  when: manual\n  environment: production\n  needs: [check]\n  script:\n    - {CI}\n    - ./ship.sh\n",
            "pixi.toml": '[project]\nname = "sorter"\nchannels = ["conda-forge"]\nplatforms = ["linux-64"]\n',
            "setup.cfg": "[flake8]\nmax-line-length = 100\n",
        }
    )
    hook(project, '#!/bin/sh\nexec lefthook run "pre-commit" "$@"\n')


@harmless("OK-41b")
def husky_and_a_makefile(project: Target) -> None:
    """Hooks by husky, under `core.hooksPath`; CI of another host calls make."""
    project.remove(".pre-commit-config.yaml")
    project.remove(".github")
    project.write(
        {
            ".husky/pre-commit": "#!/bin/sh\nmlscaffold-hook\n",
            ".woodpecker.yml": "when:\n  - event: pull_request\nsteps:\n  - name: check\n    image: python\n    commands:\n      - make check\n",
            ".woodpecker/deploy.yml": f"when:\n  - event: deployment\n    evaluate: 'CI_PIPELINE_DEPLOY_TARGET == \"production\"'\n"
            f"steps:\n  - name: deploy to the environment\n    image: python\n    commands:\n      - {CI} --all\n      - ./ship.sh\n",
            "Makefile": f"check:\n\t{CI} --format text\n",
        }
    )
    (project.root / ".husky/pre-commit").chmod(0o755)
    project.git("config", "core.hooksPath", ".husky")


@harmless("OK-41c")
def prek_and_another_job(project: Target) -> None:
    """Hooks by prek; the CI job has another name, other steps and runs on every push too."""
    project.write(
        {
            ".github/workflows/quality.yaml": "on: [push, pull_request]\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n"
            "      - uses: actions/checkout@v4\n      - run: |\n          uv sync\n          uv run python -m mlscaffold check --format github\n",
        }
    )
    project.remove(".github/workflows/ci.yml")
    hook(project, "#!/usr/bin/env bash\n# File generated by prek\nexec prek hook-impl --hook-type=pre-commit\n")


def hook(project: Target, text: str) -> None:
    """Install a pre-commit hook."""
    project.write({".git/hooks/pre-commit": text})
    (project.root / ".git/hooks/pre-commit").chmod(0o755)


@harmless("OK-50")
def code_tidied(project: Target) -> None:
    """A function of the training has another name, imports stand in another order, types of results are gone."""
    train, data = (f"{project.package}/{name}.py" for name in ("train", "data"))
    text = project.read(train)
    others = "".join(p.read_text("utf-8") for p in sorted((project.root / project.package).rglob("*.py")) if p.name != "train.py")
    own = [n for n in re.findall(r"^def (\w+)\(", text, re.M) if not re.search(rf"\b{n}\b|\b{n.replace('_', '-')}\b", others)]
    project.write({train: re.sub(rf"\b{own[0]}\b", f"{own[0]}_of_ours", text)})
    lines = project.read(data).splitlines()
    places = [k for k, line in enumerate(lines) if re.match(r"(?:import|from) (?!__future__)[\w.]+", line) and "(" not in line]
    for place, line in zip(places, sorted((lines[k] for k in places), reverse=True), strict=True):
        lines[place] = line
    project.write({data: re.sub(r"\) -> [\w\[\], .|]+:$", "):", "\n".join(lines) + "\n", flags=re.M)})


@harmless("OK-51")
def a_first_release(project: Target) -> None:
    """The model goes live for the first time: there is a plan in words, and nothing to roll back to."""
    mlscaffold(project.root, "release", "--as", next(iter(project.toml("mlscaffold.toml")["team"].values()))[0])
    project.commit("Release 1")


@harmless("OK-52")
def workflows_that_publish_no_model(project: Target) -> None:
    """Workflows publish release notes and the site of the documentation, without the check before them."""
    text = "on:\n  push:\n    tags: ['v*']\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {}\n"
    for name, command in (("release-notes", "gh release create"), ("deploy-docs", "mkdocs gh-deploy")):
        project.write({f".github/workflows/{name}.yml": text.format(command)})
