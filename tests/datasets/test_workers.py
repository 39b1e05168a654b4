import os
import signal
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any, TypeVar

import pytest

from mlscaffold.datasets import workers
from mlscaffold.datasets.workers import read_all
from mlscaffold.errors import ScaffoldError
from tests.datasets.pictures import put


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    return [str(put(tmp_path / f"{i:03}.png", i, (20, 20))) for i in range(70)]


T = TypeVar("T")


class Here(Executor):
    """Runs at once, and notes how much was under way."""

    def __init__(self, *, breaks_at: int = -1) -> None:
        self.pieces: deque[Sequence[str]] = deque()
        self.breaks_at = breaks_at

    def submit(self, function: Callable[..., T], /, *arguments: object, **named: object) -> Future[T]:
        paths = arguments[0]
        assert isinstance(paths, list)
        self.pieces.append(paths)
        if len(self.pieces) - 1 == self.breaks_at:
            raise BrokenExecutor("gone")
        future: Future[T] = Future()
        future.set_result(function(*arguments, **named))
        return future


def test_any_executor_reads_the_same_in_pieces(paths: list[str]) -> None:
    here = dict(read_all(paths))
    executor = Here()
    assert dict(read_all(paths, executor=executor, workers=1)) == here
    assert [len(piece) for piece in executor.pieces] == [32, 32, 6]


def test_workers_that_go_away_are_told_and_what_they_read_is_kept(paths: list[str]) -> None:
    seen = []
    with pytest.raises(ScaffoldError, match="38 pictures were not read"):
        for path, _ in read_all(paths, executor=Here(breaks_at=1), workers=1):
            seen.append(path)
    assert seen == paths[:32]


def _read_or_die(paths: Sequence[str], plain: Sequence[bool] = ()) -> list[Any]:
    if any(Path(path).name == "013.png" for path in paths):
        os.kill(os.getpid(), signal.SIGKILL)
    return workers.read_piece(paths, plain)


@pytest.mark.story
def test_a_file_that_kills_its_reader_costs_only_itself(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    here = dict(read_all(paths))
    monkeypatch.setattr(workers, "POOL_FROM", 10)
    monkeypatch.setattr(workers, "PIECE", 4)
    monkeypatch.setattr(workers, "read_piece", _read_or_die)
    found = dict(read_all(paths, workers=2))
    assert found.keys() == here.keys()
    other = {path: facts for path, facts in found.items() if facts != here[path]}
    assert [Path(path).name for path in other] == ["013.png"]
    (broken,) = other.values()
    assert broken.problem == "undecodable" and "crashed" in broken.detail


def test_pictures_read_without_a_look_are_digested_and_summed(paths: list[str]) -> None:
    looked = dict(read_all(paths[:2]))
    plain = dict(read_all(paths[:2], plain={paths[0]}))
    assert plain[paths[1]] == looked[paths[1]]
    first = plain[paths[0]]
    assert (
        not first.looked and not first.blank and first.pixels == looked[paths[0]].pixels and first.sums == looked[paths[0]].sums
    )
