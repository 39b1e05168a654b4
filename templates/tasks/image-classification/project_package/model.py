"""The model: a backbone, a head of as many outputs as there are classes, the loss and the optimiser."""

import math
import socket
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from urllib.error import URLError

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision import models

from project_package import paths
from project_package.errors import ProjectError


def block(inputs: int, outputs: int) -> nn.Sequential:
    """Return convolution, batch norm and ReLU; height and width stay."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class Residual(nn.Module):
    """Two convolutions beside a short cut."""

    def __init__(self, channels: int) -> None:
        """Make a block that keeps the number of channels."""
        super().__init__()
        self.body = nn.Sequential(block(channels, channels), block(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        """Return x plus what the convolutions add; (N, C, H, W) to (N, C, H, W)."""
        return x + self.body(x)


def small_cnn(channels: int, outputs: int) -> nn.Sequential:
    """Return a network of about 100 000 parameters for small pictures (32 × 32), trained from scratch."""
    return nn.Sequential(
        nn.Sequential(block(channels, 24), block(24, 24), nn.MaxPool2d(2)),
        nn.Sequential(block(24, 48), nn.MaxPool2d(2)),
        nn.Sequential(block(48, 80), nn.MaxPool2d(2)),
        nn.Sequential(block(80, 80), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        nn.Dropout(0.1),
        nn.Linear(80, outputs),
    )


def small_resnet(channels: int, outputs: int) -> nn.Sequential:
    """Return a network of about 700 000 parameters for photographs (96 to 160 px), trained from scratch."""
    return nn.Sequential(
        nn.Sequential(block(channels, 24), nn.MaxPool2d(2)),
        nn.Sequential(block(24, 48), nn.MaxPool2d(2), Residual(48)),
        nn.Sequential(block(48, 96), nn.MaxPool2d(2), Residual(96)),
        nn.Sequential(block(96, 128), nn.MaxPool2d(2), Residual(128)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(128, outputs),
    )


OWN = {"small_cnn": small_cnn, "small_resnet": small_resnet}


def last_layer(network: nn.Module) -> tuple[str, nn.Module]:
    """Return the name and the module of the layer that gives the outputs."""
    for kind in (nn.Linear, nn.Conv2d):  # a few networks (squeezenet) end in a convolution
        if found := [(name, module) for name, module in network.named_modules() if isinstance(module, kind)]:
            return found[-1]
    raise ProjectError("the backbone has neither a linear nor a convolutional layer")


def replaced_head(layer: nn.Module, outputs: int) -> nn.Module:
    """Return a new layer like the last one, with as many outputs as there are classes."""
    if isinstance(layer, nn.Linear):
        return nn.Linear(layer.in_features, outputs)
    assert isinstance(layer, nn.Conv2d)
    return nn.Conv2d(layer.in_channels, outputs, layer.kernel_size)  # type: ignore[arg-type]


def match_channels(network: nn.Module, channels: int) -> None:
    """Let the first convolution take `channels` channels; for one channel the weights of three are added up."""
    name, first = next((name, m) for name, m in network.named_modules() if isinstance(m, nn.Conv2d))
    if first.in_channels == channels:
        return
    options: dict[str, Any] = {"stride": first.stride, "padding": first.padding, "bias": first.bias is not None}
    new = nn.Conv2d(channels, first.out_channels, first.kernel_size, **options)  # type: ignore[arg-type]
    with torch.no_grad():
        new.weight.copy_(first.weight.sum(1, keepdim=True).repeat(1, channels, 1, 1) / channels)
        if first.bias is not None and new.bias is not None:
            new.bias.copy_(first.bias)
    network.set_submodule(name, new)


def read_weights(backbone: str, weights: str) -> dict[str, Tensor]:
    """Return pretrained weights: of a local file, or downloaded by their torchvision name (`DEFAULT` …)."""
    path = paths.ROOT / weights
    if path.suffix in {".pt", ".pth", ".ckpt"} or path.is_file():
        found = read_checkpoint(path)
        found = found.get("state_dict", found)
        return {name.removeprefix("module.").removeprefix("network."): value for name, value in found.items()}
    try:
        entry = models.get_model_weights(backbone)[weights]
    except (KeyError, ValueError):
        raise ProjectError(
            f"backbone {backbone} has no weights {weights!r}, and there is no file of that name"
        ) from None
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(30)
    try:
        return dict(entry.get_state_dict(progress=False, check_hash=True))
    except (URLError, OSError, RuntimeError) as error:
        raise ProjectError(
            f"the weights {weights} of {backbone} cannot be downloaded ({error}); "
            f"download {entry.url} elsewhere and give the file: --model.weights FILE"
        ) from None
    finally:
        socket.setdefaulttimeout(before)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read a file of weights without running any code in it; a truncated or foreign one is a clear error."""
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ProjectError(f"{paths.shown(path)} is missing") from None
    except (OSError, RuntimeError, UnpicklingError, EOFError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ProjectError(f"{paths.shown(path)} is not a file of weights that can be read ({reason})") from None
    if not isinstance(found, dict):
        raise ProjectError(f"{paths.shown(path)} holds a {type(found).__name__}, not weights")
    return found


def build_network(backbone: str, channels: int, outputs: int, weights: str | None) -> tuple[nn.Module, dict[str, int]]:
    """Return the network with its head replaced, and how many of its backbone's tensors are pretrained."""
    if backbone in OWN:
        network: nn.Module = OWN[backbone](channels, outputs)
    else:
        try:
            network = models.get_model(backbone, weights=None)
        except (ValueError, KeyError):
            raise ProjectError(
                f"unknown backbone {backbone!r}: small_cnn, small_resnet or a torchvision name such as resnet18"
            ) from None
    head, layer = last_layer(network)
    own = {name for name in network.state_dict() if not name.startswith(f"{head}.")}
    matched = 0
    if weights is not None:
        known = network.state_dict()
        found = {n: v for n, v in read_weights(backbone, weights).items() if n in own and v.shape == known[n].shape}
        if not (matched := len(found)):
            raise ProjectError(f"no tensor of {weights} fits the backbone {backbone}; it is of another network")
        network.load_state_dict(found, strict=False)
    network.set_submodule(head, replaced_head(layer, outputs))
    match_channels(network, channels)
    return network, {"matched": matched, "total": len(own)}


class Classifier(pl.LightningModule):
    """An image classifier: (N, C, H, W) float32, normalised, to logits (N, K) in the order of `classes`.

    Args:
        classes: the class names, in the order of the outputs.
        channels: 3 for RGB, 1 for grey.
        backbone: small_cnn, small_resnet, or the name of a torchvision classification model.
        weights: none, a torchvision name of pretrained weights (DEFAULT), or a local file.
        freeze: train the head only.
        lr: the learning rate after the warm-up.
        weight_decay: of AdamW, on matrices only.
        warmup_epochs: epochs of rising learning rate, before the cosine.
        label_smoothing: in training; validation is without.
        class_weights: weigh the loss by the inverse frequency of each class in train.
    """

    def __init__(
        self,
        classes: list[str],
        channels: int = 3,
        backbone: str = "small_cnn",
        weights: str | None = None,
        freeze: bool = False,
        lr: float = 2e-3,
        weight_decay: float = 0.05,
        warmup_epochs: int = 2,
        label_smoothing: float = 0.05,
        class_weights: bool = False,
    ) -> None:
        """Build the network; every argument is a plain value, and is kept in the checkpoint."""
        super().__init__()
        self.save_hyperparameters()
        self.classes = classes
        self.network, self.pretrained = build_network(backbone, channels, len(classes), weights)
        self.register_buffer("loss_weights", torch.ones(len(classes)), persistent=False)
        head = last_layer(self.network)[0]
        for name, parameter in self.network.named_parameters():
            parameter.requires_grad = not freeze or name.startswith(f"{head}.")
        if weights is None:  # mobilenet's 0.01 needs far more steps than a training from scratch has
            for module in self.network.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.momentum = 0.1

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (N, K) of normalised pictures (N, C, H, W)."""
        return self.network(x)

    def on_fit_start(self) -> None:
        """Weigh the classes by their counts in train, if that is wanted."""
        if self.hparams["class_weights"]:
            counts = torch.tensor(self.trainer.datamodule.class_counts(), dtype=torch.float32)  # type: ignore[attr-defined]
            self.loss_weights = (counts.sum() / (len(counts) * counts.clamp(min=1))).to(self.device)

    def on_train_epoch_start(self) -> None:
        """Keep a frozen backbone as it is, its batch norm statistics too."""
        if self.hparams["freeze"]:
            self.network.eval()

    def training_step(self, batch: tuple[Tensor, Tensor, Tensor], batch_idx: int) -> Tensor:
        """Return the loss of a batch, each picture by its weight, and log it with the accuracy over the epoch."""
        images, labels, weights = batch
        logits = self(images)
        smoothing = self.hparams["label_smoothing"]
        losses = functional.cross_entropy(
            logits, labels, weight=self.loss_weights, label_smoothing=smoothing, reduction="none"
        )
        loss = (losses * weights).sum() / (self.loss_weights[labels] * weights).sum()
        self.log_epoch("train", loss, logits, labels)
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor, Tensor], batch_idx: int, dataloader_idx: int = 0) -> None:
        """Log loss and accuracy of a batch of validation, or of `augmented`, without smoothing and weights."""
        images, labels, _ = batch
        logits = self(images)
        self.log_epoch(("val", "aug")[dataloader_idx], functional.cross_entropy(logits, labels), logits, labels)

    def log_epoch(self, split: str, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        """Log a batch's loss and accuracy, each sample weighing the same."""
        right = (logits.argmax(1) == labels).float().mean()
        values = {f"{split}_loss": loss, f"{split}_acc": right}
        self.log_dict(
            values, on_step=False, on_epoch=True, batch_size=len(labels), add_dataloader_idx=False, sync_dist=True
        )

    def configure_optimizers(self) -> dict[str, Any]:  # type: ignore[override]
        """Return AdamW with a linear warm-up and a cosine, both by the epoch."""
        trained = [p for p in self.parameters() if p.requires_grad]
        groups = [
            {"params": [p for p in trained if p.ndim > 1], "weight_decay": self.hparams["weight_decay"]},
            {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW([group for group in groups if group["params"]], lr=self.hparams["lr"])
        epochs, warmup = max(self.trainer.max_epochs or 1, 1), self.hparams["warmup_epochs"]
        warmup = min(warmup, epochs - 1)

        def factor(epoch: int) -> float:
            if epoch < warmup:
                return (epoch + 1) / (warmup + 1)
            return max(0.5 * (1 + math.cos(math.pi * (epoch - warmup) / (epochs - warmup))), 1e-3)

        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "epoch"}}


def load_classifier(checkpoint: Path) -> Classifier:
    """Return the classifier of a checkpoint, ready to predict; no code in the file is run."""
    found = read_checkpoint(checkpoint)
    try:
        arguments = {name: value for name, value in found["hyper_parameters"].items() if not name.startswith("_")}
        model = Classifier(**{**arguments, "weights": None})
        model.load_state_dict(found["state_dict"])
    except (KeyError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ProjectError(f"{paths.shown(checkpoint)} is not a checkpoint of this model ({reason})") from None
    return model.eval()
