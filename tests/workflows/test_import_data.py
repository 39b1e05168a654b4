import json
import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.datasets import receiving as module
from mlscaffold.datasets.annotations import read_annotations
from mlscaffold.datasets.manifest import read_manifests
from mlscaffold.datasets.schema import read_classes
from mlscaffold.datasets.tables import write_atomic
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.workflows.import_data import import_data
from tests.datasets.formats.samples import made
from tests.datasets.pictures import put


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for i, name in enumerate(["hat/a.png", "hat/b.png", "shoe/a.png"]):
        put(tmp_path / "shop" / name, i)
    return tmp_path / "shop"


def _tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_folder_becomes_a_described_source(tmp_path: Path, folders: Path) -> None:
    root = tmp_path / "project"
    done = import_data(root, folders, fields={"licence": "CC0"})
    assert (done.source, done.format, done.read, done.added, done.present, done.total) == ("shop", "class-folders", 3, 3, 0, 3)
    assert sorted(_tree(root)) == [
        "data/manifest/shop.csv",
        "data/raw/shop/hat/a.png",
        "data/raw/shop/hat/annotations.csv",
        "data/raw/shop/hat/b.png",
        "data/raw/shop/shoe/a.png",
        "data/raw/shop/shoe/annotations.csv",
        "data/raw/shop/source.toml",
        "data/schema.toml",
    ]
    assert (root / "data/raw/shop/hat/a.png").read_bytes() == (folders / "hat/a.png").read_bytes()
    assert (root / "data/raw/shop/hat/annotations.csv").read_text() == "path,label\na.png,hat\nb.png,hat\n"
    assert read_classes(root) == ["hat", "shoe"]
    assert done.unfilled == ("origin", "collected", "collected_by", "method")


def test_importing_again_changes_nothing(tmp_path: Path, folders: Path) -> None:
    root = tmp_path / "project"
    import_data(root, folders)
    before = _tree(root)
    done = import_data(root, folders)
    assert (done.added, done.present) == (0, 3)
    assert _tree(root) == before


def test_new_files_are_added_and_moved_ones_relabelled(tmp_path: Path, folders: Path) -> None:
    root = tmp_path / "project"
    import_data(root, folders)
    put(folders / "scarf/c.png", 7)
    (folders / "hat/b.png").rename(folders / "shoe/b.png")
    (folders / "hat/a.png").unlink()
    done = import_data(root, folders)
    assert (done.added, done.relabelled, done.undeclared) == (1, ("hat/b.png",), ("scarf",))
    assert [(row.name, row.label) for row in read_annotations(root / "data/raw/shop/hat/annotations.csv")] == [
        ("a.png", "hat"),
        ("b.png", "shoe"),
    ]
    assert read_classes(root) == ["hat", "shoe"]
    assert len(read_manifests(root)) == 4


def test_names_that_collide_get_a_number(tmp_path: Path) -> None:
    for i, name in enumerate(["train/hat/a.png", "test/hat/a.png", "test/hat/A.PNG"]):
        put(tmp_path / "set" / name, i)
    root = tmp_path / "project"
    import_data(root, tmp_path / "set")
    rows = read_annotations(root / "data/raw/set/hat/annotations.csv")
    assert sorted((row.name.lower(), row.attributes["split"]) for row in rows) == [
        ("a-2.png", "test"),
        ("a-3.png", "train"),
        ("a.png", "test"),
    ]
    before = _tree(root)
    assert import_data(root, tmp_path / "set").added == 0
    assert _tree(root) == before


