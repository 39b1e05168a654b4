"""A small set of every format, in the layout and with the keys that the tools themselves write; two pictures, `a` and `b`."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from tests.datasets.pictures import put

SIZE = (120, 90)


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    """A text file, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding))
    return path


def class_folders(root: Path) -> None:
    put(root / "train/hat/a.png", 1)
    put(root / "test/shoe/b.png", 2)


def csv_list(root: Path) -> None:
    put(root / "a.png", 1)
    put(root / "b.png", 2)
    text(
        root / "labels.csv", "filename,width,height,class,xmin,ymin,xmax,ymax\na.png,120,90,hat,10,20,40,60\nb.png,120,90,,,,,\n"
    )


def excel_list(root: Path) -> None:
    import openpyxl

    put(root / "a.png", 1)
    put(root / "b.png", 2)
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("path", "label", "patient"), ("a.png", "hat", 17), ("b.png", "shoe", 18)):
        book.active.append(row)
    book.save(root / "labels.xlsx")


def json_list(root: Path) -> None:
    put(root / "a.png", 1)
    put(root / "b.png", 2)
    text(
        root / "labels.json", json.dumps([{"image": "a.png", "label": "hat"}, {"image": "b.png", "label": "shoe", "night": True}])
    )


def parquet_list(root: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    put(root / "a.png", 1)
    put(root / "b.png", 2)
    parquet.write_table(pyarrow.table({"path": ["a.png", "b.png"], "label": ["hat", "shoe"]}), root / "labels.parquet")


def coco(root: Path) -> None:
    put(root / "images/a.png", 1)
    put(root / "images/b.png", 2)
    runs = [90 * 10 + 20, 30, 60, 30, 120 * 90 - 90 * 10 - 140]
    annotations = [
        {"id": 1, "image_id": 7, "category_id": 3, "bbox": [10, 20, 30, 40], "area": 600, "iscrowd": 0,
         "segmentation": [[10, 20, 40, 20, 40, 60], [10, 50, 12, 50, 12, 52]]},
        {"id": 2, "image_id": 7, "category_id": 90, "bbox": [10, 20, 2, 30], "area": 60, "iscrowd": 1,
         "segmentation": {"size": [90, 120], "counts": runs}},
    ]  # fmt: skip
    images = [{"id": 7, "file_name": "a.png", "width": 120, "height": 90, "license": 4}]
    images.append({"id": 9, "file_name": "b.png", "width": 120, "height": 90, "license": 4})
    categories = [{"id": 3, "name": "hat", "supercategory": "wear"}, {"id": 90, "name": "shoe", "supercategory": "wear"}]
    value = {"info": {"year": 2017}, "licenses": [], "images": images, "annotations": annotations, "categories": categories}
    text(root / "annotations/instances_val2017.json", json.dumps(value))


def voc(root: Path) -> None:
    put(root / "JPEGImages/a.png", 1)
    put(root / "JPEGImages/b.png", 2)
    text(
        root / "Annotations/a.xml",
        "<annotation>\n<folder>old</folder>\n<filename>a.JPG</filename>\n<path>C:\\cards\\train\\a.JPG</path>\n"
        "<size><width>120</width><height>90</height><depth>3</depth></size>\n<segmented>0</segmented>\n"
        "<object>\n<name>hat</name><pose>Left</pose><truncated>1</truncated><difficult>1</difficult>\n"
        "<part><name>brim</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>\n"
        "<bndbox><xmin>11</xmin><ymin>21</ymin><xmax>120</xmax><ymax>60</ymax></bndbox>\n</object>\n</annotation>\n",
    )
    text(
        root / "Annotations/b.xml",
        "<annotation><filename>b</filename><size><width>120</width><height>90</height></size></annotation>",
    )
    text(root / "ImageSets/Main/train.txt", "a\n")
    text(root / "ImageSets/Main/val.txt", "b\n")
    text(root / "ImageSets/Main/hat_train.txt", "a 1\n")


def yolo(root: Path) -> None:
    put(root / "images/train/a.png", 1)
    put(root / "images/val/b.png", 2)
    text(root / "data.yaml", "path: ../datasets/shop\ntrain: images/train\nval: images/val\nnc: 2\nnames:\n  0: hat\n  1: shoe\n")
    text(root / "labels/train/a.txt", "0 0.5 0.5 0.25 0.2 \r\n1 0.1 0.1 0.4 0.1 0.4 0.4\r\n")
    text(root / "labels/val/b.txt", "")


def cvat(root: Path) -> None:
    put(root / "images/day/a.png", 1)
    put(root / "images/b.png", 2)
    text(
        root / "annotations.xml",
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n<meta><task><name>shop</name><labels>'
        "<label><name>hat</name><color>#fff</color><attributes></attributes></label><label><name>shoe</name></label></labels></task></meta>\n"
        '<image id="0" name="day/a.png" subset="Train" width="120" height="90">\n<tag label="indoors" source="manual"></tag>\n'
        '<box label="hat" source="manual" occluded="1" xtl="10.0" ytl="20.0" xbr="40.0" ybr="60.0" rotation="30.0" z_order="0">\n'
        '<attribute name="colour">red</attribute>\n</box>\n'
        '<polygon label="shoe" occluded="0" points="1.0,1.0;9.0,1.0;9.0,9.0" z_order="0" group_id="4"></polygon>\n'
        '<polygon label="shoe" occluded="0" points="20.0,1.0;29.0,1.0;29.0,9.0" z_order="0" group_id="4"></polygon>\n'
        '<mask label="hat" occluded="0" rle="1, 2, 3" left="5" top="6" width="3" height="2" z_order="0"></mask>\n'
        '<points label="hat" occluded="0" points="3.0,4.0"></points>\n</image>\n'
        '<image id="1" name="b.png" subset="Validation" width="120" height="90">\n</image>\n</annotations>\n',
    )


def label_studio(root: Path) -> None:
    put(root / "1a2b3c4d-a.png", 1)
    put(root / "b.png", 2)
    region = {"original_width": 120, "original_height": 90, "image_rotation": 0, "from_name": "label", "to_name": "image"}
    box = {"x": 10.0, "y": 20.0, "width": 25.0, "height": 40.0, "rotation": 90, "rectanglelabels": ["hat"]}
    outline = {"points": [[0, 0], [50, 0], [50, 50]], "closed": True, "polygonlabels": ["shoe"]}
    choice = {"value": {"choices": ["indoors"]}, "id": "x", "from_name": "choice", "to_name": "image", "type": "choices"}
    tasks = [
        {
            "id": 1,
            "data": {"image": "/data/upload/3/1a2b3c4d-a.png", "shop": "north"},
            "annotations": [
                {"id": 1, "completed_by": 5, "was_cancelled": False, "result": [
                    {**region, "id": "r", "type": "rectanglelabels", "value": box},
                    {**region, "id": "p", "type": "polygonlabels", "value": outline}, choice]},
                {"id": 2, "completed_by": 6, "was_cancelled": True, "result": [{**region, "type": "rectanglelabels", "value": box}]},
            ],
            "predictions": [{"result": []}],
        },
        {"id": 2, "data": {"image": "/data/upload/3/9f8e7d6c-b.png"}, "annotations": [{"id": 3, "completed_by": 5, "result": []}]},
    ]  # fmt: skip
    text(root / "project-1-at-2026-01-01.json", json.dumps(tasks))


def labelbox(root: Path) -> None:
    put(root / "a.png", 1)
    put(root / "b.png", 2)
    box = {"feature_id": "f", "name": "hat", "value": "hat", "annotation_kind": "ImageBoundingBox",
           "classifications": [{"name": "colour", "radio_answer": {"name": "red", "value": "red"}}],
           "bounding_box": {"top": 20.0, "left": 10.0, "height": 40.0, "width": 30.0}}  # fmt: skip
    outline = {
        "name": "shoe",
        "annotation_kind": "ImagePolygon",
        "polygon": [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}],
    }
    question = {"name": "Where", "value": "where", "radio_answer": {"name": "indoors", "value": "indoors"}}
    label = {
        "label_kind": "Default",
        "label_details": {"created_by": "ann@example.org"},
        "performance_details": {"skipped": False},
        "annotations": {"objects": [box, outline], "classifications": [question], "relationships": []},
    }
    rows = [
        {"data_row": {"id": "c1", "external_id": "a.png", "row_data": "https://storage.example.org/a.png?sig=1"},
         "media_attributes": {"height": 90, "width": 120, "mime_type": "image/png"},
         "metadata_fields": [{"schema_name": "split", "value": [{"value": "train"}]}],
         "projects": {"p1": {"name": "Shop", "labels": [label]}}},
        {"data_row": {"id": "c2", "row_data": "https://storage.example.org/b.png"}, "media_attributes": {},
         "projects": {"p1": {"labels": []}}},
    ]  # fmt: skip
    text(root / "export.ndjson", "".join(json.dumps(row) + "\n" for row in rows))


