"""What one step of training does, watched from outside: what reaches the network, what the loss takes, what moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm

from project_package.data import ImageData


class Given(pl.Callback):
    """Notes the batch as the loader gives it."""

    def __init__(self, seen: dict[str, Any]) -> None:
        """Take the record that is filled."""
        self.seen = seen

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Note mean and spread of the pictures."""
        self.seen.setdefault("given", spread(batch[0]))


def spread(values: Tensor) -> dict[str, float]:
    """Return mean and standard deviation of all values."""
    return {"mean": round(values.float().mean().item(), 5), "std": round(values.float().std().item(), 5)}


@contextmanager
def watching(model: nn.Module, seen: dict[str, Any]) -> Iterator[None]:
    """Note what reaches the first layer with weights, and what cross entropy is given."""
    name, first = next((n, m) for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear))
    taken = functional.cross_entropy

    def reached(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        seen.setdefault("input", {**spread(inputs[0].detach()), "layer": name})

    def loss(outputs: Tensor, *arguments: Any, **options: Any) -> Tensor:
        values = outputs.detach().float()
        sums = [round(value.item(), 5) for value in values.sum(1).aminmax()]
        seen.setdefault("loss", {"outputs": values.shape[1], "least": round(values.min().item(), 7), "sums": sums})
        return taken(outputs, *arguments, **options)

    hook = first.register_forward_pre_hook(reached)
    functional.cross_entropy = loss  # type: ignore[assignment]
    try:
        yield
    finally:
        functional.cross_entropy = taken
        hook.remove()


def probe_step(model: pl.LightningModule, data: ImageData) -> dict[str, Any]:
    """Run one real step of training on a batch, and return what was seen; the model is another one afterwards."""
    seen: dict[str, Any] = {}
    before = {name: value.detach().clone() for name, value in model.state_dict().items()}
    trainer = pl.Trainer(
        max_epochs=1,
        limit_train_batches=1,
        limit_val_batches=0,
        accelerator="cpu",
        devices=1,
        callbacks=[Given(seen)],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    with watching(model, seen):
        trainer.fit(model, data)
    moved = {name for name, value in model.state_dict().items() if not torch.equal(value.cpu(), before[name].cpu())}
    known = {id(p) for optimizer in trainer.optimizers for group in optimizer.param_groups for p in group["params"]}
    trainable = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    norms = {name: m for name, m in model.named_modules() if isinstance(m, _BatchNorm) and m.track_running_stats}
    frozen = [name for name, m in norms.items() if m.affine and not any(p.requires_grad for p in m.parameters())]
    return {
        **seen,
        "parameters": {
            "trainable": sum(p.numel() for _, p in trainable),
            "optimised": sum(p.numel() for _, p in trainable if id(p) in known),
            "moved": sum(p.numel() for name, p in trainable if name in moved),
        },
        "batch_norm": {
            "layers": len(norms),
            "frozen": len(frozen),
            "frozen_moved": sum(bool({f"{name}.running_mean", f"{name}.running_var"} & moved) for name in frozen),
        },
    }
