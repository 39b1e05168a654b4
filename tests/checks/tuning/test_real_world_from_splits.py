from __future__ import annotations

import hashlib
import io

from mlscaffold.model import Effect
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"


CHECK = "tuning.real-world-from-splits"
FILE = f"{FOLDER}/inference.csv"


def test_new_pictures(project: Sandbox) -> None:
    passes(project, CHECK)
    project.remove("data/field")  # a clone without pictures
    passes(project, CHECK)


def from_train(project: Sandbox, n: int) -> list[str]:
    lines = [line.split(",") for line in project.read("data/splits/belt.csv").splitlines()]
    return [line[lines[0].index("path")] for line in lines if line[lines[0].index("split")] == "train"][:n]


def replace_pictures(project: Sandbox, pictures: list[bytes]) -> None:
    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for row, data in zip(rows, pictures, strict=False):
            project.write({f"data/field/{row['path']}": data})
            row["digest"] = hashlib.sha256(data).hexdigest()
        return rows

    project.edit_csv(FILE, change)


def test_pictures_from_the_training_folder(project: Sandbox) -> None:
    replace_pictures(project, [(project.root / "data/raw" / path).read_bytes() for path in from_train(project, 18)])
    found = says(project, CHECK, "18 of 60 real-world pictures are in the data already, 18 of them in train: first belt-00.png")
    assert found.effect == Effect("accuracy on the real world", 55 / 60, 39 / 42)  # every twelfth answer was called wrong


def test_saved_again_under_another_name(project: Sandbox) -> None:
    from PIL import Image

    saved = []
    for path in from_train(project, 5):
        out = io.BytesIO()
        Image.open(project.root / "data/raw" / path).save(out, "BMP")
        saved.append(out.getvalue())
    replace_pictures(project, saved)
    says(project, CHECK, "5 of 60 real-world pictures are in the data already, 5 of them in train")


def test_a_picture_exchanged_after_the_answer(project: Sandbox) -> None:
    project.write({"data/field/belt-00.png": (project.root / "data/field/belt-01.png").read_bytes()})
    says(project, CHECK, "1 pictures in data/field are not those that were answered, first belt-00.png")


def test_without_inference(project: Sandbox) -> None:
    project.remove(FILE)
    misses(project, CHECK, "inference.csv is missing")
