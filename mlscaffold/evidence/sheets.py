# ruff: noqa: ANN401 (python-docx comes without types)
"""Returned sheets: what a person without a terminal answered, in a Word file or in the answers that the HTML form saved."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import Any

from mlscaffold.evidence import Broken, NewerSchema
from mlscaffold.evidence.fields import Fields, read_json

SCHEMA = 1
YES = {"yes", "y", "ja", "j", "oui", "sí", "si", "sì", "sim", "da", "да", "tak", "ano", "áno", "evet", "ναι", "kyllä", "igen", "jo", "はい", "예", "네", "نعم", "כן",
       "是", "是的", "对", "true", "ok", "okay", "✓", "✔", "☑"}  # fmt: skip
NO = {"no", "n", "nein", "non", "não", "nu", "нет", "nie", "ne", "hayır", "όχι", "nej", "nei", "nee", "ei", "nem", "いいえ", "아니오", "아니요", "لا", "לא", "否", "不", "不是",
      "false", "✗", "✘"}  # fmt: skip
_DATES = (
    (re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\.?|(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?"), (0, 1, 2)),
    (re.compile(r"(\d{1,2})[./-]\s*(\d{1,2})[./-]\s*(\d{4}|\d{2})"), (2, 1, 0)),
    (re.compile(r"(\d{1,2})[./-]\s*(\d{1,2})[./-]\s*(\d{4}|\d{2})"), (2, 0, 1)),
)
"""Forms of a date in digits; of 03/04/2026 nobody can tell whether day or month comes first."""
LARGEST = 32 * 1024 * 1024
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Returned:
    """The answers, and what the sheet was about: project, stage, round and fingerprints."""

    path: str
    kind: str
    project: str
    stage: str
    round: int
    made: str
    evidence: dict[str, str]
    inputs: dict[str, str]
    name: str
    role: str
    date: str
    answers: dict[str, str]
    remarks: dict[str, str]


def read(data: bytes, path: str) -> Returned:
    """Parse a returned sheet; raises `Broken` for what is none, and for an answer that is neither yes nor no."""
    if data[:4] == b"PK\x03\x04":
        return _word(data, path)
    if data.lstrip()[:1] == b"<":
        raise Broken(
            path, "is the form itself, not the answers", hint="The button of the form saves them as ….json: send that file."
        )
    if data[:4] in (b"%PDF", b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"II*\0", b"MM\0*"):
        raise Broken(
            path,
            "is a picture or a PDF, whose answers nobody can read for sure",
            hint="Copy the answers into the form, and say who did: --transcribed-by NAME",
        )
    if path.lower().endswith((".docx", ".doc", ".odt")):
        raise Broken(path, "is no Word document (not a zip archive)", hint="Open it in Word or LibreOffice and save it as .docx.")
    return _answers(read_json(data, path))


def days(text: str) -> tuple[date, ...]:
    """The days that a written date can be: one, two where day and month can be changed over, or a month and a year in words."""
    found = []
    for pattern, (year, month, day) in _DATES:
        if match := pattern.fullmatch(text.strip()):
            parts = [int(part) for part in match.groups() if part]
            try:
                found.append(date(parts[year] + 2000 * (parts[year] < 100), parts[month], parts[day]))
            except ValueError:
                continue
    named = re.search(r"\b(20\d\d)\b", text)
    if not found and named and re.search(r"[^\W\d_]{3}", text):
        found = [date(int(named[1]), 1, 1), date(int(named[1]), 12, 31)]
    return tuple(dict.fromkeys(found))


def _answers(top: Fields) -> Returned:
    if not top.has("mlscaffold_sheet"):
        raise Broken(top.path, "is no returned sheet", hint="mlscaffold stage sheet writes one.")
    schema = top.count("mlscaffold_sheet")
    if schema > SCHEMA:
        raise NewerSchema(top.path, schema)
    said, remarks = top.table("answers"), top.optional("remarks")
    evidence, inputs = top.table("evidence"), top.optional("inputs")
    return Returned(
        top.path,
        "json",
        project=top.text("project"),
        stage=top.text("stage"),
        round=top.count("round"),
        made=top.text("made", ""),
        evidence={key: evidence.text(key) for key in evidence.values},
        inputs={key: inputs.text(key) for key in inputs.values},
        name=top.text("name"),
        role=top.text("role", ""),
        date=top.text("date", ""),
        answers={key: _yes_or_no(top.path, key, said.text(key, "")) for key in said.values},
        remarks={key: remarks.text(key) for key in remarks.values if remarks.has(key)},
    )


def _word(data: bytes, path: str) -> Returned:
    tables = _tables(data, path)
    items, person, marks = (_table(tables, path, first) for first in ("Item", "Signature", "Evidence"))
    signature = {row[0].casefold(): row[1] for row in person if len(row) > 1}
    about = {row[0]: row[1] for row in marks if len(row) < 3 or not row[2]}
    for key in ("project", "stage", "round"):
        if not about.get(key):
            raise Broken(path, f"the table of evidence has no {key}")
    if not about["round"].isdigit():
        raise Broken(path, f'round is "{about["round"]}"; a number is wanted')
    return Returned(
        path,
        "docx",
        project=about["project"],
        stage=about["stage"],
        round=int(about["round"]),
        made=about.get("made", ""),
        evidence={row[0]: row[1] for row in marks if len(row) > 2 and row[2] == "evidence"},
        inputs={row[0]: row[1] for row in marks if len(row) > 2 and row[2] == "input"},
        name=signature.get("name", ""),
        role=signature.get("role", ""),
        date=signature.get("date", ""),
        answers={row[0]: _yes_or_no(path, row[0], row[2]) for row in items if len(row) > 2},
        remarks={row[0]: row[3] for row in items if len(row) > 3 and row[3]},
    )


def _tables(data: bytes, path: str) -> list[list[list[str]]]:
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise Broken(path, "unpacks to more than 32 MB; a sheet is small")
        document = docx.Document(io.BytesIO(data))
    except Broken:
        raise
    except Exception as problem:  # zipfile, lxml and python-docx raise anything at a damaged file
        raise Broken(path, f"is no Word document that can be read ({type(problem).__name__})") from None
    return [[[_text(cell) for cell in row.iter(f"{_W}tc")] for row in table.iter(f"{_W}tr")] for table in _each(document)]


def _each(document: Any) -> list[Any]:
    return list(document.element.body.iter(f"{_W}tbl"))


def _text(cell: Any) -> str:
    """All text of a cell, tracked insertions and form fields too; what is struck out by tracking is no text."""
    return " ".join("".join(t.text or "" for t in p.iter(f"{_W}t")) for p in cell.iter(f"{_W}p")).strip()


def _table(tables: list[list[list[str]]], path: str, first: str) -> list[list[str]]:
    found = next((rows for rows in tables if rows and rows[0] and rows[0][0] == first), None)
    if found is None:
        raise Broken(path, f'has no table that begins with "{first}"', hint="mlscaffold stage sheet --format docx writes one.")
    return [row for row in found[1:] if row]


def _yes_or_no(path: str, item: str, said: str) -> str:
    word = said.strip().strip(".!").casefold()
    if not word:
        return ""
    if word not in YES and word not in NO:
        raise Broken(path, f'{item} is answered with "{said[:40]}"; yes or no is wanted', hint="Put other words under Remark.")
    return "yes" if word in YES else "no"