def test_an_import_that_was_killed_goes_on(tmp_path: Path, folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "project"
    written: list[Path] = []

    def full(path: Path, data: bytes) -> bool:
        written.append(path)
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        return write_atomic(path, data)

    monkeypatch.setattr(module, "write_atomic", full)
    with pytest.raises(ScaffoldError, match="The import stopped: No space left on device"):
        import_data(root, folders)
    (root / "data/raw/shop/hat/.b.png.1.part").write_bytes(b"half")
    monkeypatch.undo()
    done = import_data(root, folders)
    assert (done.added, done.present) == (2, 1)
    assert not list(root.rglob("*.part"))


def test_what_is_broken_is_refused_with_its_reason(tmp_path: Path, folders: Path) -> None:
    whole = (folders / "hat/a.png").read_bytes()
    (folders / "hat/cut.png").write_bytes(whole[: len(whole) // 2])
    (folders / "hat/page.jpg").write_text("<html>404</html>")
    (folders / "hat/pointer.png").write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 3\n")
    done = import_data(tmp_path / "project", folders)
    assert (done.read, done.total) == (3, 6)
    assert [(d.where, d.kind) for d in done.refused] == [
        ("hat/cut.png", "truncated"),
        ("hat/page.jpg", "not-an-image"),
        ("hat/pointer.png", "lfs-pointer"),
    ]


def test_a_list_goes_into_folders_of_its_labels(tmp_path: Path) -> None:
    for i in range(3):
        put(tmp_path / f"cards/{i}.png", i)
    (tmp_path / "cards/labels.csv").write_text("file;class;patient;camera\n0.png;a/b;7;x\n1.png;c;;y\ngone.png;c;;y\n")
    root = tmp_path / "project"
    done = import_data(root, tmp_path / "cards/labels.csv")
    assert (done.source, done.read, len(done.refused)) == ("cards", 2, 1)
    assert done.notes == ("columns that data/schema.toml does not declare as attributes: camera",)
    (row,) = read_annotations(root / "data/raw/cards/a-b/annotations.csv")
    assert (row.name, row.label, row.group, row.attributes) == ("0.png", "a/b", "7", {"camera": "x"})


def test_a_label_by_hand_survives_an_unlabelled_import(tmp_path: Path) -> None:
    put(tmp_path / "cards/a.png", 1)
    root = tmp_path / "project"
    import_data(root, tmp_path / "cards")
    annotations = root / "data/raw/cards/annotations.csv"
    annotations.write_text("path,label\na.png,ace\n")
    import_data(root, tmp_path / "cards")
    assert annotations.read_text() == "path,label\na.png,ace\n"


def test_what_cannot_be_imported_says_why(tmp_path: Path, folders: Path) -> None:
    root = tmp_path / "project"
    import_data(root, folders)
    with pytest.raises(UsageError, match="lies in data/raw already"):
        import_data(root, root / "data/raw/shop")
    with pytest.raises(UsageError, match="cannot name a source"):
        import_data(root, folders, source="../out")
    with pytest.raises(UsageError, match="is no method"):
        import_data(root, folders, fields={"method": "stolen"})
    shutil.rmtree(folders)
    put(folders / "hat/x.png", 1).write_bytes(b"")
    with pytest.raises(ScaffoldError, match="0 read, 1 refused") as caught:
        import_data(root, folders)
    assert "hat/x.png 0 bytes" in caught.value.context


def test_objects_are_no_labels_of_pictures_unless_asked_for(tmp_path: Path) -> None:
    folder = made(tmp_path, "coco")
    put(folder / "images/c.png", 3)
    file = folder / "annotations/instances_val2017.json"
    value = json.loads(file.read_text())
    value["images"].append({"id": 11, "file_name": "c.png", "width": 120, "height": 90})
    value["annotations"].append({"id": 3, "image_id": 11, "category_id": 90, "bbox": [1, 1, 9, 9]})
    file.write_text(json.dumps(value))
    root = tmp_path / "project"
    with pytest.raises(ScaffoldError, match="has objects on pictures, but no label of a whole picture") as caught:
        import_data(root, folder)
    assert caught.value.context == "Of 3 pictures, 1 show one class, 1 several and 1 none."
    assert caught.value.hint.startswith(f"mlscaffold data import {folder} --label-from boxes ")
    assert not root.exists()
    done = import_data(root, folder, label_from="boxes")
    assert (done.format, done.labels, done.read, done.total) == ("coco", {"shoe": 1}, 1, 3)
    assert done.reason == "annotations/instances_val2017.json has images, annotations and categories"
    assert [d.kind for d in done.refused] == ["several-labels", "no-object"]
    assert "1 objects on the pictures are not taken over: the task is about whole pictures" in done.notes
    with pytest.raises(UsageError, match='Labels cannot come from "names"'):
        import_data(root, folder, label_from="names")


def test_labels_of_whole_pictures_come_from_any_format(tmp_path: Path) -> None:
    for name in ("cvat", "label-studio", "labelbox", "imagefolder"):
        done = import_data(tmp_path / f"project-{name}", made(tmp_path, name))
        assert done.labels.get("indoors") == 1, name
        assert done.read == done.total == 2


def test_a_zip_is_imported_and_its_hostile_entries_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    with zipfile.ZipFile(tmp_path / "shop.zip", "w") as archive:
        for name in ("hat/a.png", "shoe/b.png", "../../evil/c.png"):
            archive.write(tmp_path / "a.png", name)
    done = import_data(tmp_path / "project", tmp_path / "shop.zip")
    assert (done.source, done.labels, done.total) == ("shop", {"hat": 1, "shoe": 1}, 3)
    assert [(d.where, d.kind) for d in done.refused] == [("shop.zip/../../evil/c.png", "leads-out")]


def test_texts_are_not_for_a_task_of_pictures(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="holds texts; image classification wants pictures"):
        import_data(tmp_path / "project", made(tmp_path, "doccano"))


def test_blanks_and_accents_make_no_classes(tmp_path: Path) -> None:
    root = tmp_path / "project"
    for i, name in enumerate(["dog", "dog ", "cat"]):
        put(tmp_path / "set" / name / f"{i}.png", i)
    done = import_data(root, tmp_path / "set", source="s")
    assert done.labels == {"cat": 1, "dog": 2}
    assert read_classes(root) == ["cat", "dog"]
    assert done.notes == ('1 labels are spelled with other blanks or accents elsewhere; they are read as "dog"',)
    rows = "".join(f"{i}.png,{name}\n" for i, name in enumerate(["caf\u00e9", "cafe\u0301"]))
    for i in range(2):
        put(tmp_path / f"list/{i}.png", i + 5)
    (tmp_path / "list/labels.csv").write_text(f"path,label\n{rows}")
    assert import_data(root, tmp_path / "list").labels == {"caf\u00e9": 2}


def test_why_nothing_came_in_is_told(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("path,label\ngone.png,a b\nalso.png,a\nthird.png,b\n")
    with pytest.raises(ScaffoldError, match="0 read, 3 refused") as caught:
        import_data(tmp_path / "project", tmp_path / "l.csv")
    assert "l.csv:2 gone.png does not exist" in caught.value.context
    assert "labels are other labels with blanks between" in caught.value.context


def test_a_set_of_objects_that_may_be_class_folders_says_so(tmp_path: Path) -> None:
    for i, name in enumerate(["train/good", "test/good", "test/broken"]):
        put(tmp_path / "bottle" / name / "000.png", i)
    mask = tmp_path / "bottle/ground_truth/broken/000_mask.png"
    mask.parent.mkdir(parents=True)
    Image.new("1", (120, 90), 1).save(mask)
    with pytest.raises(ScaffoldError, match="objects on pictures") as caught:
        import_data(tmp_path / "project", tmp_path / "bottle")
    assert caught.value.hint.endswith(", or --from class-folders")
    done = import_data(tmp_path / "project", tmp_path / "bottle", format="class-folders")
    assert (done.labels, done.ignored) == ({"broken": 1, "good": 2}, {"in ground_truth, which is no split": 1})
