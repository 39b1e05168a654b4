"""The gallery as HTML: thumbnails in sprites, of which only what is seen is drawn; filters, and objects over the pictures."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mlscaffold import __version__
from mlscaffold.datasets.marks import Mark
from mlscaffold.reports.content import clean
from mlscaffold.reports.gallery import ACROSS, CELL, Gallery, Shot, large_name
from mlscaffold.reports.rendering import page

INDEX = "index.html"
MARK = '<meta name="generator" content="mlscaffold gallery">'
"""By this a folder is known that may be written anew."""


def render(gallery: Gallery) -> str:
    """One page that holds its pictures, or links to them; its one script is named in its policy by its digest."""
    pictures = [base64.b64encode(sprite).decode() for sprite in sprites(gallery.shots)]
    large = [base64.b64encode(shot.large).decode() for shot in gallery.shots]
    linked = any(shot.link for shot in gallery.shots)
    return _page(gallery, "page", pictures, large, files=linked)


def render_folder(gallery: Gallery, *, large: Iterable[int]) -> Iterator[tuple[str, bytes]]:
    """The files of a folder, its page last; `large` are the places of the shots whose larger copies lie there."""
    there, names = set(large), []
    for place, sprite in enumerate(sprites(gallery.shots)):
        names.append(f"sprites/{place:04}.jpg")
        yield names[-1], sprite
    copies = [large_name(place) if place in there else "" for place in range(len(gallery.shots))]
    yield INDEX, _page(gallery, "folder", names, copies, files=True).encode()


def sprites(shots: Sequence[Shot]) -> Iterator[bytes]:
    """Sheets of thumbnails (JPEG), each of `ACROSS` × `ACROSS` frames, in the order of the shots; an absent one is an empty frame."""
    from PIL import Image

    if not any(shot.thumbnail for shot in shots):
        return
    for start in range(0, len(shots), ACROSS * ACROSS):
        part = shots[start : start + ACROSS * ACROSS]
        sheet = Image.new("RGB", (ACROSS * CELL, -(-len(part) // ACROSS) * CELL), (127, 127, 127))
        for place, shot in enumerate(part):
            if shot.thumbnail:
                with Image.open(io.BytesIO(shot.thumbnail)) as small:
                    left, top, width, height = _frame(small.size)
                    small.thumbnail((width, height))
                    sheet.paste(small, ((place % ACROSS) * CELL + left, (place // ACROSS) * CELL + top))
        content = io.BytesIO()
        sheet.save(content, "JPEG", quality=80)
        yield content.getvalue()


def _page(gallery: Gallery, kind: str, pictures: list[str], large: list[str], *, files: bool) -> str:
    places = {name: place for place, name in enumerate(gallery.classes)}
    data = {
        "cell": CELL,
        "across": ACROSS,
        "kind": kind,
        "classes": [clean(name) for name in gallery.classes],
        "shots": [_shot(shot, copy, places) for shot, copy in zip(gallery.shots, large, strict=True)],
        "sprites": pictures,
    }
    filters = (
        ("l", "class", [clean(name) for name in gallery.classes]),
        ("s", "split", _names(s.split for s in gallery.shots)),
        ("o", "source", _names(clean(s.source) for s in gallery.shots)),
        ("f", "finding", _names(f for s in gallery.shots for f in s.findings)),
    )
    return page(
        "gallery/page.html.jinja",
        script="gallery/page.js",
        gallery=gallery,
        generator=MARK,
        files=files,
        filters=[(key, name, values) for key, name, values in filters if len(values) > 1 or (key == "f" and values)],
        data=json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
        version=__version__,
    )


def _shot(shot: Shot, large: str, places: dict[str, int]) -> dict[str, Any]:
    """A shot as the page's script takes it; what is empty is left out."""
    told: dict[str, Any] = {
        "p": clean(shot.path),
        "l": clean(shot.label),
        "s": shot.split,
        "o": clean(shot.source),
        "f": list(shot.findings),
        "c": [places[name] for name in shot.classes or (shot.label,) if name in places],
    }
    if shot.thumbnail:
        from PIL import Image

        with Image.open(io.BytesIO(shot.thumbnail)) as small:
            told["t"] = _frame(small.size)
    more = {
        "n": [clean(message) for message in shot.messages],
        "m": [_mark(mark, places) for mark in shot.marks],
        "z": shot.size if all(shot.size) else (),
        "g": large,
        "u": shot.link,
    }
    told |= {key: value for key, value in more.items() if value}
    if shot.text is not None:
        told |= {"x": shot.text, "y": [(span.start, span.end, places.get(span.label, 0)) for span in shot.spans]}
    return told


def _mark(mark: Mark, places: dict[str, int]) -> dict[str, Any]:
    told = {
        "r": mark.rings,
        "k": (mark.mask[0], mark.mask[1], mark.mask[2]) if mark.mask else (),
        "p": mark.points,
        "n": [clean(note) for note in mark.notes],
    }
    return {"c": places.get(mark.label, 0), **{key: value for key, value in told.items() if value}}


def _frame(size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where a thumbnail stands in its frame, and how large."""
    scale = min(1.0, CELL / max(size))
    width, height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    return (CELL - width) // 2, (CELL - height) // 2, width, height


def _names(values: Iterator[str]) -> list[str]:
    return sorted({value for value in values if value})
