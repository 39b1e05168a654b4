"""Which pictures are the same, saved again, or mirrored: a perceptual hash proposes, pixels decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mlscaffold.datasets.images import THUMB, Facts

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

RADIUS = 8
RMS = 12.0
RMS_SMALL = 8.5
TIGHT_RADIUS, TIGHT_RMS = 4, 6.0
MAX_RUN = 1000
MOST_PAIRS = 2_000_000


@dataclass(frozen=True)
class Alike:
    """Two keys whose pictures are near-duplicates: bits that differ, and grey levels between them after standardising."""

    first: str
    second: str
    distance: int
    rms: float
    mirrored: bool = False

    @property
    def tight(self) -> bool:
        """Whether even a strict rule calls them alike."""
        return self.distance <= TIGHT_RADIUS and self.rms <= TIGHT_RMS


def exact_groups(facts: Mapping[str, Facts]) -> list[tuple[str, ...]]:
    """Keys whose files are equal byte for byte, two or more each, sorted."""
    return _shared((key, f.digest) for key, f in facts.items() if f.digest)


def pixel_groups(facts: Mapping[str, Facts]) -> list[tuple[str, ...]]:
    """Keys whose decoded pixels are equal, whatever their files, two or more each, sorted."""
    return _shared((key, f.pixels) for key, f in facts.items() if f.pixels)


def _shared(items: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Keys by value, where more than one has it."""
    found = defaultdict(list)
    for key, value in items:
        found[value].append(key)
    return sorted(tuple(sorted(keys)) for keys in found.values() if len(keys) > 1)


def near_pairs(facts: Mapping[str, Facts], *, radius: int = RADIUS) -> list[Alike]:
    """Every pair of near-duplicates among decoded pictures that are not blank, each pair once, sorted by key.

    Complete for its radius (pigeonhole: of radius + 1 bands of the hash one must be equal), then confirmed by thumbnails; under
    64 px by all pixels, since there a perceptual hash calls different digits alike. Pictures with equal pixels stand for one
    another: only the first key of each takes part. Crops are not found.
    """
    import numpy as np

    alone: dict[str, str] = {}
    for key in sorted(facts):
        if facts[key].decode_ok and not facts[key].blank:
            alone.setdefault(facts[key].pixels, key)
    keys = sorted(alone.values())
    if len(keys) < 2:
        return []
    chosen = [facts[key] for key in keys]
    hashes, flipped = (np.array([getattr(f, name) for f in chosen], dtype=np.int64) for name in ("phash", "mirrored"))
    first, second, distance, mirrored = candidates(hashes, flipped, radius=radius)
    rms, alike = confirmed(chosen, first, second, mirrored=mirrored)
    return _unique(keys, first[alike], second[alike], distance[alike], rms[alike], mirrored[alike])


def candidates(hashes: Array, flipped: Array, *, radius: int) -> tuple[Array, Array, Array, Array]:
    """Pairs whose hashes lie within the radius: positions of both, bits between them, and whether one must be mirrored for it."""
    import numpy as np

    n = len(hashes)
    both = np.concatenate([hashes, flipped]).astype(np.int64).view(np.uint64)

    def among(i: Array, j: Array) -> Array:
        """Of a pair and its mirrored twin only those with an unmirrored first picture; a picture is not its own copy."""
        wanted: Array = (i < n) & ((j < n) | (i < j - n))
        # One mirrored onto the other, and the other onto the one: both hashes must agree, or the order of names would decide.
        places = np.flatnonzero(wanted & (j >= n))
        wanted[places] = np.bitwise_count(both[i[places] + n] ^ both[j[places] - n]) <= radius
        return wanted

    first, second, distance = within(both, radius, among=among)
    mirrored = second >= n
    second = np.where(mirrored, second - n, second)
    back = np.bitwise_count(both[first[mirrored] + n] ^ both[second[mirrored]])
    distance[mirrored] = np.maximum(distance[mirrored], back)
    return first, second, distance, mirrored


def confirmed(facts: list[Facts], first: Array, second: Array, *, mirrored: Array) -> tuple[Array, Array]:
    """Grey levels between the pictures of each pair, and whether they are few enough."""
    import numpy as np

    rms = _differences(facts, first, second, mirrored)
    limit = np.array([RMS_SMALL if f.small else RMS for f in facts])
    return rms, rms <= np.minimum(limit[first], limit[second])


def _unique(keys: list[str], *columns: Array) -> list[Alike]:
    """One pair for each two keys; where a picture is alike both ways, the unmirrored one."""
    found: dict[tuple[str, str], Alike] = {}
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for a, b, bits, difference, flipped in sorted(rows, key=lambda row: row[4]):
        pair = (keys[min(a, b)], keys[max(a, b)])
        found.setdefault(pair, Alike(*pair, bits, round(difference, 2), flipped))
    return [found[pair] for pair in sorted(found)]


