"""The gallery in a real browser: thousands of pictures, of which only what is seen is drawn."""

from __future__ import annotations

import html
import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.datasets.marks import Mark
from mlscaffold.datasets.record import Span
from mlscaffold.reports.gallery import ACROSS, CELL, Gallery, Shot
from mlscaffold.reports.gallery.html import render, sprites

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
ODD = "<img src=x onerror='window.done=1'>"
PRESS = """
const press = (key) => (document.activeElement || document.body).dispatchEvent(new KeyboardEvent("keydown", { key: key, bubbles: true, cancelable: true }));
function pick(key, value) { const s = document.querySelector("select[data-key=" + key + "]"); s.value = value; s.dispatchEvent(new Event("change")); }
"""


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


def shown(page: str, folder: Path, act: str, *, policy: bool = False) -> str:
    """The title that `act` sets, run in the page by a real browser."""
    assert BROWSER is not None
    if not policy:  # it lets only the page's own script run
        page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    (folder / "gallery.html").write_text(page.replace("</body>", f"<script>{PRESS}{act}</script></body>"), encoding="utf-8")
    command = [BROWSER, *QUIET, f"--user-data-dir={folder / 'profile'}", "--window-size=1200,800", "--virtual-time-budget=2000"]
    url = (folder / "gallery.html").as_uri()
    done = subprocess.run([*command, "--dump-dom", url], capture_output=True, text=True, check=True, timeout=120)
    title = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert title is not None, done.stdout[:300]
    return html.unescape(title[1])


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_thousands_of_pictures_do_not_choke_the_browser(tmp_path: Path) -> None:
    act = """
    const all = document.querySelectorAll("figure").length + " drawn, " + document.getElementById("count").textContent;
    pick("l", "hat"); pick("f", "collection.unreadable-image");
    document.title = all + " | " + document.getElementById("count").textContent + " | " + document.querySelectorAll("figure.found").length;
    """
    title = re.fullmatch(r"(\d+) drawn, 4000 of 4000 \| 200 of 4000 \| (\d+)", shown(render(gallery(4000)), tmp_path, act))

    assert title is not None
    assert 10 < int(title[1]) < 150
    assert int(title[2]) > 10


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_by_keyboard_alone(tmp_path: Path) -> None:
    """Move, enlarge, go on, put the objects aside, close, look for a name."""
    act = """
    const say = [];
    const at = () => document.querySelector(".current").title.split("\\n")[0];
    press("ArrowRight"); say.push(at());
    press("Enter"); say.push(document.getElementById("dialog").open, document.getElementById("path").textContent, document.querySelectorAll("#objects li").length);
    press("ArrowRight"); say.push(document.getElementById("path").textContent);
    say.push(document.querySelectorAll(".frame canvas").length > 0);
    press("b"); say.push(document.querySelectorAll(".frame canvas").length, document.getElementById("toggle").getAttribute("aria-pressed"));
    document.getElementById("dialog").close();
    press("End"); say.push(at());
    press("/"); say.push(document.activeElement.id);
    document.title = say.join(" ");
    """
    title = shown(render(marked()), tmp_path, act)

    assert title == "shop/00001.jpg true shop/00001.jpg 3 shop/00002.jpg true 0 false shop/00039.jpg search"


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_class_is_found_by_any_of_its_objects_and_each_has_a_colour(tmp_path: Path) -> None:
    act = """
    pick("l", "dog");
    const legend = Array.from(document.querySelectorAll("#legend button"), (b) => b.textContent);
    const colours = new Set(Array.from(document.querySelectorAll("#legend .swatch"), (s) => s.style.getPropertyValue("--of")));
    const board = document.querySelector(".frame canvas"), seen = board.getContext("2d").getImageData(0, 0, board.width, board.height).data;
    let ink = 0; for (let i = 3; i < seen.length; i += 4) ink += seen[i] > 0;
    document.querySelector("#legend button").click();
    document.title = [document.getElementById("count").textContent, legend.join(","), colours.size, ink > 200].join(" | ");
    """
    assert shown(render(marked()), tmp_path, act) == "10 of 40 | cat 80,dog 10 | 2 | true"


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_names_of_the_data_are_never_code(tmp_path: Path) -> None:
    """Under its policy, and without it: nothing of what the data are called becomes an element or runs."""
    mark = Mark(ODD, ((0, 0, 900, 0, 900, 900, 0, 900),), notes=(ODD,))
    odd = Shot(
        f"{ODD}/'\"&.jpg", ODD, "train", ODD, ("collection.x",), b"", classes=(ODD,), messages=(ODD,), marks=(mark,), size=(9, 9)
    )
    other = Shot("b.jpg", "b", "test", "b", (), b"", classes=("b",), text=f"{ODD} text", spans=(Span(0, 4, ODD),))
    page = render(Gallery(ODD, (odd, other), 0, (ODD, "b"), ODD))
    act = """
    press("Enter"); press("ArrowRight");
    document.title = [document.images.length, typeof window.done, document.getElementById("whole").textContent, document.querySelectorAll("mark").length].join(" ");
    """
    assert "<img src=x" not in page
    assert shown(page, tmp_path, act) == f"0 undefined {ODD} text 1"
    assert shown(page, tmp_path, act, policy=True) == f"{ODD}: pictures"


def marked() -> Gallery:
    """Forty pictures with a box, an outline and a mask; on every fourth also a dog."""
    kinds = (
        Mark("cat", ((100, 100, 600, 100, 600, 700, 100, 700),)),
        Mark("cat", ((0, 0, 500, 0, 900, 400, 500, 900, 0, 300),), notes=("crowd",)),
    )
    dog = Mark("dog", mask=(4, 4, (5, 2, 2, 2, 5)))
    made = tuple(
        replace(shot, classes=("cat", "dog") if i % 4 == 1 else ("cat",), marks=(*kinds, dog) if i % 4 == 1 else kinds, size=(200, 107), findings=())
        for i, shot in enumerate(shots(40))
    )  # fmt: skip
    return Gallery("shop-sorter", made, 0, ("cat", "dog"))
