"""The four targets, for real: converted, read back, kept, and asked again."""

import csv
import sys
from pathlib import Path

import pytest

from tests.generated.small_project import read_card, run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("converted")]

READERS = {
    "onnx": ["onnxruntime"],
    "litert": ["ai-edge-litert", "tensorflow"],
    "executorch": ["executorch"],
    "coreml": ["mil-interpreter"],
}


@pytest.mark.parametrize("target", READERS)
def test_every_target_answers_as_the_model_does(converted: Path, target: str) -> None:
    card = read_card(converted, target)
    assert (card["agreement"], card["vacuous"], card["unknown_ops"]) == (1.0, False, [])
    assert card["verified_by"] == READERS[target]
    assert card["max_difference"] < (1e-3 if card["quantisation"] == "fp32" else 0.05)
    assert card["accuracy"]["export"] == card["accuracy"]["source"] > 0.8
    assert (card["latency"] is None) == (target == "coreml")
    with (converted / "exports" / target / "predictions.csv").open() as file:
        assert len(list(csv.DictReader(file))) == card["evaluation"]["n"] == 80


@pytest.mark.parametrize("target", READERS)
def test_the_deep_contract_gives_the_same_table(converted: Path, target: str) -> None:
    wanted, out = converted / "exports" / target / "predictions.csv", converted / f"{target}.csv"
    done = run(converted, "-m", "project_package.convert", target, "--predict", str(wanted), "--output", str(out))
    assert done.returncode == 0, done.stderr
    assert out.read_text() == wanted.read_text()


def test_an_unchanged_export_is_kept(converted: Path) -> None:
    before = read_card(converted, "coreml")["digest"]
    done = run(converted, "-m", "project_package.convert", "coreml")
    assert "kept, measured anew" in done.stdout
    assert read_card(converted, "coreml")["digest"] == before


def test_the_second_reader_agrees_with_the_first(converted: Path) -> None:
    readers = read_card(converted, "litert")["readers"]
    assert readers["agreement"] == 1.0
    assert readers["difference"] < 1e-4


def test_an_export_holds_no_folder_of_the_machine_that_made_it(converted: Path) -> None:
    files = [path for path in (converted / "exports").rglob("*") if path.is_file()]
    places = [str(converted.parent).encode(), str(Path(sys.prefix)).encode()]
    assert len(files) > 8
    assert not [path.name for path in files if any(place in path.read_bytes() for place in places)]
