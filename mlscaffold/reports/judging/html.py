"""The form as one HTML file: pictures inside, keys 1 to 9, progress; it fetches and sends nothing, and saves a CSV of decisions."""

from __future__ import annotations

import base64
import json

from mlscaffold import __version__
from mlscaffold.reports.content import clean
from mlscaffold.reports.judging import Form, Picture, keys
from mlscaffold.reports.rendering import page


def render(form: Form, *, picture: Picture) -> str:
    """The page; its one script is named in the page's policy by its digest."""
    items = [
        {
            "item": item.id,
            "label": clean(item.label) if form.shown else "",
            "picture": base64.b64encode(picture(item.path)).decode(),
        }
        for item in form.asked.items
    ]
    return page(
        "judging/page.html.jinja",
        script="judging/page.js",
        form=form,
        items=json.dumps(items).replace("<", "\\u003c"),
        choices=[
            (key, value, words) for key, (value, words) in zip(keys([v for v, _ in form.choices]), form.choices, strict=True)
        ],
        version=__version__,
    )
