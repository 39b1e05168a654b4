from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import SECOND, misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"

CHECK = "tuning.threshold-unmet"


def wanted(project: Sandbox, *thresholds: str) -> None:
    project.write({"acceptance.toml": "schema = 1\n" + "".join(f"[[thresholds]]\n{t}\n" for t in thresholds)})


def test_thresholds_met(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_threshold_missed(project: Sandbox) -> None:
    wanted(project, 'metric = "accuracy"\nmin = 0.96')
    says(project, CHECK, "accuracy ≥ 0.96 on test is not met: 0.940 (0.89 to 0.97, n = 150)")


def test_met_by_what_may_be_chance(project: Sandbox) -> None:
    wanted(project, 'metric = "accuracy"\nmin = 0.93')
    says(project, CHECK, "accuracy ≥ 0.93 on test is met, but chance may explain it", status=Status.WARN)


def test_classes_splits_and_slices(project: Sandbox) -> None:
    wanted(project, 'metric = "recall"\nclass = "rose"\nmin = 0.99')
    says(project, CHECK, "recall of rose ≥ 0.99 on test is not met")
    wanted(project, 'metric = "accuracy"\nsplit = "validation"\nmin = 0.99')
    says(project, CHECK, "accuracy ≥ 0.99 on validation is not met: 0.983")
    wanted(project, 'metric = "accuracy"\nslice = "source=belt"\nmin = 0.95')
    says(project, CHECK, "accuracy ≥ 0.95 on test in source=belt is not met: 0.940")
    wanted(project, 'metric = "accuracy"\nslice = "source=shop"\nmin = 0.95')
    says(project, CHECK, 'is about no picture: there is no source "shop" (known are belt)')


def test_a_slice_by_an_attribute(project: Sandbox) -> None:
    for path in project.root.glob("data/raw/**/annotations.csv"):
        name = path.relative_to(project.root).as_posix()
        project.edit_csv(name, lambda rows: [{**row, "light": "dark" if i % 3 else "bright"} for i, row in enumerate(rows)])
    wanted(project, 'metric = "accuracy"\nslice = "light=dark"\nmin = 0.99')
    found = says(project, CHECK, "accuracy ≥ 0.99 on test in light=dark is not met")
    assert "n = 150" not in found.message
    wanted(project, 'metric = "accuracy"\nslice = "light=dark; source=belt"\nmin = 0.99')
    assert project.check(CHECK)[0].message.endswith(found.message.partition(":")[2])
    wanted(project, 'metric = "accuracy"\nslice = "light=dusk"\nmin = 0.99')
    says(project, CHECK, 'light is never "dusk" (it is one of bright, dark)')
    wanted(project, 'metric = "accuracy"\nslice = "lamp=dark"\nmin = 0.99')
    says(project, CHECK, '"lamp" is no attribute', "known are source, group, light")
    project.write({"data/schema.toml": project.read("data/schema.toml") + '\n[attributes]\nlight = ["dark", "bright", "dusk"]\n'})
    wanted(project, 'metric = "accuracy"\nslice = "light=dusk"\nmin = 0.99')
    says(project, CHECK, "cannot be measured: no picture of that slice has a prediction", status=Status.UNKNOWN)


def test_a_slice_without_a_value(project: Sandbox) -> None:
    wanted(project, 'metric = "accuracy"\nslice = "belt"\nmin = 0.95')
    says(project, CHECK, 'slice is "belt"', "a name and a value are wanted")


def test_size_and_latency_belong_to_stage_9(project: Sandbox) -> None:
    wanted(project, 'metric = "size_bytes"\nmax = 10', 'metric = "accuracy"\ntarget = "onnx"\nmin = 0.99')
    passes(project, CHECK)


def test_edited_numbers_do_not_help(project: Sandbox) -> None:
    project.edit_json(f"{SECOND}/metrics.json", lambda m: m["metrics"]["accuracy"].update(value=0.99))
    wanted(project, 'metric = "accuracy"\nmin = 0.96')
    says(project, CHECK, "is not met: 0.940")


def test_without_thresholds_or_choice(project: Sandbox) -> None:
    wanted(project)
    misses(project, CHECK, "acceptance.toml has no thresholds")
    project.remove(CHOSEN)
    misses(project, CHECK, "no run is chosen")
