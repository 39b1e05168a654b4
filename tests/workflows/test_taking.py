"""Pictures are drawn in order by any executor, inside the page, into a folder, or only linked."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.reports.gallery import CELL, large_name
from mlscaffold.workflows.taking import LARGE, Job, Way, address, take


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Eighty pictures, each of another grey."""
    paths = [tmp_path / f"{i:02}.png" for i in range(80)]
    for i, path in enumerate(paths):
        Image.new("RGB", (900, 300 + i), (i, i, i)).save(path)
    return paths


def test_any_executor_draws_in_order(pictures: list[Path]) -> None:
    jobs = [Job(path) for path in pictures]
    with ThreadPoolExecutor(2) as executor:
        assert take(jobs, executor=executor) == take(jobs)


def test_a_page_has_larger_copies_while_there_is_room(pictures: list[Path]) -> None:
    (taken,) = take([Job(pictures[0])])
    with Image.open(io.BytesIO(taken.large)) as large, Image.open(io.BytesIO(taken.small)) as small:
        assert large.width == LARGE[0][1] and max(small.size) == CELL
    many = take([Job(pictures[0])] * 3 + [Job(Path("none"))] * LARGE[-1][0])
    assert many[0].small and not many[0].large
    assert many[-1].small == b"" and many[-1].size == (0, 0)


def test_a_folder_gets_the_larger_copies(pictures: list[Path], tmp_path: Path) -> None:
    taken = take([Job(pictures[0]), Job(tmp_path / "none.png"), Job(pictures[1])], way=Way(folder=tmp_path / "made"))

    assert [(tmp_path / "made" / large_name(i)).is_file() for i in range(3)] == [True, False, True]
    assert not any(one.large for one in taken)


def test_an_address_is_seen_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    path = tmp_path / "a b" / "#1.png"
    path.write_bytes(b"x")

    assert address(path, tmp_path / "c" / "d") == "../../a%20b/%231.png"
    assert address(tmp_path / "none.png", tmp_path) == ""
