from __future__ import annotations

import tomllib

from mlscaffold.evidence.acceptance import Threshold
from mlscaffold.evidence.requirements import Wish
from mlscaffold.workflows.fill_acceptance import compare, filled

TABLES = b"""# When is it good enough?
schema = 1

[metric]
optimise = "accuracy" # the one

[[thresholds]] # agreed in May
metric = "accuracy"
min = 0.9

[[thresholds]]
metric = "latency_p95_ms"
target = "onnx"
device = "Pixel 8"
max = 100

# [[thresholds]]
# an example

[tolerable]
error = 0.03
"""
INLINE = b'schema = 1\nthresholds = [\n    { metric = "accuracy", min = 0.85 },\n]\n'


def wishes(*found: Threshold) -> tuple[Wish, ...]:
    return tuple(Wish(threshold, "row") for threshold in found)


def test_equal_new_and_different() -> None:
    asked = wishes(Threshold("accuracy", 0.95), Threshold("latency_p95_ms", max=100), Threshold("recall", 0.9, of_class="rose"))
    filling = compare(asked, TABLES)
    assert [d.text for d in filling.different] == ["accuracy ≥ 0.9 on test; the document asks ≥ 0.95"]
    assert [t.metric for t in filling.equal] == ["latency_p95_ms"]  # its target and device were left open in the document
    assert [t.text for t in filling.new] == ["recall of rose ≥ 0.9 on test"]
    assert filling.unnamed == ()


def test_comments_and_everything_else_stay() -> None:
    filling = compare(wishes(Threshold("accuracy", 0.95), Threshold("size_bytes", max=5_000_000.0)), TABLES)
    made = filled(TABLES, filling, {0}).decode()
    assert (
        made.replace("min = 0.95", "min = 0.9").replace('\n\n[[thresholds]]\nmetric = "size_bytes"\nmax = 5000000', "")
        == TABLES.decode()
    )
    # Right below the last threshold: the comments further down belong to what follows them.
    assert made.index("size_bytes") < made.index("# [[thresholds]]")
    kept = tomllib.loads(filled(TABLES, filling, set()).decode())
    assert [t.get("min") for t in kept["thresholds"]] == [0.9, None, None]


def test_an_array_in_one_place_a_file_without_thresholds_and_no_file() -> None:
    asked = wishes(Threshold("accuracy", 0.95), Threshold("recall", 0.9, of_class="a class", split="validation"))
    filling = compare(asked, INLINE)
    assert tomllib.loads(filled(INLINE, filling, {0}).decode())["thresholds"] == [
        {"metric": "accuracy", "min": 0.95},
        {"metric": "recall", "class": "a class", "split": "validation", "min": 0.9},
    ]
    for data in (b"schema = 1\n[metric]\noptimise = 'accuracy'\n", None):
        made = tomllib.loads(filled(data, compare(asked, data), set()).decode())
        assert [t["metric"] for t in made["thresholds"]] == ["accuracy", "recall"]


def test_of_two_that_fit_none_is_guessed() -> None:
    twice = TABLES.replace(b'metric = "accuracy"\nmin', b'metric = "latency_p95_ms"\ndevice = "Pixel 6"\nmax').replace(
        b"max = 0.9", b"max = 200"
    )
    filling = compare(wishes(Threshold("latency_p95_ms", max=50)), twice)
    assert [t.text for t in filling.new] == ["latency_p95_ms ≤ 50"]
