import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlscaffold.cli.apply import app as apply_app
from mlscaffold.cli.data import app
from mlscaffold.errors import ScaffoldError, UsageError
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


def test_a_second_import_prints_what_is_other(project: Path) -> None:
    shop = project.parent / "shop"
    _say("import", str(shop))
    _say("split")
    put(shop / "hat/new.png", 77)
    put(shop / "shoe/02.png", 78)
    (shop / "hat/01.png").rename(shop / "shoe/01.png")
    annotations = project / "data/raw/shop/hat/annotations.csv"
    annotations.write_text(annotations.read_text().replace("03.png,hat", "03.png,scarf"))
    told = _say("import", str(shop), "--dry-run", "--batch", "2026-12")
    assert "  added 2 in data/raw/shop/2026-12, already there 19\n" in told
    assert re.search(r"  1 label changed:\n    hat -> shoe  1 \(1 in \w+\): hat/01.png\n", told)
    assert re.search(
        r"  1 label corrected here, and kept \(--labels take .*\):\n    scarf -> hat  1 \(1 in \w+\): hat/03.png\n", told
    )
    assert "    shoe/02.png stays, 2026-12/shoe/02.png is new\n" in told
    assert told.endswith("\nNothing was written (--dry-run).\n")
    assert not (project / "data/raw/shop/2026-12").exists()
    found = json.loads(_say("import", str(shop), "--batch", "2026-12", "--format", "json"))
    assert found["changed"][0]["paths"] == ["hat/01.png"]
    assert (found["kept"][0]["before"], found["kept"][0]["after"], found["replaced"]) == (
        "scarf", "hat", [["shoe/02.png", "2026-12/shoe/02.png"]],
    )  # fmt: skip


def test_a_picture_is_withdrawn_only_when_confirmed(project: Path) -> None:
    (project / "mlscaffold.toml").write_text('name = "shop-sorter"\npackage = "shop_sorter"\ntask = "image-classification"\n')
    _say("import", str(project.parent / "shop"))
    picture = project / "data/raw/shop/hat/01.png"
    with pytest.raises(UsageError, match="A withdrawal needs a reason"):
        _say("forget", str(picture))
    with pytest.raises(UsageError, match="Name what to forget, or --again"):
        _say("forget")
    with pytest.raises(ScaffoldError, match="Nobody can be asked here"):
        _say("forget", str(picture), "--reason", "consent withdrawn")
    told = _say("forget", str(picture), "--dry-run")
    assert told.startswith("1 picture to forget: shop/hat/01.png\n  1 file here, 0 of them prepared\n")
    assert picture.exists()
    told = _say("forget", str(picture), "--reason", "consent withdrawn", "--by", "Ada", "--yes")
    assert re.search(
        r"Erased 1 file, 2 rows of 2 tables, and what the cache knew\.\nTombstones, digests only: data/withdrawn/\S+\.csv", told
    )
    assert "other clones: there, git pull, then mlscaffold data forget --again" in told
    assert "git's history" not in told
    assert "\nNext: mlscaffold data stats, then mlscaffold status: " in told
    assert not picture.exists()
    assert _say("forget", "--again") == "Nothing that was withdrawn is here.\n"
    found = json.loads(_say("forget", "shop/hat/03.png", "--reason", "x", "--by", "Ada", "--yes", "--format", "json"))
    assert (found["pictures"], found["erased"]) == (["shop/hat/03.png"], ["data/raw/shop/hat/03.png"])


SETTINGS = 'name = "shop-sorter"\npackage = "shop_sorter"\ntask = "image-classification"\n'


def test_duplicates_are_planned_read_and_taken_out(project: Path) -> None:
    (project / "mlscaffold.toml").write_text(SETTINGS)
    _say("import", str(project.parent / "shop"))
    assert _say("dedupe") == "No picture is there twice (20 compared).\n"
    (project.parent / "shop/hat/copy.png").write_bytes((project.parent / "shop/hat/01.png").read_bytes())
    _say("import", str(project.parent / "shop"), "--batch", "two")
    told = _say("dedupe")
    assert told.startswith(
        "1 group among 21 pictures: 1 keep, 1 drop, 0 decide\nWrote dedupe-plan.csv; nothing else was changed."
    )
    assert told.endswith("Next: mlscaffold data dedupe --apply dedupe-plan.csv\n")
    assert "1 picture would be taken out (1 of no split)" in _say("dedupe", "--apply", "dedupe-plan.csv", "--dry-run")
    told = _say("dedupe", "--apply", "dedupe-plan.csv")
    assert told.startswith(
        "1 picture taken out (1 of no split)\n  1 file moved to data/removed, which git ignores; 2 rows of 2 tables\n"
    )
    assert told.endswith("Next: mlscaffold data stats, then python -m shop_sorter.prepare\n")
    assert _say("dedupe", "--apply", "dedupe-plan.csv") == "0 pictures taken out; 1 was before\nNothing was left to do.\n"
    Path("dedupe-plan.csv").unlink()
    assert json.loads(_say("dedupe", "--format", "json"))["members"] == []


def test_pictures_are_linked_and_linked_anew(project: Path) -> None:
    assert "  linked, not copied: the pictures stay in " in _say("import", str(project.parent / "shop"), "--link")
    assert _say("link") == f"shop: 0 linked into {project.parent / 'shop'}, 20 here already\nNext: mlscaffold check\n"
    (project / "data/raw/shop/hat/01.png").unlink()
    found = json.loads(_say("link", "shop", str(project.parent / "shop"), "--format", "json"))
    assert found["sources"][0]["linked"] == 1
    (project / ".mlscaffold/links.toml").unlink()
    assert _say("link").startswith("No source is linked on this machine.")


def test_a_state_is_named_listed_and_asked_for(project: Path) -> None:
    (project / "mlscaffold.toml").write_text(SETTINGS)
    _say("import", str(project.parent / "shop"))
    assert re.match(r"\w{12}  20 pictures, 20 labelled\n  pictures \w{12}, labels \w{12}, splits none\n", _say("version"))
    assert _say("version", "--list").startswith("No version is named.")
    assert "Wrote data/versions/v1.toml; commit it with the tables" in _say("version", "v1", "--note", "first")
    assert "v1 names this state already" in _say("version", "v1")
    assert re.match(r"v1  \w{12}  \d{4}-\d\d-\d\d  20 pictures, 20 labelled  first\n", _say("version", "--list"))
    _say("split")
    assert "  not v1 (" in _say("version")
    assert json.loads(_say("version", "--format", "json"))["latest"]["name"] == "v1"
    with pytest.raises(UsageError, match="Name a version, or list them, or ask for a run"):
        _say("version", "v2", "--list")


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


def test_very_many_classes_are_not_all_printed(project: Path) -> None:
    for i in range(45):
        put(project.parent / f"many/class {i:02}/a.png", i, (24, 24))
    for text in (_say("import", str(project.parent / "many")), _say("stats"), _say("split")):
        assert text.count("\n  class ") == 30
        assert "\n  … and 15 classes more (--format json lists them)\n" in text
