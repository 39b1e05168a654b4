from __future__ import annotations

import io
import random
from collections.abc import Callable

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import acceptance, curves, documents, exports, predictions, runs, studies, tables
from tests.evidence.test_readers import ACCEPTANCE, GOOD


def word() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Problem statement", 1)
    document.add_paragraph("Nobody wants to sort flowers.")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf() -> bytes:
    from matplotlib.figure import Figure

    stream = io.BytesIO()
    figure = Figure()
    figure.text(0.1, 0.5, "Problem statement")
    figure.savefig(stream, format="pdf")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("read", "path", "good"),
    [
        (acceptance.read, "acceptance.toml", ACCEPTANCE.encode()),
        (exports.read, "card.json", b'{"schema": 1, "target": "onnx", "file": "m", "source": {}, "input": {"shape": [1]}}'),
        (
            runs.read_provenance,
            "provenance.json",
            b'{"schema": 1, "run": "r", "start": "2026", "data": {"train": {"samples": 1}}}',
        ),
        (runs.read_params, "params.yaml", b"seed_everything: 7\nmodel:\n  backbone: a\n  list: [1, 2]\n"),
        (curves.read, "metrics.csv", b"epoch,val_loss,lr\n0,1.0,0.1\n1,0.5,0.1\n"),
        (predictions.read, "predictions.csv", GOOD.encode()),
        (studies.read, "study.csv", b"trial,state,value,metric,split,lr\n0,COMPLETE,0.8,acc,validation,0.1\n"),
        (tables.read, "a.csv", b'a,b\n"x,y",2\n'),
        (
            documents.read,
            "a.md",
            b"# A\n<!-- section: owner -->\n**B**\n\n> Guidance\n```\n- x\n\n![a](data:x;base64,AAAA)\n",
        ),
        (documents.read, "a.docx", word()),
        (documents.read, "a.pdf", pdf()),
    ],
)
def test_a_damaged_file_is_told_and_never_a_traceback(read: Callable[[bytes, str], object], path: str, good: bytes) -> None:
    chance = random.Random(7)
    for _ in range(40 if path.endswith(("docx", "pdf")) else 300):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            match chance.randrange(3):
                case 0:
                    data[chance.randrange(len(data))] = chance.randrange(256)
                case 1:
                    del data[chance.randrange(len(data)) + 1 :]
                case 2:
                    place = chance.randrange(len(data))
                    data[place:place] = data[place : place + chance.randrange(9)]
        try:
            read(bytes(data), path)
        except ScaffoldError as error:
            assert error.message.startswith(path)
