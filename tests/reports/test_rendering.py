"""One way to render a page: escaped, strict, and with a policy that names its only script."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from jinja2 import UndefinedError

from mlscaffold.reports.gallery import Gallery, Shot
from mlscaffold.reports.gallery import html as gallery
from mlscaffold.reports.rendering import page


def test_the_policy_names_the_script_that_the_page_holds() -> None:
    text = gallery.render(Gallery("shop", (Shot("a.png", "hat", "train", "shop", (), b""),), 0, ("hat",)))
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"script-src 'sha256-{digest}'" in text
    assert "--paper:" in text


def test_a_value_that_a_template_lacks_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        page("diff/diff.html.jinja", found=None)
