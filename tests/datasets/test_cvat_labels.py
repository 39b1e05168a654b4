"""What CVAT files declare (datasets/cvat_labels.py): skeletons and their points."""

from pathlib import Path

from mlscaffold.datasets.formats.cvat import read
from tests.datasets.formats.samples import text
from tests.datasets.pictures import put

SKELETON = (
    "<meta><task><labels><label><name>person</name><type>skeleton</type><svg>"
    "&lt;line data-type=&quot;edge&quot; data-node-from=&quot;2&quot; data-node-to=&quot;1&quot;&gt;&lt;/line&gt;"
    "&lt;circle data-node-id=&quot;1&quot; data-label-name=&quot;nose&quot;&gt;&lt;/circle&gt;"
    "&lt;circle data-node-id=&quot;2&quot; data-label-name=&quot;tail&quot;&gt;&lt;/circle&gt;</svg></label>"
    "<label><name>nose</name><type>points</type><parent>person</parent></label>"
    "<label><name>tail</name><type>points</type><parent>person</parent></label></labels></task></meta>\n"
)
POINTS = (
    '<points label="tail" outside="0" occluded="1" points="30,40"/><points label="nose" outside="0" occluded="0" points="10,20"/>'
)


def test_a_skeleton_has_named_points(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    hidden = '<points label="nose" outside="1" points="5,5"/><points label="tail" points="30,40"/>'
    text(
        tmp_path / "a.xml",
        f'<annotations>{SKELETON}<image name="a.png" width="120" height="90"><skeleton label="person">{POINTS}</skeleton>'
        f'<skeleton label="person">{hidden}</skeleton></image></annotations>',
    )
    reading = read(tmp_path)
    first, second = reading.records[0].shapes
    assert first.keypoints is not None
    assert second.keypoints is not None
    assert (first.keypoints.skeleton.names, first.keypoints.skeleton.bones) == (("nose", "tail"), ((1, 0),))
    assert first.keypoints.points == ((10.0, 20.0, 2), (30.0, 40.0, 1))
    assert second.keypoints.points == ((0.0, 0.0, 0), (30.0, 40.0, 2))
    assert (first.box, second.box, reading.classes) == ((10.0, 20.0, 20.0, 20.0), None, ("person",))
