"""The export that answers: loaded once, checked against its card, asked through the one pipeline of this project."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from project_package import paths, pipeline, records
from project_package.errors import ProjectError
from project_package.serve.settings import Settings


@dataclass(frozen=True)
class Answer:
    """What the model says of one picture, and how that picture looks to it."""

    label: str
    probabilities: dict[str, float]
    confidence: float
    margin: float  # to the second most likely class
    mean: float  # brightness of the prepared picture, 0 to 1
    std: float  # contrast of the prepared picture
    width: int  # of the picture as it came
    height: int


@dataclass(frozen=True)
class Engine:
    """The served model."""

    target: str
    digest: str
    checkpoint: str
    classes: list[str]
    steps: pipeline.Pipeline
    logits: Callable[[np.ndarray], np.ndarray]

    def prepare(self, image: Image.Image) -> Image.Image:
        """Return a picture as the model is shown it: colour and size as in evaluation."""
        return pipeline.prepare_image(image, self.steps)

    def answer(self, image: Image.Image) -> Answer:
        """Prepare a picture as evaluation does, and ask the model."""
        prepared = self.prepare(image)
        logits = self.logits(pipeline.to_array(prepared, self.steps)[None])[0].astype(np.float64)
        powers = np.exp(logits - logits.max())
        shares = powers / powers.sum()
        order = np.argsort(shares)[::-1]
        grey = np.asarray(prepared.convert("L"), dtype=np.float64) / 255
        return Answer(
            label=self.classes[int(order[0])],
            probabilities={name: float(share) for name, share in zip(self.classes, shares, strict=True)},
            confidence=float(shares[order[0]]),
            margin=float(shares[order[0]] - shares[order[1]]),
            mean=float(grey.mean()),
            std=float(grey.std()),
            width=image.width,
            height=image.height,
        )


def load_engine(settings: Settings) -> Engine:
    """Load the export of deploy.toml; refuse a file that is not the one its card or deploy.toml names."""
    if settings.target != "onnx":
        raise ProjectError(f"deploy.toml [service] export is {settings.target!r}; this service runs onnx")
    folder = paths.EXPORTS / settings.target
    again = f"run `python -m {paths.__package__}.convert {settings.target}`"
    if not (folder / "card.json").is_file():
        raise ProjectError(f"there is no export in {paths.shown(folder)} to serve; {again} first")
    card = records.read_json(folder / "card.json")
    try:
        file, named = folder / Path(card["file"]).name, str(card["digest"])
        classes = [str(name) for name in card["classes"]]
        checkpoint, recorded = str(card["source"]["checkpoint"]), str(card["pipeline"])
    except (KeyError, TypeError) as error:
        raise ProjectError(f"{paths.shown(folder)}/card.json has no {error}; convert again") from None
    if not file.is_file():
        raise ProjectError(f"{paths.shown(file)} is not on this machine; {again}")
    digest = records.file_digest(file)
    if digest != named:
        raise ProjectError(
            f"{paths.shown(file)} is not the file of its card ({digest[:12]}…, card {named[:12]}…); {again}"
        )
    if settings.digest and settings.digest != digest:
        raise ProjectError(
            f"deploy.toml [service] digest promises {settings.digest[:12]}…, {paths.shown(file)} is {digest[:12]}…; "
            "put the promised export back, or promise this one"
        )
    if recorded != pipeline.pipeline_digest(paths.PIPELINE):
        raise ProjectError(f"pipeline.json has changed since {paths.shown(file)} was converted; {again}")
    return Engine(
        settings.target, digest, checkpoint, classes, pipeline.load_pipeline(paths.PIPELINE), open_session(file)
    )


def open_session(file: Path) -> Callable[[np.ndarray], np.ndarray]:
    """Return the export as a function; one thread a request, since requests come in parallel."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises plain exceptions of its own
        raise ProjectError(f"{paths.shown(file)} cannot be loaded by ONNX Runtime: {error}") from None
    name = session.get_inputs()[0].name
    return lambda batch: np.asarray(session.run(None, {name: batch.astype(np.float32)})[0])
