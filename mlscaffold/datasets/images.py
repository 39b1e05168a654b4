"""Everything that the tool wants to know of one picture, from one reading of its bytes."""

from __future__ import annotations

import re
import warnings
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    Array = np.ndarray[Any, np.dtype[Any]]

READER = 1
"""Version of the facts: pictures read by another version must be read again."""

MAX_PIXELS = 100_000_000
SMALL = 64
THUMB = 16
LFS = b"version https://git-lfs.github.com/spec/"
_CHUNKS = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "GIF": b"\x3b"}


@dataclass(frozen=True)
class Facts:
    """What one reading of a file gave. `problem` is empty, or names the kind of defect, and `detail` says it in words.

    `size` is in bytes, of the file; `width` and `height` are as stored; `phash`, `mirrored` (64 bits, signed), `thumb` (16 × 16)
    and `grey` (all of it, only under 64 px) are of the picture as people see it: upright, on white. `pixels` is the digest of the
    decoded bytes (evidence.md).
    """

    digest: str
    size: int
    format: str = ""
    width: int = 0
    height: int = 0
    mode: str = ""
    orientation: int = 1
    frames: int = 0
    end_ok: bool = False
    decode_ok: bool = False
    problem: str = ""
    detail: str = ""
    pixels: str = ""
    phash: int = 0
    mirrored: int = 0
    thumb: bytes = b""
    grey: bytes = b""
    mean: float = 0.0
    deviation: float = 0.0
    p1: int = 0
    p99: int = 0

    @property
    def pointer(self) -> bool:
        """Whether the file stands for a picture that Git LFS keeps elsewhere: not here, but not broken."""
        return self.problem == "lfs-pointer"

    @property
    def blank(self) -> bool:
        """Whether nothing can be seen on it: its grey values hardly differ."""
        return self.decode_ok and self.deviation < 6

    @property
    def small(self) -> bool:
        """Whether both sides are under 64 px, so that a perceptual hash says little."""
        return 0 < max(self.width, self.height) < SMALL

    def to_row(self) -> tuple[object, ...]:
        """The values in the order of `COLUMNS`, flat types only, for a table."""
        return astuple(self)

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> Facts:
        """The facts of a row that `to_row` gave; SQLite returns booleans as integers."""
        values = dict(zip(COLUMNS, row, strict=True))
        for name in ("end_ok", "decode_ok"):
            values[name] = bool(values[name])
        return cls(**values)


COLUMNS = tuple(f.name for f in fields(Facts))
"""Column names of `Facts.to_row`, in order."""


def facts_of(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Facts:
    """Read a picture from its bytes: never raises for what is in them."""
    digest = sha256(data).hexdigest()
    size = len(data)
    if data.startswith(LFS):
        return _pointer(data, digest)
    if problem := _foreign(data):
        return Facts(digest, size, problem=problem[0], detail=problem[1])
    import io

    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data))
        except UnidentifiedImageError:
            return Facts(digest, size, problem="not-an-image", detail="no known picture format")
        except Image.DecompressionBombError as error:
            declared = re.search(r"\((\d+) pixels\)", str(error))
            said = f"{int(declared[1]) / 1e6:.0f} million pixels" if declared else "too many pixels"
            return Facts(digest, size, problem="too-large", detail=f"{said}, {max_pixels / 1e6:.0f} million at most")
        except Exception as error:
            return Facts(digest, size, problem="undecodable", detail=_words(error))
        return _facts_of_image(image, data, digest, max_pixels)


def _facts_of_image(image: Image.Image, data: bytes, digest: str, max_pixels: int) -> Facts:
    """The facts of an opened picture, its pixels not yet read."""
    header: dict[str, Any] = {
        "digest": digest,
        "size": len(data),
        "format": image.format or "",
        "width": image.width,
        "height": image.height,
        "mode": image.mode,
        "end_ok": _ends(image.format or "", data),
    }
    if image.width * image.height > max_pixels:
        return Facts(
            **header, problem="too-large", detail=f"{image.width} × {image.height} px, {max_pixels / 1e6:.0f} million at most"
        )
    try:
        orientation = int(image.getexif().get(0x0112, 1) or 1)
        header["orientation"] = orientation if 1 <= orientation <= 8 else 1
        header["frames"] = int(getattr(image, "n_frames", 1))
        image.load()
        pixels = sha256(f"{image.mode}:{image.width}x{image.height}:".encode("ascii") + image.tobytes()).hexdigest()
        return Facts(**header, decode_ok=True, pixels=pixels, **_look(image))
    except Exception as error:
        cut = not header["end_ok"]
        promised = f", {image.width} × {image.height} px promised" if cut else ""
        return Facts(**header, problem="truncated" if cut else "undecodable", detail=_words(error) + promised)