def within(hashes: Array, radius: int, *, among: Callable[[Array, Array], Array] | None = None) -> tuple[Array, Array, Array]:
    """All pairs (i < j) of 64-bit hashes that differ in at most `radius` bits, with the bits; `among` says which are wanted.

    A pair is taken from the first band in which it is equal, so that each comes once and memory follows what is found.
    """
    import numpy as np

    edges = np.linspace(0, 64, radius + 2).astype(int)
    most = max(MOST_PAIRS, 20 * len(hashes)) // (radius + 1)
    keys = np.zeros(0, dtype=np.int64)  # of pairs: the first's position times the number of hashes, plus the second's
    done: list[np.uint64] = []  # bands of which every pair was seen
    for low, high in pairwise(edges.tolist()):
        band = ((hashes >> np.uint64(low)) & np.uint64((1 << (high - low)) - 1)).astype(_least(high - low))
        order = np.argsort(band, kind="stable").astype(np.int32)
        values, ordered = band[order], hashes[order]
        del band
        taken, whole, pairs = 0, len(hashes) <= MAX_RUN, [keys]
        for step in range(1, min(MAX_RUN, len(hashes) - 1) + 1):
            same = values[step:] == values[:-step]
            if not same.any():
                whole = True
                break
            close = same & (np.bitwise_count(ordered[step:] ^ ordered[:-step]) <= radius)
            left, right = order[:-step][close], order[step:][close]
            if not len(left):
                continue
            taken += len(left)
            pairs.append(_new(hashes, left, right, done=done, among=among))
            if taken > most:  # a film of one scene: neighbours are linked by now, and all pairs would fill the memory
                whole = False
                break
        keys = np.concatenate(pairs)
        keys.sort()
        keys = keys[np.concatenate([keys[:1] == keys[:1], keys[1:] != keys[:-1]])]
        if whole:
            done.append(np.uint64(((1 << (high - low)) - 1) << low))
    first, second = np.divmod(keys, max(1, len(hashes)))
    return first, second, np.bitwise_count(hashes[first] ^ hashes[second])


def _least(bits: int) -> str:
    """The smallest kind of number that holds so many bits: sorting it is faster, too."""
    return "u1" if bits <= 8 else "u2" if bits <= 16 else "u4" if bits <= 32 else "u8"


def _new(
    hashes: Array, left: Array, right: Array, *, done: list[np.uint64], among: Callable[[Array, Array], Array] | None
) -> Array:
    """Those pairs that no earlier band had and that are wanted, each as one number."""
    import numpy as np

    differ = hashes[left] ^ hashes[right]
    keep = np.ones(len(left), dtype=bool)
    for mask in done:
        keep &= (differ & mask) != 0
    first, second = np.minimum(left, right)[keep], np.maximum(left, right)[keep]
    if among is not None:
        wanted = among(first, second)
        first, second = first[wanted], second[wanted]
    keys: Array = first.astype(np.int64) * len(hashes) + second
    return keys


def _differences(facts: list[Facts], first: Array, second: Array, mirrored: Array) -> Array:
    """Root mean square between the pictures of each pair: thumbnails at mean 0 and deviation 50, or all of two small ones."""
    import numpy as np

    thumbs = np.frombuffer(b"".join(f.thumb for f in facts), dtype=np.uint8).reshape(len(facts), THUMB, THUMB).astype(np.float32)
    thumbs -= thumbs.mean(axis=(1, 2), keepdims=True)
    thumbs *= 50 / np.maximum(thumbs.std(axis=(1, 2), keepdims=True), 1)
    result = np.zeros(len(first))
    for start in range(0, len(first), 20_000):
        part = slice(start, start + 20_000)
        other = thumbs[second[part]]
        other = np.where(mirrored[part, None, None], other[:, :, ::-1], other)
        result[part] = np.sqrt(((thumbs[first[part]] - other) ** 2).mean(axis=(1, 2)))
    for i, (a, b, flipped) in enumerate(zip(first.tolist(), second.tolist(), mirrored.tolist(), strict=True)):
        if facts[a].grey and facts[b].grey and _upright(facts[a]) == _upright(facts[b]):
            result[i] = _small_difference(facts[a], facts[b], flipped)
    return result


def _upright(facts: Facts) -> tuple[int, int]:
    """Height and width as people see the picture."""
    return (facts.width, facts.height) if facts.orientation >= 5 else (facts.height, facts.width)


def _small_difference(a: Facts, b: Facts, mirrored: bool) -> float:
    """Root mean square of the grey levels of two small pictures of one size."""
    import numpy as np

    one, other = (np.frombuffer(f.grey, dtype=np.uint8).reshape(_upright(f)).astype(np.float32) for f in (a, b))
    return float(np.sqrt(((one - (other[:, ::-1] if mirrored else other)) ** 2).mean()))


def near_groups(
    facts: Mapping[str, Facts], pairs: Iterable[Alike] | None = None, *, largest: int | None = None
) -> list[tuple[str, ...]]:
    """Keys that hang together by equal pixels or near-duplicate pairs, two or more each, sorted.

    A chain of pictures, each like the next, may join what is unlike at its ends. So a group above `largest` (a tenth of the
    pictures, 20 at least) is joined anew by the strict rule only: 4 bits and 6 grey levels.
    """
    pairs = near_pairs(facts) if pairs is None else list(pairs)
    equal = pixel_groups(facts)
    links = [(keys[0], other) for keys in equal for other in keys[1:]]
    largest = max(20, len(facts) // 10) if largest is None else largest
    wide = join([*links, *((p.first, p.second) for p in pairs)])
    long = {key for group in wide if len(group) > largest for key in group}
    if not long:
        return wide
    return join([*links, *((p.first, p.second) for p in pairs if p.tight or p.first not in long)])


def join(links: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Connected components of two or more keys (union-find), each sorted, in order."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for a, b in links:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    groups = defaultdict(list)
    for key in parent:
        groups[root(key)].append(key)
    return sorted(tuple(sorted(keys)) for keys in groups.values() if len(keys) > 1)
