"""The page is answered by the keyboard alone, in a real browser."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mlscaffold.reports.judging import keys
from mlscaffold.reports.judging.html import render
from mlscaffold.workflows.apply import receive
from mlscaffold.workflows.causes import make_sheet, sort_mistakes
from mlscaffold.workflows.judging import link_of, make_form, picture_bytes
from tests.conftest import Sandbox

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
ODD = "<img src=x onerror=alert(1)> 'and' \"quotes\""
TYPE = """
<script>
const keys = %s;
for (const key of keys) {
  const at = document.activeElement && document.activeElement !== document.body ? document.activeElement : document.body;
  if (key[0] === "@") at.value = key.slice(1);
  else at.dispatchEvent(new KeyboardEvent("keydown", { key: key, bubbles: true, cancelable: true }));
}
</script>
"""


def test_the_page_holds_its_pictures_and_fetches_nothing(project: Sandbox) -> None:
    opened = project.open()
    form = make_form(opened, "human-level", count=5)
    page = render(form, picture=lambda path: picture_bytes(opened, path))

    assert page.count('"picture": "data:image/jpeg;base64,/9j/') == 5
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


def typed(page: str, folder: Path, keys: str) -> tuple[str, list[dict[str, str]]]:
    """What a browser shows after these keys, and the rows that it saved. `@` types the text after it into the field that has the focus."""
    assert BROWSER is not None
    # The policy lets only the page's own script run, and a download would keep the browser open: both are put aside for these fingers.
    page = re.sub(
        r'<meta http-equiv="Content-Security-Policy"[^>]*>',
        "<script>HTMLAnchorElement.prototype.click = () => {};</script>",
        page,
    )
    told = '<script>document.title = document.getElementById("text").value.replace(/\\n/g, "|");</script>'
    (folder / "sheet.html").write_text(page.replace("</body>", TYPE % keys + told + "</body>"), encoding="utf-8")
    command = [BROWSER, *QUIET, f"--user-data-dir={folder / 'profile'}", "--dump-dom", (folder / "sheet.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    title = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert title is not None
    return done.stdout, list(csv.DictReader(io.StringIO(html.unescape(title[1]).replace("|", "\n"))))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_by_keyboard_alone(project: Sandbox, tmp_path: Path) -> None:
    """Decide, go back, change one's mind, skip, decide, save; the saved text is what `apply` takes."""
    opened = project.open()
    form = make_form(opened, "spot-check", count=4)
    page = render(form, picture=lambda path: picture_bytes(opened, path))
    shown, rows = typed(page, tmp_path, '["Enter", "1", "ArrowLeft", "2", "ArrowRight", "Enter", "s"]')

    assert "3 decided" in shown
    assert 'id="done" tabindex="-1"' in shown and 'id="done" tabindex="-1" hidden' not in shown
    wanted = [("001", "right"), ("002", form.choices[2][0]), ("003", ""), ("004", "right")]
    assert [(r["item"], r["decision"]) for r in rows] == wanted
    assert {r["sheet"] for r in rows} == {form.asked.digest}


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_causes_by_keyboard_alone(project: Sandbox, tmp_path: Path) -> None:
    """Tick two causes, untick one, name a new one, use its key on the next picture, say that it cannot be told, save."""
    opened = project.open()
    form = make_sheet(opened, named=["blurry", ODD])
    page = render(form, picture=lambda path: picture_bytes(opened, path))
    keys = '["1", "2", "w", "1", "Enter", "n", "@closed; bud", "Enter", "Enter", "3", "u", "Enter", "u", "1", "s"]'
    shown, rows = typed(page, tmp_path, keys)

    assert [r["decision"] for r in rows] == [f"{ODD}; wrong label", "closed bud", "unsure", "blurry"]
    assert "4 decided" in shown
    assert "<img src=x" not in shown.replace(html.escape(ODD), "")
    opened = project.open()
    done = sort_mistakes(opened, receive(opened, saved(rows), "answers.csv", by="Grace Hopper"))
    assert {c.name for c in done.causes} == {ODD, "wrong label", "closed bud", "unsure", "blurry"}


def test_causes_show_what_the_model_said_and_are_told_to_screen_readers(project: Sandbox) -> None:
    form = make_sheet(project.open(), named=["blurry"])
    page = render(form, picture=lambda path: b"")

    assert f'"prediction": "{form.asked.items[0].prediction}"' in page
    assert 'aria-keyshortcuts="w"' in page and 'aria-keyshortcuts="u"' in page
    assert 'role="status"' in page and 'role="group" aria-label="Why is the model wrong here?"' in page
    assert page.count('<kbd aria-hidden="true">') == page.count("<kbd")


def test_where_pictures_are_only_linked_the_page_holds_none(project: Sandbox) -> None:
    opened = project.open()
    form = make_form(opened, "spot-check", count=3)
    page = render(
        form, picture=lambda path: b"\xff", link=lambda path: link_of(opened, path, beside=project.root.parent / "out" / "x.html")
    )

    assert "base64" not in page
    assert page.count('"picture": "../flower-sorter/data/raw/belt/') == 3
    assert "img-src data: 'self' file:" in page


def saved(rows: list[dict[str, str]]) -> bytes:
    """Rows as the page saves them."""
    content = io.StringIO()
    writer = csv.DictWriter(content, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return content.getvalue().encode()
