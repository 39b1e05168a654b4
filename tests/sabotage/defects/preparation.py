"""Stage 4: splits, processed pictures and the recorded pipeline."""

from __future__ import annotations

import math
from pathlib import PurePosixPath

from tests.sabotage.corpus import Words, defect, left
from tests.sabotage.pictures import SPLITS, bring_in, counts, dealt, detailed, follow, picture, saved, set_split
from tests.sabotage.target import Row, Target


@defect("DP-01", "preparation.split-leakage", everywhere=True)
def the_same_photo_renamed(project: Target) -> Words:
    """The same photo lies in train and, renamed, in test."""
    taken = detailed(project, project.in_split("train"), 11)
    files = [(project.root / "data/raw" / r["path"]).read_bytes() for r in taken]
    twins = [(r, f"copy{n:02d}{PurePosixPath(r['path']).suffix}", b) for n, (r, b) in enumerate(zip(taken, files, strict=True))]
    paths = bring_in(project, "test", twins)
    return f"11 of {len(dealt(project, 'test'))} test pictures are in train too", min(paths), project.splits


@defect("DP-02", "preparation.split-leakage", everywhere=True)
def saved_again(project: Target) -> Words:
    """Not the same bytes: saved again at quality 80."""
    taken = detailed(project, project.in_split("train"), 9)
    twins = [(r, f"IMG_{n:04d}.jpg", saved(picture(project, r).convert("L"), "JPEG", quality=80)) for n, r in enumerate(taken)]
    bring_in(project, "test", twins)  # of eight by eight pixels, some are unlike themselves after that
    return f"of {len(dealt(project, 'test'))} test pictures", "saved again", "IMG_000", project.splits


@defect("DP-03", "preparation.group-leak", everywhere=True)
def augmented_before_the_split(project: Target) -> Words:
    """Augmented first, split afterwards: the turned copy is in train, its original in test."""
    taken = detailed(project, project.in_split("test"), 12)
    stems = [PurePosixPath(r["path"]).stem for r in taken]
    twins = [
        (r, f"aug_{s}_rot15.png", saved(picture(project, r).convert("L").rotate(15))) for r, s in zip(taken, stems, strict=True)
    ]
    bring_in(project, "train", twins)
    return "12 augmented copies", f"aug_{stems[0]}_rot15.png", "test"


@defect("DP-04", "preparation.group-leak", everywhere=True)
def split_by_file_not_by_lesion(project: Target) -> Words:
    """One lesion photographed five times, split by file."""
    split_of = {r["path"]: r["split"] for r in project.rows(project.splits)}
    table = next(t for t in project.annotations() if len(project.rows(t)) >= 20)
    folder = str(PurePosixPath(table).parent.relative_to("data/raw"))
    lesions: dict[str, set[str]] = {}

    def lesion(rows: list[Row]) -> list[Row]:
        for n, row in enumerate(rows):
            row["lesion_id"] = f"L{n // 5:03d}"
            lesions.setdefault(row["lesion_id"], set()).add(split_of[f"{folder}/{row['path']}"])
        return rows

    project.edit_csv(table, lesion)
    torn = sorted(name for name, held in lesions.items() if len(held) > 1)
    return f"{len(torn)} of {len(lesions)} `lesion_id` values are in two splits", torn[0], project.splits


@defect("DP-05", "preparation.class-missing", everywhere=True)
def a_class_without_test_pictures(project: Target) -> Words:
    """A class has no test image, because it is rare and the split was not stratified."""
    name = project.classes[-1]
    set_split(project, [r["path"] for r in dealt(project, "test") if r["label"] == name], "train")
    held = counts(project, name)
    return f'"{name}": {held["train"]} / {held["validation"]} / 0', "data/splits"


@defect("DP-06", "preparation.split-too-small", severity="warn")
def a_test_set_of_forty(project: Target) -> Words:
    """The test set holds 40 images, and the first stage wants to tell 0.95 from 0.93."""
    per_class = math.ceil(40 / len(project.classes))
    kept = [r["path"] for name in project.classes for r in [r for r in dealt(project, "test") if r["label"] == name][:per_class]]
    set_split(project, [r["path"] for r in dealt(project, "test") if r["path"] not in kept], "train")
    tolerable = project.toml("acceptance.toml")["tolerable"]["error"]
    return f"test has {len(kept)} pictures", f"you tolerate {tolerable:g}", "which needs", "data/splits"


@defect("DP-07", "preparation.split-shift", everywhere=True)
def other_shares_in_test(project: Target) -> Words:
    """Train is balanced, test is mostly one class: they came from different months."""
    first, *others = sorted(project.classes, key=lambda name: -counts(project, name)["test"])
    moved = [
        r for name in others for r in [r for r in dealt(project, "test") if r["label"] == name][5 if len(others) < 5 else 3 :]
    ]
    set_split(project, [r["path"] for r in moved], "train")
    share = {s: counts(project, first)[s] / len(dealt(project, s)) for s in SPLITS}
    return f'share of "{first}"', *(f"{share[s]:.2f}" for s in ("train", "test")), "data/splits"


@defect("DP-08", "preparation.statistics-from-test", everywhere=True)
def statistics_of_all_splits(project: Target) -> Words:
    """Mean and standard deviation computed over all splits."""
    import numpy as np
    from PIL import Image

    held = {s: sorted((project.root / "data/processed" / s).rglob("*.png")) for s in SPLITS}
    pixels = {s: np.stack([np.asarray(Image.open(f), dtype=np.float64) for f in files]) / 255 for s, files in held.items()}
    together = np.concatenate(list(pixels.values()))
    axes = (0, 1, 2)
    mean, std, alone = (np.atleast_1d(v) for v in (together.mean(axes), together.std(axes), pixels["train"].mean(axes)))
    project.set_value("pipeline.json", "mean", [round(float(v), 7) for v in mean])
    project.set_value("pipeline.json", "std", [round(float(v), 7) for v in std])
    return f"{mean[0]:.4f}", f"{alone[0]:.4f}", "train alone", "pipeline.json"


