from pathlib import Path

import pytest

from mlscaffold.cli.data_answers import sizes_json, sizes_text
from mlscaffold.errors import UsageError
from mlscaffold.practice.sizes import half_width, test_size
from mlscaffold.workflows.change_tests import name_tests
from mlscaffold.workflows.data_sizes import data_sizes
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.split_data import split_data
from tests.datasets.pictures import put


def test_without_a_project_the_arithmetic_is_told() -> None:
    done = data_sizes(None, error=0.02, expected=0.95)
    assert (done.needed.test, done.total, done.missing) == (
        test_size(0.02, 0.95),
        0,
        {"test": 469, "validation": 469, "eyeball": 2000},
    )


def test_in_a_project_it_knows_what_is_wanted_and_what_is_there(tmp_path: Path) -> None:
    for i in range(40):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    root = tmp_path / "project"
    import_data(root, tmp_path / "shop")
    (root / "acceptance.toml").write_text("[tolerable]\nerror = 0.1\n")
    split_data(root)
    done = data_sizes(root)

    assert (done.error, done.expected, done.total, done.now["test"]) == (0.1, 0.9, 40, 8)
    assert done.missing["test"] == test_size(0.1, 0.9) - 12
    assert sum(done.shares.values()) == pytest.approx(1)
    assert {name: (size.n, size.version) for name, size in done.tests.items()} == {"test": (8, 1)}


def test_each_test_set_tells_how_well_it_knows_the_value(tmp_path: Path) -> None:
    for i in range(60):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    root = tmp_path / "project"
    import_data(root, tmp_path / "shop")
    name_tests(root, "hats", "source=shop", count=20)
    split_data(root)
    done = data_sizes(root, error=0.1)

    assert done.tests["test-hats"].n == 20 and done.tests["test-hats"].version == 1
    assert done.tests["test-hats"].half_width == half_width(20, 0.9) < done.tests["test"].half_width
    lines = list(sizes_text(done))
    assert any(line.startswith("  test-hats (version 1): 20 pictures tell ±") for line in lines)
    assert sizes_json(done)["tests"]["test-hats"]["version"] == 1


def test_no_tolerable_error_is_known() -> None:
    with pytest.raises(UsageError, match="No tolerable error"):
        data_sizes(None)
