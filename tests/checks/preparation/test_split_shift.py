from __future__ import annotations

import io

from PIL import Image

from mlscaffold.model import Status
from mlscaffold.practice import shift
from tests.conftest import Sandbox

CHECK, TABLE = "preparation.split-shift", "data/splits/belt.csv"


def skew(project: Sandbox) -> None:
    """Call most test pictures daisies."""
    project.edit_csv(
        TABLE,
        lambda rows: [{**r, "label": "daisy" if r["split"] == "test" and i % 10 else r["label"]} for i, r in enumerate(rows)],
    )


def darken(project: Sandbox, split: str) -> None:
    for path in (project.root / f"data/processed/{split}").rglob("*.png"):
        raw = project.root / "data/raw" / path.relative_to(project.root / f"data/processed/{split}")
        image = Image.open(raw).point(lambda v: v * 0.5)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        project.write({raw.relative_to(project.root).as_posix(): buffer.getvalue()})


def test_alike(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_shares_of_another_month(project: Sandbox) -> None:
    skew(project)
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert 'share of "daisy": 0.33 / 0.33 / 0.93 / 0.33 in train / validation / test / eyeball' in found.message


def test_a_recorded_reason(project: Sandbox) -> None:
    skew(project)
    text = project.read("docs/01-problem.md")
    project.write({"docs/01-problem.md": text + "\nThe test set differs on purpose: it is what the belt sees in November.\n"})
    assert [f.status for f in project.check(CHECK)] == [Status.WARN]
    project.write(
        {"mlscaffold.toml": project.read("mlscaffold.toml") + f'\n[checks."{CHECK}"]\nreason = "field data of November"\n'}
    )
    assert project.check(CHECK) == []


def test_darker(project: Sandbox) -> None:
    darken(project, "test")
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "brightness of test: median" in found.message


def test_without_pictures_the_shares_are_judged(project: Sandbox) -> None:
    skew(project)
    for path in (project.root / "data/raw").rglob("*.png"):
        path.unlink()
    assert [f.status for f in project.check(CHECK)] == [Status.FAIL, Status.UNKNOWN]


def test_few_groups_vary_by_chance(project: Sandbox) -> None:
    def of_groups(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        few = {"test": ("daisy", "daisy", "rose", "tulip", "daisy"), "eyeball": ("rose", "tulip", "daisy")}
        out = []
        for i, row in enumerate(rows):
            names = few.get(row["split"])
            label = names[i % len(names)] if names else row["label"]
            out.append({**row, "label": label, "group": f"{row['split']}-{i % len(names)}" if names else row["group"]})
        return out

    project.edit_csv(TABLE, of_groups)
    assert project.check(CHECK) == []


def test_chi_square_and_the_floor() -> None:
    for freedom, value in ((1, 3.841), (2, 5.991), (4, 9.488), (9, 16.919)):
        assert abs(shift.chi_square(freedom, 0.95) - value) < 0.03 * value
    assert abs(shift.floor(10, 100, 100) - 0.338) < 0.01
    assert shift.psi([50, 50], [50, 50]) == 0


def test_one_class_beyond_chance_where_many_classes_blur_the_index(project: Sandbox) -> None:
    """Six classes and a small test set: the index of all is within its noise, the share of one class is not."""
    names = [f"kind-{i}" for i in range(6)]
    rows: list[dict[str, str]] = []
    for split, n in (("train", 200), ("validation", 60), ("test", 40)):
        for i in range(n):
            common = split == "test" and i % 5 < 3
            rows.append({"path": f"belt/{split}{i}.png", "digest": f"{split}{i}".ljust(64, "0"), "label": names[0] if common else names[i % 6], "group": "", "split": split})  # fmt: skip
    project.edit_csv("data/splits/belt.csv", lambda _: rows)
    (found,) = [f for f in project.check("preparation.split-shift") if "share of" in f.message]

    assert found.status is Status.FAIL
    assert 'share of "kind-0": 0.17 / 0.17 / 0.65 in train / validation / test' in found.message
    even = [{**r, "label": names[i % 6]} for i, r in enumerate(rows)]
    project.edit_csv("data/splits/belt.csv", lambda _: even)
    assert not [f for f in project.check("preparation.split-shift") if "share of" in f.message]


def test_extra_sources_and_named_test_sets_are_meant_to_differ(project: Sandbox) -> None:
    skew(project)
    project.edit_csv(TABLE, lambda rows: [{**r, "split": "test-may"} if r["split"] == "test" else r for r in rows])
    assert project.check(CHECK) == []
    project.write({"data/raw/web/source.toml": 'role = "extra"\n'})
    more = [{"path": f"web/{i}.png", "digest": f"{i:064x}", "label": "daisy", "group": "", "split": "train"} for i in range(400)]
    project.edit_csv(TABLE, lambda rows: [*rows, *more])
    assert project.check(CHECK) == []
    project.write({"data/raw/web/source.toml": 'role = "own"\n'})
    assert project.check(CHECK) != []