@defect("DP-09", "preparation.split-leakage")
def oversampled_before_the_split(project: Target) -> Words:
    """The minority was oversampled before the split: copies fell on both sides."""
    name = project.classes[3]
    rows = detailed(project, [r for r in project.in_split("train") if r["label"] == name], 14)
    copies = [(r, f"{PurePosixPath(r['path']).stem}-{n}.png", saved(picture(project, r))) for n, r in enumerate(rows)]
    bring_in(project, "test", copies)
    bring_in(project, "train", [(r, f"b{n}", b) for r, n, b in copies])
    return f"14 of {len(dealt(project, 'test'))} test pictures", f'all of class "{name}"', project.splits


@defect("DP-10", "preparation.random-test-transform", everywhere=True)
def random_crop_on_test(project: Target) -> Words:
    """Random crop and colour jitter are on for validation and test too."""
    steps = [{"op": "RandomResizedCrop", "share": 0.7, "at": "load"}, {"op": "ColorJitter", "brightness": 0.2, "at": "load"}]
    for split in ("validation", "test"):
        project.set_value("pipeline.json", f"splits.{split}", steps)
    return "pipeline.json", "test: RandomResizedCrop, ColorJitter"


@defect("DP-11", "preparation.label-differs", everywhere=True)
def mapping_off_by_one(project: Target) -> Words:
    """Processed label is not the raw label: a mapping was off by one while copying."""
    names, table = project.classes, "data/processed/test/annotations.csv"
    first = project.rows(table)[0]
    following = {name: names[(i + 1) % len(names)] for i, name in enumerate(names)}
    n = project.set_cells(table, "label", lambda row: following[row["label"]], rows=slice(14))
    return f"{n} of", f"is {first['label']} in data/raw, {following[first['label']]} in processed", first["path"], table


@defect("DP-12", "preparation.format-tells-class", severity="warn", everywhere=True)
def one_class_from_the_phone(project: Target) -> Words:
    """File type tells the class: one class is all JPEG from the phone, the others are PNG."""
    name = project.classes[0]
    shutter = {r["path"]: r["label"] == name for r in dealt(project)}
    renamed = {}
    for path, phone in shutter.items():
        kind, ending = ("JPEG", ".jpg") if phone else ("PNG", ".png")
        image = picture(project, {"path": path})
        project.remove(f"data/raw/{path}")
        renamed[path] = f"{path.rsplit('.', 1)[0]}-{ending[1:]}{ending}"
        project.write({f"data/raw/{renamed[path]}": saved(image.convert("RGB" if image.mode != "L" else "L"), kind)})
    follow(project, renamed)
    return f'"{name}"', "JPEG", "100 %", "PNG"


@defect("preparation-1", "preparation.processed-differs")
def processed_split_gone(project: Target) -> Words:
    """The annotations of the processed test split are gone."""
    project.remove("data/processed/test/annotations.csv")
    return f"{len(dealt(project, 'test'))} of", "not prepared", "data/processed"


@defect("preparation-2", "preparation.processed-differs")
def processed_picture_brightened(project: Target) -> Words:
    """Somebody brightened a prepared picture."""
    from PIL import Image

    name = project.rows("data/processed/test/annotations.csv")[0]["path"]
    path = f"data/processed/test/{name}"
    image = Image.open(project.root / path).point(lambda value: min(255, value + 90))
    project.write({path: saved(image)})
    return "1 of", "other pixels", name


@defect("preparation-3", "preparation.split-leakage")
def brightened_copy_in_test(project: Target) -> Words:
    """A picture of train comes in again, a little brighter and under another name, and is put into test."""
    row = detailed(project, project.in_split("train"), 1)[0]
    image = picture(project, row).convert("L").point(lambda value: min(255, value + 3))
    (path,) = bring_in(project, "test", [(row, "scan-again.png", saved(image, compress_level=1))])
    return f"1 of {len(dealt(project, 'test'))} test pictures", "in train too", path


@defect("preparation-4", "preparation.extra-in-test")
def pictures_of_the_web_in_test(project: Target) -> Words:
    """Pictures from the web, declared as extra data, are dealt like one's own: some lie in test."""
    table = f"data/raw/{project.source}/source.toml"
    project.write({table: project.read(table) + 'role = "extra"\nweight = 0.3\n'})
    held = [r for r in project.rows(project.splits) if r["split"] != "train"]
    return f"{len(held)} pictures of {project.source} (extra) are measured on", "in test, first", project.splits


@defect("preparation-5", "preparation.test-set-changed", everywhere=True)
def hard_pictures_leave_test(project: Target) -> Words:
    """Four pictures of test are moved to validation, in the table and by hand, after the model was evaluated."""
    moved = [r["path"] for r in dealt(project, "test")][:4]
    set_split(project, moved, "validation")
    n = len(dealt(project, "test"))
    return f"test has {n} rows, version 1 of test", f"has {n + len(moved)}", "changed without a version", "data/splits"


left("DP-13", "SEG: masks with values between the class ids", "segmentation is no task of the tool yet")
left("DP-14", "TS: random split of a series", "time series are no task of the tool yet; pictures are split by group")
left("DP-15", "TXT, TAB: equal texts or rows in train and test", "texts and tables are no task of the tool yet")
left("DP-16", "TAB: a column that is known only after the outcome", "tables are no task of the tool yet")
