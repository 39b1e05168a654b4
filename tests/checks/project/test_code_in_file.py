from __future__ import annotations

import collections
import gzip
import io
import pickle
import zipfile
import zlib
from pathlib import Path

import pytest

from mlscaffold.evidence import pickles
from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK, FILE = "project.code-in-file", "runs/20261101T100000Z-ada-abc/checkpoints/best.ckpt"
EVIL = b"cos\nsystem\n(S'touch owned'\ntR."


def torch_file(content: bytes) -> bytes:
    """An archive as torch writes it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("best/data.pkl", content)
        archive.writestr("best/data/0", b"\0" * 64)
    return stream.getvalue()


def array(content: bytes, kind: str = "|O", version: int = 1) -> bytes:
    """An array file."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': (1,), }}\n".encode()
    return b"\x93NUMPY" + bytes((version, 0)) + len(header).to_bytes(2 if version == 1 else 4, "little") + header + content


def test_plain_checkpoints_arrays_and_values_pass(project: Sandbox) -> None:
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(ctorch\nFloatStorage\nctorch\nfloat32\ntR."
    values = pickle.dumps({"a": collections.OrderedDict(b=[1, 2.5]), "p": Path("x"), "s": {1}})
    project.write(
        {
            FILE: torch_file(tensor),
            "data/raw/a.npy": array(b"\0\0\x80?", "<f4"),
            "exports/values.pkl": values,
            "exports/weights.bin": b"\x08\x01\x12\x07weights" * 40,
            "models/broken.pt": b"PK\x03\x04 no archive",
            "models/empty.pth": b"",
        }
    )
    assert project.check(CHECK) == []


def test_nothing_there_is_fine(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


@pytest.mark.parametrize(
    ("path", "content", "name"),
    [
        (FILE, torch_file(EVIL), "os.system"),
        ("runs/old/model.pth", EVIL, "os.system"),
        ("runs/old/model.pt", pickle.dumps(119547037146038801333356) + pickle.dumps(1001) + EVIL, "os.system"),
        ("exports/model.pkl", pickle.dumps(print, protocol=4).replace(b"builtins", b"builtins").replace(b"\x05print", b"\x04eval"), "builtins.eval"),
        ("data/raw/features.npy", array(EVIL), "os.system"),
        ("data/raw/features.npy", array(EVIL, version=2), "os.system"),
        ("data/raw/zipped.joblib", zlib.compress(EVIL), "os.system"),
        ("data/raw/zipped.pkl", gzip.compress(EVIL, mtime=0), "os.system"),
        ("tests/fixtures/tracked.pkl", b"csubprocess\nPopen\n(S'x'\ntR.", "subprocess.Popen"),
        ("runs/cut.ckpt", torch_file(b"cposix\nsystem\n(S'x'\ntR\xff\xff"), "posix.system"),
    ],
)  # fmt: skip
def test_what_would_run_code_is_named(project: Sandbox, path: str, content: bytes, name: str) -> None:
    project.write({path: content})
    if path.startswith("tests/"):
        project.commit("fixture")
    said(project.check(CHECK), "fail", f"{path} holds a call to {name}", "not loaded")
    assert not (project.root / "owned").exists()


def test_names_that_are_put_together_from_the_memo() -> None:
    hidden = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94K\x00K\x010h\x00h\x01\x93\x8c\x05owned\x85R."
    assert "os.system" in pickles.names(io.BytesIO(hidden))


def test_an_archive_of_arrays(project: Sandbox) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.npy", array(b"\0\0\0\0", "<i4"))
        archive.writestr("b.npy", array(EVIL))
    project.write({"data/raw/both.npz": stream.getvalue()})
    said(project.check(CHECK), "fail", "both.npz holds a call to os.system")


def test_whole_objects_are_a_warning(project: Sandbox) -> None:
    project.write({FILE: torch_file(b"cflower_sorter.model\nClassifier\n)R.")})
    said(project.check(CHECK), "warn", "1 file holds objects", "flower_sorter.model.Classifier")


def test_runs_that_lie_elsewhere(project: Sandbox) -> None:
    project.write({"store/run/best.ckpt": torch_file(EVIL)})
    settings = project.read("mlscaffold.toml")
    section = "" if "[paths]" in settings else "\n[paths]\n"
    project.write({"mlscaffold.toml": (settings + section).replace("[paths]\n", '[paths]\nruns = "store"\n')})
    said(project.check(CHECK), "fail", "store/run/best.ckpt")
