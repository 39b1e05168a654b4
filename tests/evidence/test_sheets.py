from __future__ import annotations

import pytest

from mlscaffold.evidence import Broken, sheets


def test_a_file_that_is_only_called_a_word_document() -> None:
    with pytest.raises(Broken, match=r"x\.docx: is no Word document"):
        sheets.read(b"x", "x.docx")
    with pytest.raises(Broken, match="is not valid JSON"):
        sheets.read(b"x", "x.json")
