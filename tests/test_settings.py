"""`mlscaffold.toml`: what is read, and what is said of a broken one."""

from __future__ import annotations

import pytest

from mlscaffold.settings import BrokenSettings, read_settings

SOUND = 'name = "a"\npackage = "a"\ntask = "t"\n'


def told(text: str | bytes) -> str:
    with pytest.raises(BrokenSettings) as caught:
        read_settings(text if isinstance(text, bytes) else text.encode())
    return caught.value.message


def test_defaults() -> None:
    settings = read_settings(b"\xef\xbb\xbf" + SOUND.encode())

    assert (settings.gate, settings.pictures, settings.team) == ("protect", "embed", {})


def test_people_hold_roles() -> None:
    settings = read_settings((SOUND + '[team]\n"ML engineer" = ["Ada", "Bo"]\n"data scientist" = "Ada"\n').encode())

    assert settings.people == {"Ada": ("ML engineer", "data scientist"), "Bo": ("ML engineer",)}


def test_titles_are_found_by_path_name_or_stem() -> None:
    settings = read_settings((SOUND + '[documents.01-problem]\nowner = "Auftraggeber"\n').encode())

    assert settings.titles("docs/01-problem.docx") == {"owner": "Auftraggeber"}
    assert settings.titles("docs/02-research.md") == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("name = \n", "not valid TOML", id="no TOML"),
        pytest.param(b"a = '\xff'", "not valid TOML", id="no UTF-8"),
        pytest.param('name = "a"', "`package` is missing", id="a key is missing"),
        pytest.param(SOUND + 'gate = "strikt"', "`gate` is 'strikt'; one of advise, protect, strict", id="an unknown word"),
        pytest.param(SOUND + "team = 3", "`team` is 3; a table is wanted", id="no table"),
        pytest.param(SOUND + '[team]\n"x" = [1]', "a list of names is wanted", id="no names"),
        pytest.param("schema = 9", "has schema 9; this mlscaffold knows schema 1", id="a newer schema"),
    ],
)
def test_a_broken_file_says_what_was_wanted(text: str | bytes, words: str) -> None:
    assert words in told(text)
