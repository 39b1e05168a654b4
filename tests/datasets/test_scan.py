from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlscaffold.datasets import workers as module
from mlscaffold.datasets.scan import file_digest, scan
from tests.datasets.pictures import put


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    return [put(tmp_path / f"{i:03}.png", i, (30, 30)) for i in range(150)]


def test_facts_come_in_the_order_of_the_paths(pictures: list[Path]) -> None:
    seen: list[tuple[int, int]] = []
    here = scan(reversed(pictures), progress=lambda done, total: seen.append((done, total)))
    assert list(here) == pictures[::-1]
    assert seen == [(64, 150), (128, 150), (150, 150)]
    with ThreadPoolExecutor(2) as executor:
        assert scan(pictures, executor=executor) == here


def test_a_pool_of_processes_gives_the_same(pictures: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    here = scan(pictures)
    monkeypatch.setattr(module, "POOL_FROM", 100)
    assert scan(pictures) == here


def test_known_pictures_are_not_decoded_and_vouched_ones_not_opened(
    pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scan(pictures)
    known = {facts.digest: facts for facts in first.values()}
    monkeypatch.setattr(module, "facts_of", lambda data: pytest.fail("decoded"))
    assert scan(pictures, known=known) == first
    digests = {path: facts.digest for path, facts in first.items()}
    for path in pictures:
        path.unlink()
    assert scan(pictures, known=known, digests=digests) == first


def test_a_file_that_is_gone_is_a_fact(tmp_path: Path) -> None:
    facts = scan([tmp_path / "gone.png"])[tmp_path / "gone.png"]
    assert (facts.problem, facts.digest) == ("unreadable", "")


def test_the_digest_of_a_pointer_is_that_of_its_picture(tmp_path: Path) -> None:
    pointer = tmp_path / "a.png"
    pointer.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'cd' * 32}\nsize 7\n")
    assert file_digest(pointer) == ("cd" * 32, 7)
