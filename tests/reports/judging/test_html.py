"""The page is answered by the keyboard alone, in a real browser."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mlscaffold.reports.judging import keys
from mlscaffold.reports.judging.html import render
from mlscaffold.workflows.judging import make_form, picture_bytes
from tests.conftest import Sandbox

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TYPE = """
<script>
const keys = %s;
for (const key of keys) document.dispatchEvent(new KeyboardEvent("keydown", { key: key, bubbles: true, cancelable: true }));
</script>
"""


def test_the_page_holds_its_pictures_and_fetches_nothing(project: Sandbox) -> None:
    opened = project.open()
    form = make_form(opened, "human-level", count=5)
    page = render(form, picture=lambda path: picture_bytes(opened, path))

    assert page.count('"picture": "/9j/') == 5
    assert "default-src 'none'" in page
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)
    assert not any(item.path.rsplit("/", 1)[1] in page for item in form.asked.items)


def test_a_label_cannot_end_the_script(project: Sandbox) -> None:
    project.edit_csv("data/raw/belt/daisy/annotations.csv", lambda rows: [{**r, "label": "</script><b>"} for r in rows])
    page = render(make_form(project.open(), "spot-check", count=30), picture=lambda path: b"")

    assert page.count("</script>") == 2


def test_keys_are_digits_then_letters_that_mean_nothing_else() -> None:
    assert keys(["right", "daisy", "rose", "unsure"]) == ["Enter", "1", "2", "u"]
    assert keys(["0", "7", "unsure"]) == ["0", "7", "u"]
    assert keys(["s", "t"]) == ["1", "2"]
    many = keys([f"class {i}" for i in range(60)])
    assert (many[8], many[9], many[-1]) == ("9", "a", "")
    assert not {"r", "s", "u"} & set(many)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_by_keyboard_alone(project: Sandbox, tmp_path: Path) -> None:
    """Decide, go back, change one's mind, skip, decide, save; the saved text is what `apply` takes."""
    assert BROWSER is not None
    opened = project.open()
    form = make_form(opened, "spot-check", count=4)
    page = render(form, picture=lambda path: picture_bytes(opened, path))
    # The policy lets only the page's own script run, and a download would keep the browser open: both are put aside for these fingers.
    page = re.sub(
        r'<meta http-equiv="Content-Security-Policy"[^>]*>',
        "<script>HTMLAnchorElement.prototype.click = () => {};</script>",
        page,
    )
    typed = TYPE % '["Enter", "1", "ArrowLeft", "2", "ArrowRight", "Enter", "s"]'
    told = '<script>document.title = document.getElementById("text").value.replace(/\\n/g, "|");</script>'
    (tmp_path / "sheet.html").write_text(page.replace("</body>", typed + told + "</body>"), encoding="utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    done = subprocess.run([*command, (tmp_path / "sheet.html").as_uri()], capture_output=True, text=True, check=True, timeout=120)
    title = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)

    assert "3 decided" in done.stdout
    assert 'id="done" tabindex="-1"' in done.stdout and 'id="done" tabindex="-1" hidden' not in done.stdout
    assert title is not None
    rows = list(csv.DictReader(io.StringIO(title[1].replace("|", "\n"))))
    wanted = [("001", "right"), ("002", form.choices[2][0]), ("003", ""), ("004", "right")]
    assert [(r["item"], r["decision"]) for r in rows] == wanted
    assert {r["sheet"] for r in rows} == {form.asked.digest}
