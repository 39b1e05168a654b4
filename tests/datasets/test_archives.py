import stat
import zipfile
from pathlib import Path

import pytest

from mlscaffold.datasets import archives
from mlscaffold.datasets.archives import unpacked
from mlscaffold.errors import ScaffoldError
from tests.datasets.pictures import encoded, scene


def _zip(path: Path, names: dict[str, bytes], *links: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
        for name in links:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, "/etc/passwd")
    return path


def test_a_zip_is_a_folder_for_a_while(tmp_path: Path) -> None:
    path = _zip(tmp_path / "shop.zip", {"shop/hat/a.png": encoded(scene(1)), "__MACOSX/shop/a": b"x"})
    with unpacked(path) as (folder, defects):
        assert (folder / "hat/a.png").is_file()
        assert defects == ()
        assert sorted(p.name for p in folder.rglob("*")) == ["a.png", "hat"]
    assert not folder.exists()


def test_entries_that_lead_out_are_refused(tmp_path: Path) -> None:
    names = {"a.png": b"x", "../b.png": b"x", "/c.png": b"x", "C:\\d.png": b"x", "x/../../e.png": b"x", "A.png": b"y"}
    with unpacked(_zip(tmp_path / "s.zip", names, "link.png")) as (folder, defects):
        assert [p.name for p in folder.parent.rglob("*") if p.is_file()] == ["a.png"]
        assert [(d.where, d.kind) for d in defects] == [
            ("s.zip/../b.png", "leads-out"), ("s.zip//c.png", "leads-out"), ("s.zip/C:\\d.png", "leads-out"), ("s.zip/x/../../e.png", "leads-out"),
            ("s.zip/A.png", "named-twice"), ("s.zip/link.png", "leads-out"),
        ]  # fmt: skip


def test_what_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST", 1000)
    with pytest.raises(ScaffoldError, match="says that it unpacks to"), unpacked(_zip(tmp_path / "s.zip", {"a": b"0" * 2000})):
        pass


def test_a_broken_zip_says_so_and_a_broken_entry_is_one(tmp_path: Path) -> None:
    (tmp_path / "s.zip").write_bytes(b"PK nothing")
    with pytest.raises(ScaffoldError, match=r"s\.zip cannot be unpacked"), unpacked(tmp_path / "s.zip"):
        pass
    path = _zip(tmp_path / "t.zip", {"a.png": encoded(scene(1)), "b.txt": b"fine"})
    data = bytearray(path.read_bytes())
    data[200:220] = bytes(20)
    path.write_bytes(data)
    with unpacked(path) as (folder, defects):
        assert [(d.where, d.kind) for d in defects] == [("t.zip/a.png", "broken-entry")]
        assert [p.name for p in folder.iterdir()] == ["b.txt"]


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    with unpacked(tmp_path) as (folder, defects):
        assert (folder, defects) == (tmp_path, ())
