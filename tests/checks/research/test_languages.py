"""The research document in German and Chinese, of the finished project: no check has anything to say of it."""

from __future__ import annotations

import re

import pytest

from mlscaffold.checks import all_checks
from tests.conftest import Sandbox

FILE = "docs/02-research.md"
CHECKS = [spec.id for spec in all_checks() if spec.stage == "research"]

GERMAN = {
    "Daten: Struktur und Quellen": "Die Kamera der Halle macht zwei Aufnahmen je Sekunde; an vier Tagen im Oktober entstanden 420 Bilder von sechzehn mal sechzehn Pixeln in drei Klassen. Jedes zeigt einen Strauß und wurde von der Person benannt, die ihn sortiert hat. Zwei Klassen sind bei gelbem Licht schwer zu unterscheiden. Öffentliche Sammlungen mit 102 Klassen zeigen Gartenblumen und helfen hier nicht.",
    "Form der Lösung": "Zwei Formen wurden verglichen. Eine Kette aus Blütenfinder und Benenner braucht Rahmen, die niemand gezeichnet hat; von Ende zu Ende genügt der Name, und den Ausschnitt liefert schon die Lichtschranke.",
    "Architektur": "Ein kleines Faltungsnetz (small_cnn) mit etwa hunderttausend Parametern und drei Ausgängen. Ein ResNet-18 hat elf Millionen Parameter und wäre für sechzehn Pixel zu groß; vortrainierte Gewichte werden nicht verwendet.",
    "Algorithmen": "Kreuzentropie mit etwas Glättung, AdamW mit Kosinusplan nach kurzem Anlauf, Abbruch nach dem Validierungsverlust. Drehungen bis fünfzehn Grad und Spiegelungen, weil Sträuße in jeder Richtung liegen.",
    "Hardware": "Training: ein Laptop mit 4 Kernen und 16 GB Speicher, etwa 2 Minuten je Lauf. Einsatz: Rechner am Band, 2 Kerne, 4 GB, 50 ms je Bild.",
    "Software": "Python 3.11, torch 2.14.1 und torchvision 0.29.2 zum Training, onnxruntime 1.31.1 am Band; alle Fassungen stehen in constraints.txt.",
    "Grundlinie": "Logistische Regression auf kleinen Bildern erreicht auf denselben Testbildern 50 %; die häufigste Klasse allein ein Drittel.",
}
CHINESE = {
    "数据结构与来源": "大厅自己的相机每秒拍两张照片;十月的四天里共拍了420张图片,每张16×16像素,分为三个类别,每类140张。每张图片由分拣的工人标注,再由负责人复核。这两类在黄光下很难区分。公开数据集有102类花,背景不同,没有使用。",
    "解决方案形式": "我们比较了两种形式。先找花再命名需要没有人画过的边框;端到端只需要标签,而裁剪已经由光栅完成。训练图片很少,所以先做更简单的端到端方案。",
    "网络架构": "小型卷积网络small_cnn,约十万个参数,四层卷积之后是平均池化和三个输出。ResNet-18有一千一百万个参数,对十六像素的图片太大。不使用预训练权重。",
    "算法研究": "交叉熵加少量标签平滑,AdamW优化器,短暂预热后余弦退火,按验证损失提前停止。最多旋转十五度并水平翻转,因为花束在传送带上方向不定。",
    "硬件需求": "训练:一台笔记本,4核,16 GB内存,每次约2分钟。部署:传送带旁的电脑,2核,4 GB内存,每张50毫秒。",
    "软件需求": "训练使用 Python 3.11、torch 2.14.1 和 torchvision 0.29.2;传送带旁使用 onnxruntime 1.31.1。版本固定在 constraints.txt 中。",
    "基线": "在小图片上的逻辑回归,基线准确率为50%;总是回答最多的类别只有三分之一。",
}


def literature(project: Sandbox) -> str:
    """The section on literature as it is."""
    return project.read(FILE).split("<!-- section: literature -->\n\n", 1)[1].strip()


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(("sections", "works"), [(GERMAN, "Literatur"), (CHINESE, "参考文献")], ids=["German", "Chinese"])
def test_a_sound_document_in_another_language(project: Sandbox, check: str, sections: dict[str, str], works: str) -> None:
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in {**sections, works: literature(project)}.items())
    project.write({FILE: f"# Research\n\n{body}\n"})
    assert project.check(check) == []


@pytest.mark.parametrize("check", ["architecture-differs", "data-described-otherwise", "licence-forbids-use"])
def test_no_section_that_is_known_is_nothing_to_judge(project: Sandbox, check: str) -> None:
    project.write({FILE: re.sub(r"<!-- section: \S+ -->\n", "", project.read(FILE)).replace("## ", "## Über ")})
    assert project.check(f"research.{check}") == []
