"""Everything that the tool wants to know of one picture, from one reading of its bytes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    Array = np.ndarray[Any, np.dtype[Any]]

READER = 2
"""Version of the facts: pictures read by another version must be read again."""

MAX_PIXELS = 100_000_000
SMALL = 64
THUMB = 16
LOOK = 240
ROWS = 64
"""Pixels that the longer side keeps where a picture is looked at smaller than it is: halved until just above."""
JPEG = frozenset({"JPEG", "MPO"})  # MPO is what phones write: a JPEG with a second picture behind it
LFS = b"version https://git-lfs.github.com/spec/"
_CHUNKS = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "GIF": b"\x3b"}


@dataclass(frozen=True)
class Facts:
    """What one reading of a file gave. `problem` is empty, or names the kind of defect, and `detail` says it in words.

    `size` is in bytes, of the file; `width` and `height` are as stored; `phash`, `mirrored` (64 bits, signed), `thumb` (16 × 16)
    and `grey` (all of it, only under 64 px) are of the picture as people see it: upright, on white. `pixels` is the digest of the
    decoded bytes (evidence.md); of a JPEG it only stands for its brightness at the size of a look, because its colours would cost
    a third more time and a digest of all its pixels another quarter (`pixel_digest` gives that one). `sharpness` is the variance of the
    Laplacian at the size of a look: it says something only beside that of other pictures. `sums` are, of a picture with 8 bits
    a channel that was decoded whole, the sums of its channels and of their squares. Without a look (`looked` is false) there is
    nothing from `phash` to `sharpness`.
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
    sharpness: float = 0.0
    sums: bytes = b""

    @property
    def pointer(self) -> bool:
        """Whether the file stands for a picture that Git LFS keeps elsewhere: not here, but not broken."""
        return self.problem == "lfs-pointer"

    @property
    def blank(self) -> bool:
        """Whether nothing can be seen on it: its grey values hardly differ."""
        return self.decode_ok and self.looked and self.deviation < 6

    @property
    def looked(self) -> bool:
        """Whether it was looked at, or cannot be."""
        return bool(self.thumb) or not self.decode_ok

    @property
    def small(self) -> bool:
        """Whether both sides are under 64 px, so that a perceptual hash says little."""
        return 0 < max(self.width, self.height) < SMALL

    def to_row(self) -> tuple[object, ...]:
        """The values in the order of `COLUMNS`, flat types only, for a table."""
        return tuple(vars(self).values())

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Facts:
        """The facts of a row that `to_row` gave."""
        return cls(*row)


COLUMNS = tuple(f.name for f in fields(Facts))
"""Column names of `Facts.to_row`, in order."""


def facts_of(data: bytes, *, max_pixels: int = MAX_PIXELS, look: bool = True) -> Facts:
    """Read a picture from its bytes: never raises for what is in them. Without a `look` its pixels are digested and summed only."""
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
            detail = "HEIC, which is not read here: convert it to JPEG or PNG" if _is_heic(data) else "no known picture format"
            return Facts(digest, size, problem="not-an-image", detail=detail)
        except Image.DecompressionBombError as error:
            declared = re.search(r"\((\d+) pixels\)", str(error))
            said = f"{int(declared[1]) / 1e6:.0f} million pixels" if declared else "too many pixels"
            return Facts(digest, size, problem="too-large", detail=f"{said}, {max_pixels / 1e6:.0f} million at most")
        except Exception as error:
            return Facts(digest, size, problem="undecodable", detail=_words(error))
        return _facts_of_image(image, data, digest, max_pixels=max_pixels, look=look)


