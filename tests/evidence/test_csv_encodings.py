"""A CSV in an encoding that cannot be told from its bytes is refused with its line and a way out, never read as other words."""

from __future__ import annotations

import pytest

from mlscaffold.evidence import Broken, tables

WESTERN = (
    "path,label\na.png,Größe\n", "path,label\na.png,crème brûlée\n", "path,label\na.png,«été»\n", "path,label\na.png,5 µm² ½ 20 °C\n",
    "path,label\na.png,d’été…\n", "path,label\nÄÖÜ.png,ÀÉÈ\n", "path,label\na.png,¿Qué niño?\n", "path,label\na.png,Ångström 20€\n",
    "Pfad;Wert\na.png;1,5\nfür.png;2,5\n",
)  # fmt: skip


@pytest.mark.parametrize("text", WESTERN)
def test_western_windows_text_is_read(text: str) -> None:
    assert tables.read(text.encode("cp1252"), "a.csv") == tables.read(text.encode(), "a.csv")


@pytest.mark.parametrize(
    ("text", "encoding", "line", "name"),
    [
        ("path,label\na.png,티셔츠\n", "euc_kr", 2, "EUC-KR"),
        ("path,label\na.png,Żółw\n", "cp1250", 2, "CP1250"),
        ("path,label\na.png,襯衫褲子\n", "big5", 2, "BIG5"),
        ("path,label\na.png,hat\nb.png,ネコとイヌ\n", "shift_jis", 3, "SHIFT_JIS"),
        ("path,label\na.png,ΓΑΤΑ σκύλος\n", "cp1253", 2, ""),
    ],
)
def test_other_encodings_are_refused(text: str, encoding: str, line: int, name: str) -> None:
    with pytest.raises(Broken) as problem:
        tables.read(text.encode(encoding), "a.csv")
    assert f"a.csv:{line}" in str(problem.value)
    assert "UTF-8" in problem.value.hint
    assert name in problem.value.hint


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("文件,标签\na.png,猫\n", "gbk"),
        ("path,label\na.png,shirt\nb.png,数字零\n", "gbk"),
        ("path,label\na.png,футболка\n", "cp1251"),
    ],
)
def test_what_can_be_told_is_read(text: str, encoding: str) -> None:
    assert tables.read(text.encode(encoding), "a.csv") == tables.read(text.encode(), "a.csv")
