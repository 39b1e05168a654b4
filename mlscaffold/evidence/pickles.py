"""Files that hold Python pickles (checkpoints, arrays, objects): what loading them would call, told from their opcodes. Nothing is loaded."""

from __future__ import annotations

import gzip
import io
import pickletools
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

SUFFIXES = (".ckpt", ".pt", ".pth", ".pkl", ".pickle", ".joblib", ".npy", ".npz", ".bin")
LARGEST = 256 * 1024 * 1024
"""Bytes of one pickle that are looked at."""

# Modules with which a pickle can do what it likes, and names of modules that are harmless otherwise.
DANGEROUS = frozenset(
    {
        "os", "posix", "nt", "subprocess", "sys", "shutil", "socket", "ctypes", "importlib", "runpy", "pty", "platform", "webbrowser",
        "code", "codeop", "commands", "popen2", "pip", "pdb", "bdb", "timeit", "cProfile", "profile", "doctest", "asyncio", "threading",
        "multiprocessing", "urllib", "requests", "http", "httplib", "ftplib", "smtplib", "marshal", "tempfile", "pydoc", "idlelib", "venv",
        "signal", "types", "inspect", "linecache", "zipimport", "pkgutil", "imp",
    }
)  # fmt: skip
_NAMED = frozenset(
    {
        *(f"{m}.{n}" for m in ("builtins", "__builtin__", "__builtins__") for n in
          ("eval", "exec", "execfile", "compile", "open", "__import__", "getattr", "setattr", "delattr", "input", "apply", "breakpoint", "globals", "vars", "map", "filter")),
        "pickle.loads", "pickle.load", "_pickle.loads", "_pickle.load", "cloudpickle.loads", "dill.loads", "joblib.load", "torch.load",
        "torch.hub.load", "torch.jit.load", "numpy.load", "operator.attrgetter", "operator.methodcaller", "operator.itemgetter", "functools.partial",
        "functools.reduce", "torch.serialization.load", "numpy.testing._private.utils.runstring", "pathlib.Path.unlink",
    }
)  # fmt: skip
# What frameworks write for tensors, arrays and plain values.
_PLAIN = ("torch._utils._rebuild", "torch.storage.", "torch._tensor.", "torch.serialization._get_layout", "numpy.core.multiarray.", "numpy._core.multiarray.",
          "numpy.core.numeric.", "numpy._core.numeric.", "numpy.random._pickle.", "_codecs.encode", "copyreg._reconstructor", "copy_reg._reconstructor")  # fmt: skip
_VALUES = frozenset(
    {
        "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "collections.deque", "argparse.Namespace",
        "torch.Size", "torch.device", "torch.Tensor", "torch.nn.parameter.Parameter", "torch._utils._rebuild_parameter", "torch.Generator",
        "numpy.ndarray", "numpy.dtype", "datetime.datetime", "datetime.date", "datetime.timedelta", "datetime.timezone", "decimal.Decimal",
        "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath", "pathlib.Path", "pathlib.PureWindowsPath", "uuid.UUID", "fractions.Fraction",
        "omegaconf.dictconfig.DictConfig", "omegaconf.listconfig.ListConfig", "lightning_fabric.utilities.data.AttributeDict",
        "pytorch_lightning.utilities.parsing.AttributeDict", "copy_reg._reconstructor", "joblib.numpy_pickle.NumpyArrayWrapper",
    }
)  # fmt: skip
_BUILTINS = frozenset(
    {
        "set", "frozenset", "dict", "list", "tuple", "int", "float", "str", "bytes", "bytearray", "bool", "complex", "slice", "range",
        "object", "type", "print",
    }
)  # fmt: skip
_STRINGS = frozenset({"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE", "SHORT_BINSTRING", "BINSTRING", "STRING"})


def names(data: IO[bytes]) -> list[str]:
    """Every global (`os.system`) that loading the file would look up; empty for a file that holds no pickle."""
    found: dict[str, None] = {}
    for stream in _pickles(data):
        found |= dict.fromkeys(_globals(stream))
    return list(found)


def dangerous(name: str) -> bool:
    """Whether a global lets a pickle run what it likes."""
    return name.split(".", 1)[0] in DANGEROUS or name in _NAMED


def plain(name: str) -> bool:
    """Whether a global is what frameworks write for numbers, containers and paths."""
    module, _, last = name.rpartition(".")
    if module in ("builtins", "__builtin__"):
        return last in _BUILTINS
    if module == "torch" and (last.endswith("Storage") or last.islower()):  # torch.FloatStorage, torch.float32
        return True
    return (
        name in _VALUES
        or name.startswith(_PLAIN)
        or (module.startswith("numpy") and last in ("scalar", "dtype", "ndarray", "_reconstruct"))
    )


def _pickles(data: IO[bytes]) -> Iterator[bytes]:
    """The pickles in a file: of a zip archive (torch, npz), an array of objects, or the file itself, several in a row too."""
    head = data.read(8)
    data.seek(0)
    if head[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(data) as archive:
                for item in archive.infolist():
                    if item.filename.endswith((".pkl", ".npy", ".pickle")) and item.file_size <= LARGEST:
                        yield from _pickles(io.BytesIO(archive.read(item)))
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
            return
    elif head[:6] == b"\x93NUMPY":
        yield from _of_array(data.read(LARGEST))
    elif head[:2] in (b"\x1f\x8b", b"\x78\x9c", b"\x78\x01", b"\x78\xda"):
        yield _unpacked(data.read(LARGEST))
    else:
        yield data.read(LARGEST)


def _of_array(raw: bytes) -> Iterator[bytes]:
    """What follows the header of an array of objects."""
    wide = raw[6:7] != b"\x01"
    start = 12 if wide else 10
    length = int.from_bytes(raw[8:start], "little")
    header = raw[start : start + length]
    if b"O'" in header or b'O"' in header:
        yield raw[start + length :]


def _unpacked(raw: bytes) -> bytes:
    try:
        if raw[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
                return file.read(LARGEST)
        return zlib.decompressobj().decompress(raw, LARGEST)
    except (OSError, EOFError, zlib.error):
        return b""


def _globals(raw: bytes) -> Iterator[str]:
    """Names that a row of pickles looks up, as far as the opcodes can be read: a loader would have run what comes before the damage."""
    stream, size = io.BytesIO(raw), len(raw)
    while stream.tell() < size and raw[stream.tell() : stream.tell() + 1] in b"\x80(]}cilVSXKJIGNU\x8c.":
        texts: list[str] = []
        memo: dict[int, str] = {}
        try:
            for opcode, argument, _ in pickletools.genops(stream):
                name = opcode.name
                if name in ("GLOBAL", "INST"):
                    yield str(argument).replace(" ", ".", 1)
                elif name == "STACK_GLOBAL" and len(texts) >= 2:
                    yield f"{texts[-2]}.{texts[-1]}"
                elif name in _STRINGS:
                    texts.append(argument if isinstance(argument, str) else "")
                elif name == "MEMOIZE":
                    memo[len(memo)] = texts[-1] if texts else ""
                elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
                    memo[int(argument or 0)] = texts[-1] if texts else ""
                elif name in ("BINGET", "LONG_BINGET", "GET"):
                    texts.append(memo.get(int(argument or 0), ""))
        except (ValueError, IndexError, KeyError, OverflowError, UnicodeDecodeError, TypeError):
            return
