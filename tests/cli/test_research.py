"""`research literature add`: works come in by identifier, BibTeX or RIS, once each, and are counted by the check."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from mlscaffold.evidence import literature
from tests.cli.command import one_error, run, surroundings
from tests.conftest import Sandbox
from tests.evidence.test_references import RIS

FILE = "docs/references.bib"
BIB = """% kept by hand
@inproceedings{he, title = {Deep Residual Learning for Image Recognition}, author = {He, Kaiming}, year = {2016}}

@article{lecun, title={Gradient-based learning}, author={LeCun, Yann}, year=1998, doi={10.1109/5.726791}}
"""
ADD = ("research", "literature", "add")


def test_bibtex_and_ris_are_added_once(project: Sandbox) -> None:
    project.write({"a.bib": BIB, "b.ris": RIS})
    done = run(project.root, *ADD, "a.bib", "b.ris")
    assert done.returncode == 0, done.stderr
    assert "Added he: Deep Residual" in done.stdout and "Added ozturk2021sortierung: Über" in done.stdout
    assert f"{FILE} names 3 different works" in done.stdout
    before = project.read(FILE)
    again = run(project.root, *ADD, "b.ris", "a.bib")
    assert again.returncode == 0 and again.stdout.count("There already") == 3
    assert project.read(FILE) == before
    for name in ("https://doi.org/10.1109/5.726791", "DOI:10.1109/5.726791"):
        assert "There already: lecun (docs/references.bib:7)" in run(project.root, *ADD, name).stdout


def test_what_is_in_the_file_stays_and_gets_its_identifier(project: Sandbox) -> None:
    project.write({FILE: BIB})
    done = run(project.root, *ADD, "arXiv:1512.03385v1", "--title", "Deep residual learning for image recognition")
    assert "There already: he (docs/references.bib:2) has its arXiv number now" in done.stdout
    text = project.read(FILE)
    assert text.replace("\n  eprint = {1512.03385},\n  archiveprefix = {arXiv},", "") == BIB
    assert literature.read(text).entries[0].arxiv == "1512.03385"
    assert "nothing to add" in run(project.root, *ADD, "https://arxiv.org/pdf/1512.03385v2").stdout


def test_an_identifier_alone_needs_a_title_or_the_network(project: Sandbox) -> None:
    one_error(run(project.root, *ADD, "1711.05101"), "title, author, year are missing", "--title", "--online", code=2)
    assert not (project.root / FILE).exists()
    done = run(
        project.root,
        *ADD,
        "1711.05101",
        "--title",
        "Decoupled weight decay & more",
        "--author",
        "Loshchilov, Ilya; Hutter, Frank",
    )
    assert done.returncode == 0 and "loshchilovdecoupled has no year yet" in done.stdout
    (entry,) = literature.read(project.read(FILE)).entries
    assert (entry.arxiv, entry.year) == ("1711.05101", None)


def test_from_the_standard_input(project: Sandbox) -> None:
    command = [sys.executable, "-c", "from mlscaffold.cli import main; main()", *ADD, "-"]
    done = subprocess.run(command, cwd=project.root, env=surroundings(), input=BIB, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.count("Added") == 2
    broken = subprocess.run(
        command, cwd=project.root, env=surroundings(), input="@article{x, title={", capture_output=True, text=True, check=False
    )
    one_error(broken, "what was typed in:1: is no complete BibTeX entry")


def test_what_is_no_reference_writes_nothing(project: Sandbox) -> None:
    project.write({"a.bib": BIB, "bad.ris": "TY  - JOUR\nno tag here\n"})
    one_error(run(project.root, *ADD, "a.bib", "nonsense"), "'nonsense' is no DOI", code=2)
    one_error(run(project.root, *ADD, "a.bib", "bad.ris"), "bad.ris")
    one_error(run(project.root, *ADD, "a.bib", "--title", "x"), "says itself", code=2)
    one_error(run(project.root, *ADD, "10.1234/a", "10.1234/b", "--title", "x"), "describe one work", code=2)
    assert not (project.root / FILE).exists()


def test_the_check_counts_what_lies_there_and_what_both_name_once(project: Sandbox) -> None:
    import re

    text = project.read("docs/02-research.md")
    head, mark, rest = text.partition("<!-- section: literature -->")
    first = "- He et al.: Deep residual learning for image recognition, 2016, arXiv:1512.03385."
    project.write({"docs/02-research.md": f"{head}{mark}\n\n{first}\n" + "".join(re.findall(r"(?s)\n## .*", rest))})
    (few,) = project.check("research.literature-thin")
    assert few.message.startswith("1 work named")
    project.write({"a.bib": BIB, "b.ris": RIS})
    assert run(project.root, *ADD, "a.bib", "b.ris").returncode == 0
    (more,) = project.check("research.literature-thin")
    assert more.message.startswith("3 works named")
    for number in (1, 2):
        added = run(
            project.root,
            *ADD,
            f"10.1234/x.{number}",
            "--title",
            f"Work number {number} of the series",
            "--author",
            "A",
            "--year",
            "2020",
        )
        assert added.returncode == 0, added.stderr
    assert project.check("research.literature-thin") == []


class _Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path == "/10.1109/5.726791" and "bibtex" in self.headers["Accept"]
        body = (
            b"@article{LeCun_1998, title={Gradient-based learning}, author={LeCun, Y.}, year={1998}, journal={Proc. IEEE}}"
            if known
            else b"<html>"
        )
        self.send_response(404 if self.path.endswith("/none") else 200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_online_asks_and_degrades(project: Sandbox, address: str) -> None:
    there = f"import mlscaffold.workflows.look_up as l; l.DOI = l.ARXIV = {address!r}"
    done = run(
        project.root, *ADD, "10.1109/5.726791", "--online", "--venue", "Proceedings of the IEEE", before=there, no_proxy="*"
    )
    assert done.returncode == 0, done.stderr
    assert "Added lecun1998gradient: Gradient-based learning" in done.stdout
    assert "journal = {Proceedings of the IEEE}" in project.read(FILE) and "doi = {10.1109/5.726791}" in project.read(FILE)
    one_error(run(project.root, *ADD, "10.1234/none", "--online", before=there, no_proxy="*"), "is not known there", "--title")
    one_error(run(project.root, *ADD, "1706.03762", "--online", before=there, no_proxy="*"), "gave no BibTeX")
    away = "import mlscaffold.workflows.look_up as l; l.DOI = 'http://127.0.0.1:9/'"
    one_error(
        run(project.root, *ADD, "10.1234/a", "--online", before=away, no_proxy="*"), "127.0.0.1:9 cannot be reached", "--title"
    )
    told = run(project.root, *ADD, "10.1234/a", "--online", "--title", "A work", before=away, no_proxy="*")
    assert told.returncode == 0 and "written as you told it" in told.stdout
