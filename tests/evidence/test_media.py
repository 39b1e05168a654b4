"""Each picture of a project is read once in a check, and what is staged is all that a hook reads."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256

import pytest
from PIL import Image

from mlscaffold.datasets import workers
from mlscaffold.evidence import data, media
from tests.cli.command import surroundings
from tests.conftest import Sandbox
from tests.datasets.pictures import encoded, scene


def test_a_cold_check_reads_each_picture_once(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "_SEEN", type(media._SEEN)())
    monkeypatch.setattr(workers, "POOL_FROM", 100)
    monkeypatch.setattr(workers, "cores", lambda: 1)
    read = []
    real = workers.read_facts
    monkeypatch.setattr(workers, "read_facts", lambda path, look: read.append(str(path)) or real(path, look=look))
    tree = project.open()
    media.learn(tree)
    assert len(read) == len(set(read)) == 420 * 2 + 60
    contents: list[str] = []
    monkeypatch.setattr(tree.tree, "content", lambda path, inner=tree.tree.content: contents.append(path) or inner(path))
    raw, prepared = data.raw_media(tree), data.processed_media(tree, "test")
    assert not [path for path in contents if path.endswith(".png")], "a digest was taken again"
    facts = media.facts(tree, raw, base="data/raw")
    exact = media.exact(tree, prepared, base="data/processed")
    assert len(read) == 900 and len(facts) == 420 and len(exact) == 150
    assert all(f.looked for f in facts.values())
    rows = {row.path: row.digest for row in data.processed(tree, "test")}
    assert {path: f.pixels for path, f in exact.items()} == rows


def test_a_jpeg_has_the_digest_of_all_its_pixels_where_that_is_asked_for(empty: Sandbox) -> None:
    picture = encoded(scene(1, (600, 400)), "JPEG")
    empty.write({"data/processed/test/a.jpg": picture})
    tree = empty.open(cached=True)
    here = {"test/a.jpg": sha256(picture).hexdigest()}
    with Image.open(empty.root / "data/processed/test/a.jpg") as image:
        wanted = sha256(b"RGB:600x400:" + image.tobytes()).hexdigest()
    for _ in range(2):  # computed, then kept
        assert media.exact(tree, here, base="data/processed")["test/a.jpg"].pixels == wanted
    assert media.facts(tree, here, base="data/processed")["test/a.jpg"].pixels != wanted
    tree.cache.connection.close()


TRACE = """
import os, sys
root = os.path.realpath(os.getcwd()) + os.sep
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(root) and not path.startswith(root + ".git" + os.sep):
            sys.stderr.write("OPENED " + path[len(root):] + chr(10))
sys.addaudithook(note)
from mlscaffold.cli import main
main()
"""


def opened(project: Sandbox, *words: str) -> set[str]:
    """The files of the project that a command opens."""
    done = subprocess.run(
        [sys.executable, "-c", TRACE, *words], cwd=project.root, env=surroundings(), capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return {line.removeprefix("OPENED ") for line in done.stderr.splitlines() if line.startswith("OPENED ")}


def test_a_check_of_what_is_staged_opens_no_picture_that_is_not(project: Sandbox) -> None:
    project.sign()
    project.commit("signed")
    project.replace("acceptance.toml", "0.85", "0.86")
    project.git("add", "-A")
    assert not {name for name in opened(project, "check", "--staged") if name.endswith(".png")}


def test_a_staged_row_has_the_pictures_of_its_source_read_and_no_others(project: Sandbox) -> None:
    project.sign()
    project.commit("signed")
    project.edit_csv("data/raw/belt/rose/annotations.csv", lambda rows: [{**rows[0], "label": "tulip"}, *rows[1:]])
    project.git("add", "-A")
    names = {name for name in opened(project, "check", "--staged") if name.endswith(".png")}
    assert {"/".join(name.split("/")[:3]) for name in names if name.startswith("data/")} == {"data/raw/belt"}
