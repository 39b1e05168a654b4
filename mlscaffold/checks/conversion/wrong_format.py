"""Each export is a file of its target's format."""

from __future__ import annotations

import json
from collections.abc import Iterator

from mlscaffold.checks import check, fail, unknown
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.evidence.exports import Card
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

HEAD = 64
POINTER = b"version https://git-lfs"
KNOWN = {
    b"PK\x03\x04": "a zip archive, such as a PyTorch checkpoint",
    b"\x80\x02": "a Python pickle",
    b"\x89HDF": "an HDF5 file (Keras)",
    b"\x89PNG": "a picture",
    b"<": "a web page",
}
PACKAGE = "Data/com.apple.CoreML/"


@check(proves="converted-model", reads=("exports",))
def wrong_format(project: Project) -> Iterator[Finding]:
    """Each export is a file of its target's format.

    ## Why
    A checkpoint that was renamed `model.tflite` makes the folder complete and the app crash.

    ## Evidence
    The first bytes of the file: `TFL3` at offset 4 (LiteRT), `ET12` at offset 4 (ExecuTorch), a protocol buffer that begins
    with the
    version of its format (ONNX); the manifest and the specification in a Core ML package.

    ## Fix
    Convert again.
    """
    for card in cards(project):
        path = f"{folder_of(card)}/{card.file}"
        package = sorted(p for p in project.digests(folder_of(card)) if p.startswith(f"{path}/"))
        if package:
            problem = _package(project, path, package) if card.target == "coreml" else "a folder"
        else:
            try:
                head = project.content(path)[:HEAD]
            except Missing:
                head = POINTER
            if head.startswith(POINTER):
                yield unknown(f"{path} is not on this machine", path, fix=command(project, card))
                continue
            problem = _problem(card, head)
        if problem:
            yield fail(f"{path} is {problem}; the format of {card.target} is wanted", path, fix=command(project, card))


def _problem(card: Card, head: bytes) -> str:
    right = {
        "litert": head[4:8] == b"TFL3",
        "executorch": head[4:6] == b"ET",
        # field 1 (ir_version): a small number; a plain neural network for Core ML begins the same way
        "onnx": head[:1] == b"\x08" and 1 <= (head[1:2] or b"\0")[0] < 64,
        "coreml": card.file.endswith(".mlmodel") and head[:1] == b"\x08",
    }[card.target]
    if right:
        return ""
    if not head:
        return "empty"
    return next(
        (words for magic, words in KNOWN.items() if head.startswith(magic)),
        f"no {card.target} file (it begins with {head[:8].hex()})",
    )


def _package(project: Project, path: str, files: list[str]) -> str:
    if f"{path}/Manifest.json" not in files:
        return "a package without Manifest.json"
    try:
        manifest = json.loads(project.content(f"{path}/Manifest.json"))
        items = [str(item.get("path", "")) for item in manifest["itemInfoEntries"].values()]
    except (ValueError, KeyError, AttributeError, TypeError):
        return "a package whose Manifest.json cannot be read"
    specification = [f"{path}/Data/{item}" for item in items if item.endswith(".mlmodel")]
    if not specification or specification[0] not in files:
        return "a package without its specification (.mlmodel)"
    return "" if project.content(specification[0])[:1] == b"\x08" else "a package whose specification is no Core ML model"
