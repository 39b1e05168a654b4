"""The gallery as one HTML file: thumbnails in sprites, of which only what is seen is drawn; filters by class, split, source, finding."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Sequence

from mlscaffold import __version__
from mlscaffold.reports.content import clean
from mlscaffold.reports.gallery import ACROSS, CELL, Gallery, Shot
from mlscaffold.reports.rendering import page


def render(gallery: Gallery) -> str:
    """The page; its one script is named in the page's policy by its digest, and nothing is fetched."""
    shots = [
        {
            "p": clean(s.path),
            "l": clean(s.label),
            "s": s.split,
            "o": clean(s.source),
            "f": list(s.findings),
            "t": bool(s.thumbnail),
        }
        for s in gallery.shots
    ]
    filters = (
        ("l", "class", [clean(name) for name in gallery.classes]),
        ("s", "split", _names(s.split for s in gallery.shots)),
        ("o", "source", _names(clean(s.source) for s in gallery.shots)),
        ("f", "finding", _names(f for s in gallery.shots for f in s.findings)),
    )
    data = {
        "cell": CELL,
        "across": ACROSS,
        "shots": shots,
        "sprites": [base64.b64encode(s).decode() for s in sprites(gallery.shots)],
    }
    return page(
        "gallery/page.html.jinja",
        script="gallery/page.js",
        gallery=gallery,
        filters=[(key, name, values) for key, name, values in filters if len(values) > 1 or (key == "f" and values)],
        data=json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
        version=__version__,
    )


def sprites(shots: Sequence[Shot]) -> Iterator[bytes]:
    """Sheets of thumbnails (JPEG), each of `ACROSS` × `ACROSS` frames, in the order of the shots; an absent one is an empty frame."""
    from PIL import Image

    for start in range(0, len(shots), ACROSS * ACROSS):
        part = shots[start : start + ACROSS * ACROSS]
        sheet = Image.new("RGB", (ACROSS * CELL, -(-len(part) // ACROSS) * CELL), (127, 127, 127))
        for place, shot in enumerate(part):
            if shot.thumbnail:
                with Image.open(io.BytesIO(shot.thumbnail)) as small:
                    small.thumbnail((CELL, CELL))
                    left = (place % ACROSS) * CELL + (CELL - small.width) // 2
                    sheet.paste(small, (left, (place // ACROSS) * CELL + (CELL - small.height) // 2))
        content = io.BytesIO()
        sheet.save(content, "JPEG", quality=80)
        yield content.getvalue()


def _names(values: Iterator[str]) -> list[str]:
    return sorted({value for value in values if value})
