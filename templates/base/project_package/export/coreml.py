"""Core ML: an ML program for iOS 16 and later.

Only macOS can run it with Core ML. Elsewhere the saved program is read back and computed by `mil.py`; what that proves
is that the program, as saved, computes the same function, not that Apple's runtime takes it, nor how fast.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from project_package.export import Run

FILE = "model.mlpackage"
DTYPES = ("fp16", "fp32", "int8-weights")
PACKAGES = ("torch", "coremltools")
READER = "coreml" if sys.platform == "darwin" else "mil-interpreter"
NOT_NEEDED = ("tensorflow", "sklearn", "executorch", "torchvision")


def load_library() -> Any:
    """Return coremltools without the libraries that it imports where it finds them: slow, and one can crash another."""
    hidden = [name for name in NOT_NEEDED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: the import system takes it for not installed
    try:
        import coremltools
    finally:
        for name in hidden:
            del sys.modules[name]
    return coremltools


def convert(network: Any, shape: tuple[int, ...], file: Path, *, dtype: str, classes: list[str]) -> None:
    """Write the package; the class names lie in its user defined metadata."""
    import torch

    coremltools = load_library()
    program = torch.export.export(network, (torch.zeros(shape),)).run_decompositions({})
    model = coremltools.convert(
        program,
        convert_to="mlprogram",
        minimum_deployment_target=coremltools.target.iOS16,
        compute_precision=coremltools.precision.FLOAT32 if dtype == "fp32" else coremltools.precision.FLOAT16,
        outputs=[coremltools.TensorType(name="logits", dtype=np.float32)],
        skip_model_load=True,
    )
    if dtype == "int8-weights":
        from coremltools.optimize import coreml as shrink

        how = shrink.OpLinearQuantizerConfig(mode="linear_symmetric", dtype="int8", granularity="per_channel")
        model = shrink.linear_quantize_weights(model, config=shrink.OptimizationConfig(global_config=how))
    model.user_defined_metadata["classes"] = json.dumps(classes)
    model.save(str(file))


def read(file: Path) -> Run:
    """Core ML on macOS, else our own reading of the saved program."""
    if READER == "coreml":
        model = load_library().models.MLModel(str(file))
        name = model.get_spec().description.input[0].name
        return lambda image: np.asarray(model.predict({name: image})["logits"])
    from project_package.export.mil import read_program

    return read_program(file)
