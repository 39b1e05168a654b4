import pytest

from mlscaffold.datasets.folders import folders_of


@pytest.mark.parametrize(
    ("paths", "labels", "splits"),
    [
        (["rose/1.jpg", "tulip/2.jpg"], ("rose", "tulip"), ("", "")),
        (["images/rose/1.jpg", "images/tulip/a/2.jpg"], ("rose", "tulip"), ("", "")),
        (["train/rose/1.jpg", "valid/rose/2.jpg", "test/tulip/3.jpg"], ("rose", "rose", "tulip"), ("train", "validation", "test")),
        (["train/images/1.jpg", "test/images/2.jpg"], ("", ""), ("train", "test")),
        (["train/rose/1.jpg", "test/tulip/2.jpg", "unlabeled/3.jpg"], ("rose", "tulip", ""), ("train", "test", "")),
        (["Set v2/all/rose/1.jpg", "Set v2/all/tulip/2.jpg"], ("rose", "tulip"), ("", "")),
        (["rose/2026-11-01/1.jpg", "rose/2026-11-02/2.jpg"], ("", ""), ("", "")),
        (["train/1.jpg", "plane/2.jpg", "car/3.jpg"], ("train", "plane", "car"), ("", "", "")),
        (["0/1.png", "7/2.png"], ("0", "7"), ("", "")),
        (["2026-11-01/1.jpg", "2026-11-02/1.jpg"], ("", ""), ("", "")),
        (["batch_1/1.jpg", "batch_2/1.jpg"], ("", ""), ("", "")),
        (["00/1.jpg", "01/1.jpg"], ("", ""), ("", "")),
        (["rose/1.jpg", "rose/2.jpg"], ("", ""), ("", "")),
        (["1.jpg"], ("",), ("",)),
        ([], (), ()),
    ],
)  # fmt: skip
def test_folders_are_classes_only_where_they_can_be(paths: list[str], labels: tuple[str, ...], splits: tuple[str, ...]) -> None:
    found = folders_of(paths)
    assert (found.labels, found.splits) == (labels, splits)
    assert set(found.classes) == set(labels) - {""}
