from __future__ import annotations

import pytest

from tests.checks.stories import absent, said
from tests.conftest import Sandbox
from tests.finished import RUN, TUNED

CHECK, FILE = "research.architecture-differs", "docs/02-research.md"


def describe(project: Sandbox, text: str) -> None:
    """Let the section on architecture say this and nothing else."""
    old = project.read(FILE).split("<!-- section: architecture -->\n\n", 1)[1].split("\n\n## ", 1)[0]
    project.replace(FILE, old, text)


def train(project: Sandbox, backbone: str) -> None:
    """Let both chosen runs have this backbone."""
    for folder in (f"reports/training/{RUN}", f"reports/tuning/{TUNED}"):
        project.write({f"{folder}/params.yaml": f"model:\n  backbone: {backbone}\n"})


def test_the_trained_network_is_described(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


@pytest.mark.parametrize(
    ("text", "backbone", "words"),
    [
        ("EfficientNet-B0, pretrained on ImageNet.", "resnet18", ("names EfficientNet-B0", f"run {RUN} trained resnet18")),
        ("Wir nehmen ein ResNet-50-Netz mit vortrainierten Gewichten.", "resnet18", ("ResNet-50", "resnet18")),
        ("我们选用MobileNetV3-Small网络，224×224像素。", "mobilenet_v3_large", ("MobileNetV3-Small", "mobilenet_v3_large")),
        ("A ViT-B/16; 86 million parameters.", "vit_b_32", ("ViT-B/16", "vit_b_32")),
        ("ResNet-18 with its head replaced.", "small_cnn", ("ResNet-18", "small_cnn")),
        ("ResNet-18 or ResNet-34, whichever fits.", "convnext_tiny", ("ResNet-18, ResNet-34",)),
    ],
)
def test_another_network_was_trained(project: Sandbox, text: str, backbone: str, words: tuple[str, ...]) -> None:
    describe(project, text)
    train(project, backbone)
    said(project.check(CHECK), "warn", *words, FILE, f"{RUN}/params.yaml")


@pytest.mark.parametrize(
    ("text", "backbone"),
    [
        ("EfficientNet-B0, chosen over ResNet-18, which has twice the parameters.", "efficientnet_b0"),
        ("MobileNetV3, 2.5 million parameters.", "mobilenet_v3_small"),
        ("Eine ResNet-Architektur mit 18 Schichten.", "resnet18"),
        ("采用ResNet 18。", "resnet18"),
        ("A Swin Transformer (tiny).", "swin_t"),
        ("RegNetY-400MF", "regnet_y_400mf"),
        ("Ein kleines Faltungsnetz; ein ResNet-18 wäre zu groß.", "small_cnn"),
        ("小型卷积网络，比ResNet-18小得多。", "small_cnn"),
        ("A network of our own with three blocks; MobileNetV2 was too slow.", "belt_net"),
        ("BeltNet, three blocks; MobileNetV2 was too slow.", "belt_net"),
        ("Four blocks of convolution and a linear layer.", "resnet18"),
    ],
)
def test_the_same_network_in_other_words(project: Sandbox, text: str, backbone: str) -> None:
    describe(project, text)
    train(project, backbone)
    assert project.check(CHECK) == []


def test_the_refined_model_may_be_the_one_that_is_described(project: Sandbox) -> None:
    describe(project, "EfficientNet-B0")
    train(project, "efficientnet_b0")
    project.write({f"reports/training/{RUN}/params.yaml": "model:\n  backbone: resnet18\n"})
    assert project.check(CHECK) == []


def test_before_anything_was_trained_a_plan_is_a_plan(project: Sandbox) -> None:
    describe(project, "EfficientNet-B0")
    project.remove("reports")
    assert project.check(CHECK) == []
