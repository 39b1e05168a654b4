from collections.abc import Iterable

from PIL import Image

from mlscaffold.datasets import resemblance as module
from mlscaffold.datasets.folders import Folders, folders_of
from mlscaffold.datasets.images import Facts, facts_of
from mlscaffold.datasets.inspection import Found
from mlscaffold.datasets.inventory import Inventory
from mlscaffold.datasets.resemblance import resemblances
from tests.datasets.pictures import encoded, scene


def found(pictures: dict[str, bytes]) -> dict[str, Found]:
    """What the pictures, by their paths, resemble."""
    inventory, known = Inventory(), {}
    for path, data in sorted(pictures.items()):
        facts = facts_of(data)
        known[facts.digest] = facts
        inventory.add(path, facts)

    def fetch(digests: Iterable[str]) -> dict[str, Facts]:
        return {digest: known[digest] for digest in digests}

    folders: Folders = folders_of(inventory.paths)
    return {one.kind: one for one in resemblances(inventory, folders, fetch)}


def jpeg(seed: int, quality: int) -> bytes:
    return encoded(scene(seed, (300, 200)), "JPEG", quality=quality)


def test_a_jpeg_with_another_header_is_the_same_picture() -> None:
    plain = jpeg(1, 90)
    noted = plain[:2] + b"\xff\xfe\x00\x07hello" + plain[2:]  # a comment, behind the first marker
    groups = found({"a/1.jpg": plain, "b/2.jpg": noted, "a/3.jpg": jpeg(2, 90)})
    assert [item.paths for item in groups["near-duplicates"].items] == [("a/1.jpg", "b/2.jpg")]
    assert [item.words for item in groups["contradictory"].items] == ["a, b"]


def test_a_mirrored_picture_in_another_class_is_no_contradiction() -> None:
    mirrored = scene(1, (300, 200)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    groups = found({"left/1.jpg": jpeg(1, 90), "right/1.png": encoded(mirrored)})
    assert set(groups) == {"near-duplicates"}


def test_blank_pictures_resemble_only_their_own_bytes() -> None:
    blank = {f"a/{i}.png": encoded(Image.new("RGB", (40, 40), (i, i, i))) for i in range(5)}
    assert not found(blank)
    assert found(blank | {"a/5.png": blank["a/0.png"]})["duplicates"].count == 2


def test_a_chain_of_many_is_joined_anew_by_the_strict_rule() -> None:
    """Frames that change a little from one to the next: the ends of the film are not the same picture."""
    first, last = scene(1, (120, 90)), scene(2, (120, 90))
    film = {f"{i:02}.png": encoded(Image.blend(first, last, i / 59)) for i in range(60)}
    groups = [item.paths for item in found(film)["near-duplicates"].items]
    assert max(map(len, groups)) < 60
    assert not any({"00.png", "59.png"} <= set(group) for group in groups)
    assert module.LARGEST == 20
