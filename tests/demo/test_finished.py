"""The finished project that the wheel brings along: small, whole, of today's schema, and of nobody's machine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mlscaffold.demo import finished
from mlscaffold.errors import UsageError
from mlscaffold.project import open_project
from mlscaffold.stages import all_stages
from mlscaffold.workflows.check import Options, check_project
from tests import freeze

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("finished")]
ANEW = f"the frozen project is not of this version of the tool; freeze it anew: {freeze.COMMAND}"


def test_all_that_is_signed_holds_and_every_check_passes(unpacked: Path) -> None:
    report = check_project(open_project(unpacked), Options(everything=True))

    # A check that came later may ask for a record that nobody wrote then: that is unknown, and gone when it is frozen anew.
    bad = [f"{f.status} {f.check}: {f.message}" for f in report.findings if f.status not in ("pass", "warn", "unknown")]
    assert not bad, "\n".join([ANEW, *bad])
    assert {s.stage.slug: s.state.value for s in report.stages} == {s.slug: "signed" for s in all_stages()}, ANEW
    assert {state for s in report.stages for state in s.deliverables.values()} <= {"proved", "unknown"}, ANEW


def test_it_is_small_and_its_history_is_whole(unpacked: Path) -> None:
    frozen = finished.read()
    log = subprocess.run(
        ["git", "log", "--format=%H %an"], cwd=unpacked, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert finished.ARCHIVE.stat().st_size < freeze.LARGEST
    assert log[0] == f"{frozen.head} {finished.PERSON}"
    assert len(log) == 11 and {line.split(" ", 1)[1] for line in log} == {finished.PERSON}
    for record in unpacked.glob("reports/*/*/provenance.json"):  # each run names the commit that it was made from
        assert json.loads(record.read_text(encoding="utf-8"))["commit"] in {line.split()[0] for line in log}
    status = subprocess.run(["git", "status", "--porcelain"], cwd=unpacked, capture_output=True, text=True, check=True).stdout
    assert status == ""


def test_it_names_no_machine_and_tells_where_its_pictures_are_from(unpacked: Path) -> None:
    frozen = finished.read()
    place = re.compile(rb"(?<![\w.$}])/(?:work|root|tmp|home|Users|opt|usr/lib)/[\w.-]+")
    found = {name: place.findall(content)[:3] for name, content in {"history": frozen.history, **frozen.files}.items()}

    assert not {name: words for name, words in found.items() if words}
    assert "CC BY 4.0" in (unpacked / "README.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in (unpacked / "data/raw/optdigits/source.toml").read_text(encoding="utf-8")
    assert "CC BY 4.0" in (finished.ARCHIVE.parent / "NOTICE.md").read_text(encoding="utf-8")


def test_the_same_folder_freezes_to_the_same_archive_and_back(unpacked: Path, tmp_path: Path) -> None:
    packed = freeze.pack(unpacked, preset=0)
    (tmp_path / "again.tar.xz").write_bytes(packed)
    again, frozen = finished.read(tmp_path / "again.tar.xz"), finished.read()

    assert packed == freeze.pack(unpacked, preset=0)
    assert (again.head, again.history) == (frozen.head, frozen.history)
    assert again.files == frozen.files
    assert not freeze.traces(tmp_path / "again.tar.xz", unpacked)


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(UsageError, match="mine exists and is not empty"):
        finished.unpack(tmp_path / "mine")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(UsageError, match="link exists"):
        finished.unpack(tmp_path / "link")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_a_broken_archive_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "cut.tar.xz").write_bytes(finished.ARCHIVE.read_bytes()[:100_000])
    with pytest.raises(finished.Unreadable, match="cannot be read"):
        finished.unpack(tmp_path / "demo", tmp_path / "cut.tar.xz")
    assert [p.name for p in tmp_path.iterdir()] == ["cut.tar.xz"]


def test_a_kill_half_way_leaves_no_project_that_is_half_there(tmp_path: Path) -> None:
    code = (
        "import os\nfrom pathlib import Path\nfrom mlscaffold.demo import finished\n"
        "finished.write_files = lambda *a: os._exit(9)\nfinished.unpack(Path('demo').absolute())"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {root!r})\n{code}"], cwd=tmp_path, check=False)

    assert done.returncode == 9
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == []
    assert finished.unpack(tmp_path / "demo") > 3000


def test_a_plain_png_has_the_same_pixels() -> None:
    import io

    import numpy as np
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 256, (7, 5), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    plain = freeze.plain_png(out.getvalue())

    assert np.array_equal(np.asarray(Image.open(io.BytesIO(plain))), pixels)
    assert len(plain) == 8 + 25 + 12 + 12 + 2 + 5 + 4 + 7 * 6  # nothing is compressed