def _words(error: Exception) -> str:
    """The first line of an error, short."""
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def _pointer(data: bytes, digest: str) -> Facts:
    """The facts of a Git LFS pointer: digest and size of what it stands for."""
    found = dict(line.split(" ", 1) for line in data.decode("utf-8", "replace").splitlines() if " " in line)
    oid = found.get("oid", "").removeprefix("sha256:").strip()
    size = found.get("size", "").strip()
    return Facts(
        oid if len(oid) == 64 else digest,
        int(size) if size.isdecimal() else len(data),
        problem="lfs-pointer",
        detail="a Git LFS pointer; fetch the picture with git lfs pull",
    )


def _foreign(data: bytes) -> tuple[str, str] | None:
    """The kind of a file that is certainly no picture, and words for it."""
    start = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        return "empty", "0 bytes"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml", b"<!--", b"<svg")):
        return "not-an-image", "holds HTML or XML, not a picture: perhaps a page saved in its place"
    if start.startswith((b'{"', b"{ ", b"{\n", b"[{", b"{}")):
        return "not-an-image", "holds JSON, not a picture: perhaps an error message saved in its place"
    return None


def _ends(kind: str, data: bytes) -> bool:
    """Whether the marker that ends such a file is there; bytes after it (cameras add them) do no harm."""
    if kind in _CHUNKS:
        return _CHUNKS[kind] in data[-65536:]
    if kind == "WEBP":
        return len(data) >= int.from_bytes(data[4:8], "little") + 8
    return True


def _look(image: Image.Image) -> dict[str, Any]:
    """What people would see: brightness, hashes, thumbnail."""
    from PIL import ImageOps

    grey = _grey(ImageOps.exif_transpose(image))
    histogram = grey.histogram()
    n = sum(histogram)
    mean = sum(value * count for value, count in enumerate(histogram)) / n
    variance = sum((value - mean) ** 2 * count for value, count in enumerate(histogram)) / n
    phash, mirrored = _perceptual_hashes(grey)
    return {
        "phash": phash,
        "mirrored": mirrored,
        "thumb": _resized(grey, THUMB).tobytes(),
        "grey": grey.tobytes() if max(grey.size) < SMALL else b"",
        "mean": round(mean, 3),
        "deviation": round(float(variance) ** 0.5, 3),
        "p1": _percentile(histogram, n * 0.01),
        "p99": _percentile(histogram, n * 0.99),
    }


def _grey(image: Image.Image) -> Image.Image:
    """The picture in 8-bit grey; 16-bit and floating point brought to that range, what is transparent laid on white."""
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        low, high = image.convert("F").getextrema()
        assert isinstance(low, float)
        assert isinstance(high, float)
        top = max(high, 255.0) if low >= 0 else high
        base = min(low, 0.0)
        scale = 255.0 / (top - base or 1.0)
        return image.convert("F").point(lambda value: value * scale - base * scale).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        coloured = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("L")
    return image.convert("L")


def _resized(grey: Image.Image, side: int) -> Image.Image:
    """A square copy; the gap lets large pictures be halved cheaply first."""
    from PIL import Image

    return grey.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)


def _percentile(histogram: list[int], wanted: float) -> int:
    """The grey value up to which `wanted` pixels lie."""
    seen = 0
    for value, count in enumerate(histogram):
        seen += count
        if seen >= wanted:
            return value
    return 255


@lru_cache(maxsize=1)
def _cosines() -> Array:
    """The first eight rows of the 32-point DCT."""
    import numpy as np

    k, x = np.arange(8)[:, None], np.arange(32)[None, :]
    return np.cos(np.pi * k * (2 * x + 1) / 64)


def _perceptual_hashes(grey: Image.Image) -> tuple[int, int]:
    """The 64-bit DCT hash of the picture and of its mirror image, as signed integers.

    Mirroring turns the sign of every second column of the DCT, so the second hash costs no second transform.
    """
    import numpy as np

    values = np.asarray(_resized(grey, 32), dtype=np.float64)
    spectrum = _cosines() @ values @ _cosines().T
    flipped = spectrum * np.array([1, -1] * 4)[None, :]
    return _bits(spectrum), _bits(flipped)


def _bits(spectrum: Array) -> int:
    """One bit a coefficient: above the median of all but the mean brightness."""
    import numpy as np

    flat = spectrum.ravel()
    above = flat > np.median(flat[1:])
    return int(np.packbits(above).view(">i8")[0])
