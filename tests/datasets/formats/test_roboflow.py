from pathlib import Path

from mlscaffold.datasets.formats import choose
from tests.datasets.formats.samples import made, text
from tests.datasets.pictures import put

COPY = "a_jpg.rf.0123456789abcdef0123456789abcdef"


def test_copies_of_a_picture_are_one_group(tmp_path: Path) -> None:
    folder = made(tmp_path, "roboflow")
    choice = choose(folder)
    reading = choice.form.read(folder)
    assert choice.reason == "README.roboflow.txt is Roboflow's; train, valid with COCO"
    assert [(r.group, r.split) for r in reading.records] == [("a_png", "train"), ("a_png", "train"), ("b_png", "validation")]
    assert reading.classes == ("hat",)
    assert reading.notes[-1] == "1 pictures are augmented copies of others; the name before .rf. is taken as their group"


def _read(folder: Path) -> list[tuple[str, str, list[tuple[str, object]]]]:
    choice = choose(folder)
    assert choice.name == "roboflow", choice.reason
    return [(r.group, r.split, [(s.label, s.box) for s in r.shapes]) for r in choice.form.read(folder).records]


def test_its_yolo(tmp_path: Path) -> None:
    put(tmp_path / f"train/images/{COPY}.jpg", 1)
    text(tmp_path / f"train/labels/{COPY}.txt", "0 0.5 0.5 0.5 0.5\n")
    put(tmp_path / "valid/images/b.jpg", 2)
    text(tmp_path / "valid/labels/b.txt", "")
    text(tmp_path / "data.yaml", "train: ../train/images\nval: ../valid/images\nnc: 1\nnames: ['hat']\n")
    assert _read(tmp_path) == [("a_jpg", "train", [("hat", (30.0, 22.5, 60.0, 45.0))]), ("", "validation", [])]


def test_its_voc(tmp_path: Path) -> None:
    put(tmp_path / f"train/{COPY}.jpg", 1)
    box = "<object><name>hat</name><bndbox><xmin>1</xmin><xmax>120</xmax><ymin>11</ymin><ymax>20</ymax></bndbox></object>"
    text(
        tmp_path / f"train/{COPY}.xml",
        f"<annotation><filename>{COPY}.jpg</filename><size><width>120</width><height>90</height></size>{box}</annotation>",
    )
    text(tmp_path / "README.dataset.txt", "x")
    assert _read(tmp_path) == [("a_jpg", "train", [("hat", (0.0, 10.0, 120.0, 10.0))])]


def test_its_csv(tmp_path: Path) -> None:
    put(tmp_path / f"test/{COPY}.jpg", 1)
    text(tmp_path / "test/_annotations.csv", f"filename,width,height,class,xmin,ymin,xmax,ymax\n{COPY}.jpg,120,90,hat,1,2,3,4\n")
    assert _read(tmp_path) == [("a_jpg", "test", [("hat", (1.0, 2.0, 2.0, 2.0))])]


def test_its_csv_of_classes(tmp_path: Path) -> None:
    for i, split in enumerate(["train", "valid"]):
        put(tmp_path / f"{split}/{COPY}{i}.jpg", i)
        put(tmp_path / f"{split}/b.jpg", i + 5)
        text(tmp_path / f"{split}/_classes.csv", f"filename, hat, shoe\n{COPY}{i}.jpg, 1, 0\nb.jpg, 0, 1\n")
    choice = choose(tmp_path)
    assert [(r.label, r.split) for r in choice.form.read(tmp_path).records] == [
        ("hat", "train"), ("shoe", "train"), ("hat", "validation"), ("shoe", "validation"),
    ]  # fmt: skip


def test_its_class_folders(tmp_path: Path) -> None:
    put(tmp_path / f"train/hat/{COPY}.jpg", 1)
    put(tmp_path / "train/shoe/b_jpg.rf.00.jpg", 2)
    choice = choose(tmp_path)
    assert [(r.label, r.group) for r in choice.form.read(tmp_path).records] == [("hat", "a_jpg"), ("shoe", "b_jpg")]
