"""Ways to damage a finished project: what people and scripts do wrong, one function each, and what the tool must say of it."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import Sandbox

Rows = list[dict[str, str]]
RAW, SOURCE = "data/raw/optdigits", "optdigits"


@dataclass(frozen=True)
class Spoiled:
    """One damage: the check that must fail, and words of its finding."""

    name: str
    spoil: Callable[[Sandbox], object]
    check: str
    words: tuple[str, ...]


def toml(demo: Sandbox, path: str) -> dict[str, Any]:
    """A TOML file's content."""
    return tomllib.loads(demo.read(path))


def run(demo: Sandbox, stage: str) -> str:
    """The folder of the run that a stage has chosen."""
    return f"reports/{stage}/{toml(demo, f'reports/{stage}/chosen.toml')['run']}"


def proof(demo: Sandbox) -> str:
    """The record of the run on one batch."""
    return next(demo.root.glob("reports/model/*/overfit.json")).relative_to(demo.root).as_posix()


def evaluation(demo: Sandbox) -> str:
    """The folder of the evaluation of training's model."""
    wanted = toml(demo, "reports/training/chosen.toml")["checkpoint"]
    for path in sorted(demo.root.glob("reports/evaluation/*/provenance.json"), reverse=True):
        if json.loads(path.read_text(encoding="utf-8"))["checkpoint"]["digest"] == wanted:
            return path.parent.relative_to(demo.root).as_posix()
    raise AssertionError("the demo has no evaluation of training's model")


def edit(path: Callable[[Sandbox], str] | str, change: Callable[[dict[str, Any]], object]) -> Callable[[Sandbox], None]:
    """Change a JSON file."""
    return lambda demo: demo.edit_json(path if isinstance(path, str) else path(demo), change)


def rows(path: Callable[[Sandbox], str] | str, change: Callable[[Rows], Rows]) -> Callable[[Sandbox], None]:
    """Change the rows of a table."""
    return lambda demo: demo.edit_csv(path if isinstance(path, str) else path(demo), change)


def write(path: str, text: str) -> Callable[[Sandbox], None]:
    """Write a file anew."""
    return lambda demo: demo.write({path: text})


def replace(path: str, old: str, new: str) -> Callable[[Sandbox], None]:
    """Replace words that must be there."""
    return lambda demo: demo.replace(path, old, new)


def remove(path: Callable[[Sandbox], str] | str) -> Callable[[Sandbox], None]:
    """Take a file away."""
    return lambda demo: demo.remove(path if isinstance(path, str) else path(demo))


def setting(key: str, value: object) -> Callable[[dict[str, Any]], object]:
    """Set a value in a nested record; `a.b` is b in a."""

    def change(record: dict[str, Any]) -> None:
        *path, last = key.split(".")
        for name in path:
            record = record[name]
        record[last] = value

    return change


def cells(column: str, value: str, *, first: int = 0, until: int | None = None) -> Callable[[Rows], Rows]:
    """Set a column in some rows."""

    def change(table: Rows) -> Rows:
        for row in table[first:until]:
            row[column] = value
        return table

    return change


def paste_sections(demo: Sandbox) -> None:
    """The text of one section stands under every heading: nobody wrote the others."""
    lines, kept = demo.read("docs/02-research.md").splitlines(), []
    text = (
        "Lenses, dust and pens differ from desk to desk, and each of them was photographed in June by two people of the office. "
        * 4
    )
    for line in lines:
        if line.startswith(("#", "<!--")):
            kept += [line, text] if line.startswith("<!--") else [line]
    demo.write({"docs/02-research.md": "\n\n".join(kept) + "\n"})


def truncate_picture(demo: Sandbox) -> None:
    """A copy broke off in the middle."""
    path = f"{RAW}/3/{rows_of(demo, f'{RAW}/3/annotations.csv')[0]['path']}"
    demo.write({path: (demo.root / path).read_bytes()[:70]})


def leak(demo: Sandbox) -> None:
    """A picture of train comes in again, renamed and saved anew, and is put into test."""
    from PIL import Image

    taken = next(r for r in rows_of(demo, "data/splits/optdigits.csv") if r["split"] == "train")
    folder, name = f"{SOURCE}/{taken['label']}", "scan-again.png"
    picture = Image.open(demo.root / "data/raw" / taken["path"]).convert("L").point(lambda value: min(255, value + 3))
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    demo.write({f"data/raw/{folder}/{name}": content.getvalue()})
    demo.edit_csv(f"data/raw/{folder}/annotations.csv", lambda t: [*t, {**t[0], "path": name}])
    demo.edit_csv(
        "data/splits/optdigits.csv", lambda t: [*t, {**taken, "path": f"{folder}/{name}", "digest": "0" * 64, "split": "test"}]
    )


def change_processed(demo: Sandbox) -> None:
    """Somebody brightened a prepared picture."""
    from PIL import Image

    name = rows_of(demo, "data/processed/test/annotations.csv")[0]["path"]
    path = f"data/processed/test/{name}"
    content = io.BytesIO()
    Image.open(demo.root / path).point(lambda value: min(255, value + 90)).save(content, "PNG")
    demo.write({path: content.getvalue()})


def validation_as_test(demo: Sandbox) -> None:
    """The predictions of validation lie where those of test belong."""
    demo.copy(f"{run(demo, 'training')}/validation.csv", f"{evaluation(demo)}/predictions.csv")


def raise_threshold(demo: Sandbox) -> None:
    """More is wanted than the model gives."""
    wanted = toml(demo, "acceptance.toml")["thresholds"][0]["min"]
    demo.replace("acceptance.toml", f"min = {wanted}", "min = 0.9999")


def permute_labels(card: dict[str, Any]) -> None:
    """Two classes change places."""
    card["classes"][3], card["classes"][5] = card["classes"][5], card["classes"][3]


def checkpoint_as_export(demo: Sandbox) -> None:
    """The checkpoint is renamed to what the phone wants."""
    wanted = json.loads(demo.read("exports/onnx/card.json"))["source"]["run"]
    found = sorted(demo.root.glob(f"runs/{wanted}/checkpoints/best.ckpt")) or sorted(demo.root.glob("runs/*/checkpoints/*.ckpt"))
    target = demo.root / "exports/onnx" / json.loads(demo.read("exports/onnx/card.json"))["file"]
    target.unlink()
    shutil.copyfile(found[0], target)


def commit_secret(demo: Sandbox) -> None:
    """The key of the store, in a file that git tracks."""
    key = "AKIA" + "".join(random.Random(7).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
    demo.write({"configs/store.yaml": f"aws_access_key_id: {key}\n"})
    demo.git("add", "configs/store.yaml")


def reorder(demo: Sandbox, path: str, *, remark: str = "") -> None:
    """Rows and columns in another order, and with a remark in a further column."""
    table = rows_of(demo, path)
    random.Random(3).shuffle(table)
    content = io.StringIO()
    more = {"remark": remark} if remark else {}
    writer = csv.DictWriter(content, [*reversed(table[0]), *more], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, **more} for row in table)
    demo.write({path: content.getvalue()})


def rows_of(demo: Sandbox, path: str) -> Rows:
    """The rows of a table."""
    return list(csv.DictReader(io.StringIO(demo.read(path))))


def files(demo: Sandbox, *endings: str) -> list[Path]:
    """The committed text files with these endings."""
    return [demo.root / p for p in demo.git("ls-files").splitlines() if p.endswith(endings)]
