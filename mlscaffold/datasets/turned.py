"""Which pictures are others turned by quarters or flipped upside down: augmented copies, as the mirror image in `duplicates` is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlscaffold.datasets.duplicates import Alike, within
from mlscaffold.datasets.images import THUMB, Facts

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

RADIUS = 6
RMS, RMS_SMALL = 3.0, 6.0
# (quarter turns to the left, mirrored first): all but the picture itself, its mirror image, and three turns to the left: who is
# another one turned to the right is found as that one turned to the left.
TURNS = ((1, False), (2, False), (1, True), (2, True), (3, True))


def turned_pairs(facts: Mapping[str, Facts]) -> list[Alike]:
    """Every pair of decoded pictures of which one is the other turned or flipped, each pair once, sorted by key.

    Proposed by a hash of the thumbnails in every position and decided by pixels, by a stricter rule than near-duplicates: things that
    look alike from all sides (nuts, plates) are many, and a turned copy differs by 2.5 grey levels at most even when saved at quality 80.
    """
    import numpy as np

    keys = sorted(k for k, f in facts.items() if f.decode_ok and not f.blank and f.thumb)
    n = len(keys)
    if n < 2:
        return []
    chosen = [facts[key] for key in keys]
    thumbs = np.frombuffer(b"".join(f.thumb for f in chosen), dtype=np.uint8).reshape(n, THUMB, THUMB).astype(np.float32)
    thumbs -= thumbs.mean(axis=(1, 2), keepdims=True)
    thumbs *= 50 / np.maximum(thumbs.std(axis=(1, 2), keepdims=True), 1)
    plain = _hashes(thumbs)

    def among(i: Array, j: Array) -> Array:
        """A picture as it is with another one that is turned."""
        wanted: Array = (i < n) & (j >= n) & (i != j - n)
        return wanted

    found: dict[tuple[str, str], Alike] = {}
    for quarters, mirrored in TURNS:
        there = np.rot90(thumbs[:, :, ::-1] if mirrored else thumbs, quarters, axes=(1, 2))
        first, second, distance = within(np.concatenate([plain, _hashes(there)]), RADIUS, among=among)
        for a, b, bits in zip(first.tolist(), (second - n).tolist(), distance.tolist(), strict=True):
            limit, rms = RMS, float(np.sqrt(((thumbs[a] - there[b]) ** 2).mean()))
            if chosen[a].grey and chosen[b].grey:
                limit, rms = RMS_SMALL, _small(chosen[a], chosen[b], quarters, mirrored)
            pair = (min(keys[a], keys[b]), max(keys[a], keys[b]))
            if rms <= limit and chosen[a].pixels != chosen[b].pixels:
                found.setdefault(pair, Alike(*pair, bits, round(rms, 2)))
    return [found[pair] for pair in sorted(found)]


def _hashes(thumbs: Array) -> Array:
    """One 64-bit hash a thumbnail: the signs of its 64 lowest frequencies about their median."""
    import numpy as np

    k, x = np.arange(8)[:, None], np.arange(THUMB)[None, :]
    cosines = np.cos(np.pi * k * (2 * x + 1) / (2 * THUMB))
    spectra = np.einsum("ij,njk,lk->nil", cosines, thumbs, cosines, optimize=True).reshape(len(thumbs), 64)
    above = spectra > np.median(spectra[:, 1:], axis=1, keepdims=True)
    hashes: Array = np.packbits(above, axis=1).copy().view(">u8").ravel().astype(np.uint64)
    return hashes


def _small(a: Facts, b: Facts, quarters: int, mirrored: bool) -> float:
    """Root mean square of the grey levels of two small pictures, the second turned; infinite where the sizes do not fit."""
    import numpy as np

    one, other = (np.frombuffer(f.grey, dtype=np.uint8).reshape(*_upright(f)).astype(np.float32) for f in (a, b))
    other = np.rot90(other[:, ::-1] if mirrored else other, quarters)
    return float(np.sqrt(((one - other) ** 2).mean())) if one.shape == other.shape else float("inf")


def _upright(facts: Facts) -> tuple[int, int]:
    return (facts.width, facts.height) if facts.orientation >= 5 else (facts.height, facts.width)
