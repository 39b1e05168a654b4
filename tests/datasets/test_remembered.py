import os
import time
from pathlib import Path

import pytest

from mlscaffold.cache import Cache
from mlscaffold.datasets import remembered as module
from mlscaffold.datasets import workers
from mlscaffold.datasets.remembered import Remembered
from mlscaffold.evidence import media
from mlscaffold.project import Project
from mlscaffold.workflows.data_stats import data_stats
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.split_data import split_data
from tests.datasets.pictures import put


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project on whose clock the files that tests write are settled."""
    later = time.time_ns() + 10_000_000_000
    monkeypatch.setattr("mlscaffold.cache.time.time_ns", lambda: later)
    root = tmp_path / "project"
    (root / ".mlscaffold").mkdir(parents=True)
    (root / "mlscaffold.toml").write_text('schema = 1\nname = "shop"\npackage = "shop"\ntask = "image-classification"\n')
    return root


def _never(*_: object, **__: object) -> None:
    pytest.fail("decoded again")


def test_nothing_is_decoded_twice_between_import_stats_split_and_check(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(24):
        put(project.parent / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    import_data(project, project.parent / "shop")
    monkeypatch.setattr(workers, "facts_of", _never)
    monkeypatch.setattr(workers, "read_piece", _never)
    assert data_stats(project).statistics.values["images"] == 24
    assert len(split_data(project).dealt.rows) == 24
    tree = Project(project, cache=Cache(project / ".mlscaffold/cache.sqlite"))
    media.learn(tree)
    raw = {path.removeprefix("data/raw/"): digest for path, digest in tree.digests("data/raw").items() if path.endswith(".png")}
    assert len(media.facts(tree, raw, base="data/raw")) == 24
    tree.cache.connection.close()


def test_unchanged_files_are_not_opened_and_changed_ones_are(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [put(project / f"data/raw/shop/{i}.png", i, (400, 300)) for i in range(3)]
    first = Remembered(project)
    before = first.facts(paths)
    digests = [first.digest(path) for path in paths]
    first.close()
    monkeypatch.setattr(module, "file_digest", lambda path: pytest.fail(f"opened {path}"))
    again = Remembered(project)
    assert again.facts(paths) == before
    assert [again.digest(path) for path in paths] == digests
    again.close()
    monkeypatch.undo()
    put(paths[1], 99, (400, 300))
    os.utime(paths[1], (1, 1))
    changed = Remembered(project).facts(paths)
    assert [path for path in paths if changed[path] != before[path]] == [paths[1]]


def test_a_pointer_is_not_taken_for_its_picture(project: Path) -> None:
    pointer = project / "data/raw/shop/a.png"
    pointer.parent.mkdir(parents=True)
    pointer.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'cd' * 32}\nsize 7\n")
    for _ in range(2):
        pictures = Remembered(project)
        assert pictures.digest(pointer) == ("cd" * 32, 7)
        assert pictures.facts([pointer])[pointer].pointer
        pictures.close()


def test_without_a_place_for_the_cache_everything_still_works(tmp_path: Path) -> None:
    path = put(tmp_path / "data/raw/a.png", 1)
    assert Remembered(tmp_path).facts([path, tmp_path / "gone.png"])[path].decode_ok
