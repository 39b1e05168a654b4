"""Cross-validate: train once for every fold of data/splits, and say how far the numbers lie apart.

    python -m project_package.folds [settings of train]

`mlscaffold data split --folds K` deals the folds. Each model learns from the others and is measured on its own.
"""

import statistics
import sys

from project_package import paths, records
from project_package.data import in_folds
from project_package.errors import ProjectError, run_script
from project_package.train import COLUMNS, Run, train

CAUTION = (
    "The models share most of their training pictures, and each is measured at the epoch that was best on its fold:\n"
    "an interval from folds covers less than it says. It compares settings and passes no threshold; test does that."
)


def main() -> int:
    """Train and measure every fold, write runs/<run>/folds.csv, and print mean and spread."""
    arguments = sys.argv[1:]
    if {"-h", "--help"} & set(arguments):
        print(__doc__)
        return 0
    folds = sorted(set(records.folds().values()))
    if len(folds) < 2:
        raise ProjectError("data/splits has no folds; run `mlscaffold data split --folds 5`")
    rows = [*records.read_split("train"), *records.read_split("validation")]
    name = records.new_run_id()
    found: list[dict[str, str]] = []
    for fold in folds:
        held = len(in_folds(rows, fold)[1])
        run = Run(f"{name}-fold{fold}", "training", records.now())
        train([*arguments, f"--data.fold={fold}"], run)
        epochs = [row for row in records.read_table(run.folder / "metrics.csv", COLUMNS) if row["val_loss"] != "nan"]
        best = min(epochs, key=lambda row: float(row["val_loss"]))
        row = {key: best[key] for key in ("epoch", "val_loss", "val_acc")}
        found.append({"fold": str(fold), "n": str(held), **row})
    target = paths.RUNS / name / "folds.csv"
    records.write_table(target, list(found[0]), [list(row.values()) for row in found])
    for row in found:
        print("fold {fold}: {n} pictures, accuracy {val_acc}, loss {val_loss} (epoch {epoch})".format(**row))
    values = [float(row["val_acc"]) for row in found]
    spread = statistics.stdev(values)
    print(f"accuracy {statistics.mean(values):.4f}, standard deviation over {len(values)} folds {spread:.4f}")
    print(CAUTION)
    print(f"Written: {paths.shown(target)}")
    return 0


if __name__ == "__main__":
    run_script(main)
