import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlscaffold.cli.apply import app as apply_app
from mlscaffold.cli.data import app
from mlscaffold.errors import UsageError
from tests.datasets.formats.samples import made
from tests.datasets.pictures import put

RUN = CliRunner()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for i in range(20):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    (tmp_path / "shop/hat/page.png").write_text("<html>")
    root = tmp_path / "project"
    (root / "deep").mkdir(parents=True)
    (root / "mlscaffold.toml").write_text('package = "shop_sorter"\n')
    monkeypatch.chdir(root / "deep")
    return root


def _say(*words: str) -> str:
    result = RUN.invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_from_a_folder_to_splits(project: Path) -> None:
    shop = str(project.parent / "shop")
    text = _say("import", shop, "--licence", "CC0", "--no-input")
    assert text.splitlines()[0] == "shop (class-folders): 20 read + 1 refused = 21"
    assert "refused hat/page.png: holds HTML or XML, not a picture" in text
    assert text.endswith("\nNext: mlscaffold data stats\n")
    text = _say("stats", "--no-input")
    assert text.startswith("20 images, ")
    assert text.endswith("\nNext: mlscaffold data split\n")
    text = _say("split", "--no-input")
    assert text.startswith("20 rows: 20 newly dealt, 0 had a split\n")
    assert "a share of 0.9 on these 4 test images will be known to ±0.2" in text
    assert text.endswith("\nNext: python -m shop_sorter.prepare\n")
    assert max(map(len, text.splitlines())) < 120


def test_extra_data_are_brought_in_with_their_condition_and_their_weight(project: Path) -> None:
    _say("import", str(project.parent / "shop"))
    _say("split")
    for i in range(20):
        put(project.parent / f"web/{'hat' if i % 2 else 'shoe'}/{i:02}.png", 300 + i)
    text = _say("import", str(project.parent / "web"), "--extra", "--weight", "0.3")
    assert "note: extra data help where the picture alone decides the answer" in text
    assert max(map(len, text.splitlines())) < 130
    assert (project / "data/raw/web/source.toml").read_text().endswith('role = "extra"\nweight = 0.3\n')
    text = _say("split")
    assert "web is extra (weight 0.3): train and augmented only" in text
    assert "moved out of train: shop/" in text and "(augmented holds a share of it)" in text
    assert json.loads(_say("split", "--format", "json"))["extra"] == {"web": 0.3}
    for words in (("--weight", "0.3"), ("--extra", "--weight", "0"), ("--extra", "--weight", "2")):
        with pytest.raises(UsageError, match="weight"):
            RUN.invoke(app, ["import", str(project.parent / "web"), *words], catch_exceptions=False)


def test_folds_are_told(project: Path) -> None:
    _say("import", str(project.parent / "shop"))
    assert "4 folds of train and validation, 3 to 4 rows each" in _say("split", "--folds", "4")
    assert sum(json.loads(_say("split", "--format", "json"))["folds"].values()) == 15
    with pytest.raises(UsageError, match="1 folds cannot be dealt"):
        RUN.invoke(app, ["split", "--folds", "1"], catch_exceptions=False)


def test_machines_get_json(project: Path) -> None:
    shop = str(project.parent / "shop")
    imported = json.loads(_say("import", shop, "--format", "json"))
    assert (imported["read"], imported["refused"][0]["kind"]) == (20, "not-an-image")
    assert json.loads(_say("stats", "--format", "json"))["images"] == 20
    split = json.loads(_say("split", "--format", "json", "--shares", "train=70,validation=10,test=20"))
    assert split["counts"]["test"] == {"hat": 2, "shoe": 2}
    assert "eyeball" not in {name for name, count in split["counts"].items() if sum(count.values())}


def test_format_may_also_name_that_of_the_data(project: Path) -> None:
    with pytest.raises(UsageError, match='no format "cocoa"'):
        _say("import", str(project.parent / "shop"), "--format", "cocoa")
    assert "(class-folders)" in _say("import", str(project.parent / "shop"), "--format", "class-folders")


def test_a_set_is_recognised_and_turned_into_another_format(project: Path) -> None:
    folder = made(project.parent, "coco")
    text = _say("export", str(folder), "--format", "yolo", "--output", str(project.parent / "out"))
    assert text.splitlines()[:2] == [
        f"{folder} (coco): 2 read + 0 refused = 2",
        "  annotations/instances_val2017.json has images, annotations and categories",
    ]
    assert "2 records, 3 objects; read back: the same" in text
    assert "  yolo cannot hold: 1 crowd flags" in text
    found = json.loads(
        _say("export", str(project.parent / "out"), "--format", "voc", "--output", str(project.parent / "voc"), "--json")
    )
    assert (found["source"], found["lost"]) == ("yolo", {"outlines, now boxes": 2})
    with pytest.raises(UsageError, match='no format "cocoa"'):
        _say("import", str(folder), "--from", "cocoa")


def test_shares_that_are_none_are_refused(project: Path) -> None:
    with pytest.raises(UsageError, match="names no shares"):
        _say("split", "--shares", "many")


def test_outside_of_a_project_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"lies in no project: there is no mlscaffold\.toml"):
        _say("stats")


def test_sizes_explain_themselves(project: Path) -> None:
    text = _say("sizes", "--error", "0.02", "--expected", "0.9")
    assert text.startswith("To know a value of 0.9 to ±0.02 (95 %, error given):\n  test            868 ")
    assert "rule of thumb: 1 / 0.02 = 50 pictures" in text
    _say("import", str(project.parent / "shop"))
    text = _say("sizes", "--error", "0.02")
    assert "20 labelled pictures." in text
    assert text.endswith("\nNext: mlscaffold data split --shares needed\n")
    assert json.loads(_say("sizes", "--error", "0.1", "--format", "json"))["rule_of_thumb"] == 10
    assert max(map(len, text.splitlines())) < 130


def test_a_sheet_goes_out_and_comes_back(project: Path) -> None:
    """As a person does it: a sheet, its answers, what they mean, the labels mended."""
    (project / "mlscaffold.toml").write_text('name = "shop-sorter"\npackage = "shop_sorter"\ntask = "image-classification"\n')
    shop = str(project.parent / "shop")
    _say("import", shop)
    text = _say("spot-check", "-n", "5")
    made = re.search(r"Wrote (spot-check-\w{8})\.html: 5 of 20 pictures", text)
    assert made and f"mlscaffold apply {made[1]}-answers.csv" in text
    asked = json.loads(next(project.glob("reports/collection/sheets/*/sheet.json")).read_text())
    wrong = "shoe" if asked["items"][0]["label"] == "hat" else "hat"
    rows = [f"{asked['sheet']},{i['item']},{'right' if n else wrong}," for n, i in enumerate(asked["items"])]
    Path("back.csv").write_text("sheet,item,decision,remark\n" + "\n".join(rows) + "\n")
    told = RUN.invoke(apply_app, ["back.csv", "--by", "Grace Hopper", "--correct"], catch_exceptions=False)
    assert told.exit_code == 0
    assert "1 of 5 labels are wrong: 20.0% (0.5% to 71.6%)" in told.output
    assert "1 labels written" in told.output
    assert told.output.endswith("Next: mlscaffold data split, which refreshes the labels\n")
    assert _say("spot-check", "-n", "5", "--format", "xlsx").startswith("Wrote spot-check-")
