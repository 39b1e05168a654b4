"""The gallery in a real browser: thousands of pictures, of which only what is seen is drawn."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.reports.gallery import ACROSS, CELL, Gallery, Shot
from mlscaffold.reports.gallery.html import render, sprites

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def shots(count: int) -> tuple[Shot, ...]:
    """Grey pictures of two classes; every tenth is named by a check."""
    content = io.BytesIO()
    Image.new("RGB", (CELL, 60), (90, 120, 90)).save(content, "JPEG")
    named = ("collection.unreadable-image",)
    return tuple(
        Shot(f"shop/{i:05}.jpg", "hat" if i % 4 == 0 else "shoe", "test" if i % 5 == 0 else "train", "shop", named if i % 10 == 0 else (), content.getvalue())
        for i in range(count)
    )  # fmt: skip


def gallery(count: int) -> Gallery:
    return Gallery("shop-sorter", shots(count), 3, ("hat", "shoe"))


def test_sprites_hold_all_thumbnails_in_order() -> None:
    made = list(sprites(shots(ACROSS * ACROSS + 3)))
    sizes = []
    for sheet in made:
        with Image.open(io.BytesIO(sheet)) as image:
            sizes.append(image.size)
    assert sizes == [(ACROSS * CELL, ACROSS * CELL), (ACROSS * CELL, CELL)]


def test_what_comes_from_the_data_is_text() -> None:
    odd = Shot("shop/<img onerror=x>.jpg", "</script><b>", "train", "shop", (), b"")
    page = render(Gallery("shop-sorter", (odd,), 0, ("</script><b>",)))

    assert page.count("</script>") == 2
    assert "<img" not in page.replace("img-src", "")
    assert "http" not in re.sub(r'http-equiv|"http://www.w3.org[^"]*"', "", page)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_thousands_of_pictures_do_not_choke_the_browser(tmp_path: Path) -> None:
    assert BROWSER is not None
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", render(gallery(4000)))
    act = """<script>
    const all = document.querySelectorAll("figure").length + " drawn, " + document.getElementById("count").textContent;
    const pick = document.querySelector("select[data-key=l]"); pick.value = "hat"; pick.dispatchEvent(new Event("change"));
    const find = document.querySelector("select[data-key=f]"); find.value = "collection.unreadable-image"; find.dispatchEvent(new Event("change"));
    document.title = all + " | " + document.getElementById("count").textContent + " | " + document.querySelectorAll("figure.found").length;
    </script>"""
    (tmp_path / "gallery.html").write_text(page.replace("</body>", act + "</body>"), encoding="utf-8")
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--window-size=1200,800",
    ]
    url = (tmp_path / "gallery.html").as_uri()
    done = subprocess.run([*command, "--dump-dom", url], capture_output=True, text=True, check=True, timeout=120)
    title = re.search(r"<title>(\d+) drawn, 4000 of 4000 \| 200 of 4000 \| (\d+)</title>", done.stdout)

    assert title is not None, done.stdout[:300]
    assert 10 < int(title[1]) < 150
    assert int(title[2]) > 10
