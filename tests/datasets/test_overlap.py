from pathlib import Path

from mlscaffold.datasets.overlap import Listing, doubles, leaks, look, near_doubles, plain_path, plain_text
from tests.datasets.pictures import encoded, put, scene


def test_plain_forms() -> None:
    assert plain_text("  Straße\tÉTÉ\n") == "strasse été"
    assert plain_path(r".\a\b//c.png") == "a/b/c.png"
    assert plain_path("") == ""


def test_the_same_name_in_two_folders_needs_its_folder() -> None:
    rows = Listing(["x/cat/q8f.png", "x/dog/q8f.png"])
    assert leaks(rows, Listing(["y/dog/q8f.jpg"])).rows == {1: "name"}


def test_names_whose_labels_contradict_are_no_proof() -> None:
    names = [f"{word}{end}" for word in ("ant", "bee", "fly") for end in ("x", "y", "z")]
    rows = Listing([f"a/{name}.png" for name in names], labels=["cat"] * 9)
    train = Listing([f"b/{name}.png" for name in names], labels=["dog"] * 8 + ["cat"])
    found = leaks(rows, train)
    assert not found.rows and (found.counted_names, found.other_labels) == (9, 8)


def test_digests_are_compared_in_any_case() -> None:
    rows = Listing(["a", "b"], digests=["ABCD", "ef"])
    assert leaks(rows, Listing(["c"], digests=["abcd"])).rows == {0: "digest"}
    assert doubles(Listing([], digests=["Ab", "aB", ""])) == {"digest": [(0, 1)]}


def test_a_picture_saved_again_is_found_and_its_name_alone_is_not_believed(tmp_path: Path) -> None:
    put(tmp_path / "test/one.png", 1, (200, 160))
    put(tmp_path / "test/two.png", 2, (200, 160))
    (tmp_path / "train").mkdir()
    (tmp_path / "train/other.jpg").write_bytes(encoded(scene(1, (200, 160)), "JPEG", quality=85))
    put(tmp_path / "train/two.png", 77, (200, 160))
    rows, train = Listing(["test/one.png", "test/two.png"]), Listing(["train/other.jpg", "train/two.png"])
    seen, trained = look(rows.paths, tmp_path), look(train.paths, tmp_path)
    assert leaks(rows, train, pictures=seen, trained=trained).rows == {0: "near"}
    assert near_doubles(Listing(["a", "b"]), look(["test/one.png", "train/other.jpg"], tmp_path)) == 1


def test_no_path_leaves_the_folder(tmp_path: Path) -> None:
    put(tmp_path / "secret/s.png", 1)
    inside = tmp_path / "inside"
    put(inside / "deep/a.png", 2)
    (inside / "link.png").symlink_to(tmp_path / "secret/s.png")
    found = look(["../secret/s.png", str(tmp_path / "secret/s.png"), "link.png", "elsewhere/a.png", "x" * 5000], inside)
    assert (set(found.facts), found.outside, found.missing) == ({"elsewhere/a.png"}, 3, 1)


def test_a_ring_of_links_is_no_picture(tmp_path: Path) -> None:
    put(tmp_path / "deep/a.png", 1)
    (tmp_path / "ring.png").symlink_to("ring.png")
    found = look(["a.png", "ring.png"], tmp_path)
    assert (set(found.facts), found.missing + found.outside) == ({"a.png"}, 1)


def test_a_digest_in_the_training_list_is_enough(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    seen = look(["a.png"], tmp_path)
    train = Listing(["other/name.png"], digests=[f"sha256:{seen.facts['a.png'].digest}"])
    assert leaks(Listing(["a.png"]), train, pictures=seen).rows == {0: "file"}
