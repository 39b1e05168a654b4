"""Where a project comes from: the record of its template, and the pristine first commit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mlscaffold.git import blob_id, run_git
from mlscaffold.templating.catalog import file_classes
from mlscaffold.templating.render import to_toml

RECORD = ".mlscaffold/template.toml"
REQUIREMENT = ".mlscaffold/requirement.txt"
NOBODY = ("mlscaffold", "mlscaffold@localhost")


@dataclass(frozen=True)
class Identity:
    """The git user: who the first commit is by."""

    name: str = ""
    email: str = ""


def identity(folder: Path) -> Identity:
    """The user that git knows in this folder; empty where there is none. Raises `GitError` without git."""
    lines = run_git(["config", "--get-regexp", r"^user\.(name|email)$"], folder, check=False).text.splitlines()
    found = dict(line.split(" ", 1) for line in lines if " " in line)
    return Identity(found.get("user.name", "").strip(), found.get("user.email", "").strip())


def file_class(path: str, package: str) -> str:
    """How an update treats this path: `managed`, `merge` or `seed`."""
    return next(kind for pattern, kind in file_classes() if fnmatchcase(path, pattern.format(package=package)))


def section_digests(data: bytes, path: str) -> dict[str, str]:
    """Anchor → digest of the section's own text, as the checks compute it: guidance, comments and layout do not count."""
    from mlscaffold.evidence import documents

    document = documents.read(data, path)
    anchors = [anchor for section in document.sections for anchor in section.anchors]
    found = {anchor: documents.find(document, anchor) for anchor in anchors}
    return {anchor: documents.digest(section) for anchor, section in found.items() if section}


def write_record(root: Path, *, tool: str, template: str, answers: Mapping[str, Any], package: str) -> None:
    """Write `.mlscaffold/template.toml`: the answers, and class and pristine blob of every other file."""
    lines = [
        "# Written by the machine: what this project was generated from; it decides what is still as generated.",
        f"schema = 1\ntool = {to_toml(tool)}\ntemplate = {to_toml(template)}\n",
        "[answers]",
    ]
    lines += [f"{key} = {to_toml(value)}" for key, value in answers.items() if not isinstance(value, Mapping)]
    for key, value in answers.items():
        if isinstance(value, Mapping):
            lines += ["", f"[answers.{key}]", *(f"{to_toml(k)} = {to_toml(v)}" for k, v in value.items())]
    for file in sorted(p for p in root.rglob("*") if p.is_file() and ".git" not in p.relative_to(root).parts):
        path = file.relative_to(root).as_posix()
        if path == RECORD:
            continue
        data = file.read_bytes()
        lines += [
            "",
            f"[files.{to_toml(path)}]",
            f"class = {to_toml(file_class(path, package))}",
            f"blob = {to_toml(blob_id(data))}",
        ]
        if path.startswith("docs/") and path.endswith(".md") and (sections := section_digests(data, path)):
            lines.append(
                "sections = { " + ", ".join(f"{anchor} = {to_toml(digest)}" for anchor, digest in sections.items()) + " }"
            )
    record = root / RECORD
    record.parent.mkdir(exist_ok=True)
    record.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def commit_pristine(root: Path, *, tool: str, who: Identity) -> str:
    """Make a repository whose first commit is the pure rendering, ignored files included; returns the commit's id.

    Settings, hooks, signing and templates of the user have no say. A fresh machine has no git user: then a fixed one stands in.
    """
    name, email = (who.name, who.email) if who.name and who.email else NOBODY
    env = {
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_ATTR_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email,
    }  # fmt: skip
    plain = [
        "-c",
        "core.autocrlf=false",
        "-c",
        "core.safecrlf=false",
        "-c",
        f"core.attributesFile={os.devnull}",
        "-c",
        "maintenance.auto=false",
    ]
    message = f"Start from the mlscaffold template\n\nTemplate-Version: {tool}\n"
    run_git(["init", "--quiet", "--initial-branch=main", "--template=", "--object-format=sha1"], root, env=env)
    run_git([*plain, "add", "--all", "--force", "."], root, env=env)
    run_git([*plain, "commit", "--quiet", "--no-verify", "--cleanup=verbatim", "-m", message], root, env=env)
    return (root / ".git/refs/heads/main").read_text("ascii").strip()
