"""Ask doi.org or arXiv what a work is called: only where somebody asks for it, and never for long."""

from __future__ import annotations

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import Broken, references
from mlscaffold.evidence.references import Reference

DOI, ARXIV = "https://doi.org/", "https://arxiv.org/bibtex/"
SECONDS = 10
LARGEST = 1_000_000
"""Bytes of an answer that are read."""


class NotFound(ScaffoldError):
    """The work could not be looked up: no network, no such identifier, or an answer that is no BibTeX."""


def look_up(identifier: str) -> Reference:
    """The work of a DOI or an arXiv number, from the network; raises `NotFound` with the reason."""
    import urllib.error
    import urllib.parse
    import urllib.request

    from mlscaffold import __version__

    number = references.arxiv_number(identifier, bare=not references.doi(identifier))
    address = f"{ARXIV}{number}" if number else DOI + urllib.parse.quote(references.doi(identifier), safe="/:;().-_")
    headers = {"Accept": "application/x-bibtex; charset=utf-8", "User-Agent": f"mlscaffold/{__version__}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=SECONDS) as answer:
            text = answer.read(LARGEST).decode("utf-8", "replace")
    except urllib.error.HTTPError as problem:
        known = "is not known there" if problem.code == 404 else f"was answered with HTTP {problem.code}"
        raise _not_found(f"{identifier} {known} ({_host(address)})") from None
    except (OSError, ValueError) as problem:  # no network, a name that does not resolve, a timeout, a broken certificate
        reason = getattr(problem, "reason", None) or problem
        raise _not_found(f"{_host(address)} cannot be reached ({reason})") from None
    try:
        found = references.parse(text, _host(address))
    except Broken:
        raise _not_found(f"{_host(address)} gave no BibTeX for {identifier}") from None
    work = found[0]
    marks = references.told(identifier).fields
    return Reference({key: value for key, value in work.fields.items() if value} | marks, work.kind)


def _host(address: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(address).netloc


def _not_found(why: str) -> NotFound:
    return NotFound(why, reference="not-looked-up", hint="Say it yourself: --title … --author … --year …")
