"""Scans of folders with every defect that the scanner knows."""

import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from mlscaffold.cache import Cache
from mlscaffold.datasets import workers
from mlscaffold.datasets.images import Facts
from mlscaffold.datasets.inspection import Found, Scan
from mlscaffold.errors import UsageError
from mlscaffold.model import Status
from mlscaffold.workflows import scan as module
from mlscaffold.workflows.scan import Progress, cache_of, scan_folder, thumbnails
from tests.datasets.pictures import encoded, put, scene

SIZE = (120, 90)
DARK = [28 * (v > 128) for v in range(256)] * 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty sound pictures in two classes, old enough to be trusted."""
    root = tmp_path / "flowers"
    for i in range(40):
        put(root / ("rose" if i % 2 else "tulip") / f"{i:02}.png", i, SIZE)
    return aged(root)


def aged(root: Path) -> Path:
    """Give every file a time well before the scan."""
    time.sleep(0.01)
    before = time.time() - 100
    for path in root.rglob("*"):
        os.utime(path, (before, before))
    return root


def kinds(scan: Scan) -> dict[str, Found]:
    assert scan.read + scan.refused == scan.total
    return {one.kind: one for one in scan.found}


def scanned(root: Path) -> Scan:
    return scan_folder(root, cache=None)


def test_a_sound_folder_has_nothing_amiss(folder: Path) -> None:
    scan = scanned(folder)
    assert not scan.found and scan.sound
    assert (scan.total, scan.read, scan.decoded) == (40, 40, 40)
    assert (scan.formats, scan.modes, scan.classes) == ({"PNG": 40}, {"RGB": 40}, {"tulip": 20, "rose": 20})
    assert scan.sizes["width"] == [120, 120, 120]


def _write(name: str, data: Callable[[Image.Image], bytes]) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        (root / "rose" / name).write_bytes(data(scene(77, SIZE)))

    return spoil


def _turned(image: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 8
    return encoded(image, "JPEG", exif=exif)


SINGLE: dict[str, tuple[str, Callable[[Path], None], Status, str]] = {
    "empty": ("a.png", _write("a.png", lambda _: b""), Status.FAIL, "0 bytes"),
    "page": ("a.jpg", _write("a.jpg", lambda _: b"\n<!DOCTYPE html><p>403"), Status.FAIL, "HTML"),
    "json": ("a.jpg", _write("a.jpg", lambda _: b'{"error": 403}'), Status.FAIL, "JSON"),
    "cut": ("a.jpg", _write("a.jpg", lambda i: encoded(i, "JPEG")[:1500]), Status.FAIL, "truncated"),
    "bomb": ("a.png", _write("a.png", lambda _: encoded(Image.new("1", (20_000, 20_000)))), Status.FAIL, "million"),
    "ending": ("a.png", _write("a.png", lambda i: encoded(i, "JPEG")), Status.WARN, "is JPEG"),
    "dark": ("a.png", _write("a.png", lambda i: encoded(i.point(DARK))), Status.WARN, "99 of 100"),
    "bright": ("a.png", _write("a.png", lambda i: encoded(i.point([226 + v for v in DARK]))), Status.WARN, "99 of 100"),
    "blank": ("a.png", _write("a.png", lambda i: encoded(Image.new("RGB", i.size, (9, 90, 9)))), Status.WARN, "± 0.0"),
    "blurry": ("a.png", _write("a.png", lambda i: encoded(i.filter(ImageFilter.GaussianBlur(4)))), Status.WARN, "sharpness"),
    "small": ("a.png", _write("a.png", lambda i: encoded(i.resize((24, 18)))), Status.WARN, "24 × 18"),
    "wide": ("a.png", _write("a.png", lambda i: encoded(i.resize((400, 80)))), Status.WARN, "400 × 80"),
    "print": ("a.jpg", _write("a.jpg", lambda i: encoded(i.convert("CMYK"), "JPEG")), Status.WARN, "CMYK"),
    "deep": ("a.png", _write("a.png", lambda i: encoded(i.convert("L").convert("I;16").point(lambda v: v * 200))), Status.WARN, "I;16"),
    "turned": ("a.jpg", _write("a.jpg", _turned), Status.WARN, "orientation 8"),
    "film": ("a.gif", _write("a.gif", lambda i: encoded(i, "GIF", save_all=True, append_images=[scene(5, SIZE)])), Status.WARN, "2 frames"),
}  # fmt: skip
KINDS = {
    "page": "not-an-image", "json": "not-an-image", "cut": "truncated", "bomb": "too-large", "ending": "wrong-ending",
    "small": "odd-size", "wide": "odd-shape", "print": "odd-mode", "deep": "odd-mode", "film": "animated",
}  # fmt: skip


@pytest.mark.parametrize("defect", SINGLE)
def test_one_defect_is_one_finding_that_names_the_picture(defect: str, folder: Path) -> None:
    name, spoil, status, words = SINGLE[defect]
    spoil(folder)
    found = kinds(scanned(folder))
    one = found.pop(KINDS.get(defect, defect))
    assert not found
    assert (one.status, one.count) == (status, 1)
    (item,) = one.items
    assert item.paths == (f"rose/{name}",)
    assert words in item.words


def test_copies_are_found_however_they_were_saved(folder: Path) -> None:
    picture = scene(1, SIZE)
    shutil.copy(folder / "rose/01.png", folder / "rose/copy.png")
    (folder / "rose/again.jpg").write_bytes(encoded(picture, "JPEG", quality=60))
    (folder / "rose/half.png").write_bytes(encoded(picture.resize((60, 45))))
    picture3 = scene(3, SIZE).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    (folder / "rose/mirror.png").write_bytes(encoded(picture3))
    found = kinds(scanned(folder))
    assert set(found) == {"duplicates", "near-duplicates"}
    assert [item.paths for item in found["duplicates"].items] == [("rose/01.png", "rose/copy.png")]
    groups = {item.paths: item.words for item in found["near-duplicates"].items}
    assert groups == {
        ("rose/01.png", "rose/again.jpg", "rose/copy.png", "rose/half.png"): "saved again or scaled",
        ("rose/03.png", "rose/mirror.png"): "mirrored",
    }


def test_one_picture_in_two_classes_or_two_splits_is_a_fault(folder: Path) -> None:
    shutil.copy(folder / "rose/01.png", folder / "tulip/same.png")
    contradictory = kinds(scanned(folder))["contradictory"]
    assert contradictory.status is Status.FAIL
    assert [(item.paths, item.words) for item in contradictory.items] == [(("rose/01.png", "tulip/same.png"), "rose, tulip")]
    split = folder.parent / "split"
    shutil.copytree(folder / "rose", split / "train/rose")
    shutil.copytree(folder / "tulip", split / "train/tulip")
    put(split / "test/rose/other.png", 500, SIZE)
    put(split / "test/tulip/other.png", 501, SIZE)
    (split / "test/rose/leak.jpg").write_bytes(encoded(scene(3, SIZE), "JPEG", quality=90))
    found = kinds(scanned(split))
    assert [item.paths for item in found["leak"].items] == [("test/rose/leak.jpg", "train/rose/03.png")]
    assert found["leak"].items[0].words == "test, train"


def test_folders_of_dates_contradict_nothing(folder: Path) -> None:
    shutil.copy(folder / "rose/01.png", folder / "tulip/same.png")
    (folder / "rose").rename(folder / "2026-11-01")
    (folder / "tulip").rename(folder / "2026-11-02")
    assert set(kinds(scanned(folder))) == {"duplicates"}


def test_what_most_have_is_a_property_and_no_fault(folder: Path) -> None:
    for path in folder.rglob("*.png"):
        with Image.open(path) as image:
            path.write_bytes(encoded(image.point(DARK)))
    dark = kinds(scanned(folder))["dark"]
    assert dark.status is Status.PASS and "85% of all are so: a property" in dark.message


def test_masks_are_not_judged_as_pictures(folder: Path) -> None:
    for i in range(20):
        (folder / "masks").mkdir(exist_ok=True)
        (folder / f"masks/{i}.png").write_bytes(encoded(Image.new("L", SIZE, i % 3)))
    found = kinds(scanned(folder))
    assert set(found) == {"masks"} and found["masks"].count == 20


def test_a_second_scan_opens_nothing_and_says_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = folder.parent / "cache.sqlite"
    shutil.copy(folder / "rose/01.png", folder / "rose/copy.png")
    aged(folder)
    _pretend_to_be_later(monkeypatch)
    first = scan_folder(folder, cache=cache)
    monkeypatch.setattr(module, "read_all", lambda *_, **__: pytest.fail("read"))
    again = scan_folder(folder, cache=cache)
    assert again.found == first.found
    assert (again.decoded, again.known, again.total) == (0, 41, 41)
    moved = folder.rename(folder.parent / "moved")  # other paths, the same content: hashed, not decoded
    monkeypatch.setattr(module, "read_all", lambda paths, **_: iter(() if not list(paths) else pytest.fail("read")))
    assert scan_folder(moved, cache=cache).found == first.found


def _pretend_to_be_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of this test are seconds old, by their change time that nobody can set; only the clock can help."""
    later = time.time_ns() + 10_000_000_000
    monkeypatch.setattr("mlscaffold.cache.time.time_ns", lambda: later)
    monkeypatch.setattr("mlscaffold.workflows.scan.time.time_ns", lambda: later)


