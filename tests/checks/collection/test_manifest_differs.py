from __future__ import annotations

import hashlib

from tests.checks.collection.test_annotations import without_pictures
from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, ROSE, FILE = "collection.manifest-differs", "data/raw/belt/rose/img0002.png", "data/manifest/belt.csv"


def test_the_pictures_that_are_listed_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_a_clone_without_pictures_passes(project: Sandbox) -> None:
    without_pictures(project)
    assert project.check(CHECK) == []


def test_no_manifest_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))
    empty.write({ROSE: b"x"})
    assert absent(empty.check(CHECK))


def test_a_picture_changed_taken_and_added(project: Sandbox) -> None:
    project.write({ROSE: b"other"})
    said(project.check(CHECK), "fail", "1 of 420 pictures with other bytes than listed", FILE)
    project.remove(ROSE)
    said(project.check(CHECK), "fail", "1 of 420 pictures listed, and not there")
    project.edit_csv(FILE, lambda rows: [r for r in rows if r["path"] not in ("belt/rose/img0002.png", "belt/rose/img0005.png")])
    said(project.check(CHECK), "fail", "1 of 419 pictures in no manifest", "data/raw/belt/rose/img0005.png")


def test_a_pointer_of_git_lfs_has_the_digest_of_its_picture(project: Sandbox) -> None:
    data = (project.root / ROSE).read_bytes()
    oid = hashlib.sha256(data).hexdigest()
    project.write({ROSE: f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n"})
    assert project.check(CHECK) == []


def test_another_source_that_is_not_here(project: Sandbox) -> None:
    project.write({"data/manifest/shop.csv": f"path,bytes,digest\nshop/a.png,5,{'a' * 64}\n"})
    assert project.check(CHECK) == []


def test_data_on_another_disk(project: Sandbox) -> None:
    disk = project.root.parent / "disk"
    (project.root / "data/raw").rename(disk)
    (project.root / "data/raw").symlink_to(disk)
    assert project.check(CHECK) == []
    assert project.check("collection.path-leaves-project") == []
