import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from mlscaffold.datasets import formats
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.workflows import export_data as module
from mlscaffold.workflows.export_data import export_data
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.split_data import split_data
from tests.datasets.formats.samples import made
from tests.datasets.pictures import put


def test_a_set_in_another_format_with_what_was_lost(tmp_path: Path) -> None:
    done = export_data(made(tmp_path, "coco"), tmp_path / "out", format="yolo")
    assert (done.source, done.read, done.total, done.records, done.objects) == ("coco", 2, 2, 2, 3)
    assert done.lost == {
        "attributes of pictures": 2, "crowd flags": 1, "masks, now boxes": 1, "objects of several pieces, now one object a piece": 1,
    }  # fmt: skip
    assert (tmp_path / "out/labels/validation/a.txt").read_text().count("\n") == 3
    assert (tmp_path / "out/images/validation/a.png").read_bytes() == (tmp_path / "coco/images/a.png").read_bytes()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["data.yaml", "images", "labels"]


def test_a_project_with_the_splits_that_were_decided(tmp_path: Path) -> None:
    for place in range(20):
        put(tmp_path / f"shop/{'hat' if place % 2 else 'shoe'}/{place:02}.png", place)
    root = tmp_path / "project"
    root.mkdir()
    (root / "mlscaffold.toml").write_text('name = "x"\n')
    import_data(root, tmp_path / "shop")
    split_data(root)
    (root / "data/raw/shop/hat/01.png").unlink()
    done = export_data(root, tmp_path / "out", format="imagefolder")
    assert (done.source, done.read, done.total, done.records, done.lost) == ("project", 19, 20, 19, {})
    assert [d.message for d in done.refused] == ["01.png is not on this machine"]
    assert {"train", "validation", "test"} <= {p.name for p in (tmp_path / "out").iterdir()}
    again = export_data(root, tmp_path / "folders", format="class-folders")
    assert again.records == 19
    assert len(list((tmp_path / "folders/train/hat").iterdir())) > 3


def test_a_zip_is_read_as_it_is(tmp_path: Path) -> None:
    folder = made(tmp_path, "voc")
    path = tmp_path / "voc.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, file.relative_to(tmp_path))
        archive.writestr("../out.xml", "<annotation/>")
    shutil.rmtree(folder)
    done = export_data(path, tmp_path / "out", format="coco")
    assert (done.source, done.records, [d.kind for d in done.refused]) == ("voc", 2, ["leads-out"])
    assert done.total == 3


def test_a_format_that_can_hold_nothing_of_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ScaffoldError, match=r"yolo can hold nothing of what .* says: 2 labels of whole pictures or texts"
    ) as caught:
        export_data(made(tmp_path, "class-folders"), tmp_path / "out", format="yolo")
    assert "class-folders, csv-list, cvat, " in caught.value.hint
    assert "coco" not in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_places_that_must_not_be_written_to(tmp_path: Path) -> None:
    folder = made(tmp_path, "coco")
    put(tmp_path / "full/a.png", 1)
    for path, output, words in [
        (folder, tmp_path / "full", "is there already"),
        (folder, folder / "out", "which is read"),
        (tmp_path / "gone", tmp_path / "out", "There is no"),
    ]:
        with pytest.raises(UsageError, match=words):
            export_data(path, output, format="voc")
    with pytest.raises(UsageError, match='no format "xml"'):
        export_data(folder, tmp_path / "out", format="xml")


def test_nothing_to_export_says_why(tmp_path: Path) -> None:
    folder = made(tmp_path, "coco")
    shutil.rmtree(folder / "images")
    with pytest.raises(ScaffoldError, match="0 read, 2 refused") as caught:
        export_data(folder, tmp_path / "out", format="voc")
    assert "a.png does not exist" in caught.value.context


def test_what_does_not_read_back_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made(tmp_path, "coco")
    form = formats.formats()["voc"]
    sound = form.write
    monkeypatch.setattr(form, "write", lambda items, out, classes: sound(items[:1], out, classes))
    with pytest.raises(ScaffoldError, match="does not read back as it was meant: 1 of 2 records"):
        export_data(folder, tmp_path / "out", format="voc")


def test_a_full_disk_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "copy_pictures", full)
    with pytest.raises(ScaffoldError, match="The export stopped: No space left on device"):
        export_data(made(tmp_path, "coco"), tmp_path / "out", format="voc")


def test_pictures_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    put(tmp_path / "set/train/hat/a.png", 1)
    put(tmp_path / "set/test/hat/a.png", 2)
    put(tmp_path / "set/test/hat/A.jpg", 3)
    done = export_data(tmp_path / "set", tmp_path / "out", format="csv-list")
    assert (done.records, done.renamed) == (3, 2)
    assert len({p.stem.casefold() for p in (tmp_path / "out").rglob("*.*") if p.suffix != ".csv"}) == 3


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_pictures_that_are_stored_turned_keep_their_objects_where_they_are(tmp_path: Path, orientation: int) -> None:
    """COCO here speaks of stored pixels, YOLO of the upright picture; masks may be either."""
    folder = made(tmp_path, "coco")
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = Image.new("RGB", (120, 90))
    picture.paste((255, 255, 255), (10, 20, 40, 60))
    picture.save(folder / "images/a.png", exif=exif)
    export_data(folder, tmp_path / "yolo", format="yolo")
    record = formats.formats()["yolo"].read(tmp_path / "yolo").records[0]
    white = ImageOps.exif_transpose(Image.open(record.path)).convert("L").getbbox()
    assert white is not None
    x, y, width, height = record.shapes[0].box or (0, 0, 0, 0)
    assert (record.size, (x, y, x + width, y + height)) == ((90, 120), white)
    for target in ("coco", "voc", "cvat", "labelbox", "csv-list", "imagefolder", "label-studio", "object-masks", "index-masks"):
        done = export_data(tmp_path / "yolo", tmp_path / "out" / target, format=target, source="yolo")
        assert done.records == 2


@pytest.mark.parametrize("target", ["csv-list", "json-list", "excel-list"])
def test_labels_that_a_list_would_part_are_spelled_otherwise(tmp_path: Path, target: str) -> None:
    names = ["red", "blue", "red, blue", "red;blue", " red ", "[1]"]
    for i, name in enumerate(names):
        put(tmp_path / "set" / name / f"{i}.png", i)
    done = export_data(tmp_path / "set", tmp_path / "out", format=target)
    assert done.lost == {"labels, spelled otherwise": 4}
    found = {record.path.stem: record.labels for record in formats.choose(tmp_path / "out").form.read(tmp_path / "out").records}
    assert found == {"0": ("red",), "1": ("blue",), "2": ("red blue",), "3": ("red blue",), "4": ("red",), "5": ("1",)}
