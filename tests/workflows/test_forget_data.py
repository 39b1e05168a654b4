"""Withdrawing pictures: nothing of them is left in the project, and what is left says that they were there."""

from __future__ import annotations

import base64
import csv
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest
from PIL import ImageOps

from mlscaffold.datasets.links import declare
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import testsets
from mlscaffold.evidence.withdrawals import tombstones
from mlscaffold.model import Status
from mlscaffold.workflows import forget_data as module
from mlscaffold.workflows.forget_data import Forgotten, forget, plan, plan_again
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.judging import make_form, picture_bytes
from mlscaffold.workflows.look import look
from mlscaffold.workflows.record_tests import record_tests
from mlscaffold.workflows.report import gather
from tests.conftest import Sandbox
from tests.datasets.pictures import encoded, put, scene

TEST = ["belt/daisy/img0271.png", "belt/rose/img0272.png", "belt/tulip/img0273.png"]
TRAIN = "belt/daisy/img0001.png"


def _forget(project: Sandbox, *paths: str, with_copies: bool = False, cached: bool = False) -> Forgotten:
    opened = project.open(cached=cached)
    wanted = plan(opened, [str(project.root / "data/raw" / path) for path in paths], with_copies=with_copies)
    return forget(opened, wanted, reason="consent withdrawn", by="Ada Byron")


def _texts(root: Path) -> dict[str, str]:
    return {p.relative_to(root).as_posix(): p.read_text(errors="replace") for p in root.rglob("*.csv")}


def test_files_and_rows_go_and_a_tombstone_of_digests_stays(project: Sandbox) -> None:
    before = _texts(project.root)
    done = _forget(project, *TEST, TRAIN)
    assert len(done.erased) == 8
    assert not any((project.root / path).exists() for path in done.erased)
    assert done.rows["data/manifest/belt.csv"] == done.rows["data/splits/belt.csv"] == 4
    assert done.rows["data/processed/test/annotations.csv"] == 3
    named = {path for path, text in _texts(project.root).items() if "img0271" in text}
    assert named == {path for path in before if path.startswith(("reports/", "exports/")) and "img0271" in before[path]}
    stones = tombstones(project.open())
    assert sorted(stone.split for stone in stones) == ["test", "test", "test", "train"]
    assert {(stone.reason, stone.by) for stone in stones} == {("consent withdrawn", "Ada Byron")}
    text = project.read(done.tombstone)
    assert "img0" not in text
    assert "belt" not in text
    assert done.withdrawal.traces.named["exports/onnx/predictions.csv"] == 3


def test_a_test_set_that_lost_withdrawn_pictures_is_the_same_set(project: Sandbox) -> None:
    record_tests(project.root, who="Ada Byron")
    project.commit("version 1")
    _forget(project, *TEST)
    newest = testsets.versions(project.open())["test"][-1]
    assert (newest.number, newest.how, newest.rows, newest.reason) == (2, "withdrawn", 147, "consent withdrawn")
    assert project.check("preparation.test-set-changed") == []
    assert testsets.newer(project.open(), {"version": 1}, "test") is None
    assert [f.status for f in project.check("evaluation.wrong-split")] == [Status.WARN, Status.WARN]
    assert project.check("evaluation.data-stale") == []


def test_old_numbers_are_no_fraud_and_say_how_many_rows_were_withdrawn(project: Sandbox) -> None:
    _forget(project, *TEST, TRAIN)
    checks = ("preparation.label-differs", "preparation.unassigned-image", "preparation.processed-differs", "evaluation.data-stale",
              "evaluation.number-not-reproducible", "evaluation.confusion-differs", "evaluation.label-differs", "training.data-stale",
              "tuning.evaluation-stale", "conversion.source-stale", "conversion.agreement-differs", "collection.manifest-differs",
              "collection.orphan-annotation", "preparation.statistics-from-test")  # fmt: skip
    for check in checks:
        assert [f.message for f in project.check(check)] == [], check
    first, second = project.check("evaluation.wrong-split")
    assert (first.status, second.status) == (Status.WARN, Status.WARN)
    assert first.message == "3 of 150 rows were withdrawn since: accuracy 0.860, and 0.864 of the other 147"
    assert first.effect is not None and round(first.effect.corrected, 3) == 0.864
    assert gather(project.open()).evaluated.endswith("; 3 of 150 rows withdrawn since")


