from pathlib import Path

import pytest

from mlscaffold.datasets.formats import choose
from mlscaffold.datasets.formats.csv_list import read, sniff
from mlscaffold.datasets.parsing import decode
from mlscaffold.errors import ScaffoldError, UsageError
from tests.datasets.pictures import put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(3):
        put(tmp_path / f"{i}.png", i)
    put(tmp_path / "images/über.png", 9)
    return tmp_path


def _table(folder: Path, text: str, encoding: str = "utf-8", name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_whatever_excel_writes_is_read(folder: Path, encoding: str, delimiter: str) -> None:
    rows = ["File Name,Class,patient,note", "0.png,NA,17,\u00e9", "1.png,01,17,", "über.png,No,3,"]
    path = _table(folder, "\r\n".join(rows).replace(",", delimiter), encoding)
    reading = read(path)
    assert not reading.refused
    assert {d.kind for d in reading.told} == ({"wrong-encoding"} if encoding == "cp1252" else set())
    assert [(r.name, r.label, r.group) for r in reading.records] == [
        ("0.png", "NA", "17"),
        ("1.png", "01", "17"),
        ("images/über.png", "No", "3"),
    ]
    assert reading.records[0].attributes == {"note": "\u00e9"}
    assert reading.records[2].origin == "labels.csv:4"


def test_a_path_that_leads_out_is_not_opened(folder: Path) -> None:
    secret = folder.parent / f"{folder.name}-secret.png"
    put(secret, 1)
    names = [f"../{secret.name}", str(secret), "C:\\photos\\a.png", "https://example.org/a.png", "gone.png", ""]
    reading = read(_table(folder, "path,label\n" + "".join(f"{name},x\n" for name in names)))
    assert [d.kind for d in reading.defects] == ["leads-out", "leads-out", "leads-out", "address", "missing-file", "no-path"]
    assert reading.defects[0].where == "labels.csv:2"
    assert reading.total == 6
    assert not reading.records


def test_rows_that_repeat_or_are_ragged_are_refused(folder: Path) -> None:
    reading = read(_table(folder, "path,label\n0.png,a\n0.png,a\n0.png,b\n1.png,a,extra\n2.png\n"))
    assert [(d.where, d.kind) for d in reading.defects] == [
        ("labels.csv:3", "named-twice"),
        ("labels.csv:4", "two-labels"),
        ("labels.csv:5", "ragged-row"),
        ("labels.csv:6", "ragged-row"),
    ]
    assert reading.defects[1].message == '0.png has two labels, "a" and "b" (line 2)'


def test_quotes_may_hold_delimiters_and_line_breaks(folder: Path) -> None:
    reading = read(_table(folder, 'path,label,note\n0.png,"a, b","two\nlines"\n1.png,c,\n'))
    assert [(r.label, r.origin) for r in reading.records] == [("a, b", "labels.csv:3"), ("c", "labels.csv:4")]


def test_a_list_without_a_header(folder: Path) -> None:
    assert [r.label for r in read(_table(folder, "0.png;a\n1.png;b\n")).records] == ["a", "b"]
    plain = _table(folder, "0.png\n1.png\n2.png\n", name="list.txt")
    assert [r.label for r in read(plain).records] == ["", "", ""]
    assert sniff(plain).score == 0.4


def test_a_list_of_checksums_beside_pictures_is_not_the_data_set(folder: Path) -> None:
    _table(folder, "path,sha256\n0.png,00\n", name="MANIFEST.csv")
    assert choose(folder).name == "class-folders"


def test_windows_separators_and_split_names(folder: Path) -> None:
    reading = read(_table(folder, "image,category,split\nimages\\über.png,a,val\n"))
    assert reading.records[0].split == "validation"


def test_a_folder_with_one_table_is_read_by_it(folder: Path) -> None:
    _table(folder, "path,label\n0.png,a\n")
    chosen = choose(folder)
    assert (chosen.name, chosen.reason) == ("csv-list", "labels.csv is a table with the columns path and label")
    assert len(chosen.form.read(folder).records) == 1
    _table(folder, "path,label\n", name="other.csv")
    assert sniff(folder).score == 0
    assert "2 tables" in sniff(folder).reason


@pytest.mark.parametrize(("text", "kind"), [("", "empty-table"), ("a,b\n1,2\n", "no-path-column")])
def test_what_is_no_list_says_why(folder: Path, text: str, kind: str) -> None:
    path = _table(folder, text)
    assert [d.kind for d in read(path).defects] == [kind]
    with pytest.raises(ScaffoldError, match="no format"):
        choose(path)


def test_a_header_alone_has_no_records(folder: Path) -> None:
    assert read(_table(folder, "path,label\n")).total == 0


def test_unknown_paths_and_formats_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="There is no"):
        choose(folder / "absent")
    with pytest.raises(UsageError, match='no format "cocoa"') as caught:
        choose(folder, "cocoa")
    assert caught.value.hint.startswith("Formats: class-folders, coco, csv-list, cvat, ")


