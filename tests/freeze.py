"""Freeze a finished demo for the wheel: `python -m tests.freeze [FOLDER]`, in an environment with everything (pip install ".[demo]").

Without FOLDER the demo is led through all ten stages first (some minutes). The same folder gives the same archive, byte by byte. Nothing
of the machine on which it was made may be inside; the frozen project is unpacked and checked before the archive is replaced.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from mlscaffold import git
from mlscaffold.demo import finished

COMMAND = "python -m tests.freeze"
LARGEST = 3_000_000
TARGETS = ("executorch", "litert", "onnx")  # Core ML would stay unknown wherever there is no Mac
# Left out of what git ignores: caches, logs, and what only the resuming of a training needs.
LEFT_OUT = ("*.log", "*/last.ckpt", "*/events.out.*", "*/hparams.yaml", "*/.prepared.csv", "*.sqlite*", "*/__pycache__/*")
MADE = 1_700_000_000  # the time of every member; the project's own times lie in its records


def main() -> int:
    """Make, pack, look for traces of this machine, unpack, check, and only then replace the archive."""
    from mlscaffold.writing import write_bytes

    with tempfile.TemporaryDirectory(prefix="freeze-") as scratch:
        folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else made(Path(scratch))
        packed = pack(folder)
        fresh = Path(scratch) / "finished.tar.xz"
        fresh.write_bytes(packed)
        problems = [*traces(fresh, folder), *faults(fresh, Path(scratch) / "unpacked" / "digits-demo")]
        if len(packed) > LARGEST:
            problems.append(f"{len(packed)} bytes; {LARGEST} at most")
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if not problems:
        write_bytes(finished.ARCHIVE, packed)
        print(f"{finished.ARCHIVE.name}: {len(packed) / 1e6:.2f} MB")
    return int(bool(problems))


def made(scratch: Path) -> Path:
    """A demo that was led by the made-up person, in a process that knows no other."""
    home = scratch / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f"[user]\n\tname = {finished.PERSON}\n\temail = {finished.MAIL}\n", encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env = kept | {"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(Path(__file__).parents[1])}
    lead = f"from pathlib import Path\nfrom mlscaffold.workflows.demo import demo\ndemo(Path('digits-demo').absolute(), targets={TARGETS})"
    (scratch / "lead.py").write_text(
        "if __name__ == '__main__':\n    " + lead.replace("\n", "\n    ") + "\n", encoding="utf-8"
    )  # a file: parallel readers start from it again
    subprocess.run([sys.executable, "lead.py"], cwd=scratch, env=env, check=True)
    return scratch / "digits-demo"


def pack(folder: Path, *, preset: int = 9 | lzma.PRESET_EXTREME) -> bytes:
    """The archive of a finished project: its history, and what git ignores and checks read."""
    members = {
        finished.ABOUT: json.dumps({"schema": 1, "head": git.head(folder)}).encode(),
        finished.HISTORY: git.run_git(["fast-export", "main"], folder).stdout,
        **{finished.FILES + path: content for path, content in ignored(folder)},
    }
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), MADE
            archive.addfile(member, io.BytesIO(content))
    return lzma.compress(stream.getvalue(), preset=preset)


def ignored(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files that git ignores and the archive keeps, in order; prepared pictures in a form that compresses well together."""
    listing = git.run_git(["ls-files", "--others", "--ignored", "--exclude-standard", "-z"], folder).text
    for path in sorted(p for p in listing.split("\0") if p):
        if not any(fnmatch(path, pattern) for pattern in LEFT_OUT):
            content = (folder / path).read_bytes()
            yield path, plain_png(content) if path.startswith("data/processed/") else content


def plain_png(content: bytes) -> bytes:
    """The same grey pixels as a PNG whose rows are differences and not compressed: xz sees what the pictures have in common."""
    import numpy as np
    from PIL import Image

    picture = Image.open(io.BytesIO(content))
    assert picture.mode == "L", picture.mode
    pixels = np.asarray(picture).astype(np.int16)
    left = np.pad(pixels, ((0, 0), (1, 0)))[:, :-1]
    up = np.pad(pixels, ((1, 0), (0, 0)))[:-1]
    corner = np.pad(pixels, ((1, 0), (1, 0)))[:-1, :-1]
    guess = left + up - corner
    near = np.abs(np.stack([guess - left, guess - up, guess - corner]))
    paeth = np.choose(near.argmin(0), [left, up, corner])
    rows = ((pixels - paeth) % 256).astype(np.uint8)
    data = b"".join(b"\x04" + row.tobytes() for row in rows)
    height, width = pixels.shape
    chunks = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(data, 0)), (b"IEND", b"")
    packed = b"".join(struct.pack(">I", len(c)) + name + c + struct.pack(">I", zlib.crc32(name + c)) for name, c in chunks)
    result = b"\x89PNG\r\n\x1a\n" + packed
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(result))), pixels.astype(np.uint8))
    return result


def traces(archive: Path, folder: Path) -> list[str]:
    """Where the archive names this machine, its folders or its people."""
    frozen = finished.read(archive)
    words = {str(Path.home()), str(folder.parent), sys.prefix, tempfile.gettempdir() + "/", socket.gethostname()}
    words |= {git.identity(Path.cwd())} - {finished.PERSON}
    wanted = {w.encode() for w in words if len(w) > 3}
    members = {"history": frozen.history, **frozen.files}
    return [f"{name} names {word.decode()}" for name, content in members.items() for word in sorted(wanted) if word in content]


def faults(archive: Path, target: Path) -> list[str]:
    """What `check --all` says against the frozen project, once it is unpacked."""
    finished.unpack(target, archive)
    command = [sys.executable, "-m", "mlscaffold", "check", "--all", "--format", "json"]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, cwd=target, env=env, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    bad = [f"{f['status']} {f['check']}: {f['message']}" for f in report["findings"] if f["status"] not in ("pass", "warn")]
    return bad + [f"{s['slug']} is {s['state']}" for s in report["stages"] if s["state"] != "signed"]


if __name__ == "__main__":
    sys.exit(main())
