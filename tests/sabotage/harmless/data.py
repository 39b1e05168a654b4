"""What the data are, where they lie, and how they were dealt."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mlscaffold.practice.metrics import OF_MATRIX
from tests.sabotage.corpus import harmless
from tests.sabotage.rebuilding import (
    SPLITS,
    add_picture,
    change_rows,
    digest_of,
    files,
    made_again,
    quote,
    sign_again,
    write_rows,
)
from tests.sabotage.target import Row, Target
from tests.whole.command import mlscaffold

if TYPE_CHECKING:
    from PIL.Image import Image


@harmless("OK-11", fresh=True)
def data_on_another_disk(project: Target) -> None:
    """`data` is a link to another disk."""
    disk = project.root.parent / "disk"
    shutil.move(project.root / "data", disk)
    (project.root / "data").symlink_to(disk, target_is_directory=True)


@harmless("OK-11b", fresh=True)
def only_pictures_on_another_disk(project: Target) -> None:
    """`data/raw`, `data/processed` and `runs` are links to other disks."""
    for place in ("data/raw", "data/processed", "runs"):
        disk = project.root.parent / f"disk-{Path(place).name}"
        shutil.move(project.root / place, disk)
        (project.root / place).symlink_to(disk, target_is_directory=True)


@harmless("OK-11c", fresh=True)
def every_picture_is_a_link(project: Target) -> None:
    """Each raw picture is a link into a store that the settings name."""
    store = project.root.parent / "store"
    for path in sorted((project.root / project.raw).rglob("*")):
        if path.is_file() and path.suffix not in (".csv", ".toml"):
            kept = store / f"{digest_of(path)}{path.suffix}"
            kept.parent.mkdir(exist_ok=True)
            shutil.move(path, kept)
            path.symlink_to(kept)
    project.replace("mlscaffold.toml", "[paths]\n", f'[paths]\nstore = "{store.as_posix()}"\n')


@harmless("OK-11d", fresh=True)
def checkpoints_on_a_shared_disk(project: Target) -> None:
    """`runs` lies on a disk that colleagues share, named in the settings."""
    shutil.move(project.root / "runs", project.root.parent / "shared-runs")
    project.replace("mlscaffold.toml", 'runs = "runs"', 'runs = "../shared-runs"')


@harmless("OK-12", fresh=True, unknowns=True)
def a_clone_without_data(project: Target) -> None:
    """A clone on CI: no pictures, no checkpoints, no exports; the tables are there."""
    project.commit("all that is tracked")
    clone = project.root.parent / "clone" / project.root.name
    project.git("clone", "-q", "--no-local", str(project.root), str(clone))
    project.root = clone


@harmless("OK-12b", unknowns=True)
def raw_pictures_absent(project: Target) -> None:
    """Only the prepared pictures came along."""
    for path in sorted((project.root / project.raw).rglob("*")):
        if path.is_file() and path.suffix not in (".csv", ".toml"):
            path.unlink()


@harmless("OK-13")
def augmented_copies_in_train(project: Target) -> None:
    """Augmented copies of train pictures lie in train, beside their originals."""
    with made_again(project):
        for row in project.in_split("train")[:20:2]:
            content = edited(project, row, lambda image: image.rotate(7, fillcolor=image.getpixel((0, 0))))
            add_picture(project, row, content, name=f"aug_{Path(row['path']).stem}_rot7.png")


@harmless("OK-14")
def folds_in_place_of_one_validation_split(project: Target) -> None:
    """k-fold: train and validation are dealt anew in each fold, test is untouched; the first fold is the one of the tables."""
    rows = project.rows(project.splits)
    chance = random.Random(5)
    inner = [row for row in rows if row["split"] in ("train", "validation")]
    fold_of = {row["path"]: chance.randrange(1, 5) if row["split"] == "train" else 0 for row in inner}
    write_rows(project, project.splits, [{**row, "fold": str(fold_of.get(row["path"], ""))} for row in rows])
    for fold in range(1, 5):
        dealt = [{**row, "split": "validation" if fold_of[row["path"]] == fold else "train"} for row in inner]
        write_rows(project, f"data/splits/folds/{fold}.csv", dealt)
    for fold in range(1, 4):
        run_of_fold(project, fold)


def run_of_fold(project: Target, fold: int) -> None:
    """The report of a run on another fold, which was not chosen."""
    folder = project.run("training")
    run = folder.rsplit("/", 1)[1][:-3] + f"fd{'abcde'[fold]}"
    other = f"reports/training/{run}"
    shutil.copytree(project.root / folder, project.root / other)
    quote(project, {folder.rsplit("/", 1)[1]: run}, (f"{other}/*",))
    record = project.json(f"{other}/provenance.json")
    for place in ("train", "validation"):
        record["data"][place]["digest"] = hashlib.sha256(f"{place} of fold {fold}".encode()).hexdigest()
        record["data"][place]["samples"] += -fold if place == "train" else fold
    record["checkpoint"]["digest"] = hashlib.sha256(f"checkpoint of fold {fold}".encode()).hexdigest()
    project.edit_json(f"{other}/provenance.json", lambda held: held.update(record))
    project.set_cells(f"{other}/metrics.csv", "val_loss", lambda row: f"{float(row['val_loss']) + 0.001 * fold:.6f}")


@harmless("OK-20")
def notebooks_with_outputs(project: Target) -> None:
    """Notebooks with outputs, and the folders that Jupyter leaves beside them."""
    cell = '{"cells": [{"cell_type": "code", "outputs": [{"output_type": "stream", "name": "stdout", "text": ["accuracy 0.41"]}],'
    text = (
        cell
        + ' "source": ["print(1)"], "metadata": {}, "execution_count": 3}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    project.write(
        {
            "notebooks/look.ipynb": text,
            "notebooks/.ipynb_checkpoints/look-checkpoint.ipynb": text,
            f"{project.package}/.ipynb_checkpoints/train-checkpoint.py": "print(1)\n",
            "docs/.ipynb_checkpoints/01-problem-checkpoint.md": "# draft\n",
            "reports/.ipynb_checkpoints/report-checkpoint.md": "# draft\n",
            ".ipynb_checkpoints/README-checkpoint.md": "# draft\n",
            "docs/.DS_Store": b"\0\0\0\1Bud1",
            f"{project.raw}/.DS_Store": b"\0\0\0\1Bud1",
            f"{project.raw}/Thumbs.db": b"\xd0\xcf\x11\xe0",
        }
    )


@harmless("OK-21", unknowns=True)
def pointers_in_place_of_pictures(project: Target) -> None:
    """Git LFS pointers in place of raw and prepared pictures, checkpoints and exports."""
    for place in (project.raw, "data/processed", "runs", "exports"):
        for path in sorted((project.root / place).rglob("*")):
            if path.is_file() and path.suffix in (".png", ".jpg", ".jpeg", ".ckpt", ".onnx", ".tflite", ".pte"):
                text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest_of(path)}\nsize {path.stat().st_size}\n"
                path.unlink()
                path.write_text(text, encoding="utf-8")


# What is said of the smaller sets is true: fewer pictures tell less, whoever handles the imbalance.
@harmless(
    "OK-23",
    allows=(
        "preparation.split-too-small",
        "preparation.extra-in-test",
        "training.curve-implausible",
        "training.not-better-than-baseline",
        "tuning.not-better",
    ),
)
def imbalanced_and_handled(project: Target) -> None:
    """A class is rare in life and so in every split; class weights are recorded, a macro metric is optimised."""
    rare = project.classes[-1]
    with made_again(project):
        gone = {row["path"] for row in thinned(project, rare)}
        for path in gone:
            (project.root / "data/raw" / path).unlink()
        for path in files(project, ("data/raw/**/annotations.csv",)):
            base = path.removeprefix("data/raw/").rpartition("/")[0]
            change_rows(project, path, lambda row, base=base: None if f"{base}/{row['path']}" in gone else row)  # type: ignore[misc]
        change_rows(project, project.splits, lambda row: None if row["path"] in gone else row)
        origins = [row for split in SPLITS for row in named(project, split)]
        left_out = {row["path"] for row in origins if row["origin"] in gone}
        leave_the_batch(project, left_out)
        for path in files(project, ("reports/**/*.csv", "exports/*/predictions.csv")):
            if "path" in project.rows(path)[0]:
                change_rows(project, path, lambda row: None if row["path"] in left_out else row)
        if project.optimised != "f1_macro":
            optimise_macro(project)
        for stage in ("training", "tuning"):
            project.replace(f"{project.run(stage)}/params.yaml", "class_weights: false", "class_weights: true")
    counted_again(project)


def optimise_macro(project: Target) -> None:
    """Optimise the macro average, and record the change as the tool asks for it."""
    project.replace("acceptance.toml", f'optimise = "{project.optimised}"', 'optimise = "f1_macro"')
    owner = project.toml("mlscaffold.toml")["team"]["business analyst"][0]
    mlscaffold(project.root, "acceptance", "change", "--reason", "A rare class counts as much as the others.", "--as", owner)


def thinned(project: Target, rare: str) -> list[Row]:
    """The rows of a class that go, so that it keeps two in five of its pictures in each split; none where a class is rare already."""
    frequent = Counter(row["label"] for row in project.rows(project.splits))
    if max(frequent.values()) >= 2 * min(frequent.values()):
        return []
    gone, keep = [], Counter[str]()
    for row in project.rows(project.splits):
        if row["label"] == rare:
            keep[row["split"]] += 1
            if keep[row["split"]] % 5 in (0, 2, 4):
                gone.append(row)
    return gone


def leave_the_batch(project: Target, left_out: set[str]) -> None:
    """The proof of the model names none of the prepared pictures that never were."""
    project.edit_json(project.overfit, lambda held: held.update(batch=[b for b in held["batch"] if b["path"] not in left_out]))


def named(project: Target, split: str) -> list[Row]:
    """The prepared pictures of a split, as predictions name them."""
    return [{**row, "path": f"{split}/{row['path']}"} for row in project.rows(f"data/processed/{split}/annotations.csv")]


def counted_again(project: Target) -> None:
    """Metrics, confusion matrices, cards, monitoring and the text, from the predictions that are left: by the project's own functions."""
    code = (
        "import sys; from pathlib import Path; from {0} import evaluate as e, records as r\n"
        "for folder in sorted(Path('reports/evaluation').iterdir()):\n"
        "    old = r.read_json(folder / 'metrics.json')\n"
        "    test, classes = r.read_predictions(folder / 'predictions.csv'); base, _ = r.read_predictions(folder / 'baseline.csv')\n"
        "    answers = e.Answers('test', test, base); e.write_answers(folder, answers, classes)\n"
        "    r.write_json(folder / 'metrics.json', dict(of=old['of'], split='test', **e.measure(answers, classes)))\n"
        "    (folder / 'report.md').unlink(missing_ok=True)\n"
        "for card in sorted(Path('exports').glob('*/card.json')):\n"
        "    held = r.read_json(card); mine, _ = r.read_predictions(card.parent / 'predictions.csv')\n"
        "    held['evaluation']['n'] = len(mine); rate = sum(p.right for p in mine) / len(mine)\n"
        "    held['accuracy'] = dict(export=rate, source=rate); r.write_json(card, held)\n"
    )
    script_of(project, code.format(project.package))
    n = len(project.rows(f"{project.evaluation()}/predictions.csv"))
    project.edit_json("reports/deployment/monitoring.json", lambda held: held["reference"].update(n=n))
    for stage in ("training", "tuning"):
        rows = project.rows(f"{project.run(stage)}/validation.csv")
        right = sum(row["label"] == row["prediction"] for row in rows) / len(rows)
        chosen = project.toml(f"reports/{stage}/chosen.toml")
        best = str(chosen["epoch"])
        if chosen["metric"] in OF_MATRIX:
            names = project.classes
            matrix = [[sum(r["label"] == a and r["prediction"] == b for r in rows) for b in names] for a in names]
            value = OF_MATRIX[chosen["metric"]](matrix)
            project.replace(f"reports/{stage}/chosen.toml", f"value = {chosen['value']}", f"value = {value}")
        project.set_cells(f"{project.run(stage)}/metrics.csv", "val_acc", lambda row, right=right, best=best: f"{right:.7g}" if row["epoch"] == best else row["val_acc"])  # type: ignore[misc]  # fmt: skip
    from tests.sabotage.translating import facts, german
    from tests.sabotage.writing import markdown

    project.write({project.document(number): markdown(paper) for number, paper in german(facts(project)).items()})
    sign_again(project)


