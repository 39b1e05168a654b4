"""The one preprocessing of pictures: training, evaluation, conversion and service all go through here.

It needs numpy and Pillow only, so that the service runs without a training framework.
"""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from project_package import paths, records
from project_package.errors import ProjectError, not_yet

MAX_PIXELS = 64_000_000  # a picture that claims more is refused before it is decoded
METHODS = ("pad", "squash", "crop")
FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


@dataclass(frozen=True)
class Pipeline:
    """pipeline.json: `size` is height, width; `mean` and `std` hold one number a channel, in units of `range`."""

    colour: str
    size: tuple[int, int]
    method: str
    filter: str
    fill: int
    range: tuple[float, float]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    splits: Mapping[str, list[dict[str, Any]]]

    @property
    def channels(self) -> int:
        """The number of channels of a prepared picture."""
        return len(self.colour)


def load_pipeline(path: Path | None = None) -> Pipeline:
    """Read a pipeline.json, by default the project's."""
    path = path or paths.PIPELINE
    if not path.is_file():
        raise not_yet(paths.shown(path), "prepare")
    found = records.read_json(path)
    if isinstance(found, dict) and isinstance(found.get("schema"), int) and found["schema"] > 1:
        raise ProjectError(f"{paths.shown(path)} has schema {found['schema']}; this project knows 1")
    try:
        return parse_pipeline(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProjectError(f"{paths.shown(path)} is not a pipeline: {error!r}") from None


def parse_pipeline(found: Mapping[str, Any]) -> Pipeline:
    """Return the pipeline that a parsed pipeline.json describes."""
    height, width = found["size"]
    low, high = found["range"]
    resize = found["resize"]
    pipeline = Pipeline(
        colour=found["colour"],
        size=(int(height), int(width)),
        method=resize["method"],
        filter=resize["filter"],
        fill=int(resize.get("fill", 0)),
        range=(float(low), float(high)),
        mean=tuple(float(value) for value in found["mean"]),
        std=tuple(float(value) for value in found["std"]),
        splits=found.get("splits", {}),
    )
    if pipeline.colour not in {"RGB", "L"}:
        raise ValueError(f"colour {pipeline.colour!r}: RGB or L")
    if pipeline.method not in METHODS or pipeline.filter not in FILTERS:
        raise ValueError(f"resize {pipeline.method!r} by {pipeline.filter!r}")
    if len(pipeline.mean) != pipeline.channels or len(pipeline.std) != pipeline.channels or min(pipeline.std) <= 0:
        raise ValueError(f"mean and std need {pipeline.channels} numbers, std above 0")
    return pipeline


def pipeline_digest(path: Path | None = None) -> str:
    """Return the digest of a pipeline.json, whatever its layout."""
    return records.json_digest(records.read_json(path or paths.PIPELINE))


def open_image(source: Path | bytes) -> Image.Image:
    """Decode a picture, turned upright by its EXIF orientation; what is no picture is a clear error."""
    name = paths.shown(source) if isinstance(source, Path) else "the picture"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd EXIF; the limit here is our own
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ProjectError(
                        f"{name} has {image.width} × {image.height} pixels; {MAX_PIXELS:,} are the limit"
                    )
                image.load()
                return ImageOps.exif_transpose(image)
    except FileNotFoundError:
        raise ProjectError(f"{name} is missing") from None
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ProjectError(f"{name} is not a picture that can be decoded ({error})") from None


def coloured(image: Image.Image, colour: str) -> Image.Image:
    """Convert to `RGB` or `L`: what is transparent becomes white, 16 bits become 8."""
    if image.mode == colour:
        return image
    if image.mode.startswith("I;16") or image.mode == "I":
        image = Image.fromarray((np.clip(np.asarray(image, dtype=np.int64), 0, 65535) >> 8).astype(np.uint8))
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, layer)
    return image.convert(colour)


def prepare_image(image: Image.Image, pipeline: Pipeline) -> Image.Image:
    """Return the picture in the pipeline's colour and size; one that is prepared already comes back as it is."""
    image = coloured(image, pipeline.colour)
    height, width = pipeline.size
    if image.size == (width, height):
        return image
    resampling = FILTERS[pipeline.filter]
    if pipeline.method == "squash":
        return image.resize((width, height), resampling)
    if pipeline.method == "crop":
        return ImageOps.fit(image, (width, height), resampling)
    fill = (pipeline.fill,) * pipeline.channels
    return ImageOps.pad(image, (width, height), resampling, color=fill if pipeline.channels > 1 else pipeline.fill)


def to_array(image: Image.Image, pipeline: Pipeline) -> np.ndarray:
    """Return a prepared picture as the network takes it: float32 (C, H, W), normalised."""
    pixels = np.asarray(image, dtype=np.float32)
    pixels = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    low, high = pipeline.range
    scaled = pixels / np.float32(255) * np.float32(high - low) + np.float32(low)
    mean = np.asarray(pipeline.mean, dtype=np.float32)[:, None, None]
    std = np.asarray(pipeline.std, dtype=np.float32)[:, None, None]
    return np.ascontiguousarray((scaled - mean) / std)


def read_array(source: Path | bytes, pipeline: Pipeline) -> np.ndarray:
    """Return a picture, prepared or not, as the network takes it: decode, prepare, normalise."""
    return to_array(prepare_image(open_image(source), pipeline), pipeline)