def test_a_file_that_changes_within_its_time_stamp_is_seen(folder: Path) -> None:
    """A scan in the same clock tick as the writing proves nothing, as with git."""
    cache, picture = folder.parent / "cache.sqlite", folder / "rose/01.png"
    assert not scan_folder(folder, cache=cache).found
    size, times = picture.stat().st_size, (picture.stat().st_atime_ns, picture.stat().st_mtime_ns)
    picture.write_bytes(b"<html>".ljust(size))
    os.utime(picture, ns=times)
    assert set(kinds(scan_folder(folder, cache=cache))) == {"not-an-image"}


def test_what_was_read_before_an_interruption_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, seen = folder.parent / "cache.sqlite", list[str]()

    def interrupted(progress: Progress) -> None:
        if progress.done == 25:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan_folder(folder, cache=cache, report=interrupted)
    real = workers.read_facts

    def noted(path: str, *, look: bool) -> Facts:
        seen.append(path)
        return real(path, look=look)

    monkeypatch.setattr(workers, "read_facts", noted)
    assert scan_folder(folder, cache=cache).total == 40
    assert len(seen) == 15


def test_any_executor_gives_the_same(folder: Path) -> None:
    (folder / "rose/a.png").write_bytes(b"")
    with ThreadPoolExecutor(2) as executor:
        by_threads = scan_folder(folder, cache=None, executor=executor, workers=2)
    assert by_threads.found == scanned(folder).found


