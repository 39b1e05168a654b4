"""The cache is never needed for a right answer."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from mlscaffold.cache import Cache

OLD = (5, 1, 1, 7)


def filled(path: Path) -> None:
    cache = Cache(path)
    cache.remember_file("a.png", OLD, "d1")
    cache.remember_facts({"d1": ["png", 3, b"\0\1"]}, 1)
    cache.remember_memo("check:x", "v1", trace={"file:a": "d1"}, value=[1])
    cache.save()
    cache.connection.close()


def test_what_was_learned_is_known_again_by_the_same_version_only(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    filled(path)
    again = Cache(path)
    assert again.digest("a.png", OLD) == "d1"
    assert again.digest("a.png", (6, 1, 1, 7)) is None
    assert again.facts(["d1", "d2"], 1) == {"d1": ["png", 3, b"\0\1"]}
    assert again.facts(["d1"], 2) == {}
    assert again.memo("check:x", "v1") == ({"file:a": "d1"}, [1])
    assert again.memo("check:x", "v2") is None
    again.connection.close()


def test_a_file_as_young_as_the_scan_is_not_trusted(tmp_path: Path) -> None:
    cache = Cache(None)
    now = time.time_ns()
    for stamp in ((5, now, 1, 7), (5, 1, now, 7), (5, now + 10**12, 1, 7), (5, now - 10**9, 1, 7)):
        cache.remember_file("a", stamp, "d")
        assert cache.digest("a", stamp) is None
    cache.connection.close()


def test_a_run_writes_at_its_end_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    slow = Cache(path)
    slow.remember_memo("a", "v", trace={}, value=1)
    assert slow.memo("a", "v") == ({}, 1)
    filled(path)
    slow.save()
    slow.connection.close()
    with closing(sqlite3.connect(path)) as connection:
        assert {row[0] for row in connection.execute("SELECT key FROM memo")} == {"a", "check:x"}


def test_damage_is_met_by_beginning_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    filled(path)
    whole = path.read_bytes()
    for damage in (b"nonsense", whole[:5000], whole[:100] + bytes(len(whole) - 100)):
        path.write_bytes(damage)
        cache = Cache(path)
        assert cache.memo("check:x", "v1") is None
        assert cache.facts(["d1"], 1) == {}
        assert cache.digest("a.png", OLD) is None
        cache.connection.close()
        filled(path)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT count(*) FROM memo").fetchone() == (1,)


def test_what_is_no_json_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    filled(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE memo SET value = '{'")
        connection.execute("UPDATE fact SET value = '{'")
    cache = Cache(path)
    assert cache.memo("check:x", "v1") is None
    assert cache.facts(["d1"], 1) == {}
    cache.connection.close()
