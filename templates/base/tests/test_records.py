"""What is written can be read again, and digests follow the contract."""

import hashlib
from pathlib import Path

import pytest

from project_package import paths, records
from project_package.errors import ProjectError


def test_digests_follow_the_contract(root: Path) -> None:
    assert records.classes_digest(["a", "b"]) == hashlib.sha256(b"a\nb").hexdigest()
    assert records.pixel_digest("L", (2, 1), b"\x00\x01") == hashlib.sha256(b"L:2x1:\x00\x01").hexdigest()
    assert records.json_digest({"b": 1, "a": "é"}) == hashlib.sha256('{"a":"é","b":1}'.encode()).hexdigest()
    (root / "x.txt").write_bytes(b"x")
    folder = root / "model.mlpackage"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "f").write_bytes(b"1")
    line = f"sub/f,{hashlib.sha256(b'1').hexdigest()}\n"
    assert records.folder_digest(folder) == hashlib.sha256(line.encode()).hexdigest()


def test_predictions_survive_the_file(root: Path) -> None:
    written = [records.Prediction("test/a.png", "cat", "dog", (0.123456789, 0.876543211))]
    records.write_predictions(root / "p.csv", written, ["cat", "dog"])
    assert records.read_predictions(root / "p.csv") == (written, ["cat", "dog"])


def test_a_run_id_has_its_form() -> None:
    assert records.new_run_id().count("-") == 2
    assert records.new_run_id() != records.new_run_id()


def test_a_path_that_leads_out_is_refused() -> None:
    for path in ("../x.png", "/etc/passwd", "a/../../x", ""):
        with pytest.raises(ProjectError, match="leads out"):
            paths.inside(paths.RAW, path)


def test_missing_data_names_the_next_command(root: Path) -> None:
    with pytest.raises(ProjectError, match="prepare"):
        records.read_split("train")
    with pytest.raises(ProjectError, match=r"schema\.toml is missing"):
        records.classes()


def test_test_sets_have_names_and_versions(root: Path) -> None:
    for split in ("test-night", "test", "validation", "test-empty"):
        rows = [] if split == "test-empty" else [["a.png", "0" * 64, "x", "s/a.png"]]
        records.write_table(paths.PROCESSED / split / "annotations.csv", ["path", "digest", "label", "origin"], rows)
    assert records.test_sets() == ["test", "test-night"]
    assert records.test_version("test") is None
    assert set(records.used("test")) == {"digest", "samples"}
    for name, version in (("test", 1), ("test", 2), ("test-night", 1)):
        records.write_toml(paths.DATA_SPLITS / "tests" / f"{name}-{version}.toml", {"set": name, "version": version})
    assert (records.test_version("test"), records.test_version("test-night")) == (2, 1)
    assert records.used("test")["version"] == 2
