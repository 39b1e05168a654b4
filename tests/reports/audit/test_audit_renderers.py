import json as plain_json
import re
from pathlib import Path

import pytest

from mlscaffold.reports.audit import html, json, text
from mlscaffold.reports.audit.content import Audit
from mlscaffold.reports.text import width_of
from mlscaffold.workflows.audit import audit
from tests.workflows.test_audit import rows, table

NASTY = '<script>alert("x")</script>\x1b[31m'


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """An audit with leaks, doubles, a weak slice, confidences and names that mean harm."""
    folder = tmp_path_factory.mktemp("audit")
    content = [(a, b.replace("cat", NASTY), c.replace("cat", NASTY)) for a, b, c in rows(400, accuracy=0.9)]
    wide = [(a, b, "owl" if i % 8 == 0 else c, 0.97, NASTY if i % 8 == 0 else "day") for i, (a, b, c) in enumerate(content)]
    path = table(folder / "<b>p.csv", [*wide, *wide[:3]], "file,label,prediction,confidence,light")
    train = table(folder / "train.csv", [row[:2] for row in content[:9]], "file,label")
    return audit(path, train=train, looks=5)


def test_text_is_one_screen_and_ends_with_the_next_command(found: Audit) -> None:
    for width in (80, 100):
        lines = text.render(found, width=width).splitlines()
        assert len(lines) <= 44
        assert lines[-1].startswith("Next: mlscaffold audit ")
        assert any(line.startswith("accuracy that counts: ") for line in lines)
        assert max(width_of(line) for line in lines[:-1]) <= 100
        assert not re.search(r"[\x00-\x09\x0b-\x1f]", "".join(lines))
    assert "\033[31mfail" in text.render(found, colour=True)


def test_html_is_one_file_and_escapes_what_the_table_says(found: Audit) -> None:
    page = html.render(found)
    assert "<script>" not in page and "&lt;script&gt;" in page and "\x1b" not in page
    assert not re.search(r"""(?:src|href)=|url\(|@import|https?://""", page)
    assert "default-src 'none'" in page
    assert found.verdict.split(":")[0] in page
    assert page.count("<circle") == len(found.trust.bins) + 2 if found.trust else False


def test_html_without_confidences_slices_or_findings(tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", rows(100))
    page = html.render(audit(path, train=table(tmp_path / "t.csv", [("other", "cat")], "file,label")))
    assert "Nothing in this table makes the number wrong." in page
    assert "Weak slices" not in page and "confidence be believed" not in page


def test_json_follows_the_published_schema(found: Audit, tmp_path: Path) -> None:
    schema = plain_json.loads((Path(__file__).parents[3] / "docs/reference/audit.schema.json").read_text())
    for one in (found, audit(table(tmp_path / "p.csv", rows(3)))):
        written = plain_json.loads(json.render(one))
        _follows(written, schema, schema["$defs"], "audit")
    written = plain_json.loads(json.render(found))
    assert written["rows"] == {"all": 403, "labelled": 403, "counted": 391}
    assert written["holds"] is False
    assert {"audit.leaked", "audit.doubled", "audit.weak-slices"} <= {f["id"] for f in written["findings"]}


TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def _follows(value: object, schema: dict[str, object], shared: dict[str, dict[str, object]], where: str) -> None:
    """The part of JSON Schema that ours uses; an object has no field that the schema leaves out."""
    if "$ref" in schema:
        schema = {**shared[str(schema["$ref"]).rpartition("/")[2]], **schema}
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert isinstance(value, tuple(kind for name in names for kind in TYPES[str(name)])), where
    if "const" in schema:
        assert value == schema["const"], where
    if "enum" in schema:
        assert value in schema["enum"], where  # type: ignore[operator]
    if "pattern" in schema:
        assert re.search(str(schema["pattern"]), str(value)), where
    if isinstance(value, int | float):
        assert value >= schema.get("minimum", value), where  # type: ignore[operator]
        assert value <= schema.get("maximum", value), where  # type: ignore[operator]
    if isinstance(value, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            assert set(schema["required"]) <= set(value) <= set(properties), where  # type: ignore[call-overload]
            for key, item in value.items():
                _follows(item, properties[key], shared, f"{where}.{key}")
    if isinstance(value, list):
        for item in value:
            _follows(item, schema["items"], shared, f"{where}[]")  # type: ignore[arg-type]