def doccano(root: Path) -> None:
    rows = [
        {"id": 1, "text": "Ann lives in Bern.", "label": [[0, 3, "PER"], [13, 17, "LOC"]], "Comments": []},
        {"id": 2, "text": "So nice 😀 today", "label": ["praise", "weather"], "by": "tim"},
        {"id": 3, "text": "untouched", "entities": [], "relations": []},
    ]
    text(root / "all.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def index_masks(root: Path) -> None:
    put(root / "images/a.png", 1)
    put(root / "images/b.png", 2)
    values = np.zeros((90, 120), dtype=np.uint8)
    values[20:60, 10:40] = 1
    values[0:5, 0:5] = 2
    values[80:90, :] = 255
    (root / "masks").mkdir(parents=True)
    palette = Image.fromarray(values)
    palette.putpalette([0, 0, 0, 200, 0, 0, 0, 200, 0, *([9] * 759)])
    palette.save(root / "masks/a.png")
    Image.fromarray(np.zeros((90, 120), dtype=np.uint8)).save(root / "masks/b.png")
    text(root / "classes.csv", "Pixel Value, Class\n0, background\n1, hat\n2, shoe")


def object_masks(root: Path) -> None:
    put(root / "images/a.png", 1)
    put(root / "images/ab.png", 2)
    for name, rows, columns in (("masks/a_hat_1.png", 10, 20), ("masks/a_hat_2.png", 30, 5), ("masks/ab_shoe_1.png", 4, 4)):
        values = np.zeros((90, 120), dtype=np.uint8)
        values[rows : rows + 10, columns : columns + 6] = 255
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(root / name)


def imagefolder(root: Path) -> None:
    put(root / "train/a.png", 1)
    put(root / "validation/b.png", 2)
    row = {
        "file_name": "a.png",
        "label": "indoors",
        "shop": "north",
        "objects": {"bbox": [[10, 20, 30, 40]], "categories": ["hat"]},
    }
    text(root / "train/metadata.jsonl", json.dumps(row) + "\n")
    text(root / "validation/metadata.csv", "file_name,label\nb.png,outdoors\n")


def roboflow(root: Path) -> None:
    put(root / "train/a_png.rf.0123456789abcdef0123456789abcdef.jpg", 1)
    put(root / "train/a_png.rf.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jpg", 2)
    put(root / "valid/b_png.rf.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.jpg", 3)
    text(root / "README.roboflow.txt", "cards - v1\n")
    categories = [{"id": 0, "name": "cards", "supercategory": "none"}, {"id": 1, "name": "hat", "supercategory": "cards"}]
    for top in ("train", "valid"):
        names = sorted(p.name for p in (root / top).iterdir())
        images = [{"id": i, "license": 1, "file_name": name, "height": 90, "width": 120} for i, name in enumerate(names)]
        box = {"id": 0, "image_id": 0, "category_id": 1, "bbox": [10, 20, 30, 40], "area": 1200, "segmentation": [], "iscrowd": 0}
        value = {"info": {}, "licenses": [], "categories": categories, "images": images, "annotations": [box]}
        text(root / top / "_annotations.coco.json", json.dumps(value))


SAMPLES: dict[str, Callable[[Path], None]] = {
    "class-folders": class_folders,
    "csv-list": csv_list,
    "excel-list": excel_list,
    "json-list": json_list,
    "coco": coco,
    "voc": voc,
    "yolo": yolo,
    "cvat": cvat,
    "label-studio": label_studio,
    "labelbox": labelbox,
    "doccano": doccano,
    "index-masks": index_masks,
    "object-masks": object_masks,
    "imagefolder": imagefolder,
    "roboflow": roboflow,
}
if find_spec("pyarrow"):
    SAMPLES["parquet-list"] = parquet_list


def made(root: Path, name: str) -> Path:
    """The set of that format, in a folder of its own."""
    folder = root / name
    folder.mkdir(parents=True)
    SAMPLES[name](folder)
    return folder