def _facts_of_image(image: Image.Image, data: bytes, digest: str, *, max_pixels: int, look: bool) -> Facts:
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
        if image.format in JPEG:  # decoded straight to the brightness at the size of a look
            scale = _scale(image.size)
            image.draft("L", (max(1, image.width // scale), max(1, image.height // scale)))
        image.load()
        seen = _look(image, header["orientation"]) if look or image.format in JPEG else {}
        if image.mode == header["mode"] and image.mode in ("L", "RGB"):
            seen["sums"] = _sums(image)
        pixels = _brightness(image, header["mode"], seen["thumb"]) if image.format in JPEG else _digest(image)
        return Facts(**header, decode_ok=True, pixels=pixels, **seen)
    except Exception as error:
        cut = not header["end_ok"]
        promised = f", {header['width']} × {header['height']} px promised" if cut else ""
        return Facts(**header, problem="truncated" if cut else "undecodable", detail=_words(error) + promised)


def pixel_digest(data: bytes) -> str:
    """The digest of all decoded pixels, as evidence.md defines it; empty where they cannot be decoded."""
    import io

    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data))
            return _digest(image) if image.width * image.height <= MAX_PIXELS else ""
        except Exception:
            return ""


def _digest(image: Image.Image) -> str:
    """The digest of a picture's mode, size and bytes."""
    digest = sha256(f"{image.mode}:{image.width}x{image.height}:".encode("ascii"))
    digest.update(image.tobytes())
    return digest.hexdigest()


def _brightness(image: Image.Image, mode: str, thumb: bytes) -> str:
    """What equal JPEGs share, whatever their headers hold: mode, size, a thumbnail, and a checksum of their brightness."""
    parts = f"{mode}:{image.width}x{image.height}:{crc32(image.tobytes())}:".encode("ascii")
    return sha256(parts + thumb).hexdigest()


def _sums(image: Image.Image) -> bytes:
    """The sum of each channel, then that of the squares of each, as 64-bit floats."""
    import numpy as np

    counts = np.array(image.histogram(), dtype=np.float64).reshape(-1, 256)
    return np.concatenate([counts @ _levels(), counts @ _levels() ** 2]).tobytes()


def _scale(size: tuple[int, int]) -> int:
    """By what a picture may be divided and still have the longer side of a look."""
    return next((scale for scale in (8, 4, 2) if max(size) // scale >= LOOK), 1)


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
        return data.endswith(_CHUNKS[kind]) or data.rfind(_CHUNKS[kind], max(0, len(data) - 65536)) >= 0
    if kind == "WEBP":
        return len(data) >= int.from_bytes(data[4:8], "little") + 8
    return True


def _look(image: Image.Image, orientation: int) -> dict[str, Any]:
    """What people would see: brightness, sharpness, hashes, thumbnail."""
    import numpy as np

    grey = _upright(_grey(image), orientation)
    all_of_it = grey.tobytes() if max(grey.size) < SMALL else b""
    if (scale := _scale(grey.size)) > 1:
        grey = grey.reduce(scale)
    sharpness = _sharpness(grey)
    if max(grey.size) >= LOOK:  # for the rest half of it is enough
        grey = grey.reduce(2)
    counts = np.array(grey.histogram(), dtype=np.float64)
    n = grey.width * grey.height
    mean = float(counts @ _levels()) / n
    upto = counts.cumsum()
    small = _resized(grey, 2 * THUMB)
    phash, mirrored = _perceptual_hashes(small)
    return {
        "phash": phash,
        "mirrored": mirrored,
        "thumb": small.reduce(2).tobytes(),
        "grey": all_of_it,
        "mean": round(mean, 3),
        "deviation": round(float(counts @ (_levels() - mean) ** 2 / n) ** 0.5, 3),
        "p1": int(upto.searchsorted(n * 0.01)),
        "p99": int(upto.searchsorted(n * 0.99)),
        "sharpness": round(sharpness, 3),
    }


@lru_cache(maxsize=1)
def _levels() -> Array:
    """The 256 levels of grey."""
    import numpy as np

    return np.arange(256, dtype=np.float64)


def _upright(grey: Image.Image, orientation: int) -> Image.Image:
    """The picture as its EXIF orientation says that people see it."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return grey.transpose(turns[orientation]) if orientation in turns else grey


def _sharpness(grey: Image.Image) -> float:
    """The variance of the Laplacian: how much pixels differ from their neighbours; of some 64 rows, which say as much as all."""
    import numpy as np

    if min(grey.size) < 3:
        return 0.0
    values = np.asarray(grey)
    step = max(1, (grey.height - 2) // ROWS)
    above, here, below = (values[i : grey.height - 2 + i : step].astype(np.int16) for i in range(3))
    differences = above[:, 1:-1] + below[:, 1:-1]
    differences += here[:, :-2]
    differences += here[:, 2:]
    differences -= 4 * here[:, 1:-1]
    flat = differences.astype(np.float32).ravel()
    return float(flat @ flat) / flat.size - float(flat.mean()) ** 2


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
    """A square copy; what is larger is averaged down to about twice that first, which is cheap."""
    from PIL import Image

    factor = (max(1, grey.width // (2 * side)), max(1, grey.height // (2 * side)))
    return (grey.reduce(factor) if max(factor) > 1 else grey).resize((side, side), Image.Resampling.BILINEAR)


@lru_cache(maxsize=1)
def _cosines() -> Array:
    """The first eight rows of the 32-point DCT."""
    import numpy as np

    k, x = np.arange(8)[:, None], np.arange(32)[None, :]
    return np.cos(np.pi * k * (2 * x + 1) / 64)


def _perceptual_hashes(small: Image.Image) -> tuple[int, int]:
    """The 64-bit DCT hash of a picture of 32 × 32 and of its mirror image, as signed integers.

    Mirroring turns the sign of every second column of the DCT, so the second hash costs no second transform.
    """
    import numpy as np

    values = np.asarray(small, dtype=np.float64)
    spectrum = _cosines() @ values @ _cosines().T
    flipped = spectrum * np.array([1, -1] * 4)[None, :]
    return _bits(spectrum), _bits(flipped)


def _bits(spectrum: Array) -> int:
    """One bit a coefficient: above the median of all but the mean brightness."""
    import numpy as np

    flat = spectrum.ravel()
    above = flat > np.sort(flat[1:])[31]
    return int(np.packbits(above).view(">i8")[0])


def _is_heic(data: bytes) -> bool:
    """Whether the bytes are of a phone's HEIC file, which needs a decoder of its own."""
    return data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
