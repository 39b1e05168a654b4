"""The form as one HTML file: pictures inside, keys 1 to 9, progress; it fetches and sends nothing, and saves a CSV of decisions."""

from __future__ import annotations

import base64
import json

from mlscaffold import __version__
from mlscaffold.evidence.causes import LONGEST
from mlscaffold.evidence.judgements import UNSURE
from mlscaffold.reports.content import clean
from mlscaffold.reports.judging import SIGNS, Form, Link, Picture, keys
from mlscaffold.reports.rendering import page


def render(form: Form, *, picture: Picture, link: Link | None = None) -> str:
    """The page; its one script is named in the page's policy by its digest. With `link` it holds no pictures, and shows files beside it."""
    items = [
        {
            "item": item.id,
            "label": clean(item.label) if form.shown else "",
            **({"prediction": clean(item.prediction), "confidence": f"{item.confidence:.0%}"} if item.prediction else {}),
            "picture": link(item.path) if link else _embedded(picture(item.path)),
        }
        for item in form.asked.items
    ]
    taken = keys([value for value, _ in form.choices])
    return page(
        "judging/page.html.jinja",
        script="judging/page.js",
        form=form,
        linked=link is not None,
        unsure=UNSURE,
        spare="".join(sign for sign in SIGNS if sign not in taken),
        longest=LONGEST,
        items=json.dumps(items).replace("<", "\\u003c"),
        choices=[(key, value, words) for key, (value, words) in zip(taken, form.choices, strict=True)],
        version=__version__,
    )


def _embedded(content: bytes) -> str:
    """A JPEG as an address; empty where there is none."""
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}" if content else ""
