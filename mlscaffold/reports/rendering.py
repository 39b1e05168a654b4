"""Every HTML page of the tool is rendered here: escaped, strict about its values, with the one style sheet."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from mlscaffold.reports.content import clean, day, number

PACKAGE = "mlscaffold.reports"


def page(template: str, *, script: str = "", more_filters: dict[str, Callable[..., str]] | None = None, **values: Any) -> str:  # noqa: ANN401
    """Render `template` (a path below this folder) with `values` and `css`.

    A `script` (a path too) is given as `script`, with the digest as `policy` by which the page's policy names it: no other one runs.
    """
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"clean": clean, "number": number, "day": day, **(more_filters or {})}
    if script:
        code = _text(script)
        values |= {"script": code, "policy": base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}
    rendered = environment.from_string(_text(template)).render(**values, css=_text("report.css"))
    return rendered.encode("utf-8", "backslashreplace").decode("utf-8")  # a file's name may hold bytes that are no text


def _text(path: str) -> str:
    return files(PACKAGE).joinpath(*path.split("/")).read_text(encoding="utf-8")
