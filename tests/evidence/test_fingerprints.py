from __future__ import annotations

from pathlib import Path

from mlscaffold.evidence.fingerprints import fingerprint
from mlscaffold.project import ABSENT, Project

FOUR = ("train", "validation", "eyeball", "test")
# As they were before a project could have other splits: sign-offs hold these, so no release may move them.
SIGNED = {
    "data/splits": "m1:49d3162a8ca6d7305ad823b5ecaed219",
    "data/splits#split=train,validation": "m1:674d1291c56a35d85ace8dbefd599188",
    "data/splits#split=test": "m1:bd5e340be363fbad366cfd2d8297c309",
    "data/processed": "m1:0fadfea2cade2a1572b0db5f0c7c5ca1",
    "data/processed#split=train,validation": "m1:df1dad2a49b51ac3470633059a2ba605",
    "data/processed#split=test": "m1:a1be4baf60dc59d69c36205c20fb301a",
}


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def deal(root: Path, *more: str) -> dict[str, str | None]:
    """Write a project with a picture in each of the four splits and of these others; the fingerprints of its data."""
    write(root, "mlscaffold.toml", "")
    (root / ".mlscaffold").mkdir(exist_ok=True)
    names = list(enumerate((*FOUR, *more)))
    table = [f"shop/{name}.png,{i}{'a' * 63},rose,,{name}\n" for i, name in names]
    write(root, "data/splits/shop.csv", "path,digest,label,group,split\n" + "".join(table))
    for i, name in names:
        row = f"shop/{name}.png,{i}{'b' * 63},rose,shop/{name}.png\n"
        write(root, f"data/processed/{name}/annotations.csv", f"path,digest,label,origin\n{row}")
    project = Project(root)
    return {name: fingerprint(project, name) for name in SIGNED}


def moved(root: Path, *more: str) -> set[str]:
    return {name for name, found in deal(root, *more).items() if found != SIGNED[name]}


def test_four_splits_have_the_fingerprints_that_were_signed(tmp_path: Path) -> None:
    assert deal(tmp_path) == SIGNED


def test_a_named_test_set_moves_neither_training_nor_the_test_set(tmp_path: Path) -> None:
    assert moved(tmp_path, "test-night") == {"data/splits", "data/processed"}


def test_what_is_held_out_of_extra_data_counts_with_validation(tmp_path: Path) -> None:
    assert moved(tmp_path, "augmented") == {name for name in SIGNED if not name.endswith("=test")}


def test_a_folder_that_is_no_split_moves_nothing(tmp_path: Path) -> None:
    deal(tmp_path)
    write(tmp_path, "data/processed/drafts/annotations.csv", f"path,digest,label,origin\na.png,{'c' * 64},rose,a.png\n")
    assert fingerprint(Project(tmp_path), "data/processed") == SIGNED["data/processed"]


def test_a_named_test_set_can_be_selected_alone(tmp_path: Path) -> None:
    deal(tmp_path, "test-night")
    project = Project(tmp_path)
    assert fingerprint(project, "data/splits#split=test-night") not in (None, ABSENT, SIGNED["data/splits#split=test"])
    assert fingerprint(project, "data/splits#split=test-day") == ABSENT


def aims(root: Path, *thresholds: str) -> Project:
    """A project with these thresholds, in this order."""
    tables = "".join(f"[[thresholds]]\n{one}\n" for one in thresholds)
    write(root, "mlscaffold.toml", "")
    write(root, "acceptance.toml", f'[metric]\noptimise = "accuracy"\n{tables}')
    return Project(root)


def test_the_order_of_thresholds_says_nothing(tmp_path: Path) -> None:
    accuracy, recall, name = (
        'metric = "accuracy"\nmin = 0.9',
        'metric = "recall_macro"\nmin = 0.8',
        "acceptance.toml#metric,thresholds",
    )
    first = fingerprint(aims(tmp_path, accuracy, recall), name)

    assert first and first.startswith("m2:")
    assert fingerprint(aims(tmp_path, recall, accuracy), name) == first
    assert fingerprint(aims(tmp_path, recall, accuracy.replace("0.9", "0.8")), name) != first


def test_what_was_signed_in_an_older_scheme_is_compared_in_it(tmp_path: Path) -> None:
    accuracy, recall, name = (
        'metric = "accuracy"\nmin = 0.9',
        'metric = "recall_macro"\nmin = 0.8',
        "acceptance.toml#metric,thresholds",
    )
    older = fingerprint(aims(tmp_path, recall, accuracy), name, like="m1:")

    assert older and older.startswith("m1:")
    assert fingerprint(aims(tmp_path, recall, accuracy), name, like=older) == older
    assert fingerprint(aims(tmp_path, recall), name, like=older) != older
