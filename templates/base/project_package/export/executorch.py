"""ExecuTorch, the successor of PyTorch Mobile: a .pte for the XNNPACK backend of Android and iOS."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from project_package.export import Run

FILE = "model.pte"
DTYPES = ("fp32",)
PACKAGES = ("torch", "executorch")
READER = "executorch"


def convert(network: Any, shape: tuple[int, ...], file: Path, *, dtype: str, classes: list[str]) -> None:
    """Lower to XNNPACK; the class names lie beside the file, and in it as the constant method `classes`."""
    import torch
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.exir import to_edge_transform_and_lower

    program = torch.export.export(network, (torch.zeros(shape),))
    lowered = to_edge_transform_and_lower(
        program, partitioner=[XnnpackPartitioner()], constant_methods={"classes": json.dumps(classes)}
    )
    # What XNNPACK does not take runs on the slow portable kernels: said, since nobody would notice.
    left = sorted(
        str(node.target)
        for node in lowered.exported_program().graph.nodes
        if node.op == "call_function" and not any(word in str(node.target) for word in ("delegate", "getitem"))
    )
    if left:
        print(f"executorch: not taken by XNNPACK, runs on portable kernels: {', '.join(left)}", file=sys.stderr)
    file.write_bytes(lowered.to_executorch().buffer)


def read(file: Path) -> Run:
    """The method `forward` in ExecuTorch's runtime."""
    import torch
    from executorch.runtime import Runtime

    torch.set_num_threads(1)
    method = Runtime.get().load_program(str(file)).load_method("forward")

    def run(image: np.ndarray) -> np.ndarray:
        # Copied, because the runtime writes the next answer into the same memory.
        return method.execute([torch.from_numpy(np.ascontiguousarray(image))])[0].numpy().copy()

    return run