def test_progress_counts_bytes_and_ends_at_all(folder: Path) -> None:
    seen: list[Progress] = []
    scan = scan_folder(folder, cache=None, report=seen.append)
    assert [p.done for p in seen] == list(range(1, 41))
    assert seen[-1] == Progress(40, 40, scan.bytes, scan.bytes)


def test_where_it_remembers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "caches"))
    outside = cache_of(folder)
    assert outside.is_relative_to(folder.parent) and outside.parent.name == "mlscaffold" and outside != cache_of(folder / "rose")
    (folder.parent / "mlscaffold.toml").write_text("")
    assert cache_of(folder) == folder.parent / ".mlscaffold/cache.sqlite"
    (folder.parent / "closed").write_text("a file, so that no folder can be made there")
    assert scan_folder(folder, cache=folder.parent / "closed/cache.sqlite").read == 40


def test_a_folder_without_pictures_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        scan_folder(tmp_path / "absent", cache=None)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UsageError, match="no picture") as problem:
        scan_folder(tmp_path, cache=None)
    assert problem.value.context == "1 .txt"


def test_names_that_are_no_text_are_scanned_and_cached(folder: Path) -> None:
    try:
        shutil.copy(os.fsencode(folder / "rose/01.png"), os.fsencode(folder / "rose") + b"/caf\xe9.png")
    except OSError:
        pytest.skip("this file system takes only names that are text")
    cache = folder.parent / "cache.sqlite"
    for _ in range(2):
        found = kinds(scan_folder(folder, cache=cache))
        assert found["duplicates"].items[0].paths == ("rose/01.png", "rose/caf\udce9.png")


def test_a_project_that_keeps_its_pictures_gives_no_thumbnails(folder: Path) -> None:
    scan = scanned(folder)
    assert list(thumbnails(scan, ["rose/01.png", "rose/absent.png"])) == ["rose/01.png"]
    (folder / "mlscaffold.toml").write_text(
        'schema = 1\nname = "x"\npackage = "x"\ntask = "image-classification"\npictures = "none"\n'
    )
    assert thumbnails(scan, ["rose/01.png"]) == {}


def test_what_the_cache_has_lost_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(3):
        scene(i, SIZE).save(folder / f"rose/copy-{i}.jpg", quality=90)
    wanted = kinds(scanned(folder))["near-duplicates"]
    monkeypatch.setattr(Cache, "facts", lambda *_: {})
    assert kinds(scanned(folder))["near-duplicates"] == wanted


def test_a_file_that_goes_away_meanwhile_is_like_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene(0, SIZE).save(folder / "rose/copy.jpg", quality=90)
    scene(1, SIZE).save(folder / "tulip/copy.jpg", quality=90)

    def gone(progress: Progress) -> None:
        if progress.done == progress.total:
            (folder / "rose/copy.jpg").unlink()

    monkeypatch.setattr(Cache, "facts", lambda *_: {})
    found = kinds(scan_folder(folder, cache=None, report=gone))["near-duplicates"]
    assert [item.paths for item in found.items] == [("rose/01.png", "tulip/copy.jpg")]


def test_files_and_folders_that_vanish_before_they_are_read_are_refused(folder: Path) -> None:
    def gone(progress: Progress) -> None:
        if progress.done == 1:
            shutil.rmtree(folder / "tulip")

    scan = scan_folder(folder, cache=None, report=gone)
    found = kinds(scan)["unreadable"]
    assert (scan.total, found.count) == (40, scan.refused)
    assert found.items[0].words == "No such file or directory"
