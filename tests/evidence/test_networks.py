from __future__ import annotations

import pytest

from mlscaffold.evidence import networks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("EfficientNet-B0", "efficientnet_b0"),
        ("EfficientNet B0", "efficientnet_b0"),
        ("EfficientNetV2-S", "efficientnet_v2_s"),
        ("ViT-B/16", "vit_b_16"),
        ("MobileNetV3-Small", "mobilenet_v3_small"),
        ("MobileNet V2", "mobilenet_v2"),
        ("Wide ResNet-50-2", "wide_resnet50_2"),
        ("Swin Transformer Tiny", "swin_t"),
        ("ConvNeXt-Tiny", "convnext_tiny"),
        ("RegNetY-400MF", "regnet_y_400mf"),
        ("VGG-16", "vgg16"),
        ("SqueezeNet 1.1", "squeezenet1_1"),
        ("Inception v3", "inception_v3"),
    ],
)
def test_two_spellings_of_one_network(one: str, other: str) -> None:
    assert networks.read(one)[0].plain == networks.read(other)[0].plain


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("我们使用ResNet-18网络和EfficientNet B0。", ["ResNet-18", "EfficientNet B0"]),
        ("Ein ResNet-18-Netz, kein DenseNet.", ["ResNet-18", "DenseNet"]),
        ("ResNet 11 million parameters, ResNet 224 x 224", ["ResNet"]),
        ("MobileNetV3有250万参数", ["MobileNetV3"]),
        ("Two ResNets, and a ViT a week", ["ResNets", "ViT"]),
        ("the vitamin, revitalised, a cunning net", []),
    ],
)
def test_names_in_a_text(text: str, named: list[str]) -> None:
    assert [found.text for found in networks.read(text)] == named


def test_what_a_text_leaves_open_may_be_either() -> None:
    family, small, other = (networks.read(name)[0] for name in ("ResNet", "ResNet-18", "ResNet-50"))
    assert family.may_be(small) and small.may_be(family)
    assert not small.may_be(other)
