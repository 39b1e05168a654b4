"""A small interpreter of Core ML's model intermediate language, for machines without Core ML.

It reads the saved package with its weights and computes it with PyTorch in float32. It knows what image classifiers
are made of; anything else is an `UnknownOpError`, never a guess.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from project_package.export import Run, UnknownOpError
from project_package.export.coreml import load_library

Values = dict[str, Any]


def read_program(file: Path) -> Run:
    """The saved package as a function from one image to its logits."""
    torch.set_num_threads(1)
    coremltools = load_library()
    from coremltools.converters.mil.frontend.milproto import load

    model = coremltools.models.MLModel(str(file), skip_model_load=True)
    spec = model.get_spec()
    program = load.load(spec, specification_version=spec.specificationVersion, file_weights_dir=model.weights_dir)
    main = program.functions["main"]
    steps = [step for step in main.operations if step.op_type != "const"]
    unknown = sorted({step.op_type for step in steps} - set(OPS))
    if unknown:
        raise UnknownOpError(", ".join(unknown))

    def run(image: np.ndarray) -> np.ndarray:
        known: dict[str, Any] = {next(iter(main.inputs)): torch.from_numpy(np.ascontiguousarray(image))}
        for step in steps:
            values = {name: _value(given, known) for name, given in step.inputs.items() if given is not None}
            known[step.outputs[0].name] = OPS[step.op_type](values)
        return np.asarray(known[main.outputs[0].name].numpy(), dtype=np.float32)

    with torch.no_grad():
        run(np.zeros(tuple(spec.description.input[0].type.multiArrayType.shape), dtype=np.float32))
    return torch.no_grad()(run)


def _value(given: Any, known: dict[str, Any]) -> Any:
    """An input of a step: computed before, or a constant (weights as float32 tensors, the rest plain)."""
    if isinstance(given, list | tuple):
        return [_value(one, known) for one in given]
    if given.name in known:
        return known[given.name]
    value = given.val
    if isinstance(value, np.ndarray | np.generic) and value.dtype in (np.float16, np.float32):
        return torch.from_numpy(np.array(value, dtype=np.float32))
    return value.tolist() if isinstance(value, np.ndarray | np.generic) and value.size < 64 else value


def _padding(v: Values, spatial: tuple[int, ...], kernel: list[int]) -> list[int]:
    """Begin and end of each spatial dimension, in PyTorch's order (last dimension first)."""
    match v.get("pad_type", "valid"):
        case "custom":
            pairs = [(v["pad"][2 * i], v["pad"][2 * i + 1]) for i in range(len(spatial))]
        case "valid":
            pairs = [(0, 0)] * len(spatial)
        case "same" | "same_lower" as kind:
            pairs = []
            for size, width, stride, dilation in zip(
                spatial, kernel, v["strides"], v.get("dilations", [1, 1]), strict=True
            ):
                missing = max((-(-size // stride) - 1) * stride + (width - 1) * dilation + 1 - size, 0)
                less, more = missing // 2, missing - missing // 2
                pairs.append((less, more) if kind == "same" else (more, less))
        case other:
            raise UnknownOpError(f"padding {other}")
    return [int(side) for pair in reversed(pairs) for side in pair]


def _conv(v: Values) -> torch.Tensor:
    x, weight = v["x"], v["weight"]
    x = functional.pad(x, _padding(v, tuple(x.shape[2:]), list(weight.shape[2:])))
    return functional.conv2d(x, weight, v.get("bias"), v["strides"], 0, v.get("dilations", [1, 1]), v.get("groups", 1))


def _pool(v: Values, average: bool) -> torch.Tensor:
    x, kernel, ceil = v["x"], v["kernel_sizes"], bool(v.get("ceil_mode", False))
    pads = _padding(v, tuple(x.shape[2:]), kernel)
    if not average:
        padded = functional.pad(x, pads, value=float("-inf"))
        return functional.max_pool2d(padded, kernel, v["strides"], ceil_mode=ceil)
    if any(pads) and v.get("exclude_padding_from_average", False):
        raise UnknownOpError("avg_pool that leaves padding out")
    return functional.avg_pool2d(functional.pad(x, pads), kernel, v["strides"], ceil_mode=ceil)


def _batch_norm(v: Values) -> torch.Tensor:
    epsilon = float(v.get("epsilon", 1e-5))
    return functional.batch_norm(v["x"], v["mean"], v["variance"], v.get("gamma"), v.get("beta"), eps=epsilon)


def _reshape(v: Values) -> torch.Tensor:
    shape = [v["x"].shape[i] if size == 0 else int(size) for i, size in enumerate(v["shape"])]
    return v["x"].reshape(shape)


def _affine_dequantize(v: Values) -> torch.Tensor:
    data = torch.as_tensor(np.asarray(v["quantized_data"]), dtype=torch.float32)
    scale = torch.as_tensor(v["scale"], dtype=torch.float32)
    zero = torch.as_tensor(v["zero_point"], dtype=torch.float32)
    along = [-1 if axis == int(v["axis"]) else 1 for axis in range(data.ndim)]
    return (data - (zero.reshape(along) if zero.ndim else zero)) * (scale.reshape(along) if scale.ndim else scale)


OPS: dict[str, Callable[[Values], Any]] = {
    "cast": lambda v: v["x"].to(torch.int32) if v["dtype"].startswith("int") else v["x"].float(),
    "identity": lambda v: v["x"],
    "conv": _conv,
    "max_pool": lambda v: _pool(v, False),
    "avg_pool": lambda v: _pool(v, True),
    "batch_norm": _batch_norm,
    "linear": lambda v: functional.linear(v["x"], v["weight"], v.get("bias")),
    "matmul": lambda v: torch.matmul(
        v["x"].mT if v.get("transpose_x") else v["x"], v["y"].mT if v.get("transpose_y") else v["y"]
    ),
    "relu": lambda v: functional.relu(v["x"]),
    "relu6": lambda v: functional.relu6(v["x"]),
    "leaky_relu": lambda v: functional.leaky_relu(v["x"], float(v["alpha"])),
    "thresholded_relu": lambda v: torch.where(v["x"] >= float(v["alpha"]), v["x"], 0.0),
    "clip": lambda v: torch.clamp(v["x"], float(v["alpha"]), float(v["beta"])),
    "sigmoid": lambda v: torch.sigmoid(v["x"]),
    "sigmoid_hard": lambda v: torch.clamp(v["x"] * float(v["alpha"]) + float(v["beta"]), 0.0, 1.0),
    "silu": lambda v: functional.silu(v["x"]),
    "gelu": lambda v: functional.gelu(v["x"], approximate="none" if v.get("mode", "EXACT") == "EXACT" else "tanh"),
    "tanh": lambda v: torch.tanh(v["x"]),
    "softmax": lambda v: torch.softmax(v["x"], int(v["axis"])),
    "add": lambda v: v["x"] + v["y"],
    "sub": lambda v: v["x"] - v["y"],
    "mul": lambda v: v["x"] * v["y"],
    "real_div": lambda v: v["x"] / v["y"],
    "reduce_mean": lambda v: v["x"].mean(dim=[int(a) for a in v["axes"]], keepdim=bool(v["keep_dims"])),
    "reshape": _reshape,
    "transpose": lambda v: v["x"].permute([int(a) for a in v["perm"]]),
    "squeeze": lambda v: v["x"].squeeze([int(a) for a in v["axes"]]),
    "expand_dims": lambda v: (
        v["x"][(None,) * len(v["axes"])] if v["axes"] == [0] else v["x"].unsqueeze(int(v["axes"][0]))
    ),
    "concat": lambda v: torch.cat(v["values"], int(v["axis"])),
    "layer_norm": lambda v: functional.layer_norm(
        v["x"], [v["x"].shape[int(a)] for a in v["axes"]], v.get("gamma"), v.get("beta"), float(v.get("epsilon", 1e-5))
    ),
    "constexpr_affine_dequantize": _affine_dequantize,
}
