from pathlib import Path

from mlscaffold.datasets.walk import walk
from tests.datasets.pictures import put


def test_everything_is_counted_and_no_link_is_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "set", tmp_path / "outside"
    put(root / "a/1.png", 1)
    put(root / "2.JPG.png", 2)
    put(outside / "3.png", 3)
    (root / "notes.txt").write_text("x")
    (root / "README").write_text("x")
    (root / ".DS_Store").write_text("x")
    (root / "b").mkdir()
    (root / "in.png").symlink_to(root / "a/1.png")
    (root / "out.png").symlink_to(outside / "3.png")
    (root / "away").symlink_to(outside)
    (root / "gone.png").symlink_to(root / "nothing.png")
    found = walk(root)
    assert list(found.pictures) == ["2.JPG.png", "a/1.png"]
    assert [path for path, _ in found.refused] == ["away", "gone.png", "out.png"]
    assert found.passed == {".txt": 1, "no ending": 1, "hidden or system": 1, "links": 1}


def test_a_ring_of_links_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "a/1.png", 1)
    (tmp_path / "a/ring.png").symlink_to("ring.png")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    found = walk(tmp_path)
    assert list(found.pictures) == ["a/1.png"]
    assert found.refused == [("a/ring.png", "a ring of links")]


def test_the_witness_moves_with_a_name_a_size_or_a_time(tmp_path: Path) -> None:
    picture = put(tmp_path / "a.png", 1)
    first, newest = walk(tmp_path).witness()
    assert (first, newest) == walk(tmp_path).witness()
    assert newest >= picture.stat().st_mtime_ns
    seen = {first}
    picture.touch()
    seen.add(walk(tmp_path).witness()[0])
    picture.rename(tmp_path / "b.png")
    seen.add(walk(tmp_path).witness()[0])
    (tmp_path / "notes.txt").write_text("x")
    seen.add(walk(tmp_path).witness()[0])
    assert len(seen) == 4
