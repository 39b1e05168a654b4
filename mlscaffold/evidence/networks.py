"""Names of networks in a text, however they are written: `EfficientNet-B0`, `efficientnet_b0`, `ViT-B/16`, `vit_b_16`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FAMILIES = (
    "vision transformer", "wide resnet", "efficientformer", "efficientnet", "shufflenet", "squeezenet", "mobilenet", "mobilevit", "mobileone",
    "googlenet", "inception", "ghostnet", "densenet", "xception", "convnext", "resnext", "alexnet", "mnasnet", "repvgg", "regnet", "maxvit",
    "resnet", "nasnet", "coatnet", "nfnet", "lenet", "swin transformer", "swin", "deit", "beit", "dino", "vit", "vgg",
)  # fmt: skip
_LETTER = r"[a-z\u00df-\u024f]"  # a Chinese character beside a name is not part of it
_SIZE = r"tiny|small|base|large|huge|nano|medium"
_NUMBER = rf"v?(?>\d+)(?:[x.]\d++)*(?:(?:mf|gf|[a-z])(?!{_LETTER}))?(?!{_LETTER})"
# "MobileNetV3, 2.5 million parameters": a number that counts something is no part of the name.
_UNIT = r"(?!\s*(?:mio|milli|m\b|k\b|g\b|param|layer|schicht|pixel|px|epoch|[x×*]|by\b|mal\b|%|万|亿|百万|层|个|像素))"
_NAME = re.compile(
    rf"(?<!{_LETTER})(?P<family>{'|'.join(f.replace(' ', '[ _-]?') for f in _FAMILIES)})"
    rf"(?P<rest>(?:[ _-]?{_NUMBER}{_UNIT})?(?:[_\-/.]?{_NUMBER}{_UNIT}|(?:[_\-/][a-z]|[a-rt-z])\d{{0,4}}(?!{_LETTER})| [bv]\d(?!{_LETTER})|[ _\-/]?(?:{_SIZE})(?!{_LETTER}))*)"
    rf"s?(?!{_LETTER})",
    re.I,
)
_ONE_NAME = {"visiontransformer": "vit", "swintransformer": "swin"}


@dataclass(frozen=True)
class Named:
    """A network as a text names it, its family and its one spelling."""

    text: str
    family: str
    plain: str

    def may_be(self, other: Named) -> bool:
        """Whether both can be the same network: of one family, and neither says more than what the other leaves open."""
        return self.family == other.family and (self.plain.startswith(other.plain) or other.plain.startswith(self.plain))


def read(text: str) -> list[Named]:
    """Every network that a text names, in order, each once."""
    found: dict[str, Named] = {}
    for match in _NAME.finditer(text):
        family = re.sub(r"[ _-]", "", match["family"].casefold())
        family = _ONE_NAME.get(family, family)
        rest = re.sub(_SIZE, lambda size: size[0][0], re.sub(r"[ _\-/.]", "", match["rest"].casefold()))
        found.setdefault(family + rest, Named(match[0].strip(" _-/."), family, family + rest))
    return list(found.values())