def test_pictures_withdrawn_one_after_the_other_are_counted_together(project: Sandbox) -> None:
    for path in TEST:
        _forget(project, path)
    assert project.check("evaluation.data-stale") == []
    assert "3 of 150 rows were withdrawn since" in project.check("evaluation.wrong-split")[0].message


def test_a_row_that_only_vanished_is_still_told(project: Sandbox) -> None:
    _forget(project, TEST[0])
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: rows[1:])
    assert [f.status for f in project.check("evaluation.wrong-split")][:2] == [Status.WARN, Status.FAIL]
    assert project.check("evaluation.data-stale")[0].check == "missing"


def test_nothing_of_it_is_left_in_the_bytes_of_the_cache(project: Sandbox) -> None:
    from mlscaffold.evidence import data, media

    opened = project.open(cached=True)
    facts = media.facts(opened, data.raw_media(opened), base="data/raw")[TEST[0]]
    opened.memo("a finding", lambda: opened.digest(f"data/raw/{TEST[0]}"))
    opened.cache.settled_before += 10**18
    opened._digests.clear()
    opened.digest(f"data/raw/{TEST[0]}")
    opened.save()
    file = project.root / ".mlscaffold/cache.sqlite"
    opened.cache.connection.close()
    needles = [base64.b64encode(facts.thumb), facts.digest.encode(), TEST[0].encode()]
    assert all(needle in file.read_bytes() for needle in needles)
    project.write({".mlscaffold/cache.sqlite-answer": f"it names {TEST[0]}"})
    _forget(project, TEST[0], cached=True)
    content = b"".join(path.read_bytes() for path in (project.root / ".mlscaffold").glob("cache*"))
    assert not [needle for needle in needles if needle in content]
    assert len(content) > 10_000  # what is known of the others is still there


