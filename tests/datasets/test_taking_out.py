from pathlib import Path

from mlscaffold.datasets.taking_out import take_out


def _put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_rows_go_columns_and_other_rows_stay(tmp_path: Path) -> None:
    notes = _put(tmp_path / "data/raw/shop/hat/annotations.csv", "path,label,camera\na.png,hat,x\nb.png,hat,y\n")
    other = _put(tmp_path / "data/raw/shop/shoe/annotations.csv", "path,label\na.png,shoe\n")
    splits = _put(
        tmp_path / "data/splits/shop.csv",
        "path,digest,label,group,split,fold\nshop/hat/a.png,AA,hat,,train,1\nshop/hat/b.png,bb,hat,,test,2\n",
    )
    manifest = _put(
        tmp_path / "data/manifest/shop.csv", "path,bytes,digest\nshop/hat/a.png,1,aa\nshop/hat/b.png,1,bb\nshop/copy.png,1,aa\n"
    )
    assert take_out(tmp_path, {"shop/hat/a.png"}) == {
        "data/raw/shop/hat/annotations.csv": 1,
        "data/splits/shop.csv": 1,
        "data/manifest/shop.csv": 1,
    }
    assert notes.read_text() == "path,label,camera\nb.png,hat,y\n"
    assert other.read_text() == "path,label\na.png,shoe\n"
    assert splits.read_text() == "path,digest,label,group,split,fold\nshop/hat/b.png,bb,hat,,test,2\n"
    assert take_out(tmp_path, {"shop/hat/a.png"}, digests={"aa"}) == {"data/manifest/shop.csv": 1}
    assert manifest.read_text() == "path,bytes,digest\nshop/hat/b.png,1,bb\n"


def test_a_table_without_a_row_left_is_removed_and_letters_may_be_stored_apart(tmp_path: Path) -> None:
    notes = _put(tmp_path / "data/raw/shop/annotations.csv", "path,label\nbla\u0308ue.png,hat\n")
    assert take_out(tmp_path, {"shop/bl\u00e4ue.png"}) == {"data/raw/shop/annotations.csv": 1}
    assert not notes.exists()
    assert take_out(tmp_path, {"shop/hat/a.png"}) == {}
