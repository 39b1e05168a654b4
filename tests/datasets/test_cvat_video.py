"""Tracks of CVAT for video (datasets/cvat_video.py), as the reader of the format gives them."""

from pathlib import Path

import pytest

from mlscaffold.datasets.formats.cvat import read
from mlscaffold.datasets.record import Reading
from tests.datasets.formats.samples import text
from tests.datasets.pictures import put
from tests.datasets.test_cvat_labels import POINTS, SKELETON

META = (
    "<meta><task><name>belt 1</name><size>4</size><mode>interpolation</mode><start_frame>10</start_frame><stop_frame>16</stop_frame>"
    "<frame_filter>step=2</frame_filter><labels><label><name>hat</name></label></labels>"
    "<original_size><width>120</width><height>90</height></original_size><source>belt.mp4</source></task></meta>\n"
)


def _box(frame: int, left: float, more: str = "") -> str:
    return (
        f'<box frame="{frame}" keyframe="1" outside="0" occluded="0" xtl="{left}" ytl="10" xbr="{left + 10}" ybr="30" {more}/>\n'
    )


def _video(folder: Path, tracks: str, names: list[str], meta: str = META) -> Reading:
    for number, name in enumerate(names):
        put(folder / name, number + 1)
    text(folder / "annotations.xml", f"<annotations>\n{meta}{tracks}</annotations>")
    return read(folder)


def test_a_video_is_read_frame_by_frame(tmp_path: Path) -> None:
    tracks = (
        '<track id="7" label="hat" source="manual">\n'
        + _box(10, 20)
        + _box(12, 30).replace('occluded="0"', 'occluded="1"')
        + _box(14, 40).replace('outside="0"', 'outside="1"')
        + "</track>\n"
        '<track id="8" label="hat"><polygon frame="12" outside="0" points="1,1;9,1;9,9"><attribute name="dirty">yes</attribute></polygon>'
        "</track>\n"
    )
    names = [f"images/frame_0000{n}.PNG" for n in (10, 12, 14, 16, 18)]
    reading = _video(tmp_path, tracks, names)
    assert [(r.name, len(r.shapes), r.group, r.size) for r in reading.records] == [
        (f"frame_0000{n}.PNG", objects, "belt.mp4", (120, 90)) for n, objects in ((10, 1), (12, 2), (14, 0), (16, 0))
    ]
    box, polygon = reading.records[1].shapes
    assert (box.box, box.occluded, box.attributes) == ((30.0, 10.0, 10.0, 20.0), True, {"track_id": "7"})
    assert (polygon.rings, polygon.attributes) == (((1.0, 1.0, 9.0, 1.0, 9.0, 9.0),), {"dirty": "yes", "track_id": "8"})
    assert (reading.refused, reading.classes) == ((), ("hat",))
    assert reading.notes == ("annotations.xml: frames are told by the number in frame_000000: 4 pictures",)
    assert reading.ignored == {"pictures that no annotation names": 1}  # frame 18 is behind the end of the task


@pytest.mark.parametrize(
    ("names", "words", "frames"),
    [
        (["a_10.png", "a_12.png", "a_14.png", "a_16.png"], "number at the end of its name", ["a_10.png", "a_12.png"]),
        (["a.png", "b.png", "c.png", "d.png"], "order of the names", ["a.png", "b.png"]),
        (["cam2-1.png", "cam2-2.png", "cam2-3.png", "cam2-4.png"], "order of the names", ["cam2-1.png", "cam2-2.png"]),
    ],
)
def test_frames_of_other_names(tmp_path: Path, names: list[str], words: str, frames: list[str]) -> None:
    reading = _video(tmp_path, f'<track id="0" label="hat">{_box(10, 20)}{_box(12, 30)}</track>', names)
    assert [r.name for r in reading.records if r.shapes] == frames
    assert len(reading.records) == 4
    assert words in reading.notes[0]


