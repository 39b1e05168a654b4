"""How continuous integration gets the very tool that made the project: one line for pip."""

from __future__ import annotations

import json
from urllib.parse import urlsplit, urlunsplit

# Never a bare name: a stranger could register it.
UNKNOWN = "# mlscaffold was installed from a local {what}: write here how CI installs it, as in mlscaffold @ git+https://HOST/PATH@COMMIT"


def requirement() -> str:
    """The line for `.mlscaffold/requirement.txt`, from the installed distribution (PEP 610)."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        installed = distribution("mlscaffold")
    except PackageNotFoundError:
        return UNKNOWN.format(what="folder")
    return requirement_line(installed.version, installed.read_text("direct_url.json"))


def requirement_line(version: str, direct_url: str | None) -> str:
    """The line for a version and the text of its `direct_url.json` (None: it came from an index)."""
    if not direct_url:
        return f"mlscaffold=={version}"
    origin = json.loads(direct_url)
    address, folder = _without_secrets(origin["url"]), origin.get("subdirectory", "")
    if urlsplit(address).scheme in ("", "file") or "dir_info" in origin:
        return UNKNOWN.format(what="folder" if "dir_info" in origin else "file")
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        return f"mlscaffold @ {vcs['vcs']}+{address}@{vcs['commit_id']}" + (f"#subdirectory={folder}" if folder else "")
    digest = origin.get("archive_info", {}).get("hashes", {}).get("sha256", "")
    parts = [f"sha256={digest}"] * bool(digest) + [f"subdirectory={folder}"] * bool(folder)
    return f"mlscaffold @ {address}" + (f"#{'&'.join(parts)}" if parts else "")


def _without_secrets(address: str) -> str:
    """The address without a password or token; the user of an ssh address stays."""
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    keep = at and parts.scheme == "ssh" and ":" not in user
    return urlunsplit(parts._replace(netloc=parts.netloc if keep else host))