def test_a_sample_cut_within_a_character_is_still_utf8() -> None:
    assert decode("aé".encode()[:-1]) == ("a", "utf-8")


def test_a_row_a_box_makes_one_record_a_picture(folder: Path) -> None:
    head = "filename;width;height;class;xmin;ymin;xmax;ymax\n"
    reading = read(_table(folder, head + "0.png;120;90;hat;10,5;20;40;60\n0.png;120;90;shoe;1;1;9;nan\n1.png;;;;;;;\n"))
    assert [(r.name, [(s.label, s.box) for s in r.shapes]) for r in reading.records] == [
        ("0.png", [("hat", (10.5, 20.0, 29.5, 40.0))]),
        ("1.png", []),
    ]
    assert [(d.where, d.kind, d.field, d.unit) for d in reading.defects] == [("labels.csv:3", "broken-box", "ymax", "object")]


def test_boxes_in_fractions_are_told_from_pixels(folder: Path) -> None:
    reading = read(_table(folder, "path,label,x_min,y_min,x_max,y_max\n0.png,hat,0.25,0.5,0.5,1\n"))
    assert reading.records[0].shapes[0].box == (30.0, 45.0, 30.0, 45.0)
    assert reading.notes == ("boxes are fractions of the sides of their pictures: none is above 1",)


def test_texts_in_files_of_splits(tmp_path: Path) -> None:
    _table(tmp_path, "text,category\nwhere is my card,card\n", name="train.csv")
    _table(tmp_path, 'text,category\n,card\n"two\nlines",pin\n', name="test.csv")
    _table(tmp_path, "path,sha256\nx,00\n", name="MANIFEST.csv")
    reading = choose(tmp_path).form.read(tmp_path)
    assert [(r.text, r.label, r.split) for r in reading.records] == [
        ("two\nlines", "pin", "test"),
        ("where is my card", "card", "train"),
    ]
    assert [(d.where, d.kind) for d in reading.defects] == [("test.csv:2", "no-text")]


def test_a_folder_of_a_competition_is_read_by_its_table(tmp_path: Path) -> None:
    for i in range(4):
        put(tmp_path / f"train_images/{i:04x}.jpg", i)
    put(tmp_path / "test_images/t.jpg", 9)
    _table(tmp_path, "image_id,label\n" + "".join(f"{i:04x},{i % 2}\n" for i in range(4)), name="train.csv")
    _table(tmp_path, "image_id,label\nt,0\n", name="sample_submission.csv")
    choice = choose(tmp_path)
    reading = choice.form.read(tmp_path)
    assert (choice.name, [(r.name, r.label) for r in reading.records][:2]) == (
        "csv-list", [("train_images/0000.jpg", "0"), ("train_images/0001.jpg", "1")],
    )  # fmt: skip
    assert reading.ignored == {"pictures that no row names": 1}


def test_tables_of_splits_name_the_pictures_of_their_folder(tmp_path: Path) -> None:
    for i, split in enumerate(["train", "test"]):
        put(tmp_path / split / "0.png", i)
        _table(tmp_path, f"filename,label\n0.png,{split}\n", name=f"{split}.csv")
    assert [(r.name, r.label, r.split) for r in read(tmp_path).records] == [
        ("test/0.png", "test", "test"), ("train/0.png", "train", "train"),
    ]  # fmt: skip


def test_several_labels_are_several(folder: Path) -> None:
    assert read(_table(folder, "path,label\n0.png,a|b\n1.png,a\n")).records[0].labels == ("a", "b")


@pytest.mark.parametrize("lead", ["sep=;\n", "# written by a tool\n# on Monday\n", "# a tool\nsep=;\n"])
def test_lines_before_the_header_are_passed_over(folder: Path, lead: str) -> None:
    reading = read(_table(folder, f"{lead}path;label\n0.png;a\ngone.png;b\n"))
    assert [(r.name, r.label) for r in reading.records] == [("0.png", "a")]
    assert reading.refused[0].where == f"labels.csv:{lead.count(chr(10)) + 3}"


def test_names_in_other_letters_with_another_ending_or_of_an_address(folder: Path) -> None:
    text = "image_url,label\nhttps://host/x/0.png?size=9,a\nIMAGES/\u00dcBER.PNG,b\n1.jpg,c\nhttps://host/gone.png,d\n"
    reading = read(_table(folder, text.replace("image_url", "path")))
    assert [(r.name, r.label) for r in reading.records] == [("0.png", "a"), ("images/\u00fcber.png", "b"), ("1.png", "c")]
    assert [d.kind for d in reading.refused] == ["address"]
    assert reading.notes == ("1 names have another ending than the picture that is taken for them",)
