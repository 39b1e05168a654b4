from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from mlscaffold.model import Status
from mlscaffold.practice import shift
from tests.checks.repainting import repaint
from tests.conftest import Sandbox
from tests.finished import rows_of

CHECK, TABLE = "preparation.split-shift", "data/splits/belt.csv"


def skew(project: Sandbox) -> None:
    """Call most test pictures daisies."""
    project.edit_csv(
        TABLE,
        lambda rows: [{**r, "label": "daisy" if r["split"] == "test" and i % 10 else r["label"]} for i, r in enumerate(rows)],
    )


Change = Callable[[Image.Image, int], Image.Image]


def darken(project: Sandbox, split: str) -> None:
    recolour(project, split, lambda image, _: image.point(lambda v: v * 0.5))


def recolour(project: Sandbox, split: str, change: Change, *, base: str = "data/raw") -> None:
    """Change the pictures of a split, below `data/raw` or as prepared; `change` gets each with its number."""
    paths = [r["path"] for r in rows_of((project.root / TABLE).read_bytes()) if r["split"] == split]
    for i, path in enumerate(paths):
        repaint(project, f"{base}/{path}", lambda image, i=i: change(image, i))  # type: ignore[misc]


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


def settle(project: Sandbox, settings: str) -> None:
    project.write({"mlscaffold.toml": f'{project.read("mlscaffold.toml")}\n[checks."{CHECK}"]\n{settings}\n'})


def test_a_reason_about_one_property_leaves_the_others(project: Sandbox) -> None:
    skew(project)
    darken(project, "test")
    settle(project, 'reason = "the new line is darker"\nabout = ["brightness", "contrast", "sharpness", "bytes per pixel"]')
    (found,) = project.check(CHECK)
    assert 'share of "daisy"' in found.message
    project.replace("mlscaffold.toml", '"bytes per pixel"]', '"bytes per pixel", "labels"]')
    assert project.check(CHECK) == []


def test_a_reason_about_labels_leaves_the_light(project: Sandbox) -> None:
    skew(project)
    darken(project, "test")
    settle(project, 'reason = "field data of November"\nabout = ["labels"]')
    (found,) = project.check(CHECK)
    assert "brightness of test" in found.message


def test_about_without_a_reason_silences_nothing_and_names_what_there_is(project: Sandbox) -> None:
    skew(project)
    settle(project, 'about = ["labels", "lightness"]')
    shares, unknown = sorted(project.check(CHECK), key=lambda f: f.message, reverse=True)
    assert 'share of "daisy"' in shares.message
    assert unknown.message.startswith("`about` names lightness; known are labels, brightness, contrast")


def test_darker(project: Sandbox) -> None:
    darken(project, "test")
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "brightness of test: median" in found.message
    assert "distance 1.00, p < 0.001" in found.message
    assert len(found.items) == 150
    assert found.items[0].path.startswith("data/raw/belt/")


def test_a_little_darker_is_a_warning(project: Sandbox) -> None:
    recolour(project, "test", lambda image, i: image.point(lambda v: v * 0.8) if i % 3 == 0 else image)
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "brightness of test: median" in found.message


def test_another_season_is_the_point_of_a_split_by_time(project: Sandbox) -> None:
    darken(project, "test")
    project.replace("data/schema.toml", "schema = 1", 'schema = 1\ntime = "taken"')
    assert [f.status for f in project.check(CHECK)] == [Status.WARN]


def test_the_light_of_another_lamp(project: Sandbox) -> None:
    """As bright as train, and redder."""

    def redder(image: Image.Image, _: int) -> Image.Image:
        red, green, blue = image.split()
        return Image.merge("RGB", [red.point(lambda v: min(255, v + 17)), green, blue.point(lambda v: max(0, v - 44))])

    recolour(project, "test", redder, base="data/processed/test")
    (found,) = project.check(CHECK)
    assert "warmth of test: median" in found.message
    assert "brightness" not in found.message


def test_what_no_property_shows_alone(project: Sandbox) -> None:
    """Bright pictures are rich in contrast, and in test each is a little richer than its brightness says."""

    def paint(more: float) -> Change:
        def change(image: Image.Image, i: int) -> Image.Image:
            light = (i * 7) % 100 / 100
            return image.point(lambda v: int((v - 110) * (0.3 + 0.4 * light + more) + 70 + 70 * light))

        return change

    for split in ("train", "validation", "eyeball"):
        recolour(project, split, paint(0.0))
    recolour(project, "test", paint(0.05))
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "train and test can be told apart" in found.message
    assert "area under the curve 0." in found.message


def test_of_a_few_pictures_nothing_is_said(project: Sandbox) -> None:
    project.edit_csv(TABLE, lambda rows: [r for i, r in enumerate(rows) if r["split"] == "train" or i % 20 == 0])
    recolour(project, "test", lambda image, _: image.point(lambda v: v * 0.5))
    assert not [f for f in project.check(CHECK) if "pictures of the splits differ" in f.message]


def test_a_named_test_set_may_look_otherwise(project: Sandbox) -> None:
    project.edit_csv(
        TABLE, lambda rows: [{**r, "split": "test-night"} if i % 2 and r["split"] == "test" else r for i, r in enumerate(rows)]
    )
    night = {r["path"] for r in rows_of((project.root / TABLE).read_bytes()) if r["split"] == "test-night"}
    for path in night:
        repaint(project, f"data/raw/{path}", lambda image: image.point(lambda v: v * 0.2))
    assert project.check(CHECK) == []


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
