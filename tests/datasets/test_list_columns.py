from collections.abc import Sequence

import pytest

from mlscaffold.datasets.list_columns import BETWEEN, Table, fits, settled

PICTURES = {f"{i:04x}" for i in range(8)} | {f"{i}.png" for i in range(8)}


def _table(header: str, rows: Sequence[str]) -> Table:
    return Table("t.csv", header.split(","), [(f"t.csv:{n}", row.split(",")) for n, row in enumerate(rows, 2)])


def _labels(table: Table) -> list[tuple[str, str]]:
    found, columns, _ = settled(table, PICTURES.__contains__)
    return [(cells[columns["path"]], cells[columns["label"]]) for _, cells in found.rows]


@pytest.mark.parametrize(
    "header", ["image_id,label", "id_code,diagnosis", "Image Index,Finding Labels", "Bild,Klasse", "文件名,标签", "image,choice"]
)
def test_names_that_tools_and_competitions_use(header: str) -> None:
    assert _labels(_table(header, ["0000,a", "0001,b"])) == [("0000", "a"), ("0001", "b")]


def test_a_column_that_names_pictures_and_the_only_other_one() -> None:
    table = _table("id,kind", ["0000,pug", "0001,beagle", "0002,pug", "0003,beagle"])
    assert fits(table, "t", PICTURES.__contains__).score == 0.95
    assert _labels(table)[0] == ("0000", "pug")
    assert settled(table, PICTURES.__contains__)[2] == [
        'column "id" names the pictures', 'column "kind" is taken for the label: no other can be',
    ]  # fmt: skip
    assert fits(table, "t").score == 0  # nothing of that name is there


def test_two_columns_that_may_be_the_label_are_not_guessed() -> None:
    table = _table("id,kind,colour", ["0000,pug,red", "0001,beagle,red", "0002,pug,blue", "0003,beagle,blue"])
    assert fits(table, "t", PICTURES.__contains__).score == 0.15
    assert "label" not in settled(table, PICTURES.__contains__)[1]


def test_values_that_do_not_repeat_are_no_labels() -> None:
    assert fits(_table("path,sha256", ["0.png,00", "1.png,01", "2.png,02"]), "t").score == 0.15


def test_columns_of_zero_and_one_are_one_label() -> None:
    table = _table("filename, cat, dog,source", ["0.png,1,0,x", "1.png,0.0,1.0,x", "2.png,1,1,y", "ragged"])
    found, columns, notes = settled(table, PICTURES.__contains__)
    assert (found.header, found.rows[3][1]) == (["filename", "source", "label"], ["ragged"])
    assert [cells[columns["label"]] for _, cells in found.rows[:3]] == ["cat", "dog", f"cat{BETWEEN}dog"]
    assert notes == ["2 columns of 0 and 1 are read as one label: cat, dog"]


def test_flags_that_a_row_may_lack_are_no_classes() -> None:
    table = _table("filename,flash,night", ["0.png,1,0", "1.png,0,0"])
    assert "label" not in settled(table, PICTURES.__contains__)[1]


def test_several_labels_in_a_cell_are_set_apart() -> None:
    rows = ["0.png,a|b", "1.png,a", '2.png,["a"; "b"]'.replace(";", "\x00")]
    found, columns, _ = settled(_table("path,label", rows[:2]), PICTURES.__contains__)
    assert found.rows[0][1][columns["label"]] == f"a{BETWEEN}b"
    table = Table("t.json", ["path", "label"], [("1", ["0.png", '["a", "b"]'])])
    assert settled(table, PICTURES.__contains__)[0].rows[0][1][1] == f"a{BETWEEN}b"


def test_a_name_with_a_comma_stays_one_class_unless_its_parts_stand_alone() -> None:
    one = Table("t", ["path", "label"], [("1", ["0.png", "a, b"]), ("2", ["1.png", "c"])])
    assert settled(one, PICTURES.__contains__)[0].rows[0][1][1] == "a, b"
    several = Table("t", ["path", "label"], [("1", ["0.png", "a, b"]), ("2", ["1.png", "a"]), ("3", ["2.png", "b"])])
    assert settled(several, PICTURES.__contains__)[0].rows[0][1][1] == f"a{BETWEEN}b"


def test_labels_between_blanks_are_told_and_kept() -> None:
    rows = [("1", ["0.png", "hot dog"]), ("2", ["1.png", "hot"]), ("3", ["2.png", "dog"])]
    found, _, notes = settled(Table("t", ["path", "label"], rows), PICTURES.__contains__)
    assert found.rows[0][1][1] == "hot dog"
    assert notes == [
        '1 labels are other labels with blanks between ("hot dog"): if these are several labels, set "|" between them'
    ]
