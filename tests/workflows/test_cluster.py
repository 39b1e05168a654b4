"""A scan by the workers of a real Dask cluster on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.workflows.cluster import connect
from mlscaffold.workflows.scan import scan_folder
from tests.datasets.pictures import put

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")


@pytest.fixture
def address() -> Iterator[str]:
    """The scheduler of two workers, processes of their own."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_gives_the_same_as_this_machine(address: str, tmp_path: Path) -> None:
    for i in range(150):
        put(tmp_path / f"{i:03}.png", i, (40, 30))
    (tmp_path / "page.jpg").write_text("<html>")
    with connect(address) as (executor, workers):
        assert workers == 2
        by_cluster = scan_folder(tmp_path, cache=None, executor=executor, workers=workers)
    here = scan_folder(tmp_path, cache=None)
    assert (by_cluster.found, by_cluster.total, by_cluster.decoded) == (here.found, 151, 151)


def test_an_address_where_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlscaffold.workflows.cluster.PATIENCE", "1s")
    with pytest.raises(ScaffoldError, match="No scheduler answers"), connect("tcp://127.0.0.1:9"):
        pass
