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


def test_a_gallery_of_any_data_set_needs_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for i in range(4):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    text = _say("look", "shop")
    assert text.splitlines() == [
        "Wrote gallery.html: 4 pictures",
        "  class-folders (2 folders with pictures): 4 read, 0 refused",
    ]
    assert _say("look", "shop", "--label", "hat", "--output", "hats").startswith(f"Wrote {Path('hats/index.html')}: 2 pictures")
    assert (tmp_path / "hats/pictures/000001.jpg").is_file()
    assert "1 more were left out (--output FOLDER" in _say("look", "shop", "--label", "hat", "--most", "1")
    for words in (["look"], ["look", "shop", "--from", "nothing"]):
        with pytest.raises(UsageError):
            RUN.invoke(app, words, catch_exceptions=False)


def test_a_gallery_of_the_project_only_links_where_its_settings_say_so(project: Path) -> None:
    settings = 'name = "shop-sorter"\npackage = "shop_sorter"\ntask = "image-classification"\n'
    (project / "mlscaffold.toml").write_text(settings)
    _say("import", str(project.parent / "shop"), "--licence", "CC0")
    assert _say("look").startswith("Wrote gallery.html: 20 pictures")
    assert "/9j/" in (project / "deep/gallery.html").read_text(encoding="utf-8")
    (project / "mlscaffold.toml").write_text(settings + 'pictures = "link"\n')
    _say("look")
    page = (project / "deep/gallery.html").read_text(encoding="utf-8")
    assert '"u":"../data/raw/shop/hat/01.png"' in page and '"sprites":[]' in page
    text = _say("spot-check", "-n", "5")
    assert "it shows those of this folder" in text
    (sheet,) = (project / "deep").glob("spot-check-*.html")
    assert '"picture": "../data/raw/shop/' in sheet.read_text(encoding="utf-8")
