"""doccano JSONL: a text a line with its classes or labelled parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from mlscaffold.datasets.collecting import Findings, json_lines, text_of
from mlscaffold.datasets.exporting import Placed, by_split, write_lines
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.parsing import Unreadable, mapping, parse_json, sample
from mlscaffold.datasets.pictures import split_in
from mlscaffold.datasets.record import Reading, Record, Sniff, Span, is_clutter

HOLDS = holds("text, label, labels, spans, attributes, split")
_WORDS = ("text", "data")
_LABELS = ("label", "labels")


def sniff(path: Path) -> Sniff:
    """Lines of JSON with a text and a list of labels or entities."""
    files = files_of(path)
    if not files:
        return Sniff(0.0, "no JSONL file with texts and lists of labels")
    return Sniff(0.9, f"{files[0].name} has lines with a text and a list of labels")


def files_of(path: Path) -> list[Path]:
    """The files of doccano at a path: itself, or those in the folder."""
    found = [path] if path.is_file() else sorted(path.glob("*.jsonl"))
    return [
        p
        for p in found
        if p.suffix.lower() in (".jsonl", ".json") and not is_clutter(p.name) and not p.is_symlink() and _looks_right(p)
    ]


def _looks_right(path: Path) -> bool:
    for line in sample(path).splitlines()[:20]:
        try:
            row, _ = parse_json(line, path.name)
        except Unreadable:
            continue
        if isinstance(row, dict) and any(isinstance(row.get(key), str) for key in _WORDS):
            return any(isinstance(row.get(key), list) for key in (*_LABELS, "entities"))
    return False


def read(path: Path) -> Reading:
    """Every line of every file."""
    findings = Findings()
    root = path if path.is_dir() else path.parent
    files = files_of(path) or ([path] if path.is_file() else [])
    if not files:
        findings.item(path.name, "no-annotations", "holds no JSONL file of doccano")
        return findings.failed()
    for file in files:
        where = file.relative_to(root).as_posix()
        for at, value in json_lines(file, where, findings):
            _row(value, at, file, findings)
    if untouched := sum(not (record.labels or record.spans) for record in findings.records):
        findings.notes.append(f"{untouched} texts have no label: not looked at yet, or nothing in them; the format does not say")
    return findings.reading()


def _row(value: object, at: str, file: Path, findings: Findings) -> None:
    """Read one line into a record or a defect."""
    row = mapping(value)
    key = next((key for key in _WORDS if isinstance(row.get(key), str)), None)
    if key is None:
        findings.item(at, "no-text", "has no text", field="text")
        return
    text: str = row[key]
    told: object = next((row[name] for name in (*_LABELS, "entities") if row.get(name)), [])
    attributes = {
        str(k): text_of(v)
        for k, v in row.items()
        if k not in (key, "id", *_LABELS, "entities", "relations", "Comments") and v is not None
    }
    for name in ("relations", "Comments"):
        if isinstance(row.get(name), list) and row[name]:
            findings.ignored[name.lower()] = findings.ignored.get(name.lower(), 0) + len(row[name])
    labels: list[str] = []
    spans: list[Span] = []
    if isinstance(told, str):
        attributes["answer"] = told
    elif not isinstance(told, list):
        findings.object(at, "broken-label", f"label is {type(told).__name__}; a list is wanted", field="label")
    else:
        for place, entry in enumerate(told):
            spot = f"{at} label[{place}]"
            if isinstance(entry, str):
                labels.append(entry)
            elif span := _span(entry, text, spot, findings):
                spans.append(span)
    _overlaps(spans, at, findings)
    split = split_in(at.rsplit(":", 1)[0])
    findings.records.append(
        Record(
            file,
            file.name,
            tuple(dict.fromkeys(labels)),
            attributes=attributes,
            origin=at,
            split=split,
            text=text,
            spans=tuple(spans),
        )
    )


def _span(entry: object, text: str, at: str, findings: Findings) -> Span | None:
    """A labelled part of a text: a list of start, end and name, or an object; None if it was refused."""
    if isinstance(entry, dict):
        entry = [entry.get("start_offset", entry.get("start")), entry.get("end_offset", entry.get("end")), entry.get("label")]
    if not isinstance(entry, list) or len(entry) != 3 or not isinstance(entry[2], str) or not entry[2]:
        findings.object(at, "broken-span", f"is {str(entry)[:60]}; start, end and a name are wanted")
        return None
    start, end, name = entry
    if any(isinstance(value, bool) or not isinstance(value, int) for value in (start, end)) or not 0 <= start < end:
        findings.object(
            at, "broken-span", f"goes from {str(start)[:20]} to {str(end)[:20]}; whole numbers, the second greater, are wanted"
        )
        return None
    if end > len(text):
        # JavaScript counts signs such as emoji twice, so what follows them lies too far on.
        wide = sum(character > "\uffff" for character in text)
        why = f"; {wide} signs in it count twice for JavaScript" if wide else ""
        findings.object(at, "span-outside", f"goes to {end}; the text has {len(text)} characters{why}")
        return None
    if text[start:end] != text[start:end].strip():
        findings.tell(at, "blank-in-span", f'"{text[start:end][:60]}" begins or ends with a blank: the offsets may be shifted')
    return Span(start, end, name)


def _overlaps(spans: Sequence[Span], at: str, findings: Findings) -> None:
    """Say so where labelled parts overlap."""
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    for first, second in pairwise(ordered):
        if second.start < first.end:
            message = f"{first.label} {first.start}–{first.end} and {second.label} {second.start}–{second.end} overlap"
            findings.tell(at, "overlap", message)


def place(record: Record) -> str:
    """Texts have no picture to place."""
    return record.name


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `all.jsonl`, or one file a split."""
    for split, group in by_split(items).items():
        rows = []
        for number, item in enumerate(group, 1):
            record = item.record
            label: list[object] = [[span.start, span.end, span.label] for span in record.spans] or list(record.labels)
            rows.append({"id": number, "text": record.text, "label": label, **record.attributes})
        write_lines(folder / f"{split or 'all'}.jsonl", rows)


def fit(record: Record, lost: Counter[str]) -> Record:
    """A row has labelled parts or classes, not both, and some names are doccano's own."""
    if record.spans and record.labels:
        lost["labels of texts that have labelled parts too"] += 1
        record = replace(record, labels=())
    taken = {*_WORDS, *_LABELS, "id", "entities", "relations", "Comments"} & record.attributes.keys()
    lost["attributes of texts"] += len(taken)
    return replace(record, attributes={name: value for name, value in record.attributes.items() if name not in taken})
