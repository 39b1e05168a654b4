import shutil
from pathlib import Path

import pytest

from mlscaffold.datasets.links import LINKS, roots_of
from mlscaffold.datasets.manifest import refresh_manifests
from mlscaffold.datasets.sources import media_of
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.workflows.data_stats import data_stats
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.link_data import is_shared, link_data
from mlscaffold.workflows.split_data import split_data
from tests.conftest import Sandbox
from tests.datasets.pictures import put

SETTINGS = 'name = "shop"\npackage = "shop_sorter"\ntask = "image-classification"\n'


@pytest.fixture
def nas(tmp_path: Path) -> Path:
    for i in range(12):
        put(tmp_path / f"nas/shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    return tmp_path / "nas"


@pytest.fixture
def project(tmp_path: Path, nas: Path) -> Sandbox:
    made = Sandbox(tmp_path / "project")
    made.write({"mlscaffold.toml": SETTINGS})
    import_data(made.root, nas / "shop", link=True)
    return made


def _links(project: Sandbox) -> list[Path]:
    return sorted(path for path in (project.root / "data/raw").rglob("*.png") if path.is_symlink())


def test_linked_pictures_stay_where_they_are_and_count(project: Sandbox, nas: Path) -> None:
    assert len(_links(project)) == 12
    assert _links(project)[0].readlink() == nas / "shop/hat/01.png"
    assert roots_of(project.root) == {"shop": (nas / "shop",)}
    assert data_stats(project.root).statistics.values["images"] == 12
    assert len(split_data(project.root).dealt.rows) == 12
    for check in ("path-leaves-project", "manifest-differs", "unreadable-image", "orphan-annotation"):
        assert project.check(f"collection.{check}") == []


def test_only_what_was_declared_is_read(project: Sandbox, tmp_path: Path) -> None:
    put(tmp_path / "private/me.png", 70)
    hat = project.root / "data/raw/shop/hat"
    (hat / "me.png").symlink_to(tmp_path / "private/me.png")
    assert hat / "me.png" not in list(media_of(project.root / "data/raw/shop"))
    (found,) = project.check("collection.path-leaves-project")
    assert "1 link leads out of the project: data/raw/shop/hat/me.png" in found.message
    other = project.root / "data/raw/belt/a.png"  # what is declared for one source is not for another
    other.parent.mkdir()
    other.symlink_to(_links(project)[0].readlink())
    assert list(media_of(other.parent)) == []
    (found,) = project.check("collection.path-leaves-project")
    assert "2 links lead out" in found.message


def test_a_declaration_of_another_clone_opens_nothing(project: Sandbox) -> None:
    clone = project.root.parent / "elsewhere"
    shutil.copytree(project.root, clone, symlinks=True)
    assert roots_of(clone) == {}
    assert list(media_of(clone / "data/raw/shop")) == []
    (found,) = Sandbox(clone).check("collection.path-leaves-project")
    assert "12 links lead out of the project" in found.message
    assert "mlscaffold data link SOURCE FOLDER" in found.fix


def test_a_disk_that_is_not_mounted_takes_nothing_away(project: Sandbox, nas: Path) -> None:
    split_data(project.root)
    manifest, table = project.read("data/manifest/shop.csv"), project.read("data/splits/shop.csv")
    put(project.root / "data/raw/shop/hat/copied.png", 80)
    refresh_manifests(project.root)
    nas.rename(nas.with_name("gone"))
    (change,) = refresh_manifests(project.root)
    assert (change.removed, change.added) == ((), ())
    assert set(manifest.splitlines()) < set(project.read("data/manifest/shop.csv").splitlines())
    split_data(project.root)
    assert set(table.splitlines()) <= set(project.read("data/splits/shop.csv").splitlines())
    assert project.check("collection.path-leaves-project") == []
    assert [f.status.value for f in project.check("collection.manifest-differs")] == ["unknown"]


def test_a_clone_links_by_content_whatever_the_names(project: Sandbox, nas: Path, tmp_path: Path) -> None:
    clone = Sandbox(tmp_path / "clone")
    shutil.copytree(project.root, clone.root, ignore=shutil.ignore_patterns("*.png", "links.toml", "cache*"))
    (nas / "shop/hat/01.png").rename(nas / "shop/renamed.png")
    with pytest.raises(ScaffoldError, match="holds none of the 12 pictures of shop"):
        link_data(clone.root, "shop", tmp_path / "clone")
    (done,) = link_data(clone.root, "shop", nas)
    assert (done.linked, done.here, done.missing) == (12, 0, ())
    assert (clone.root / "data/raw/shop/hat/01.png").readlink() == nas / "shop/renamed.png"
    assert clone.check("collection.manifest-differs") == []
    (done,) = link_data(clone.root)
    assert (done.linked, done.here) == (0, 12)
    (nas / "shop/renamed.png").unlink()
    (done,) = link_data(clone.root, "shop")
    assert done.missing == ("shop/hat/01.png",)


def test_an_update_may_be_linked_too_and_a_zip_may_not(project: Sandbox, nas: Path) -> None:
    put(nas / "shop/hat/new.png", 60)
    done = import_data(project.root, nas / "shop", link=True, batch="two")
    assert (done.added, done.linked_to) == (1, str(nas / "shop"))
    assert (project.root / "data/raw/shop/two/hat/new.png").is_symlink()
    put(nas / "shop/hat/newer.png", 61)
    import_data(project.root, nas / "shop", batch="two")  # what was linked once is not copied later
    assert (project.root / "data/raw/shop/two/hat/newer.png").is_symlink()
    shutil.make_archive(str(nas / "more"), "zip", nas / "shop")
    with pytest.raises(UsageError, match="cannot be linked: they have to be unpacked"):
        import_data(project.root, nas / "more.zip", link=True)


def test_what_names_nothing_is_refused(project: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        link_data(project.root, "shop", tmp_path / "nowhere")
    with pytest.raises(UsageError, match="nothing says which pictures belt has"):
        link_data(project.root, "belt", tmp_path)
    with pytest.raises(UsageError, match="No folder is declared for belt"):
        link_data(project.root, "belt")
    (project.root / LINKS).write_text("links = [")
    assert roots_of(project.root) == {}


def test_the_file_of_this_machine_is_ignored_or_told(project: Sandbox) -> None:
    assert not is_shared(project.root)  # without git there is nobody to take it
    project.commit()
    assert is_shared(project.root)
    project.write({".gitignore": ".mlscaffold/links.toml\n"})
    project.git("rm", "-q", "--cached", LINKS.as_posix())
    assert not is_shared(project.root)
