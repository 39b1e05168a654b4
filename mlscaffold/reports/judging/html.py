"""The form as one HTML file: pictures inside, keys 1 to 9, progress; it fetches and sends nothing, and saves a CSV of decisions."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files

from mlscaffold import __version__
from mlscaffold.reports.content import clean, day
from mlscaffold.reports.judging import Form, Picture, keys


def render(form: Form, *, picture: Picture) -> str:
    """The page; its one script is named in the page's policy by its digest."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"clean": clean, "day": day}
    script = (files("mlscaffold.reports.judging") / "page.js").read_text(encoding="utf-8")
    template = environment.from_string((files("mlscaffold.reports.judging") / "page.html.jinja").read_text(encoding="utf-8"))
    items = [
        {
            "item": item.id,
            "label": clean(item.label) if form.shown else "",
            "picture": base64.b64encode(picture(item.path)).decode(),
        }
        for item in form.asked.items
    ]
    return template.render(
        form=form,
        items=json.dumps(items).replace("<", "\\u003c"),
        choices=[
            (key, value, words) for key, (value, words) in zip(keys([v for v, _ in form.choices]), form.choices, strict=True)
        ],
        version=__version__,
        css=(files("mlscaffold.reports") / "report.css").read_text(encoding="utf-8"),
        script=script,
        policy=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
