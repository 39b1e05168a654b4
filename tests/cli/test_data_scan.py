"""`mlscaffold data scan` as a stranger meets it: in any folder, on a terminal, interrupted."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from mlscaffold.cli.data_scan import counted
from mlscaffold.workflows.scan import Progress
from tests.cli.command import ends, run, surroundings, terminal
from tests.datasets.pictures import encoded, put, scene


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(30):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i, (60, 45))
    return tmp_path / "shop"


def test_a_scan_needs_no_project_and_ends_with_the_next_command(folder: Path) -> None:
    home = folder.parent / "caches"
    done = run(folder.parent, "data", "scan", "shop", XDG_CACHE_HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("shop: 30 read + 0 refused = 30 pictures\n")
    assert "Nothing is amiss" in done.stdout and not done.stderr
    assert [path.suffix for path in (home / "mlscaffold").iterdir()] == [".sqlite"]
    assert not list(folder.rglob("*.sqlite"))


def test_a_fault_is_exit_1_in_every_format(folder: Path) -> None:
    (folder / "hat/page.jpg").write_text("<html>403")
    told = run(folder, "data", "scan", ".", "--no-cache", "--format", "json")
    assert told.returncode == 1 and not told.stderr
    document = json.loads(told.stdout)
    assert (document["sound"], document["findings"][0]["kind"]) == (False, "not-an-image")
    page = run(folder, "data", "scan", ".", "--no-cache", "--format", "html", "--output", "../page.html")
    assert page.returncode == 1 and page.stdout.endswith("Wrote ../page.html\n")
    assert "hat/page.jpg" in (folder.parent / "page.html").read_text()
    text = run(folder, "data", "scan", ".", "--cache", "../c.sqlite", "--output", "../scan.txt")
    assert text.returncode == 1 and (folder.parent / "c.sqlite").is_file()
    assert "fail  not-an-image" in (folder.parent / "scan.txt").read_text()


def test_bad_words_are_usage_errors(folder: Path) -> None:
    for words in (("absent",), (".", "--format", "xml"), (".", "--workers", "-1")):
        assert run(folder, "data", "scan", *words).returncode == 2
    refused = run(
        folder, "data", "scan", ".", "--scheduler", "tcp://localhost:1", before="import sys; sys.modules['distributed'] = None"
    )
    assert refused.returncode == 2
    assert "Dask, which is not installed" in refused.stderr and 'pip install "mlscaffold[dask]"' in refused.stderr


def test_a_terminal_sees_how_far_it_is(folder: Path) -> None:
    child = terminal(folder, "data", "scan", ".", "--no-cache")
    child.expect("30 read")
    assert "\x1b[K" in child.before  # the counter, wiped when it was done
    assert ends(child) == 0


def test_the_time_left_is_judged_by_bytes() -> None:
    first, now = Progress(101, 1000, 10_000, 1_000_000), Progress(501, 1000, 210_000, 1_000_000)
    assert counted(first, first, 0.1) == "101 of 1,000 pictures"
    assert counted(now, first, 4.0) == "501 of 1,000 pictures, 100 a second, 16 s left"
    assert counted(now, first, 400.0).endswith("1 a second, 26 min left")
    assert counted(now, first, 4000.0).endswith("4.4 h left")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_scan_goes_on_where_it_was(end: signal.Signals, tmp_path: Path) -> None:
    folder, cache = tmp_path / "many", tmp_path / "cache.sqlite"
    folder.mkdir()
    large = [encoded(scene(i, (1000, 750)), "JPEG", quality=95) for i in range(8)]
    for i in range(800):  # bytes after the end marker do no harm, and make each a file of its own
        (folder / f"{i:04}.jpg").write_bytes(large[i % 8] + i.to_bytes(4, "big"))
    command = [sys.executable, "-m", "mlscaffold", "data", "scan", str(folder), "--cache", str(cache), "--workers", "2"]
    child = subprocess.Popen(
        command, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not _kept(cache):
        assert child.poll() is None, child.communicate()
        time.sleep(0.02)
    child.send_signal(end)
    _, said = child.communicate(timeout=30)  # ends only when no worker holds its output open any more
    assert "Traceback" not in said
    if end is signal.SIGINT:
        assert child.returncode == 130 and "Interrupted" in said
    kept = _kept(cache)
    assert 0 < kept < 800
    done = run(tmp_path, "data", "scan", "many", "--cache", "cache.sqlite")
    assert "800 read + 0 refused = 800 pictures" in done.stdout
    assert f"{kept:,} known already" in done.stdout or f" {800 - kept:,} files in" in done.stdout, done.stdout


def _kept(cache: Path) -> int:
    if not cache.is_file():
        return 0
    with closing(sqlite3.connect(cache, timeout=5)) as connection:
        try:
            count: int = connection.execute("SELECT count(*) FROM fact").fetchone()[0]
        except sqlite3.Error:
            return 0
        return count
