"""preparation.statistics-from-test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import data, media, pipelines, withdrawals
from mlscaffold.evidence.pipelines import Pipeline
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Project, Unknown
from mlscaffold.splitnames import is_split

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MOST = 4000
MIXED = 8  # splits whose mixtures are looked at: each more doubles their number
NEAR = 1e-4
FAR = 0.05


@check(proves="recorded-pipeline", reads=("pipeline.json", "data/processed", "data/withdrawn"))
def statistics_from_test(project: Project) -> Iterator[Finding]:
    """Mean and deviation are of train alone.

    ## Why
    Statistics of all splits carry a little of test into training, and nobody can repeat them later.

    ## Evidence
    What `pipeline.json` says they are of and how many pictures; then mean and deviation recomputed from the processed pictures of
    train, and of train with the other splits: whichever they equal to the fourth digit. More than 4 000 pictures are sampled. Statistics of
    pretrained weights (`statistics_of = "imagenet"`) are fine, and so are those of pictures that were withdrawn since.

    ## Fix
    Run `prepare` again, which takes them from train.
    """
    pipeline = pipelines.of(project)
    fix = f"python -m {project.settings.package}.prepare"
    if pipeline.mean and len(pipeline.mean) != len(pipeline.colour):
        yield fail(
            f"mean has {len(pipeline.mean)} numbers; {pipeline.colour} has {len(pipeline.colour)} channels",
            pipelines.FILE,
            fix=fix,
        )
        return
    of = pipeline.statistics_of.lower()
    named = [s for s in of.replace(",", " ").replace("+", " ").split() if s == "all" or (s != "train" and is_split(s))]
    if named:
        yield fail(f"mean and std are of {pipeline.statistics_of}; train alone is wanted", pipelines.FILE, fix=fix)
        return
    if not pipeline.mean or (of and of != "train"):
        return
    rows = data.processed(project)
    n = sum(r.split == "train" for r in rows)
    withdrawn = sum(stone.split == "train" and bool(stone.prepared) for stone in withdrawals.tombstones(project))
    if pipeline.statistics_n and pipeline.statistics_n > n + withdrawn:
        yield fail(
            f"mean and std are of {pipeline.statistics_n} pictures; train has {n}, all splits {len(rows)}",
            pipelines.FILE,
            fix=fix,
        )
        return
    yield from _recomputed(project, pipeline, fix)


def _recomputed(project: Project, pipeline: Pipeline, fix: str) -> Iterator[Finding]:
    import numpy as np

    sums = {s: _sums(project, s, len(pipeline.colour)) for s in data.prepared_splits(project)[:MIXED]}
    train = sums["train"]
    if train is None:
        raise Unknown(
            "mean and std were not recomputed: the pictures of train are not on this machine", path="data/processed/train"
        )
    low, high = pipeline.range
    recorded = np.array([*((np.array(pipeline.mean) - low) / (high - low)), *(np.array(pipeline.std) / (high - low))])
    alone = _statistics(train)
    difference = float(abs(recorded - alone).max())
    others = [s for s in sums if s != "train" and sums[s] is not None]
    mixtures = [m for k in range(1, len(others) + 1) for m in combinations(others, k)]
    best: tuple[str, ...] = ()
    nearest = difference
    for mixture in mixtures:
        together = train + sum((x for s in mixture if (x := sums[s]) is not None), np.zeros_like(train))
        distance = float(abs(recorded - _statistics(together)).max())
        if distance < nearest:
            best, nearest = mixture, distance
    if best and nearest <= NEAR < difference:
        yield fail(
            f"the recorded mean ({few([f'{v:.4f}' for v in pipeline.mean])}) is that of train with {' and '.join(best)};"
            f" train alone gives {few([f'{v * (high - low) + low:.4f}' for v in alone[: len(pipeline.mean)]])}",
            pipelines.FILE, fix=fix,
        )  # fmt: skip
    elif difference > FAR:
        told = few([f"{v * (high - low) + low:.4f}" for v in alone[: len(pipeline.mean)]])
        yield warn(
            f"the recorded mean and std differ from those of train by {difference:.2f}; its mean is {told}",
            pipelines.FILE,
            fix=fix,
        )


def _sums(project: Project, split: str, channels: int) -> Array | None:
    """Pixels, sums and squares of each channel over a split's pictures (0 to 1); None where they are not all here."""
    import io

    import numpy as np
    from PIL import Image

    listed = {p.path for p in data.processed(project) if p.split == split}
    media_here = data.processed_media(project, split)
    here = sorted(listed & media_here.keys())
    if not here or len(here) < len(listed):
        return None
    facts = media.facts(project, {path: media_here[path] for path in here}, base="data/processed", look=False)
    if all(len(f.sums) == 16 * channels for f in facts.values()):
        sums = np.frombuffer(b"".join(facts[path].sums for path in here)).reshape(len(here), 2, channels).sum(axis=0)
        area = sum(f.width * f.height for f in facts.values())
        return np.concatenate([[area], sums[0] / 255, sums[1] / 255**2])
    scale = 1.0
    if len(here) > MOST:
        scale = len(here) / MOST
        here = [here[i * len(here) // MOST] for i in range(MOST)]
    total = np.zeros(1 + 2 * channels)
    for path in here:
        try:
            with Image.open(io.BytesIO(project.content(f"data/processed/{path}"))) as image:
                pixels = np.asarray(image.convert("L" if channels == 1 else "RGB"), dtype=np.float64).reshape(-1, channels) / 255
        except OSError:
            return None
        total += np.concatenate([[len(pixels)], pixels.sum(axis=0), (pixels**2).sum(axis=0)])
    return total * scale


def _statistics(sums: Array) -> Array:
    import numpy as np

    channels = (len(sums) - 1) // 2
    mean, square = sums[1 : 1 + channels] / sums[0], sums[1 + channels :] / sums[0]
    return np.concatenate([mean, np.sqrt(np.maximum(square - mean**2, 0))])
