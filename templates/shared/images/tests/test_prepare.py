"""Preparing pictures: what is written, what is left alone, what is refused."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from project_package import paths, prepare, records
from project_package.errors import ProjectError
from project_package.pipeline import (
    load_pipeline,
    open_image,
    prepare_image,
    read_array,
    to_array,
)

from .pictures import draw, make_project


def run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["prepare"])
    assert prepare.main() == 0


def test_prepared_files_are_what_their_annotations_say(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    run(monkeypatch)
    pipeline = load_pipeline()
    rows = records.read_split("train")
    assert len(rows) == 12
    for row in rows:
        image = open_image(row.file)
        assert (image.mode, image.size) == ("RGB", (16, 16))
        assert records.pixel_digest(image.mode, image.size, image.tobytes()) == row.digest
        assert prepare_image(image, pipeline) is image
    pixels = np.stack([np.asarray(open_image(row.file), dtype=float) / 255 for row in rows])
    assert pipeline.mean == pytest.approx(pixels.mean(axis=(0, 1, 2)), abs=1e-6)
    assert pipeline.std == pytest.approx(pixels.std(axis=(0, 1, 2)), abs=1e-6)
    arrays = np.stack([read_array(row.file, pipeline) for row in rows])
    assert arrays.shape == (12, 3, 16, 16)
    assert arrays.dtype == np.float32
    assert abs(arrays.mean()) < 1e-4


def test_a_raw_picture_and_its_prepared_copy_give_the_same_input(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    run(monkeypatch)
    row, pipeline = records.read_split("test")[0], load_pipeline()
    raw = to_array(prepare_image(open_image(paths.RAW / row.origin), pipeline), pipeline)
    assert np.array_equal(raw, read_array(row.file, pipeline))


def test_running_again_writes_only_what_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(root)
    run(monkeypatch)
    run(monkeypatch)
    assert "0 written, 48 unchanged, 0 removed" in capsys.readouterr().out
    records.read_split("test")[0].file.write_bytes(b"spoiled")
    table = root / "data" / "splits" / "drawn.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join(line for line in lines if "train-5" not in line) + "\n", encoding="utf-8")
    run(monkeypatch)
    assert "1 written, 45 unchanged, 2 removed" in capsys.readouterr().out


def test_a_split_with_another_name_gets_a_folder_and_leaves_the_recipe_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(root)
    run(monkeypatch)
    recipe = paths.PIPELINE.read_bytes()
    table = root / "data" / "splits" / "drawn.csv"
    before = table.read_text(encoding="utf-8")
    table.write_text(before.replace(",test\n", ",test-night\n", 2), encoding="utf-8")
    capsys.readouterr()
    run(monkeypatch)
    assert "test 10, test-night 2\n" in capsys.readouterr().out
    assert [row.split for row in records.read_split("test-night")] == ["test-night"] * 2
    assert paths.PIPELINE.read_bytes() == recipe
    table.write_text(before, encoding="utf-8")
    run(monkeypatch)
    assert not (paths.PROCESSED / "test-night").exists()


def test_what_cannot_be_meant_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    picture = paths.RAW / "drawn" / "left" / "train-0.png"
    draw(picture, "right", 999)
    with pytest.raises(ProjectError, match="has changed since"):
        run(monkeypatch)
    table = root / "data" / "splits" / "drawn.csv"
    good = table.read_text(encoding="utf-8")
    for bad, message in (
        ("../../secret.png,,left,,train", "leads out"),
        ("drawn/left/x.png,,up,,train", "is no class"),
        ("drawn/left/x.png,,left,,exam", "split 'exam'"),
        ("drawn/left/train-1.png,,left,,test", "stands in"),
    ):
        table.write_text(good + bad + "\n", encoding="utf-8")
        with pytest.raises(ProjectError, match=message):
            run(monkeypatch)


def test_an_undecodable_picture_is_an_error_or_left_out(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(root)
    picture = paths.RAW / "drawn" / "left" / "train-0.png"
    picture.write_bytes(picture.read_bytes()[:60])
    table = root / "data" / "splits" / "drawn.csv"
    rows = [line.split(",") for line in table.read_text(encoding="utf-8").splitlines()]
    table.write_text("\n".join(",".join([r[0], r[1] if r[0] == "path" else "", *r[2:]]) for r in rows) + "\n")
    with pytest.raises(ProjectError, match=r"train-0\.png cannot be decoded"):
        run(monkeypatch)
    settings = root / "configs" / "prepare.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("undecodable = false", "undecodable = true"))
    run(monkeypatch)
    assert "left out: data/raw/drawn/left/train-0.png" in capsys.readouterr().err
    assert len(records.read_split("train")) == 11


def test_odd_colours_become_what_the_pipeline_wants(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    run(monkeypatch)
    pipeline = load_pipeline()
    for mode, colour, wanted in (("RGBA", (9, 9, 9, 0), 255), ("LA", (9, 0), 255), ("I;16", 65535, 255), ("L", 7, 7)):
        image = prepare_image(Image.new(mode, (16, 16), colour), pipeline)  # type: ignore[arg-type]
        assert image.mode == "RGB"
        assert image.getpixel((0, 0)) == (wanted,) * 3


def test_a_link_is_followed_only_where_it_was_declared(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    picture = next(paths.RAW.rglob("*.png"))
    disk = root.parent / f"{root.name}-disk"
    disk.mkdir()
    picture.rename(disk / picture.name)
    picture.symlink_to(disk / picture.name)
    source = picture.relative_to(paths.RAW).parts[0]
    paths.LINKS.parent.mkdir()
    for here, folder in ((root, disk / "other"), (root.parent, disk)):  # another folder, another clone
        paths.LINKS.write_text(f"here = '{here}'\n[links]\n{source} = ['{folder}']\n", encoding="utf-8")
        with pytest.raises(ProjectError, match=r"leads out of data/raw by a link; it was not read"):
            run(monkeypatch)
    paths.LINKS.write_text(f"here = '{root.resolve()}'\n[links]\n{source} = ['{disk}']\n", encoding="utf-8")
    run(monkeypatch)
