from pathlib import Path

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.templating.compose import FOLDER, compose, plan


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    _write(tmp_path / "base/README.md.jinja", "{{ name }} of project_package")
    _write(tmp_path / "base/_gitignore", "/runs/\n")
    _write(tmp_path / "base/ci/[x]/build.yml", "${{ matrix }}\n")
    _write(tmp_path / "base/project_package/a.py", "import project_package\nproject_packages = my_project_package = 1\n")
    _write(tmp_path / "base/project_package/__pycache__/a.pyc", "x")
    _write(tmp_path / "top/project_package/b.py", "import project_package.a\n")
    _write(tmp_path / "top/_gitignore", "/other/\n")
    (tmp_path / "base/picture.bin").write_bytes(b"\0project_package")
    return tmp_path


def test_later_layers_cover_earlier_ones_and_names_are_mapped(layers: Path) -> None:
    sources = plan(layers, ("base", "top"), "flowers")
    assert list(sources) == [".gitignore", "README.md", "ci/[x]/build.yml", "flowers/a.py", "flowers/b.py", "picture.bin"]
    assert sources[".gitignore"].file.parent.name == "top"
    assert [path for path, source in sources.items() if source.rendered] == ["README.md"]


def test_choices_leave_files_and_folders_out(layers: Path) -> None:
    assert set(plan(layers, ("base",), "flowers", without=["ci", "README.md"])) == {".gitignore", "flowers/a.py", "picture.bin"}


def test_only_the_whole_identifier_is_renamed_and_bytes_are_left_alone(layers: Path, tmp_path: Path) -> None:
    copied = compose(plan(layers, ("base", "top"), "flowers"), tmp_path / "out", package="flowers")
    tree = tmp_path / "out" / FOLDER
    assert (tree / "flowers/a.py").read_text() == "import flowers\nproject_packages = my_project_package = 1\n"
    assert (tree / "picture.bin").read_bytes() == b"\0project_package"
    assert copied == [".gitignore", "ci", "flowers", "picture.bin"]


def test_a_missing_layer_is_an_error(layers: Path) -> None:
    with pytest.raises(ScaffoldError, match="layer"):
        plan(layers, ("nowhere",), "flowers")
