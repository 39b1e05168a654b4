"""Stage 3: raw data, annotations, sources and statistics."""

from __future__ import annotations

import io
import re

from tests.sabotage.corpus import Words, defect, left
from tests.sabotage.target import Target

STATISTICS = "reports/collection/statistics.json"
DETECTION = "boxes belong to object detection; the one task so far is image classification"


def tables(project: Target) -> list[str]:
    """The annotation files of all sources, those of the largest one first."""
    mine = project.annotations()
    found = sorted(p.relative_to(project.root).as_posix() for p in (project.root / "data/raw").rglob("annotations.csv"))
    return [*mine, *(path for path in found if path not in mine)]


def first(project: Target) -> str:
    """The first annotation file of the largest source."""
    return tables(project)[0]


def folder_of(path: str) -> str:
    """The folder that a file lies in."""
    return path.rpartition("/")[0]


def pictures(project: Target) -> list[str]:
    """Every raw picture that is annotated, those of the largest source first."""
    return [f"{folder_of(file)}/{row['path']}" for file in tables(project) for row in project.rows(file)]


def total(project: Target) -> int:
    """How many pictures all manifests list."""
    return sum(len(project.rows(p.relative_to(project.root).as_posix())) for p in (project.root / "data/manifest").glob("*.csv"))


@defect("CO-01", "collection.annotation-file-missing", everywhere=True)
def a_batch_without_annotations(project: Target) -> Words:
    """A new batch was copied in without its annotation file."""
    batch = f"{project.raw}/2026-03"
    taken = pictures(project)[:7]
    project.write({f"{batch}/new-{n}.{p.rsplit('.', 1)[1]}": (project.root / p).read_bytes() for n, p in enumerate(taken)})
    folders = len(tables(project)) + 1
    return f"1 of {folders} folders", f"{project.source}/2026-03", "7 pictures"


@defect("CO-02", "collection.orphan-annotation", everywhere=True)
def pictures_deleted_rows_kept(project: Target) -> Words:
    """Pictures were deleted for privacy, their rows were not."""
    gone, all_ = pictures(project)[:5], len(pictures(project))
    for path in gone:
        project.remove(path)
    return first(project), f"5 of {all_} annotations", "missing files", gone[0].removeprefix("data/raw/")


