from __future__ import annotations

import hashlib
import io

from PIL import Image, ImageOps

from mlscaffold.model import Finding, Status
from tests.conftest import Sandbox

CHECK, TABLE = "preparation.split-leakage", "data/splits/belt.csv"
TRAIN, TEST = "belt/daisy/img0001.png", "belt/daisy/img0271.png"


def put(project: Sandbox, path: str, image: Image.Image, kind: str = "PNG", **options: int) -> str:
    """Write a picture in place of a raw one and list its digest; returns the digest."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    project.write({f"data/raw/{path}": buffer.getvalue()})
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    project.edit_csv(TABLE, lambda rows: [{**r, "digest": digest} if r["path"] == path else r for r in rows])
    return digest


def photo() -> Image.Image:
    """A picture with a structure of its own, large enough for a perceptual hash."""
    noise = Image.effect_noise((12, 12), 90).resize((160, 160), Image.Resampling.BICUBIC)
    return Image.merge("RGB", [noise, ImageOps.invert(noise), noise])


def leak(project: Sandbox) -> Finding:
    found = [f for f in project.check(CHECK) if f.status is Status.FAIL]
    assert len(found) == 1, found
    return found[0]


def test_disjoint_splits_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_splits_are_something_to_do(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_the_same_file_under_another_name(project: Sandbox) -> None:
    digests = {r.split(",")[0]: r.split(",")[1] for r in project.read(TABLE).splitlines()}
    for n in range(1, 4):
        project.copy(f"data/raw/belt/daisy/img{3 * n - 2:04d}.png", f"data/raw/belt/daisy/img{268 + 3 * n:04d}.png")
    twins = {f"belt/daisy/img{268 + 3 * n:04d}.png": digests[f"belt/daisy/img{3 * n - 2:04d}.png"] for n in range(1, 4)}
    project.edit_csv(TABLE, lambda rows: [{**r, "digest": twins.get(r["path"], r["digest"])} for r in rows])
    found = leak(project)
    assert (
        "3 of 150 test pictures are in train too (3 the same file), first belt/daisy/img0271.png = belt/daisy/img0001.png"
        in found.message
    )
    assert found.effect is not None
    assert found.effect.corrected != found.effect.reported
    assert found.evidence[0].line == 272


def test_saved_again(project: Sandbox) -> None:
    picture = photo()
    put(project, TRAIN, picture)
    put(project, TEST, picture.resize((144, 144)), "JPEG", quality=80)
    assert "1 of 150 test pictures is in train too (1 saved again or scaled)" in leak(project).message


def test_mirrored(project: Sandbox) -> None:
    picture = photo()
    put(project, TRAIN, picture)
    put(project, "belt/daisy/img0181.png", ImageOps.mirror(picture))
    assert "1 of 60 validation pictures is in train too (1 mirrored)" in leak(project).message


def test_same_pixels_in_another_container(project: Sandbox) -> None:
    picture = Image.open(project.root / "data/raw" / TRAIN)
    put(project, TEST, picture, "BMP")
    assert "(1 the same pixels)" in leak(project).message


def test_tables_speak_where_pictures_are_absent(project: Sandbox) -> None:
    project.remove("data/raw")
    for split in ("train", "validation", "eyeball", "test"):
        project.remove(f"data/processed/{split}/belt")
    found = project.check(CHECK)
    assert [f.status for f in found] == [Status.UNKNOWN]
    assert "420 of 420 pictures are not on this machine" in found[0].message
    same = project.read("data/processed/train/annotations.csv").splitlines()[1].split(",")[1]
    project.edit_csv(
        "data/processed/test/annotations.csv",
        lambda rows: [{**r, "digest": same if i == 0 else r["digest"]} for i, r in enumerate(rows)],
    )
    assert "(1 the same pixels)" in leak(project).message


def test_processed_pictures_stand_in_for_raw_ones(project: Sandbox) -> None:
    project.remove("data/raw")
    assert project.check(CHECK) == []


def test_prepared_pictures_that_look_alike_are_unknown_without_the_raw_ones(project: Sandbox) -> None:
    first, other = (sorted((project.root / f"data/processed/{s}").rglob("*.png"))[0] for s in ("train", "test"))
    picture = photo().resize((160, 160))
    for path, shown in ((first, picture), (other, picture.resize((150, 150)).resize((160, 160)))):
        path.unlink()
        shown.save(path)
    project.remove("data/raw")
    (found,) = project.check(CHECK)
    assert found.status is Status.UNKNOWN
    assert "1 picture looks like one of another split as prepared" in found.message


def test_copies_within_train_are_no_leak(project: Sandbox) -> None:
    picture = photo()
    for n, name in enumerate((TRAIN, "belt/daisy/img0004.png", "belt/daisy/img0007.png")):
        put(project, name, ImageOps.mirror(picture) if n == 1 else picture)
    assert project.check(CHECK) == []


def test_folds_may_share_pictures_but_test_may_not(project: Sandbox) -> None:
    def folds(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        dealt = [r | {"fold": ""} for r in rows if r["split"] in ("test", "eyeball")]
        held = [r for r in rows if r["split"] in ("train", "validation")]
        return dealt + [
            r | {"fold": str(k), "split": "validation" if i % 4 == k else "train"} for k in range(4) for i, r in enumerate(held)
        ]

    project.edit_csv(TABLE, folds)
    assert project.check(CHECK) == []
    project.edit_csv(TABLE, lambda rows: [*rows, {**rows[-1], "split": "test"}])
    assert "1 of 151 test pictures is in train too (1 the same file)" in project.check(CHECK)[0].message


def test_turned_by_a_quarter(project: Sandbox) -> None:
    picture = photo()
    put(project, TRAIN, picture)
    put(project, TEST, picture.rotate(90, expand=True))
    assert "(1 turned or flipped)" in leak(project).message


def test_upside_down(project: Sandbox) -> None:
    picture = photo()
    put(project, TRAIN, picture)
    put(project, TEST, ImageOps.flip(picture))
    assert "(1 turned or flipped)" in leak(project).message


def test_copies_of_one_class_are_named_so(project: Sandbox) -> None:
    for n in range(6):
        project.copy(f"data/raw/belt/daisy/img{3 * n + 1:04d}.png", f"data/raw/belt/daisy/img{271 + 3 * n:04d}.png")
    assert '(6 the same pixels, all of class "daisy")' in leak(project).message
    project.copy("data/raw/belt/rose/img0002.png", "data/raw/belt/rose/img0272.png")
    assert "(7 the same pixels)" in leak(project).message


def rename_split(project: Sandbox, path: str, name: str) -> None:
    project.edit_csv(TABLE, lambda rows: [{**r, "split": name} if r["path"] == path else r for r in rows])


def test_a_named_test_set_and_what_is_held_out_of_extra_data_leak_like_any_other_split(project: Sandbox) -> None:
    for name in ("test-night", "augmented"):
        rename_split(project, TEST, name)
        put(project, TEST, Image.open(project.root / "data/raw" / TRAIN), "BMP")
        assert f"1 of 1 {name} picture is in train too (1 the same pixels)" in leak(project).message


def test_what_two_test_sets_share_is_told_and_no_leak(project: Sandbox) -> None:
    other = "belt/daisy/img0274.png"
    rename_split(project, other, "test-night")
    put(project, other, Image.open(project.root / "data/raw" / TEST), "BMP")
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "1 of 1 test-night picture is in test too (1 the same pixels)" in found.message
    assert "the two are not independent" in found.message


def test_a_number_of_a_fold_hides_no_leak(project: Sandbox) -> None:
    put(project, "belt/daisy/img0181.png", Image.open(project.root / "data/raw" / TRAIN), "BMP")
    project.edit_csv(TABLE, lambda rows: [{**r, "fold": str(1 + i % 5)} for i, r in enumerate(rows)])
    assert "1 of 60 validation pictures is in train too" in leak(project).message
