from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import PACKAGE

CHECK = "training.prediction-differs"
# A stand-in for the project's own script: the deep contract is a command line, whatever stands behind it.
PREDICT = """import argparse, csv
parser = argparse.ArgumentParser()
for name in ("--checkpoint", "--images", "--output"):
    parser.add_argument(name)
given = parser.parse_args()
table = {{f"data/processed/{{r['path']}}": r for r in csv.DictReader(open("{table}"))}}
rows = [table[r["path"]] | {{"path": r["path"]}} for r in csv.DictReader(open(given.images))]
{change}
with open(given.output, "w", newline="") as file:
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
"""


def script(project: Sandbox, change: str) -> None:
    """A project whose `predict` repeats validation.csv, with a change; its environment has an (empty) torch."""
    table = next((project.root / "reports/training").glob("*/validation.csv")).relative_to(project.root).as_posix()
    run = table.split("/")[2]
    project.write({
        f"{PACKAGE}/__init__.py": "", f"{PACKAGE}/predict.py": PREDICT.format(table=table, change=change),
        f"runs/{run}/checkpoints/best.ckpt": b"checkpoint of training",
    })  # fmt: skip


def judged(project: Sandbox, change: str) -> list[tuple[Status, str]]:
    script(project, change)
    return [(f.status, f.message) for f in project.check(CHECK)]


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_no_checkpoint_here(project: Sandbox) -> None:
    assert [f.status for f in project.check(CHECK)] == [Status.UNKNOWN]


def test_no_pictures_here(project: Sandbox) -> None:
    project.remove("data/processed/validation/belt")
    (found,) = project.check(CHECK)
    assert "0 of 60 validation pictures are on this machine" in found.message


def test_predicted_again(project: Sandbox) -> None:
    said = judged(project, "")
    assert said == [] or said[0][0] is Status.UNKNOWN  # without torch in any environment nothing can be asked


def test_other_answers(project: Sandbox) -> None:
    said = judged(project, "for r in rows: r['p:daisy'], r['p:rose'] = r['p:rose'], r['p:daisy']")
    assert said[0][0] is Status.UNKNOWN or "of 60 probabilities differ when predicted again" in said[0][1]
