# ruff: noqa: ANN401 (reportlab comes without types)
"""The fonts of a PDF: DejaVu, which matplotlib brings, and for Chinese, Japanese and Korean what this machine has."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EASTERN = (
    "NotoSansSC", "NotoSansCJK", "SourceHanSans", "msyh.ttc", "Deng.ttf", "simhei.ttf", "simsun.ttc", "STHeiti", "Songti", "Hiragino Sans GB",
    "wqy-microhei", "wqy-zenhei", "DroidSansFallback", "Arial Unicode", "malgun.ttf", "msgothic.ttc", "YuGoth",
)  # fmt: skip
"""How the files of fonts with Chinese signs begin, the handsomest first."""
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts")  # fmt: skip
_SPOKEN = ((re.compile(r"[\u3040-\u30ff]"), "HeiseiKakuGo-W5"), (re.compile(r"[\uac00-\ud7af]"), "HYGothic-Medium"))
_MEASURED = 20_000
"""How many texts' widths are remembered."""


@dataclass(frozen=True)
class Fonts:
    """The names that reportlab knows the fonts by, and which signs they hold."""

    latin: frozenset[int]
    eastern: str = ""
    eastern_signs: frozenset[int] = frozenset()
    embedded: bool = True
    notes: list[str] = field(default_factory=list, compare=False)

    def of(self, sign: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> str:
        """The font of one sign."""
        place = ord(sign)
        if place in self.latin or place < 32:
            family = "Mono" if code else "Sans"
            return family + ("Bold" if bold else "") + ("Oblique" if italic else "")
        return self.eastern if self.eastern and (not self.eastern_signs or place in self.eastern_signs) else "Sans"

    def holds(self, sign: str) -> bool:
        """Whether any font has this sign."""
        return ord(sign) in self.latin or bool(self.eastern and (not self.eastern_signs or ord(sign) in self.eastern_signs))


def prepare(text: str, folders: Sequence[str] = _FOLDERS) -> Fonts:
    """Register the fonts that a text needs; where no font for its script is here, one that the reader's program must have."""
    from reportlab.pdfbase import pdfmetrics

    latin = _latin()
    missing = {sign for sign in text if ord(sign) not in latin and ord(sign) > 32}
    if not missing:
        return Fonts(latin)
    best, signs = "", frozenset[int]()
    for path in _eastern_files(folders):
        face = _registered("Eastern" + path.name, path)
        found = frozenset(face.charToGlyph) if face else frozenset()
        if len({ord(s) for s in missing} & found) > len({ord(s) for s in missing} & signs):
            best, signs = "Eastern" + path.name, found
        if best and all(ord(s) in signs for s in missing):
            break
    if best:
        return Fonts(latin, best, signs)
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    name = next((font for script, font in _SPOKEN if script.search(text)), "STSong-Light")
    pdfmetrics.registerFont(UnicodeCIDFont(name))
    held = frozenset(ord(s) for s in missing if re.match(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]", s))
    if not held:
        return Fonts(latin)
    note = f"no Chinese font is on this machine, so none is embedded: the reader's program shows the text in {name} or its like"
    return Fonts(latin, name, held, embedded=False, notes=[note])


@functools.lru_cache(maxsize=_MEASURED)
def width(text: str, font: str, size: float) -> float:
    """The width of a text in points."""
    from reportlab.pdfbase import pdfmetrics

    return float(pdfmetrics.stringWidth(text, font, size))


@functools.cache
def _latin() -> frozenset[int]:
    found = importlib.util.find_spec("matplotlib")
    folder = Path(str(found.origin)).parent / "mpl-data/fonts/ttf" if found else Path()
    for family, file in (("Sans", "DejaVuSans"), ("Mono", "DejaVuSansMono")):
        for ending in ("", "Bold", "Oblique", "BoldOblique"):
            _registered(family + ending, folder / f"{file}{'-' + ending if ending else ''}.ttf")
    face = _registered("Sans", folder / "DejaVuSans.ttf")
    return frozenset(face.charToGlyph)


@functools.cache
def _registered(name: str, path: Path) -> Any:
    """The face of a font file, registered; None where reportlab cannot embed it (outlines of PostScript, damage)."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    try:
        font = TTFont(name, str(path))
    except Exception:  # reportlab raises what its first unexpected table causes
        return None
    pdfmetrics.registerFont(font)
    return font.face


def _eastern_files(folders: Sequence[str]) -> Iterator[Path]:
    """The files of fonts with Chinese signs, the handsomest first."""
    found = []
    for folder in folders:
        for place, _, names in os.walk(Path(folder).expanduser()):
            ranked = (
                (next((rank for rank, start in enumerate(EASTERN) if name.startswith(start)), None), name) for name in names
            )
            found += [
                (rank, Path(place) / name)
                for rank, name in ranked
                if rank is not None and name.lower().endswith((".ttf", ".ttc", ".otf"))
            ]
    return (path for _, path in sorted(found))
