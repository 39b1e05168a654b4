"""ONNX, read by ONNX Runtime: what the service of this project runs."""

import json
from pathlib import Path
from typing import Any

from project_package.export import Run

FILE = "model.onnx"
DTYPES = ("fp32",)  # int8 by quantize_dynamic is many times slower for convolutions on servers
PACKAGES = ("torch", "onnx", "onnxscript", "onnxruntime")
READER = "onnxruntime"


def convert(network: Any, shape: tuple[int, ...], file: Path, *, dtype: str, classes: list[str]) -> None:
    """One self-contained file; the class names lie in its metadata."""
    import onnx
    import torch

    torch.onnx.export(
        network,
        (torch.zeros(shape),),
        str(file),
        dynamo=True,
        external_data=False,  # otherwise the weights land in a second file, which gets lost
        input_names=["image"],
        output_names=["logits"],
        verbose=False,
    )
    model = onnx.load(str(file))
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        del part.metadata_props[:]  # stack traces, with the folders of this machine
    model.metadata_props.add(key="classes", value=json.dumps(classes))
    onnx.checker.check_model(model)
    onnx.save(model, str(file))


def read(file: Path) -> Run:
    """An ONNX Runtime session on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda image: session.run(None, {name: image})[0]
