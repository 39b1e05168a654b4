from mlscaffold.datasets.record import KeyPoints, Shape, Skeleton
from mlscaffold.datasets.tracks import between, filled, frames_of


def test_frames_are_told_by_cvats_names_then_by_numbers_then_by_order() -> None:
    own = frames_of(["frame_000004.PNG", "frame_000005.PNG", "cover.png"], [4], start=0, step=1, size=None)
    assert not isinstance(own, str)
    assert own.numbers == {"frame_000004.PNG": 4, "frame_000005.PNG": 5}
    ends = frames_of(["v-7.png", "v-9.png"], [9], start=0, step=1, size=None)
    assert not isinstance(ends, str)
    assert ends.numbers == {"v-7.png": 7, "v-9.png": 9}
    order = frames_of(["b.png", "a.png"], [4], start=4, step=2, size=2)
    assert not isinstance(order, str)
    assert order.numbers == {"a.png": 4, "b.png": 6}
    assert "does not say how many" in str(frames_of(["a.png"], [0], start=0, step=1, size=None))


def test_an_object_is_there_from_its_first_frame_until_it_is_outside() -> None:
    track = {2: Shape("a", (0, 0, 2, 2)), 4: Shape("a", (4, 0, 2, 2)), 6: None, 8: Shape("a", (9, 0, 2, 2))}
    found, made, missed = filled(track, range(12))
    assert {frame: shape.box and shape.box[0] for frame, shape in sorted(found.items())} == {2: 0, 3: 2.0, 4: 4, 5: 4, 8: 9}
    assert (made, missed) == (2, 0)


def test_the_way_between_two_objects() -> None:
    skeleton = Skeleton(("nose", "tail"))
    first = Shape("a", keypoints=KeyPoints(skeleton, ((0, 0, 2), (4, 4, 2))), points=(0, 0))
    second = Shape("a", keypoints=KeyPoints(skeleton, ((8, 0, 1), (0, 0, 0))), points=(2, 4))
    middle = between(first, second, 0.5)
    assert middle is not None
    assert middle.keypoints is not None
    assert (middle.keypoints.points, middle.points) == (((4.0, 0.0, 2), (4, 4, 2)), (1.0, 2.0))
    assert between(Shape("a", (0, 0, 1, 1), angle=350), Shape("a", (0, 0, 1, 1), angle=10), 0.5) == Shape(
        "a", (0, 0, 1, 1), angle=0.0
    )
    assert between(first, Shape("a", (0, 0, 1, 1)), 0.5) is None
    assert between(Shape("a", rings=((0, 0, 1, 0, 1, 1),)), Shape("a", rings=((0, 0, 1, 0, 1, 1, 0, 1),)), 0.5) is None