def test_between_key_frames_an_object_moves_on_a_line(tmp_path: Path) -> None:
    meta, turned = META.replace("step=2", ""), _box(14, 40, 'rotation="350"')
    tracks = (
        f'<track id="0" label="hat">{_box(10, 20)}{turned}</track>'
        '<track id="1" label="hat"><polygon frame="10" points="1,1;9,1;9,9"/><polygon frame="12" points="1,1;9,1;9,9;1,9"/></track>'
    )
    reading = _video(tmp_path, tracks, [f"frame_{n:06d}.png" for n in range(10, 17)], meta)
    boxes = [(s.box[0], s.angle) for r in reading.records for s in r.shapes if s.box and not s.rings]
    assert boxes == [(20.0, 0.0), (25.0, 357.5), (30.0, 355.0), (35.0, 352.5), (40.0, 350.0)]
    assert "annotations.xml: 3 objects stand between key frames; their places were worked out on straight lines" in reading.notes
    assert [(d.kind, d.count) for d in reading.defects if d.unit == "object"] == [("not-between", 1)]


def test_frames_that_cannot_be_found_are_refused(tmp_path: Path) -> None:
    track = f'<track id="0" label="hat">{_box(10, 20)}{_box(12, 30)}{_box(12, 30)}{_box(14, 30).replace("14", "x", 1)}</track>'
    gone = _video(tmp_path / "gone", track, ["images/frame_000010.png"])
    assert [(d.kind, d.where) for d in gone.refused] == [("missing-frame", "annotations.xml frame 12")]
    assert [d.kind for d in gone.defects if d.unit == "object"] == ["frame-twice", "broken-frame", "of-refused-picture"]
    none = _video(tmp_path / "none", track, [])
    assert [(d.kind, d.message[:40]) for d in none.refused] == [("no-frames", "belt.mp4: its pictures are not here; exp")]
    few = _video(tmp_path / "few", track, ["b.png", "a.png"])
    assert "the names of 2 pictures hold no frame numbers, and it has 4 frames" in few.refused[0].message
    assert (few.total, few.refused_objects) == (1, 4)
    tasks = "<meta><project><tasks><task><id>1</id></task><task><id>2</id></task></tasks></project></meta>"
    several = _video(tmp_path / "several", track, ["frame_000010.png"], tasks)
    assert [(d.kind, "export each task alone" in d.message) for d in several.refused] == [("video-track", True)]


def test_tracks_beside_images_are_on_their_numbers(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    put(tmp_path / "b.png", 2)
    text(
        tmp_path / "annotations.xml",
        '<annotations><image id="0" name="a.png" width="120" height="90"/><image id="3" name="b.png" width="120" height="90"/>'
        f'<track id="0" label="hat">{_box(3, 20)}{_box(9, 20)}</track></annotations>',
    )
    reading = read(tmp_path)
    assert [len(record.shapes) for record in reading.records] == [0, 1]
    assert (reading.refused_objects, reading.refused) == (1, ())


def test_a_skeleton_on_a_track(tmp_path: Path) -> None:
    moved = POINTS.replace("30,40", "40,40").replace("10,20", "20,20")
    outside = POINTS.replace('outside="0"', 'outside="1"')
    track = (
        f'<track id="0" label="person"><skeleton frame="0">{POINTS}</skeleton><skeleton frame="2">{moved}</skeleton>'
        f'<skeleton frame="3">{outside}</skeleton></track>'
    )
    reading = _video(tmp_path, track, [f"frame_{n:06d}.png" for n in range(4)], SKELETON)
    assert [[s.keypoints.points for s in r.shapes if s.keypoints] for r in reading.records] == [
        [((10.0, 20.0, 2), (30.0, 40.0, 1))],
        [((15.0, 20.0, 2), (35.0, 40.0, 1))],
        [((20.0, 20.0, 2), (40.0, 40.0, 1))],
        [],
    ]