def test_a_cache_that_is_locked_is_thrown_away(project: Sandbox) -> None:
    import sqlite3

    opened = project.open(cached=True)
    opened.save()
    wanted = plan(opened, [str(project.root / "data/raw" / TEST[0])])
    other = sqlite3.connect(project.root / ".mlscaffold/cache.sqlite", isolation_level="EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    opened.cache.connection.execute("PRAGMA busy_timeout=10")
    forget(opened, wanted, reason="x", by="Ada")
    assert TEST[0].encode() not in (project.root / ".mlscaffold/cache.sqlite").read_bytes()
    other.close()


def test_pages_that_hold_it_are_erased_and_others_stay(project: Sandbox) -> None:
    from mlscaffold.reports.gallery import html as gallery
    from mlscaffold.reports.judging import html as page
    from mlscaffold.reports.judging import xlsx

    opened = project.open()
    form = make_form(opened, "relabel", paths=[f"data/raw/{TEST[0]}"])
    other = make_form(opened, "relabel", paths=[f"data/raw/{TRAIN}"])
    project.write({
        "gallery.html": gallery.render(look(opened)),
        "sheet.html": page.render(form, picture=lambda path: picture_bytes(opened, path)),
        "reports/book.xlsx": xlsx.render(form, picture=lambda path: picture_bytes(opened, path)),
        "other.html": page.render(other, picture=lambda path: picture_bytes(opened, path)),
        "mine.html": f"<p>I wrote of {TEST[0]}</p>",
        "data/field/same.png": (project.root / "data/raw" / TEST[0]).read_bytes(),
    })  # fmt: skip
    done = _forget(project, TEST[0])
    assert set(done.withdrawal.traces.pages) == {"gallery.html", "reports/book.xlsx", "sheet.html"}
    assert not (project.root / "data/field/same.png").exists()
    assert (project.root / "other.html").exists()
    assert (project.root / "mine.html").exists()


def test_damaged_documents_are_passed_over(project: Sandbox) -> None:
    project.write({"a.xlsx": b"no zip", "b.docx": b"PK\x03\x04", "c.html": b"\xff\xfe"})
    with zipfile.ZipFile(project.root / "d.docx", "w") as archive:
        archive.writestr("word/media/image1.png", b"other")
    assert _forget(project, TEST[0]).withdrawal.traces.pages == ()


def _collection(tmp_path: Path) -> Sandbox:
    """A source in which one picture is saved again, scaled, mirrored, and copied."""
    for i in range(8):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    hat = tmp_path / "shop/hat"
    (hat / "again.jpg").write_bytes(encoded(scene(1), "JPEG", quality=70))
    (hat / "mirrored.png").write_bytes(encoded(ImageOps.mirror(scene(1))))
    (hat / "turned.png").write_bytes(encoded(scene(1).rotate(90, expand=True)))
    shutil.copy(hat / "01.png", hat / "copy.png")
    made = Sandbox(tmp_path / "project")
    made.write({"mlscaffold.toml": 'name = "shop"\npackage = "shop_sorter"\ntask = "image-classification"\n'})
    import_data(made.root, tmp_path / "shop")
    return made


ALIKE = ("shop/hat/again.jpg", "shop/hat/mirrored.png", "shop/hat/turned.png")


def test_copies_of_the_same_bytes_go_and_what_looks_alike_is_offered(tmp_path: Path) -> None:
    project = _collection(tmp_path)
    wanted = plan(project.open(), [str(project.root / "data/raw/shop/hat/01.png")])
    assert (wanted.named, wanted.same, wanted.alike) == (("shop/hat/01.png",), ("shop/hat/copy.png",), ALIKE)
    done = _forget(project, "shop/hat/01.png", with_copies=True)
    assert {picture.path for picture in done.withdrawal.traces.pictures} == {"shop/hat/01.png", "shop/hat/copy.png", *ALIKE}
    assert sorted(p.name for p in (project.root / "data/raw/shop/hat").glob("*.*g")) == ["03.png", "05.png", "07.png"]


def test_a_withdrawn_picture_does_not_come_in_again(tmp_path: Path) -> None:
    project = _collection(tmp_path)
    _forget(project, "shop/hat/01.png")
    done = import_data(project.root, tmp_path / "shop", today=date(2026, 12, 1))
    assert [(d.kind, d.where) for d in done.refused] == [("withdrawn", "hat/01.png"), ("withdrawn", "hat/copy.png")]
    assert done.refused[0].message.startswith("was withdrawn on 20")
    assert done.added == 0
    project.write({"data/raw/shop/hat/back.png": (tmp_path / "shop/hat/01.png").read_bytes()})
    (found,) = project.check("collection.withdrawn-present")
    assert found.message == "1 of 1 withdrawn picture is here (1 file): shop/hat/back.png"


def test_a_folder_is_all_its_pictures_and_the_whole_collection_is_refused(tmp_path: Path) -> None:
    project = _collection(tmp_path)
    done = _forget(project, "shop/shoe")
    assert len(done.withdrawal.named) == 4
    assert not (project.root / "data/raw/shop/shoe").exists()
    with pytest.raises(UsageError, match="That is the whole collection"):
        plan(project.open(), [str(project.root / "data/raw")])


@pytest.mark.parametrize(
    "path",
    ["../secret.png", "/etc/passwd", "mlscaffold.toml", "data/raw/../../secret.png", "data/raw/shop/none.png", "data/processed"],
)
def test_what_is_no_raw_picture_is_refused(tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    project = _collection(tmp_path)
    (tmp_path / "secret.png").write_bytes(b"secret")
    monkeypatch.chdir(project.root)
    with pytest.raises(UsageError, match=r"outside of data/raw|no picture of the collection"):
        plan(project.open(), [path])


def test_a_row_that_leads_out_erases_nothing_outside(tmp_path: Path) -> None:
    project = _collection(tmp_path)
    secret = tmp_path / "secret.png"
    secret.write_bytes((project.root / "data/raw/shop/hat/01.png").read_bytes())
    manifest = project.read("data/manifest/shop.csv")
    row = next(line for line in manifest.splitlines() if "hat/01.png" in line)
    project.write({"data/manifest/shop.csv": manifest + row.replace("shop/hat/01.png", "../../../secret.png") + "\n"})
    _forget(project, "shop/hat/01.png")
    assert secret.exists()


def test_a_kill_in_the_middle_is_finished_by_again(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(root: Path, path: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_erase", dies)
    with pytest.raises(KeyboardInterrupt):
        _forget(project, *TEST)
    monkeypatch.undo()
    assert project.check("collection.withdrawn-present")[0].message.startswith(
        "3 of 3 withdrawn pictures are here (3 files, 6 rows)"
    )
    opened = project.open()
    done = forget(opened, plan_again(opened))
    assert (done.tombstone, len(done.erased)) == ("", 6)
    assert project.check("collection.withdrawn-present") == []
    assert not plan_again(project.open()).traces.files


def test_another_clone_erases_what_was_withdrawn_here(project: Sandbox, tmp_path: Path) -> None:
    project.commit()
    clone = Sandbox(tmp_path / "clone")
    subprocess.run(["git", "clone", "-q", project.root, clone.root], check=True)
    for path in project.root.rglob("*.png"):
        clone.write({path.relative_to(project.root).as_posix(): path.read_bytes()})
    _forget(project, TEST[0])
    project.commit("withdrawn")
    clone.git("pull", "-q")
    (found,) = clone.check("collection.withdrawn-present")
    assert found.message.startswith("1 of 1 withdrawn picture is here (1 file, 1 prepared file)")
    assert found.fix == "mlscaffold data forget --again"
    opened = clone.open()
    forget(opened, plan_again(opened))
    assert clone.check("collection.withdrawn-present") == []
    assert not (clone.root / "data/processed/test" / TEST[0]).exists()
    assert clone.check("collection.manifest-differs") == []


def test_what_git_holds_and_what_is_a_link_is_told(tmp_path: Path) -> None:
    project = _collection(tmp_path)
    nas = tmp_path / "nas/01.png"
    nas.parent.mkdir()
    picture = project.root / "data/raw/shop/hat/03.png"
    picture.rename(nas)
    picture.symlink_to(nas)
    declare(project.root, "shop", nas.parent)
    project.commit()
    done = _forget(project, "shop/hat/03.png", "shop/hat/05.png")
    assert done.withdrawal.traces.linked == ("data/raw/shop/hat/03.png",)
    assert "data/raw/shop/hat/05.png" in done.withdrawal.traces.committed
    assert nas.exists()
    assert not picture.is_symlink()


def test_a_picture_that_is_not_on_this_machine_is_withdrawn_all_the_same(project: Sandbox) -> None:
    for path in (project.root / "data").rglob("*.png"):
        path.unlink()
    done = _forget(project, TEST[0])
    assert done.erased == ()
    assert len(tombstones(project.open())) == 1
    assert done.rows["data/manifest/belt.csv"] == 1


def test_columns_of_people_stay_in_the_tables(project: Sandbox) -> None:
    project.edit_csv("data/splits/belt.csv", lambda rows: [{**row, "fold": str(n % 5)} for n, row in enumerate(rows)])
    _forget(project, TEST[0])
    with (project.root / "data/splits/belt.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), {row["fold"] for row in rows}) == (419, {"0", "1", "2", "3", "4"})


def test_nobody_named_nothing_done(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = project.open()
    monkeypatch.setattr("mlscaffold.git.identity", lambda _: "")
    with pytest.raises(UsageError, match="Nobody is named"):
        forget(opened, plan(opened, [str(project.root / "data/raw" / TEST[0])]), reason="x")
    assert (project.root / "data/raw" / TEST[0]).exists()


def test_a_folder_that_may_not_be_written_is_told(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    really = Path.unlink

    def denied(self: Path, missing_ok: bool = False) -> None:
        if self.suffix == ".png":
            raise PermissionError(13, "Permission denied")
        really(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", denied)
    with pytest.raises(ScaffoldError, match=f"{TEST[0]} cannot be erased: Permission denied") as caught:
        _forget(project, TEST[0])
    assert caught.value.hint.endswith("mlscaffold data forget --again")