def script_of(project: Target, code: str) -> None:
    """Run a piece of Python in the project."""
    done = subprocess.run([sys.executable, "-c", code], cwd=project.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@harmless("OK-24")
def oversampled_after_the_split(project: Target) -> None:
    """Pictures of the rarest class stand several times in train, and only there."""
    with made_again(project):
        rare = min(Counter(row["label"] for row in project.in_split("train")).items(), key=lambda item: item[1])[0]
        for row in [r for r in project.in_split("train") if r["label"] == rare][:6]:
            path = project.root / "data/raw" / row["path"]
            for copy in range(2):
                add_picture(project, row, path.read_bytes(), name=f"{path.stem}_copy{copy}{path.suffix}")


@harmless("OK-24b")
def a_sampler_that_is_recorded(project: Target) -> None:
    """The loader draws rare classes more often; nothing is copied."""
    for stage in ("training", "tuning"):
        project.replace(f"{project.run(stage)}/params.yaml", "balance: false", "balance: true")
    sign_again(project)


@harmless("OK-25")
def test_is_field_data_on_purpose(project: Target) -> None:
    """Test has other shares of classes than train, because it is of the field; the settings give the reason."""
    first = project.classes[0]
    with made_again(project):
        rows = [r for r in project.in_split("train") if r["label"] == first]
        gone = {row["path"] for row in rows[len(rows) // 3 :]}
        for path in gone:
            (project.root / "data/raw" / path).unlink()
        for path in files(project, ("data/raw/**/annotations.csv",)):
            base = path.removeprefix("data/raw/").rpartition("/")[0]
            change_rows(project, path, lambda row, base=base: None if f"{base}/{row['path']}" in gone else row)  # type: ignore[misc]
        change_rows(project, project.splits, lambda row: None if row["path"] in gone else row)
        reason = "test is field data of the second quarter, where this class is more frequent"
        settings = f'\n[checks."preparation.split-shift"]\nreason = "{reason}"\n'
        project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + settings})


@harmless("OK-26")
def split_by_patients(project: Target) -> None:
    """Groups (patients, products, videos) are declared and kept together; the sizes of the splits are what they came to."""
    chance = random.Random(11)
    several = {split: max(8, len(project.in_split(split)) // 5) for split in SPLITS}
    patient: dict[str, str] = {}  # views of one thing, where they are declared already, are of one patient
    for row in project.rows(project.splits):
        patient.setdefault(row["group"] or row["path"], f"{row['split'][:2]}-{chance.randrange(several[row['split']])}")
    group = {row["path"]: patient[row["group"] or row["path"]] for row in project.rows(project.splits)}
    change_rows(project, project.splits, lambda row: {**row, "group": group[row["path"]]})
    for path in project.annotations():
        base = path.removeprefix("data/raw/").rpartition("/")[0]
        change_rows(project, path, lambda row, base=base: {**row, "group": group[f"{base}/{row['path']}"]})  # type: ignore[misc]
    sign_again(project)


@harmless("OK-34")
def grey_and_turned_pictures(project: Target) -> None:
    """Some pictures of train came in another mode, and some with an EXIF orientation that is applied when they are prepared."""
    with made_again(project):
        rows = project.in_split("train")
        for row in rows[:24:4]:
            other = "RGB" if opened(project, row).mode == "L" else "L"
            replace_picture(project, row, edited(project, row, lambda image, other=other: image.convert(other), ending=Path(row["path"]).suffix))  # type: ignore[misc]  # fmt: skip
        for row in rows[1:24:4]:
            replace_picture(project, row, turned(project, row))


@harmless("OK-35")
def look_alikes(project: Target) -> None:
    """White product shots: alike from afar, each another picture, in every split."""
    with made_again(project):
        for k, split in enumerate(SPLITS):
            for i, row in enumerate(project.in_split(split)[:6]):
                like = opened(project, row)
                replace_picture(project, row, product_shot(like, seed=100 * k + i, ending=Path(row["path"]).suffix))


@harmless("OK-45")
def attributes_that_are_noted(project: Target) -> None:
    """The schema declares the light and a decided edge case; every picture has a light, and each class all of them."""
    with made_again(project):
        text = project.read("data/schema.toml").replace("[attributes]\n", "")
        case = f'case = "two in one picture"\ndecision = "the one in front"\nlabel = "{project.classes[0]}"\n'
        project.write({"data/schema.toml": f'{text}\n[attributes]\nlight = ["day", "lamp"]\n\n[[edge_cases]]\n{case}'})
        for path in files(project, ("data/raw/**/annotations.csv",)):
            lights = iter(("day", "lamp") * len(project.rows(path)))
            change_rows(project, path, lambda row, lights=lights: {**row, "light": next(lights)})  # type: ignore[misc]


@harmless("OK-46", allows=("research.data-described-otherwise",))
def rare_and_planned(project: Target) -> None:
    """A class is very rare in what was collected for train, and the settings say what is done about it."""
    rare = project.classes[-1]
    with made_again(project):
        gone = {row["path"] for row in project.in_split("train") if row["label"] == rare}
        gone -= {sorted(gone)[0]}
        leave_the_batch(project, {row["path"] for row in named(project, "train") if row["origin"] in gone})
        for path in gone:
            (project.root / "data/raw" / path).unlink()
        for path in files(project, ("data/raw/**/annotations.csv",)):
            base = path.removeprefix("data/raw/").rpartition("/")[0]
            change_rows(project, path, lambda row, base=base: None if f"{base}/{row['path']}" in gone else row)  # type: ignore[misc]
        change_rows(project, project.splits, lambda row: None if row["path"] in gone else row)
        plan = "the rare class is found by a rule; the model only has to leave it alone"
        settings = f'\n[checks."collection.imbalance-unplanned"]\nplan = "{plan}"\n'
        reason = '\n[checks."preparation.split-shift"]\nreason = "the rare class was kept for test"\n'
        project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + settings + reason})


def opened(project: Target, row: Row) -> Image:
    """A raw picture."""
    from PIL import Image

    image = Image.open(project.root / "data/raw" / row["path"])
    image.load()
    return image


def edited(project: Target, row: Row, change: Callable[[Image], Image], *, ending: str = ".png") -> bytes:
    """The bytes of a changed picture."""
    return saved(change(opened(project, row)), ending)


def saved(image: Image, ending: str, *, exif: bytes = b"", like: Image | None = None) -> bytes:
    """The bytes of a picture, in the format that its name says."""
    stream = io.BytesIO()
    if ending.lower() in (".jpg", ".jpeg"):
        tables = getattr(like, "quantization", None)  # as coarse as the others: the quality must not tell what was changed
        image.save(
            stream, format="JPEG", exif=exif, **({"qtables": tables} if tables and image.mode == "RGB" else {"quality": 90})
        )
    else:
        image.save(stream, format="PNG", exif=exif)
    return stream.getvalue()


def turned(project: Target, row: Row) -> bytes:
    """A picture as a phone held upright stores it: lying, with the orientation that sets it upright again."""
    from PIL import Image

    image = opened(project, row)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown a quarter turn clockwise
    return saved(image.transpose(Image.Transpose.ROTATE_90), Path(row["path"]).suffix, exif=exif.tobytes(), like=image)


def product_shot(like: Image, *, seed: int, ending: str) -> bytes:
    """A small dark thing somewhere on white."""
    from PIL import Image, ImageDraw

    chance, image = random.Random(seed), Image.new("RGB", (160, 160), "white")
    draw = ImageDraw.Draw(image)
    x, y, w, h = (chance.randrange(20, 90), chance.randrange(20, 90), chance.randrange(25, 60), chance.randrange(25, 60))
    shape = (draw.ellipse, draw.rectangle)[seed % 2]
    shape((x, y, x + w, y + h), fill=tuple(chance.randrange(20, 200) for _ in range(3)))
    draw.line((x, y + h, x + w, y), fill="white", width=chance.randrange(2, 9))
    return saved(image.resize(like.size), ending, like=like)


def replace_picture(project: Target, row: Row, content: bytes) -> None:
    """Put another picture in place of a raw one."""
    project.write({f"data/raw/{row['path']}": content})