@defect("CO-03", "collection.unlabelled-image", everywhere=True)
def pictures_after_the_labelling(project: Target) -> Words:
    """Pictures came in after the labelling had ended."""
    file, all_ = first(project), len(pictures(project))
    rows = project.rows(file)
    cut = max(1, len(rows) // 3)
    project.edit_csv(file, lambda table: table[cut:])
    return folder_of(file), f"{cut} of {all_} pictures", rows[0]["path"], "no label"


@defect("CO-04", "collection.schema-violation", everywhere=True)
def spellings_of_one_label(project: Target) -> Words:
    """Two spellings of one class count as classes of their own."""
    file = first(project)
    label = project.rows(file)[0]["label"]
    spelt = [label.swapcase() if label.swapcase() != label else f"{label}-", f"{label}_"]
    project.set_cells(file, "label", spelt[0], rows=slice(0, 3))
    project.set_cells(file, "label", spelt[1], rows=slice(3, 5))
    return file, "2 labels in another spelling", f'"{spelt[0]}" for "{label}" (3 rows)', f'"{spelt[1]}"'


@defect("CO-05", "collection.provenance-missing", everywhere=True)
def a_source_without_a_licence(project: Target) -> Words:
    """Nobody knows by what right one source is used."""
    path = f"{project.raw}/source.toml"
    text = re.sub(r"(?m)^licence\s*=.*$", 'licence = "Google Images"', project.read(path))
    project.write({path: text})
    return path, project.source, f"{len(project.rows(project.manifest))} pictures", "licence", "Google Images"


@defect("CO-06", "collection.unreadable-image", everywhere=True)
def a_web_page_saved_as_a_picture(project: Target) -> Words:
    """The scraper saved the site's refusal as pictures."""
    spoilt = pictures(project)[:3]
    page = "<!doctype html>\n<html><head><title>403 Forbidden</title></head><body>Forbidden</body></html>\n"
    project.write(dict.fromkeys(spoilt, page))
    return spoilt[0], "3 files", "no picture", "HTML"


@defect("CO-07", "collection.unreadable-image", everywhere=True)
def half_a_download(project: Target) -> Words:
    """A download broke off: JPEG files without their end."""
    from PIL import Image

    spoilt = [f"{p.rsplit('.', 1)[0]}.jpg" for p in pictures(project)[:2]]
    for path, old in zip(spoilt, pictures(project)[:2], strict=True):
        content = io.BytesIO()
        Image.open(project.root / old).convert("RGB").resize((320, 480)).save(content, "JPEG", quality=95)
        project.remove(old)
        project.write({path: content.getvalue()[: len(content.getvalue()) * 3 // 5]})
    return *spoilt, "2 files are cut off", "320 × 480 px promised"


@defect("CO-08", "collection.unreadable-image", severity="warn", everywhere=True)
def endings_that_lie(project: Target) -> Words:
    """WebP pictures that are named otherwise."""
    from PIL import Image

    spoilt = pictures(project)[:4]
    for path in spoilt:
        content = io.BytesIO()
        Image.open(project.root / path).convert("RGB").save(content, "WEBP", lossless=True)
        project.write({path: content.getvalue()})
    return spoilt[0], "4 pictures", "4 WEBP"


@defect("CO-09", "collection.contradictory-label", everywhere=True)
def the_same_bytes_with_two_labels(project: Target) -> Words:
    """Two annotators had the same pictures and did not agree."""
    one, rows = first(project), project.rows(first(project))
    other, label = next(
        (f, r["label"]) for f in reversed(tables(project)) for r in project.rows(f) if r["label"] != rows[0]["label"]
    )
    same = [row for row in rows if row["label"] == rows[0]["label"]][:3]
    copies = {f"{folder_of(other)}/again-{n}-{row['path'].rpartition('/')[2]}": row["path"] for n, row in enumerate(same)}
    project.write({new: (project.root / folder_of(one) / old).read_bytes() for new, old in copies.items()})
    added = [new.rpartition("/")[2] for new in copies]
    project.edit_csv(other, lambda t: [*t, *({**t[-1], "path": name, "label": label} for name in added)])
    return one, other, "3 pictures", f'"{rows[0]["label"]}"', f'"{label}"'


@defect("CO-09b", "collection.contradictory-label", severity="warn")
def saved_again_under_another_label(project: Target) -> Words:
    """One picture came in twice, smaller the second time, and the labels differ."""
    from PIL import Image

    one, row = first(project), project.rows(first(project))[0]
    other, label = next((f, r["label"]) for f in tables(project) for r in project.rows(f) if r["label"] != row["label"])
    content = io.BytesIO()
    picture = Image.open(project.root / folder_of(one) / row["path"])
    picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)).save(content, "JPEG", quality=90)
    project.write({f"{folder_of(other)}/came-again.jpg": content.getvalue()})
    project.edit_csv(other, lambda t: [*t, {**t[-1], "path": "came-again.jpg", "label": label}])
    return one, other, "1 pair of pictures that look the same", f'{row["path"]} "{row["label"]}"', f'came-again.jpg "{label}"'


@defect("CO-10", "collection.schema-violation", everywhere=True)
def a_hidden_folder_becomes_class_0(project: Target) -> Words:
    """An editor's hidden folder became class 0 and shifts every index."""
    n = len(project.classes)
    text = project.read("data/schema.toml")
    project.write({"data/schema.toml": re.sub(r"classes = \[", 'classes = [\n    ".ipynb_checkpoints",', text, count=1)})
    return "data/schema.toml", '".ipynb_checkpoints" at index 0', f"{n + 1} classes found", f"{n} wanted"


def move_class(project: Target, label: str, source: str) -> int:
    """Let all pictures of a class come from a source of their own; returns how many there are."""
    moved = 0
    for file in tables(project):
        rows, old = project.rows(file), file.split("/")[2]
        gone = [r for r in rows if r["label"] == label]
        if not gone:
            continue
        new = file.replace(f"data/raw/{old}/", f"data/raw/{source}/{old}/", 1)
        project.write({f"{folder_of(new)}/{r['path']}": (project.root / folder_of(file) / r["path"]).read_bytes() for r in gone})
        for row in gone:
            project.remove(f"{folder_of(file)}/{row['path']}")
        project.copy(file, new)
        project.edit_csv(new, lambda _, gone=gone: gone)  # type: ignore[misc]
        if len(gone) == len(rows):
            project.remove(file)
        else:
            project.edit_csv(file, lambda _, rows=rows: [r for r in rows if r["label"] != label])  # type: ignore[misc]
        told = re.sub(r"(?m)^name\s*=.*$", f'name = "{source}"', project.read(f"data/raw/{old}/source.toml"))
        project.write({f"data/raw/{source}/source.toml": told})
        moved += len(gone)
    return moved


@defect("CO-11", "collection.label-follows-source", severity="warn", everywhere=True)
def one_class_from_a_line_of_its_own(project: Target) -> Words:
    """Every picture of one class comes from a line that supplies no other class."""
    label = project.classes[0]
    n = move_class(project, label, "hall-seven")
    return f'"{label}"', f"{n} of {n} pictures", "source hall-seven", "no other class"


@defect("CO-11b", "collection.label-follows-source", severity="warn")
def one_class_in_a_format_of_its_own(project: Target) -> Words:
    """All pictures of one class, and no others, were saved as BMP by somebody else."""
    from PIL import Image

    label, n = project.classes[0], 0
    for file in tables(project):
        mine = [row["path"] for row in project.rows(file) if row["label"] == label]
        for path in mine:
            content = io.BytesIO()
            Image.open(project.root / folder_of(file) / path).save(content, "BMP")
            project.remove(f"{folder_of(file)}/{path}")
            project.write({f"{folder_of(file)}/{path.rpartition('.')[0]}.bmp": content.getvalue()})
        project.set_cells(file, "path", lambda r: f"{r['path'].rpartition('.')[0]}.bmp" if r["label"] == label else r["path"])
        n += len(mine)
    return f'class "{label}"', f"{n} of {n} pictures", "file format BMP"


@defect("CO-12", "collection.label-follows-source", severity="warn", everywhere=True)
def public_sets_glued_together(project: Target) -> Words:
    """Each source supplies exactly one class: public sets glued together."""
    for n, label in enumerate(project.classes):
        move_class(project, label, f"set-{n}")
    return f"each of {len(project.classes)} sources", "exactly one class", f'set-0 "{project.classes[0]}"'


@defect("CO-13", "collection.statistics-differ", everywhere=True)
def statistics_of_last_month(project: Target) -> Words:
    """The numbers are those of last month."""
    n = total(project)
    project.set_value(STATISTICS, "images", n - 415)
    return STATISTICS, f"{n - 415:,}".replace(",", " "), f"counted {n:,}".replace(",", " ")


@defect("CO-32", "collection.withdrawn-present", everywhere=True)
def a_withdrawn_picture_came_back(project: Target) -> Words:
    """A picture that was withdrawn is in a later delivery too, and nobody noticed."""
    row = project.rows(project.manifest)[0]
    columns = "digest,name,split,prepared,predicted,label,date,reason,by"
    project.write(
        {"data/withdrawn/2026-11-30-0c0ffee0.csv": f"{columns}\n{row['digest']},,,,,,2026-11-30,consent withdrawn,Ada Byron\n"}
    )
    return f"data/raw/{row['path']}", "1 of 1 withdrawn picture", row["path"]


left("CO-14", "Class lists of sub-folders in different order", DETECTION)
left("CO-15", "Boxes drawn on the turned view of a picture with EXIF orientation", DETECTION)
left("CO-16", "Category ids that no category has", DETECTION)
left("CO-17", "Boxes of negative size or outside of their picture", DETECTION)


@defect("collection-1", "collection.schema-violation")
def a_label_that_is_no_class(project: Target) -> Words:
    """A label that the schema does not know."""
    project.set_cells(first(project), "label", "three-ish", rows=slice(0, 2))
    return first(project), f"2 of {len(pictures(project))} annotations", '"three-ish"'


@defect("collection-2", "collection.annotation-file-missing")
def an_annotation_file_is_gone(project: Target) -> Words:
    """One folder lost its annotation file."""
    file, folders = first(project), len(tables(project))
    project.remove(file)
    return f"1 of {folders} folders", folder_of(file)


@defect("collection-3", "collection.manifest-differs")
def a_raw_picture_was_edited(project: Target) -> Words:
    """Somebody saved a raw picture again."""
    from PIL import Image

    path, content = pictures(project)[1], io.BytesIO()
    Image.open(project.root / path).rotate(90).save(content, "PNG" if path.endswith(".png") else "JPEG")
    project.write({path: content.getvalue()})
    return project.manifest, path.removeprefix("data/raw/"), f"1 of {total(project)} pictures", "other bytes"


@defect("CO-33", "collection.schema-violation")
def annotations_in_an_encoding_of_their_own(project: Target) -> Words:
    """An annotation file was saved by a Korean Excel, in EUC-KR, which may be Chinese as well."""
    path = project.annotations()[0]
    project.write({path: project.read(path).replace("path", "파일이름", 1).encode("euc_kr")})
    return path, "encoding that cannot be told"
