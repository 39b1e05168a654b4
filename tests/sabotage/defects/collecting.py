"""Stage 3 again: pictures that show little, collections that are lopsided, schemas that nobody obeys."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from PIL import Image, ImageFilter

from tests.sabotage.corpus import Words, defect
from tests.sabotage.defects.collection import first, folder_of, pictures, tables, total
from tests.sabotage.pictures import add_rows, detailed, picture, saved
from tests.sabotage.target import Row, Target

Change = Callable[[Image.Image], Image.Image]
SCHEMA = "data/schema.toml"


def spoil(project: Target, paths: list[str], change: Change) -> list[str]:
    """Change some raw pictures in place; returns their paths below `data/raw`."""
    for path in paths:
        image = change(picture(project, {"path": path.removeprefix("data/raw/")}))
        kind = "JPEG" if path.lower().endswith((".jpg", ".jpeg")) else "PNG"
        project.write({path: saved(image, kind)})
    return [path.removeprefix("data/raw/") for path in paths]


def in_schema(project: Target, text: str) -> None:
    """Add to the schema, in place of an attribute table that declares nothing."""
    project.write({SCHEMA: project.read(SCHEMA).replace("[attributes]\n", "") + text})


def noted(project: Target, column: str, value: Callable[[Row, int], str]) -> None:
    """Give every annotation a column."""
    n = 0
    for file in tables(project):
        rows = project.rows(file)
        told = {row["path"]: value(row, n + i) for i, row in enumerate(rows)}
        n += len(rows)
        project.edit_csv(file, lambda t, told=told: [{**row, column: told[row["path"]]} for row in t])  # type: ignore[misc]


def unfair(project: Target) -> None:
    """One threshold for the accuracy over all, and none that would mind a class that is never found."""
    text = re.sub(r"(?ms)^\[\[thresholds\]\].*?(?=^\[|^#|\Z)", "", project.read("acceptance.toml"))
    text = re.sub(r"(?m)^optimise = .*$", 'optimise = "accuracy"', text)
    project.write({"acceptance.toml": f'{text}\n[[thresholds]]\nmetric = "accuracy"\nmin = 0.8\n'})


def leave(project: Target, label: str, n: int) -> None:
    """Take rows of a class out of the annotations, so that this many are left."""
    left = n
    for file in tables(project):
        kept = []
        for row in project.rows(file):
            if row["label"] != label or left > 0:
                kept.append(row)
                left -= row["label"] == label
        if kept:
            project.edit_csv(file, lambda _, kept=kept: kept)  # type: ignore[misc]
        else:
            project.remove(file)


def labels(project: Target) -> Counter[str]:
    """How many annotated pictures each class has."""
    return Counter(row["label"] for file in tables(project) for row in project.rows(file))


@defect("CO-18", "collection.blank-image", everywhere=True)
def a_lens_cap(project: Target) -> Words:
    """Five pictures show nothing at all, and each has a label."""
    spoilt = spoil(project, pictures(project)[:5], lambda image: Image.new("L", image.size, 4))
    return f"5 of {total(project)} pictures are blank", min(spoilt), "grey 4 ± 0.0"


@defect("CO-19", "collection.dark-or-blurred", severity="warn")
def underexposed(project: Target) -> Words:
    """The lamp was off: four pictures are nearly black."""
    spoil(project, pictures(project)[:4], lambda image: _two(image, 2, 26))
    return f"4 of {total(project)} pictures are nearly black", "99 of 100 pixels below", "of 255"


def _two(image: Image.Image, low: int, high: int) -> Image.Image:
    """Every second column dark, so that it is not blank, and none bright."""
    flat = Image.new("L", image.size, low)
    for x in range(0, image.width, 2):
        flat.paste(high, (x, 0, x + 1, image.height))
    return flat


@defect("CO-20", "collection.dark-or-blurred", severity="warn")
def out_of_focus(project: Target) -> Words:
    """One picture in eight was taken out of focus."""
    wanted = pictures(project)[::8]
    spoil(project, wanted, lambda image: image.convert("RGB").filter(ImageFilter.GaussianBlur(max(1.5, max(image.size) / 60))))
    return f"of {total(project)} pictures are blurred beside the others", "usually"


@defect("CO-21", "collection.odd-size", severity="warn", everywhere=True)
def thumbnails_among_photographs(project: Target) -> Words:
    """Of six pictures only the thumbnails were saved."""
    spoil(project, pictures(project)[:6], lambda image: image.resize((max(1, image.width // 7), max(1, image.height // 7))))
    return f"6 of {total(project)} pictures are of a size unlike the others'", "px, usually"


@defect("CO-22", "collection.mixed-modes", severity="warn")
def cut_out_by_somebody(project: Target) -> Words:
    """Somebody cut the background out of five pictures: it is transparent now."""
    spoilt = pictures(project)[:5]
    for path in spoilt:  # also where the name says JPEG: that is how an editor saves over it
        project.write({path: saved(picture(project, {"path": path.removeprefix("data/raw/")}).convert("RGBA"), "PNG")})
    return f"5 of {total(project)} pictures are partly transparent", min(spoilt).removeprefix("data/raw/")


@defect("CO-23", "collection.duplicate-image", severity="warn", everywhere=True)
def the_same_batch_twice(project: Target) -> Words:
    """Eight pictures of a batch came in a second time, under other names."""
    taken = detailed(project, project.in_split("train"), 8)
    for n, row in enumerate(taken):
        name = f"batch-two-{n}.{row['path'].rpartition('.')[2]}"
        folder = row["path"].rpartition("/")[0]
        project.write({f"data/raw/{folder}/{name}": (project.root / "data/raw" / row["path"]).read_bytes()})
        add_rows(
            project, f"data/raw/{folder}/annotations.csv", {"path": name, "label": row["label"], "group": row.get("group", "")}
        )
    return f"8 of {total(project) + 8} pictures more than needed, in 8 groups of the same file", "batch-two-0"


@defect("CO-24", "collection.imbalance-unplanned", severity="warn", everywhere=True)
def a_class_that_drowns(project: Target) -> Words:
    """One class has a twentieth of the pictures of another, and neither metric nor training minds."""
    (most, n), (least, _) = labels(project).most_common()[0], labels(project).most_common()[-1]
    unfair(project)
    leave(project, least, max(1, n // 20))
    return f'"{most}" has {n} pictures, "{least}" {max(1, n // 20)}', "times as many", f'always saying "{most}"'


@defect("CO-25", "collection.too-few", severity="warn")
def a_claim_that_the_data_cannot_carry(project: Target) -> Words:
    """Before anything is split the analyst wants to tell a tenth of a per cent."""
    n = labels(project).total()
    project.remove("data/splits")
    project.write({"acceptance.toml": re.sub(r"(?m)^error = .*$", "error = 0.001", project.read("acceptance.toml"))})
    return f"{n} labelled pictures can spare {int(0.3 * n)} for test", "you tolerate 0.001", "in all"


@defect("CO-26", "collection.attribute-uncovered", everywhere=True)
def an_attribute_that_nobody_noted(project: Target) -> Words:
    """The schema asks for the weather, and no annotation file has that column."""
    in_schema(project, '\n[attributes]\nweather = ["dry", "wet"]\n')
    return "no annotation has a value of `weather`", first(project).rpartition("/")[0].split("/")[0]


@defect("CO-27", "collection.attribute-uncovered", severity="warn")
def never_by_flash(project: Target) -> Words:
    """The model will meet three kinds of light, and the pictures show two."""
    in_schema(project, '\n[attributes]\nlight = ["day", "lamp", "flash"]\n')
    noted(project, "light", lambda _, n: ("day", "lamp")[n % 2])
    return "no picture of 1 value of `light`: flash", SCHEMA


@defect("CO-28", "collection.label-follows-attribute", severity="warn", everywhere=True)
def one_class_by_lamp_light(project: Target) -> Words:
    """Every picture of one class was taken by lamp light, as half of the others were."""
    label, n = labels(project).most_common()[0]
    in_schema(project, '\n[attributes]\nlight = ["day", "lamp"]\n')
    noted(project, "light", lambda row, i: "lamp" if row["label"] == label else ("day", "lamp")[i % 2])
    return f'no picture of "{label}" has `light` day', f'{n} are of "{label}"', "are to be expected"


@defect("CO-29", "collection.edge-case-undecided", everywhere=True)
def a_case_that_nobody_decided(project: Target) -> Words:
    """The labellers wrote a case down, and nobody answered."""
    in_schema(project, '\n[[edge_cases]]\ncase = "two in one picture"\ndecision = ""\n')
    return "1 edge case of 1 without a decision: two in one picture", SCHEMA


@defect("CO-30", "collection.empty-folder", severity="warn")
def a_copy_that_stopped(project: Target) -> Words:
    """The folder of a batch was made, and then the disk was full."""
    (project.root / project.raw / "2026-04").mkdir()
    return f"{project.raw}/2026-04", "holds no picture"


@defect("CO-31", "collection.provenance-missing")
def scraped_without_a_look_at_the_terms(project: Target) -> Words:
    """A source was scraped, and nobody says what its robots and terms allow."""
    path = f"{project.raw}/source.toml"
    text = re.sub(r"(?m)^method\s*=.*$", 'method = "scraped"', project.read(path))
    project.write({path: re.sub(r"(?m)^policy\s*=.*$", 'policy = ""', text)})
    return path, "policy", folder_of(first(project)).split("/")[2]


@defect("DP-17", "preparation.split-shift", everywhere=True)
def test_by_night(project: Target) -> Words:
    """All pictures of test were taken by night: they are half as bright."""
    rows = [f"data/raw/{r['path']}" for t in sorted((project.root / "data/splits").glob("*.csv")) for r in project.rows(f"data/splits/{t.name}") if r["split"] == "test"]  # fmt: skip
    spoil(project, rows, lambda image: image.convert("RGB").point(lambda v: v * 0.4))
    return "pictures of the splits differ", "of test: median", "in train", "p < 0.001"


@defect("DP-18", "preparation.orientation-ignored")
def phones_held_upright(project: Target) -> Words:
    """Six photographs are stored lying, and the loader does not turn them."""
    rows = detailed(project, project.in_split("train"), 6)
    for row in rows:
        exif = Image.Exif()
        exif[0x0112] = 6
        path = f"data/raw/{row['path']}"
        kind = "JPEG" if path.lower().endswith((".jpg", ".jpeg")) else "PNG"
        project.write({path: saved(picture(project, row), kind, exif=exif)})
    return "6 pictures are stored turned (EXIF orientation)", "prepared as stored", "train/"
