"""research.needs-without-numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import sections
from mlscaffold.model import Finding
from mlscaffold.project import Project

NAME = "02-research"
UNIT = re.compile(
    r"\d[\d.,]*\s*(?:[kmgt]i?b(?:ytes?)?\b|bytes?\b|ghz\b|mhz\b|cores?\b|threads?\b|[gt]flops?\b|gpus?\b|cpus?\b|watts?\b|w\b|"
    r"(?:milli|micro)?seconds?\b|[mµ]?s\b|minutes?\b|min\b|hours?\b|h\b|days?\b|fps\b|€|\$|eur\b|usd\b|"
    r"kerne?n?\b|stunden?\b|minuten?\b|sekunden?\b|tage?n?\b|核|小时|分钟|秒|毫秒|天|块|张|台)",
    re.I,
)
DEVICE = re.compile(
    r"\b(?:a100|h100|h200|v100|t4|l4|rtx\s?\d{4}|gtx\s?\d{4}|m[1-4](?: pro| max)?|jetson|raspberry|iphone ?\d+|pixel ?\d)\b", re.I
)
VERSION = re.compile(
    r"[^\W\d][\w-]*\s*(?:[=~<>]=|version|v)?\s*v?\d+(?:\.\d+)+|[^\W\d][\w-]+\s*(?:[=~<>]=)\s*\d+|\w+ \d{1,3}\b", re.I
)


@check(proves="needs-in-numbers", reads=("docs/02-research.*",))
def needs_without_numbers(project: Project) -> Iterator[Finding]:
    """Hardware and software needs are told in numbers.

    ## Why
    "A good GPU" cannot be ordered, and "the usual libraries" cannot be installed again.

    ## Evidence
    Sections on hardware (a number with a unit, or a device by its type) and software (a package with its version) of
    `docs/02-research.*`.

    ## Fix
    Say memory, disk, time and device; say names and versions.
    """
    document = sections.document(project, NAME)
    hardware = sections.find(project, document, NAME, anchor="hardware")
    if hardware and hardware.text.strip() and not (UNIT.search(hardware.text) or DEVICE.search(hardware.text)):
        yield warn(
            f"“{hardware.title}” names no memory size, device or time in its {hardware.words} words",
            at(document.path, hardware.line),
            fix=f"edit {document.path}: numbers with units",
        )
    software = sections.find(project, document, NAME, anchor="software")
    if software and software.text.strip() and not VERSION.search(software.text):
        yield warn(
            f"“{software.title}” names no package with its version in its {software.words} words",
            at(document.path, software.line),
            fix=f"edit {document.path}: names and versions",
        )
