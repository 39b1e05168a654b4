"""LiteRT, formerly TensorFlow Lite: a .tflite, read by LiteRT's interpreter and again by TensorFlow's.

The second reader is a process of its own, because TensorFlow and PyTorch in one process crash:

    python -m project_package.export.litert MODEL IMAGES.npy LOGITS.npy
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from project_package.export import Run, run_all

FILE = "model.tflite"
DTYPES = ("fp16", "fp32", "int8-weights")  # of the weights; input, output and arithmetic stay float32
PACKAGES = ("torch", "litert-torch", "litert-quantizer", "ai-edge-litert")
READER = "ai-edge-litert"
SECOND_READER = "tensorflow"


def convert(network: Any, shape: tuple[int, ...], file: Path, *, dtype: str, classes: list[str]) -> None:
    """Convert, shrink the weights, and append the class names as TensorFlow Lite's metadata does: a zip at the end."""
    import litert_torch
    import torch

    litert_torch.convert(network, (torch.zeros(shape),)).export(str(file))
    if dtype != "fp32":
        from litert_quantizer import quantizer, recipe

        chosen = recipe.dynamic_wi8_afp32() if dtype == "int8-weights" else _fp16_weights()
        quantizer.Quantizer(str(file), chosen).quantize().export_model(str(file), overwrite=True)
    with zipfile.ZipFile(file, "a") as bundle:  # a .tflite with an appended zip stays readable
        bundle.writestr(zipfile.ZipInfo("labels.txt", (1980, 1, 1, 0, 0, 0)), "\n".join(classes) + "\n")
        bundle.writestr(zipfile.ZipInfo("classes.json", (1980, 1, 1, 0, 0, 0)), json.dumps(classes))


def _fp16_weights() -> list[dict[str, Any]]:
    """Every weight as float16, computed with in float32."""
    return [
        {
            "regex": ".*",
            "operation": operation,
            "algorithm_key": "float_casting",
            "op_config": {
                "weight_tensor_config": {
                    "num_bits": 16,
                    "symmetric": True,
                    "granularity": "TENSORWISE",
                    "dtype": "FLOAT",
                },
                "compute_precision": "FLOAT",
                "explicit_dequantize": True,
            },
        }
        for operation in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
    ]


def read(file: Path) -> Run:
    """LiteRT's own interpreter on one thread."""
    from ai_edge_litert.interpreter import Interpreter

    return _runner(Interpreter(model_path=str(file), num_threads=1))


def read_again(file: Path, images: np.ndarray) -> np.ndarray | None:
    """Logits of the same file by TensorFlow's interpreter; None where TensorFlow is not installed."""
    if importlib.util.find_spec("tensorflow") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder, "images.npy"), Path(folder, "logits.npy")
        np.save(given, images)
        command = [sys.executable, "-m", f"{__package__}.litert", str(file), str(given), str(answer)]
        search = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": search}
        )
        if done.returncode != 0:
            said = (
                f"signal {-done.returncode}" if done.returncode < 0 else (done.stderr.strip().splitlines() or ["?"])[-1]
            )
            raise RuntimeError(f"TensorFlow's interpreter could not read {file.name}: {said}")
        return np.asarray(np.load(answer))


def _runner(interpreter: Any) -> Run:
    interpreter.allocate_tensors()
    given, answer = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def run(image: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(given, image)
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(answer))

    return run


def main(file: str, images: str, logits: str) -> None:
    """The second reader."""
    import tensorflow

    np.save(logits, run_all(_runner(tensorflow.lite.Interpreter(model_path=file, num_threads=1)), np.load(images)))


if __name__ == "__main__":
    main(*sys.argv[1:])
