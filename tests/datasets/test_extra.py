from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mlscaffold.datasets.extra import check_weight, extra_sources, mark_extra
from mlscaffold.errors import ScaffoldError, UsageError


def source(root: Path, name: str, text: str) -> Path:
    folder = root / "data/raw" / name
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(text, encoding="utf-8")
    return folder


def test_sources_by_role_and_weight(tmp_path: Path) -> None:
    source(tmp_path, "shop", 'name = "shop"\n')
    source(tmp_path, "belt", 'role = "own"\n')
    source(tmp_path, "web", 'role = "extra"\nweight = 0.25\n')
    source(tmp_path, "old", 'role = "extra"\n')
    (tmp_path / "data/raw/bare").mkdir()
    assert extra_sources(tmp_path) == {"old": 1.0, "web": 0.25}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('role = "side"', 'role is "side"; it is own or extra'),
        ('role = "extra"\nweight = 0', "weight is 0"),
        ('role = "extra"\nweight = 1.5', "weight is 1.5"),
        ('role = "extra"\nweight = nan', "weight is nan"),
        ('role = "extra"\nweight = "half"', "weight is 'half'"),
        ('role = "extra"\nweight = true', "weight is True"),
        ("weight = 0.5", "only an extra one has a weight"),
        ("role = ", "cannot be read"),
    ],
)
def test_what_cannot_be_meant_names_the_file(tmp_path: Path, text: str, words: str) -> None:
    source(tmp_path, "web", text)
    with pytest.raises(ScaffoldError, match=words) as caught:
        extra_sources(tmp_path)
    assert "data/raw/web/source.toml" in str(caught.value)


def test_a_role_is_written_and_what_people_wrote_stays(tmp_path: Path) -> None:
    folder = source(tmp_path, "web", '# ours\nname = "web"\nrole = "own"  # for now\n[more]\nx = 1\n')
    assert mark_extra(folder, 0.5)
    text = (folder / "source.toml").read_text()
    assert tomllib.loads(text) == {"name": "web", "role": "extra", "weight": 0.5, "more": {"x": 1}}
    assert "# ours" in text
    assert not mark_extra(folder, 0.5)
    assert mark_extra(folder, 1)
    assert not mark_extra(folder, None)
    assert extra_sources(tmp_path) == {"web": 1.0}


def test_weights_that_are_refused() -> None:
    for weight, extra in ((0.0, True), (-1.0, True), (1.01, True), (float("nan"), True), (0.5, False)):
        with pytest.raises(UsageError):
            check_weight(weight, extra=extra)
    check_weight(None, extra=False)
    check_weight(1, extra=True)
