"""Documents in German and Chinese, with everything that people put into one, and a picture."""

from __future__ import annotations

import io

GERMAN = r"""# Der Blumensortierer

## Problemeigner
<!-- section: owner -->

**Frau Käthe Öztürk**, Leiterin der Sortierhalle, erreichbar unter <mailto:kaethe@blumen.example>, *werktags* vor ~~acht~~ neun. Siehe [die Seite](https://example.org/a_(b)?x=1&y=2) und https://example.org/frei.

## Problemstellung
<!-- section: problem-statement -->

Überlange Wörter wie Donaudampfschifffahrtsgesellschaftskapitänsmütze und „Anführungen“ – mit Gedankenstrich; 3 < 4 & 5 > 2. Preis: 3 €. Größe ≤ 224 × 224 px, Änderung ± 15 °.

1. Erstens mit `code_name`
2. Zweitens
   - geschachtelt *eins*
   - geschachtelt zwei

   Fortsetzung des zweiten.
3. Drittens

- [x] erledigt
- [ ] offen

## Ideale Lösung
<!-- section: ideal-solution -->

> Ein Zitat, das jemand gesagt hat.
> Über zwei Zeilen.

```python
def f(x: int) -> int:
    return x + 1  # ja
```

![Ein Balken](pictures/bar.png)

## Verständnis
<!-- section: understanding -->

Eins.\
Zwei nach Umbruch.

---

Danach.

## Technische Anforderungen
<!-- section: technical-requirements -->

| Metrik | Klasse | mindestens | höchstens | Gerät |
|:--|---|--:|:-:|---|
| Genauigkeit | | 0,95 | | |
| Trefferquote | Rose | 0,9 | | |
| Latenz `p95` | | | 50 ms | Pixel 8 |
| Größe | | | 5 MB | |

1. neu
2. gezählt
"""

CHINESE = """# 花朵分拣

## 问题负责人
<!-- section: owner -->

王小明，分拣车间主任，工作日上午可以联系（电话 12345）。

## 问题陈述
<!-- section: problem-statement -->

我们每天用手工分拣大约九百枝花，其中大约四十枝会放错桶。每放错一枝要花三欧元，星期六还会让顾客等待。**注意：**使用 MobileNetV3-Small 网络的团队认为，训练数据需要来自车间的照片，而不是网上下载的照片；因此我们要先收集照片，再训练模型，最后评估结果。

## 理想方案
<!-- section: ideal-solution -->

- 员工把花放到相机前面，一秒之内听到桶的名称。
- 如果答案不确定，就听到“请看”，由员工自己决定。

## 理解与洞察
<!-- section: understanding -->

十一月七日星期六早上八点四十分，货到晚了，小李在冷库的灯下分拣了两百枝郁金香，其中十四枝杏色的放进了黄色的桶。

十一月九日星期一，他又在日光下分拣了同样的花，一枝也没有放错，可见灯光是主要原因。

## 技术要求
<!-- section: technical-requirements -->

| 指标 | 类别 | 最小值 | 设备 |
|---|---|---|---|
| 准确率 | | 0.95 | |
| 召回率 | 玫瑰 | 90% | |
| 延迟 | | 不超过 100 毫秒 | 手机 |
"""


def picture(colour: str = "#1F5C99") -> bytes:
    """A small PNG."""
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (48, 16), colour).save(stream, "PNG")
    return stream.getvalue()


def load(target: str) -> bytes:
    """The one picture that the samples show."""
    return picture() if target == "pictures/bar.png" else b""
