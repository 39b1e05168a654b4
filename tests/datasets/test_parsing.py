from pathlib import Path

import pytest

from mlscaffold.datasets import parsing
from mlscaffold.datasets.parsing import Unreadable, decode, lines_of, load, parse_json, read_json, read_xml, read_yaml, sample


def _file(folder: Path, content: bytes | str, name: str = "f") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _refused(function: object, *arguments: object) -> tuple[str, str]:
    assert callable(function)
    with pytest.raises(Unreadable) as caught:
        function(*arguments)
    return caught.value.defect.where, caught.value.defect.kind


def test_files_that_are_empty_absent_or_too_large(tmp_path: Path) -> None:
    assert _refused(load, _file(tmp_path, " \n"), "f") == ("f", "empty-file")
    assert _refused(load, tmp_path / "gone", "gone") == ("gone", "unreadable")
    with pytest.raises(Unreadable, match="at most 0 MB are read"):
        load(_file(tmp_path, "x" * 9), "f", largest=5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_json_in_every_encoding_that_windows_writes(tmp_path: Path, encoding: str) -> None:
    value, odd = read_json(_file(tmp_path, '{"name": "Köln"}'.encode(encoding)), "f")
    assert value == {"name": "Köln"}
    assert [d.kind for d in odd] == (["wrong-encoding"] if encoding == "cp1252" else [])


@pytest.mark.parametrize(("text", "where", "kind"), [
    ('{"a": 1,\n"b": }', "f:2", "broken-json"), ("[" * 100_000, "f", "too-deep"), ("1" * 5000, "f", "broken-json"), ("", "f", "empty-file"),
])  # fmt: skip
def test_json_that_is_none(tmp_path: Path, text: str, where: str, kind: str) -> None:
    assert _refused(read_json, _file(tmp_path, text), "f") == (where, kind)


def test_a_key_that_stands_twice_is_told(tmp_path: Path) -> None:
    value, twice = parse_json('[{"id": 3, "box": 1, "box": 2}, {"box": 1}]', "f")
    assert value[0]["box"] == 2
    assert [(d.field, d.message) for d in twice] == [("box", 'key "box" stands twice in one object (id 3); the last one counts')]


def test_xml_with_entities_deep_or_broken(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><z>&b;</z>'
    assert _refused(read_xml, _file(tmp_path, laughs), "f") == ("f:1", "xml-entities")
    assert _refused(read_xml, _file(tmp_path, "<a>" * 300), "f") == ("f:1", "too-deep")
    assert _refused(read_xml, _file(tmp_path, "<a>\n<b></a>"), "f") == ("f:2", "broken-xml")
    assert _refused(read_xml, _file(tmp_path, "<a>&y;</a>"), "f") == ("f:1", "broken-xml")
    assert _refused(read_xml, _file(tmp_path, b'<?xml version="1.0" encoding="nonsense"?><a/>'), "f")[1] == "broken-xml"
    node = read_xml(
        _file(tmp_path, '<?xml version="1.0" encoding="iso-8859-1"?><a>\n<b c="1">K\xf6ln</b></a>'.encode("latin-1")), "f"
    )
    assert (node.get("b"), node.children[0].line, node.children[0].attributes) == ("Köln", 2, {"c": "1"})


def test_yaml_runs_nothing_and_follows_nothing(tmp_path: Path) -> None:
    for text in (
        "a: !!python/object/apply:os.system ['x']",
        "a: &x [1]\nb: *x",
        "a: [",
        "- 1",
        "? {a: 1}\n: 2\n? [\n",
        "a: 2001-99-99",
    ):
        assert _refused(read_yaml, _file(tmp_path, text), "f")[1] in ("broken-yaml", "yaml-alias")
    value, twice = read_yaml(_file(tmp_path, "a: 1\na: 2\n"), "f")
    assert (value, [d.kind for d in twice]) == ({"a": 2}, ["duplicate-key"])


def test_a_line_that_is_too_long_ends_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "LONGEST", 100)
    found = list(lines_of(_file(tmp_path, "a\n\n" + "b" * 101 + "\nc\n"), "f"))
    assert found[0] == (1, "a\n")
    assert isinstance(found[1][1], Unreadable)
    assert (found[1][1].defect.where, found[1][1].defect.kind, len(found)) == ("f:3", "too-long-line", 2)


def test_lines_of_utf_16(tmp_path: Path) -> None:
    assert [line.strip() for _, line in lines_of(_file(tmp_path, "a\nö\n".encode("utf-16")), "f") if isinstance(line, str)] == [
        "a",
        "ö",
    ]


def test_a_sample_has_head_and_tail(tmp_path: Path) -> None:
    text = sample(_file(tmp_path, "head" + "x" * 300_000 + "tail"))
    assert text.startswith("head") and text.endswith("tail") and len(text) == 2 * parsing.SAMPLE
    assert sample(tmp_path / "gone") == ""
    assert decode(b"\xff\xfea\0")[1] == "utf-16"
