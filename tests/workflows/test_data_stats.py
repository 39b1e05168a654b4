import json
from pathlib import Path

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.workflows.data_stats import data_stats
from mlscaffold.workflows.import_data import import_data
from tests.datasets.pictures import put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for i in range(5):
        put(tmp_path / f"shop/{'hat' if i else 'shoe'}/{i}.png", i)
    import_data(tmp_path / "project", tmp_path / "shop")
    return tmp_path / "project"


def test_the_report_is_written_and_repeats(root: Path) -> None:
    put(root / "data/raw/shop/hat/by-hand.png", 9)
    done = data_stats(root)
    assert done.unlabelled == ("shop/hat/by-hand.png",)
    assert done.manifests[0].added == ("shop/hat/by-hand.png",)
    report = root / "reports/collection"
    values = json.loads((report / "statistics.json").read_text())
    assert (values["images"], values["classes"], values["figures"]) == (6, {"hat": 4, "shoe": 1}, ["classes.svg", "sizes.svg"])
    before = {path.name: path.read_bytes() for path in report.iterdir()}
    data_stats(root)
    assert {path.name: path.read_bytes() for path in report.iterdir()} == before


def test_a_clone_without_pictures_keeps_its_report(root: Path) -> None:
    data_stats(root)
    before = (root / "reports/collection/statistics.json").read_bytes()
    for path in (root / "data/raw").rglob("*.png"):
        path.unlink()
    with pytest.raises(ScaffoldError, match="media of 1 of 1 sources are not on this machine: shop"):
        data_stats(root)
    assert (root / "reports/collection/statistics.json").read_bytes() == before


def test_an_empty_project_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="no picture in data/raw"):
        data_stats(tmp_path)
