from __future__ import annotations

import pytest

from mlscaffold.evidence import requirements

CLASSES = ("rose", "8", "玫瑰")


def texts(*rows: tuple[str, ...]) -> list[str]:
    return [wish.threshold.text for wish in requirements.read(rows, CLASSES).wishes]


def test_columns_of_their_own() -> None:
    header = ("Metric", "Class", "At least", "At most", "Device", "Target")
    found = texts(
        header,
        ("Accuracy", "", "95 %", "", "", ""),
        ("recall", "Rose", "0,9", "", "", ""),
        ("", "tulip", ".8", "", "", ""),
        ("Latency (p95)", "all", "", "0.1 s", "Pixel 8", "LiteRT"),
        ("Size of the model", "", "", "5 MB", "", "onnx"),
        ("f1_macro", "", "0.7", "", "", ""),
    )
    assert found == [
        "accuracy ≥ 0.95 on test", "recall of rose ≥ 0.9 on test", "recall of tulip ≥ 0.8 on test",
        "latency_p95_ms ≤ 100 of litert on Pixel 8", "size_bytes ≤ 5,000,000 of onnx", "f1_macro ≥ 0.7 on test",
    ]  # fmt: skip


def test_one_column_of_words() -> None:
    assert texts(
        ("requirement", "number"),
        ("accuracy on the test set", "at least 0.95"),
        ("recall of the class 8, the hardest to tell", "0.85"),
        ("one digit on the desk's computer", "50 ms at most"),
        ("the model file stays small", "under 5,000,000 bytes"),
        ("log loss", "0.4"),
    ) == [
        "accuracy ≥ 0.95 on test",
        "recall of 8 ≥ 0.85 on test",
        "latency_p95_ms ≤ 50",
        "size_bytes ≤ 5,000,000",
        "log_loss ≤ 0.4 on test",
    ]


def test_german_and_chinese() -> None:
    assert texts(
        ("Anforderung", "Klasse", "Zielwert", "Gerät"),
        ("Genauigkeit", "alle", "mindestens 95 Prozent", ""),
        ("Trefferquote", "Rose", "0,9", ""),
        ("F1 (gewichtet)", "", "0,8", ""),
        ("Antwortzeit", "", "höchstens 1,5 Sekunden", "Pixel 8"),
    ) == [
        "accuracy ≥ 0.95 on test",
        "recall of rose ≥ 0.9 on test",
        "f1_weighted ≥ 0.8 on test",
        "latency_p95_ms ≤ 1,500 on Pixel 8",
    ]
    assert texts(("指标", "类别", "最小值", "设备"), ("准确率", "", "0.95", ""), ("玫瑰的召回率", "", "90%", ""), ("延迟", "", "不超过 100 毫秒", "手机")) == [
        "accuracy ≥ 0.95 on test", "recall of 玫瑰 ≥ 0.9 on test", "latency_p95_ms ≤ 100 on 手机",
    ]  # fmt: skip


def test_what_is_not_understood_is_told_and_what_is_no_metric_is_left() -> None:
    found = requirements.read(
        (
            ("Requirement", "Value"),
            ("Accuracy", "95"),
            ("Accuracy", "0.8 to 0.9"),
            ("Recall", "high"),
            ("Accuracy", "at most 0.9"),
            ("Kept for", "30 days"),
            ("Colour", ""),
        )
    )
    assert [why for _, why in found.unread] == [
        "accuracy cannot be 95; is 0.95 meant?",
        '"0.8 to 0.9" holds 2 numbers',
        '"high" is no number',
        "bounds accuracy on the wrong side: higher is better",
    ]
    assert (found.wishes, len(found.others)) == ((), 1)


@pytest.mark.parametrize("rows", [(), (("a", "b"), ("1", "2")), (("Requirement", "Why"), ("Accuracy", "0.9"))])
def test_other_tables_ask_for_nothing(rows: tuple[tuple[str, ...], ...]) -> None:
    assert requirements.read(rows) == requirements.Requirements()


def test_a_test_set_with_a_name() -> None:
    found = texts(("Metric", "At least", "Split"), ("accuracy", "0.8", "test-night"), ("recall_macro", "0.8", "Test set"))
    assert found == ["accuracy ≥ 0.8 on test-night", "recall_macro ≥ 0.8 on test"]


def test_times_by_their_unit_error_rates_and_what_nothing_measures() -> None:
    rows = [
        ["requirement", "number"],
        ["answer time", "at most 0.2 s"],
        ["time of the project", "6 months"],
        ["error rate", "at most 3 %"],
        ["throughput", "30 fps"],
    ]
    found = requirements.read(rows)
    assert [(w.threshold.metric, w.threshold.max) for w in found.wishes] == [("latency_p95_ms", 200)]
    assert [row for row, _ in found.unread] == ["error rate | at most 3 %"] and "1 - accuracy" in found.unread[0][1]
    assert found.others == ("time of the project | 6 months", "throughput | 30 fps")
