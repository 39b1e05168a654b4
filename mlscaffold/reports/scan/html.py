"""A scan for people: one HTML file with thumbnails of what was found; it needs no network and no script."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from mlscaffold import __version__
from mlscaffold.datasets.inspection import Found, Scan
from mlscaffold.model import Status
from mlscaffold.reports.rendering import page
from mlscaffold.reports.scan.text import facts, headline, pace, passed

SHOWN = 12  # items of a finding
TOGETHER = 4  # pictures of one item
TITLES = {
    "unreadable": "Cannot be opened", "empty": "Empty files", "truncated": "Cut off", "undecodable": "Damaged",
    "not-an-image": "No pictures", "too-large": "Too large", "lfs-pointer": "Kept by Git LFS", "not-opened": "Not opened",
    "duplicates": "The same file twice", "near-duplicates": "The same picture again", "leak": "In two splits",
    "contradictory": "In two classes", "wrong-ending": "Wrong ending", "blank": "Blank", "dark": "Dark", "bright": "Bright",
    "blurry": "Blurry", "odd-size": "Odd size", "odd-shape": "Odd shape", "odd-mode": "Odd mode", "animated": "Several frames",
    "turned": "Turned by EXIF", "masks": "Masks",
}  # fmt: skip


def shown(scan: Scan) -> list[str]:
    """The pictures that the page wants thumbnails of."""
    return [path for one in scan.found for item in one.items[:SHOWN] for path in item.paths[:TOGETHER]]


def render(scan: Scan, thumbnails: Mapping[str, bytes]) -> str:
    """The page; names are escaped, thumbnails (JPEG, by path) embedded."""
    told = page(
        "scan/scan.html.jinja",
        scan=scan,
        version=__version__,
        headline=headline(scan),
        facts=facts(scan),
        passed=passed(scan),
        pace=pace(scan),
        found=[_found(one, thumbnails) for one in scan.found],
    )
    return told.encode("utf-8", "backslashreplace").decode("utf-8")


def _found(one: Found, thumbnails: Mapping[str, bytes]) -> dict[str, Any]:
    items: list[dict[str, Any]] = [
        {
            "pictures": [(path, _data(thumbnails[path]) if path in thumbnails else "") for path in item.paths[:TOGETHER]],
            "more": max(0, len(item.paths) - TOGETHER),
            "words": item.words,
        }
        for item in one.items[:SHOWN]
    ]
    state = "note" if one.status is Status.PASS else one.status.value
    together = max(len(item["pictures"]) for item in items)
    return {
        "one": one, "title": TITLES.get(one.kind, one.kind), "state": state, "items": items,
        "bare": not any(picture for item in items for _, picture in item["pictures"]),
        "rest": max(0, len(one.items) - SHOWN), "together": together,
    }  # fmt: skip


def _data(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode('ascii')}"
