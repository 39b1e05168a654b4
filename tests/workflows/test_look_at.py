"""Any data set, also outside of a project, with what its format says of each picture."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.datasets.formats import named
from mlscaffold.errors import ScaffoldError
from mlscaffold.reports.gallery.html import render
from mlscaffold.workflows.look import Wish
from mlscaffold.workflows.look_at import look_at
from mlscaffold.workflows.taking import Way, address
from tests.conftest import Sandbox
from tests.datasets.formats.samples import SAMPLES, made

ODD = "<img src=x onerror=alert(1)>"


def coco(folder: Path) -> Path:
    """A COCO set: two pictures with a box each, one broken picture, one that is gone, and annotations with defects."""
    (folder / "images").mkdir(parents=True)
    for name in ("it's a.jpg", "b.jpg"):
        Image.new("RGB", (200, 120), (40, 90, 60)).save(folder / "images" / name)
    (folder / "images" / "broken.jpg").write_bytes(b"<html>")
    names = ["it's a.jpg", "b.jpg", "broken.jpg", "gone.jpg"]
    boxes = [(0, [30, 20, 60, 20]), (1, [10, 10, 20, 20]), (1, [190, 100, 60, 20]), (0, [10, 10, -5, 20]), (77, [1, 1, 2, 2])]
    told = {
        "images": [{"id": i, "file_name": name, "width": 200, "height": 120} for i, name in enumerate(names)],
        "annotations": [
            {"id": i + 1, "image_id": image, "category_id": 1 + (i == 1), "bbox": box, "iscrowd": 0}
            for i, (image, box) in enumerate(boxes)
        ],
        "categories": [{"id": 1, "name": ODD}, {"id": 2, "name": "cat"}],
    }
    (folder / "instances.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def test_objects_are_drawn_and_what_is_wrong_is_told(tmp_path: Path) -> None:
    gallery = look_at(coco(tmp_path / "set"))
    shots = {shot.path: shot for shot in gallery.shots}

    assert gallery.about.startswith("coco (") and "3 read, 1 refused; 3 objects, 2 refused" in gallery.about
    assert gallery.classes == (ODD, "cat")
    assert shots["it's a.jpg"].marks[0].rings == ((150, 167, 450, 167, 450, 333, 150, 333),)
    assert shots["it's a.jpg"].size == (200, 120) and shots["it's a.jpg"].large
    assert shots["b.jpg"].classes == ("cat", ODD)
    assert "box-outside" in shots["b.jpg"].findings
    assert shots["broken.jpg"].findings == ("unreadable-image",)
    refused = {finding for shot in gallery.shots if shot.label == "refused" for finding in shot.findings}
    assert {"missing-file", "inverted-box"} <= refused
    assert any("gone.jpg does not exist" in message for shot in gallery.shots for message in shot.messages)


def test_only_pictures_with_an_object_of_a_class(tmp_path: Path) -> None:
    gallery = look_at(coco(tmp_path / "set"), Wish(label="cat"))

    assert [shot.path for shot in gallery.shots] == ["b.jpg"]
    with pytest.raises(ScaffoldError, match="has no such picture"):
        look_at(tmp_path / "set", Wish(label="dog"))


def test_a_sample_keeps_the_pictures_with_findings(tmp_path: Path) -> None:
    gallery = look_at(coco(tmp_path / "set"), Wish(most=1))

    assert [shot.path for shot in gallery.shots if shot.label != "refused"] == ["b.jpg"]
    assert gallery.left_out == 2


def test_an_archive_is_looked_at_too(tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "set"), "zip", coco(tmp_path / "set"))
    gallery = look_at(tmp_path / "set.zip")

    assert {"it's a.jpg", "b.jpg"} <= {shot.path for shot in gallery.shots if shot.thumbnail}
    with pytest.raises(ScaffoldError, match="is an archive"):
        look_at(tmp_path / "set.zip", way=Way(linked=True, beside=tmp_path))


def test_texts_are_shown_with_their_spans(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text('{"text": "Ada in London", "label": [[0, 3, "person"], [7, 13, "place"]]}\n', encoding="utf-8")
    (shot,) = look_at(path).shots

    assert (shot.text, shot.classes) == ("Ada in London", ("person", "place"))
    assert shot.thumbnail == b"" and shot.findings == ()


def test_pictures_are_linked_where_no_page_may_hold_them(tmp_path: Path) -> None:
    gallery = look_at(coco(tmp_path / "set"), way=Way(linked=True, beside=tmp_path / "out"))
    shots = {shot.path: shot for shot in gallery.shots}

    assert shots["it's a.jpg"].link == "../set/images/it%27s%20a.jpg"
    assert not any(shot.thumbnail or shot.large for shot in gallery.shots)


def test_a_data_set_in_a_project_obeys_its_settings(project: Sandbox) -> None:
    place = coco(project.root / "elsewhere" / "set")
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml").replace('pictures = "embed"', 'pictures = "none"')})
    with pytest.raises(ScaffoldError, match='pictures = "none"'):
        look_at(place)


def test_what_is_no_data_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="is in no format that can be read here"):
        look_at(tmp_path)
    with pytest.raises(ScaffoldError, match="There is no "):
        look_at(tmp_path / "none")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_format_is_looked_at(tmp_path: Path, name: str) -> None:
    folder = made(tmp_path, name)
    reading = named(name).read(folder)
    gallery = look_at(folder, format=name)
    page = render(gallery)

    assert sum(len(shot.marks) for shot in gallery.shots) == sum(len(record.shapes) for record in reading.records)
    assert sum(len(shot.spans) for shot in gallery.shots) == sum(len(record.spans) for record in reading.records)
    assert sum(bool(shot.thumbnail) for shot in gallery.shots) >= sum(record.text is None for record in reading.records)
    inside = [shot for shot in gallery.shots if "box-outside" not in shot.findings]
    corners = [value for shot in inside for mark in shot.marks for ring in mark.rings for value in ring]
    assert all(-10 <= value <= 1010 for value in corners)
    assert set(gallery.classes) >= {label for record in reading.records for label in record.labels}
    assert page.count("</script>") == 2


def test_names_that_are_no_text_or_no_names(tmp_path: Path) -> None:
    folder = coco(tmp_path / "set")
    (folder / os.fsdecode(b"images/\xff.jpg")).write_bytes((folder / "images" / "b.jpg").read_bytes())
    told = json.loads((folder / "instances.json").read_text(encoding="utf-8"))
    told["categories"][1]["name"] = "\ud800  two blanks"
    told["images"] += [
        {"id": 7, "file_name": "a\0.jpg", "width": 1, "height": 1},
        {"id": 8, "file_name": "x" * 5000 + ".jpg", "width": 1, "height": 1},
    ]
    (folder / "instances.json").write_text(json.dumps(told), encoding="utf-8")
    page = render(look_at(folder))

    assert page.encode("utf-8")
    assert '<option value="\\ud800  two blanks">' in page
    assert address(folder / os.fsdecode(b"images/\xff.jpg"), folder) == "images/%FF.jpg"
