"""The model: its shapes, its checkpoints, and what it refuses."""

from pathlib import Path

import pytest
import torch

from project_package.errors import ProjectError
from project_package.model import Classifier, build_network, load_classifier


def save(model: Classifier, path: Path) -> None:
    torch.save({"state_dict": model.state_dict(), "hyper_parameters": dict(model.hparams)}, path)


@pytest.mark.parametrize("backbone", ["small_cnn", "small_resnet", "mobilenet_v3_small"])
@pytest.mark.parametrize("channels", [1, 3])
def test_logits_follow_the_classes(backbone: str, channels: int) -> None:
    model = Classifier(["a", "b", "c"], channels, backbone).eval()
    assert model(torch.zeros(2, channels, 32, 32)).shape == (2, 3)
    assert all(m.momentum == 0.1 for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d))


def test_a_checkpoint_gives_the_same_answers(tmp_path: Path) -> None:
    model = Classifier(["a", "b"]).eval()
    save(model, tmp_path / "m.ckpt")
    images = torch.rand(3, 3, 32, 32)
    assert torch.equal(load_classifier(tmp_path / "m.ckpt")(images), model(images))


def test_a_truncated_or_foreign_checkpoint_is_refused(tmp_path: Path) -> None:
    whole, cut, foreign = tmp_path / "m.ckpt", tmp_path / "cut.ckpt", tmp_path / "foreign.ckpt"
    save(Classifier(["a", "b"]), whole)
    cut.write_bytes(whole.read_bytes()[:1000])
    torch.save({"weights": torch.zeros(1)}, foreign)
    for path in (cut, foreign, tmp_path / "none.ckpt"):
        with pytest.raises(ProjectError, match=path.name):
            load_classifier(path)


def test_local_weights_are_counted(tmp_path: Path) -> None:
    first = Classifier(["a", "b", "c"])
    torch.save(first.network.state_dict(), tmp_path / "w.pt")
    model = Classifier(["a", "b"], weights=str(tmp_path / "w.pt"), freeze=True)
    assert model.pretrained["matched"] == model.pretrained["total"] > 0
    assert sum(p.requires_grad for p in model.parameters()) == 2
    with pytest.raises(ProjectError, match="another network"):
        Classifier(["a", "b"], backbone="resnet18", weights=str(tmp_path / "w.pt"))


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ProjectError, match="unknown backbone"):
        build_network("resnet1800", 3, 2, None)
    with pytest.raises(ProjectError, match="has no weights"):
        build_network("resnet18", 3, 2, "IMAGENET1K_V9")
