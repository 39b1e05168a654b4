"""Stories of tables that people send: what is real in them, and what is not."""

import gzip
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import Broken
from mlscaffold.evidence.roles import Roles, Unclear
from mlscaffold.model import Finding, Status
from mlscaffold.reports.audit.content import Audit
from mlscaffold.workflows.audit import audit
from tests.datasets.pictures import put

CLASSES = ("cat", "dog", "owl")


def rows(n: int = 300, accuracy: float = 0.9, seed: int = 0) -> list[tuple[str, str, str]]:
    """(file, label, prediction) with names that mean something."""
    dice = random.Random(seed)
    result = []
    for _ in range(n):
        label = dice.choice(CLASSES)
        said = label if dice.random() < accuracy else dice.choice([c for c in CLASSES if c != label])
        result.append((f"{dice.getrandbits(48):012x}.jpg", label, said))
    return result


def table(path: Path, content: Sequence[Sequence[object]], header: str = "file,label,prediction") -> Path:
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in content)]) + "\n", encoding="utf-8")
    return path


def one(found: Audit, name: str) -> Finding:
    matching = [f for f in found.findings if f.check == f"audit.{name}"]
    assert len(matching) == 1, [f.check for f in found.findings]
    return matching[0]


def ids(found: Audit) -> set[str]:
    return {f.check.removeprefix("audit.") for f in found.findings}


def test_a_sound_table_holds(tmp_path: Path) -> None:
    content = rows()
    train = table(tmp_path / "train.csv", [(f"t{a}", b) for a, b, _ in rows(seed=5)], "file,label")
    found = audit(table(tmp_path / "p.csv", content), train=train)
    assert found.holds and not found.findings
    right = sum(a == b for _, a, b in content) / 300
    first = found.numbers[0]
    assert first.value == first.counted == pytest.approx(right)
    assert first.low is not None and first.high is not None and first.low < right < first.high
    assert found.baseline.beaten and found.verdict.startswith(f"{right:.3f} holds")
    assert [row.support for row in found.classes] and sum(row.support for row in found.classes) == 300


def test_leaked_rows_by_name_and_the_number_without_them(tmp_path: Path) -> None:
    content = rows(200, accuracy=0.7)
    easy = [(name, label, label) for name, label, _ in rows(100, seed=3)]
    train = table(tmp_path / "train.csv", [(f"train/{a.replace('jpg', 'png')}", b) for a, b, _ in easy], "image,class")
    found = audit(table(tmp_path / "p.csv", [*content, *easy]), train=train)
    leak = one(found, "leaked")
    assert leak.status is Status.FAIL
    assert leak.message == "100 of 300 rows are in train.csv too (100 same name)"
    assert leak.evidence[0].line == 202
    assert leak.effect is not None
    assert leak.effect.corrected == pytest.approx(sum(a == b for _, a, b in content) / 200)
    assert found.counted == 200 and "is not real: without the leaked rows" in found.verdict


def test_names_that_only_count_are_no_proof(tmp_path: Path) -> None:
    content = [(f"test/{i:04}.png", label, said) for i, (_, label, said) in enumerate(rows())]
    train = table(tmp_path / "train.csv", [(f"train/{i:04}.png", "cat") for i in range(900)], "path,label")
    found = audit(table(tmp_path / "p.csv", content), train=train)
    assert "leaked" not in ids(found)
    assert "300 names occur in train.csv too, but both lists only count" in one(found, "names").message
    random_part = [(f"all/{i * 7 + 3:05}.png", label, said) for i, (_, label, said) in enumerate(rows())]
    train = table(tmp_path / "train.csv", [(random_part[i][0], random_part[i][1]) for i in range(20)], "path,label")
    assert one(audit(table(tmp_path / "p.csv", random_part), train=train), "leaked").message.startswith("20 of 300")


def test_texts_leak_in_any_case_and_spacing(tmp_path: Path) -> None:
    content = [(f"Where is my card number {i}?", label, said) for i, (_, label, said) in enumerate(rows())]
    train = table(tmp_path / "t.csv", [(f"WHERE is my  card number {i}?", "cat") for i in (3, 5)], "text,label")
    found = audit(table(tmp_path / "p.csv", content, "text,label,prediction"), train=train)
    assert one(found, "leaked").message == "2 of 300 rows are in t.csv too (2 same text)"


def test_a_table_with_a_split_column_trains_on_its_training_rows_only(tmp_path: Path) -> None:
    content = rows()
    splits = [(a, b, "train" if i < 4 else "test") for i, (a, b, _) in enumerate(content)]
    found = audit(table(tmp_path / "p.csv", content), train=table(tmp_path / "s.csv", splits, "path,label,split"))
    assert one(found, "leaked").message.startswith("4 of 300")


def test_pictures_decide(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    content = rows(60)
    for i, (name, _, _) in enumerate(content):
        put(folder / "test" / name.replace("jpg", "png"), i)
    content = [(f"test/{name.replace('jpg', 'png')}", a, b) for name, a, b in content]
    first, second = folder / content[0][0], folder / content[1][0]
    (folder / "train").mkdir()
    (folder / "train/a.png").write_bytes(first.read_bytes())
    Image.open(second).save(folder / "train/b.png", compress_level=1, optimize=False)
    put(folder / "train/c.png", 999)
    (folder / "bomb.png").write_bytes(b"not a picture")
    outside = tmp_path / "secret.png"
    put(outside, 5000)
    content += [
        ("../secret.png", "cat", "cat"),
        (str(outside), "cat", "cat"),
        ("gone.png", "cat", "cat"),
        ("bomb.png", "dog", "dog"),
    ]
    found = audit(table(tmp_path / "p.csv", content), images=folder, train=folder / "train")
    assert one(found, "leaked").message.startswith("2 of 64 rows are in train too (1 same file, 1 same pixels")
    assert one(found, "outside").message == "2 of 64 pictures lead out of pictures and were not opened: not compared"
    assert "1 of 64 pictures are not in pictures" in one(found, "missing-pictures").message
    assert "1 of 64" in one(found, "broken-pictures").message


def test_doubles_count_once_and_contradictions_set_a_ceiling(tmp_path: Path) -> None:
    content = rows(100, accuracy=0.8)
    again = [(name, "owl" if label != "owl" else "cat", said) for name, label, said in content[:5]]
    found = audit(table(tmp_path / "p.csv", [*content, *content[10:30], *again]))
    assert one(found, "doubled").message == "25 rows repeat an earlier one (25 same path); each example counts once"
    assert found.counted == 100
    assert one(found, "contradictory").message.startswith("5 examples stand with different labels")
    assert found.ceiling == pytest.approx(1 - 5 / 125)


def test_repeated_patients_are_groups_that_widen_the_interval(tmp_path: Path) -> None:
    dice = random.Random(1)
    content = []
    for patient in range(30):
        good = dice.random() < 0.8
        content += [
            (f"p{patient}", dice.random(), "cat" if i % 2 else "dog", "cat" if (i % 2) == good else "dog") for i in range(20)
        ]
    alone = audit(table(tmp_path / "a.csv", [row[1:] for row in content], "noise,label,prediction"))
    path = table(tmp_path / "p.csv", content, "patient,noise,label,prediction")
    grouped = audit(path, columns=Roles(group="patient"))
    assert grouped.groups == 30
    assert _width(grouped) > 2 * _width(alone)
    named = audit(table(tmp_path / "n.csv", content, "image_id,noise,label,prediction"))
    assert named.groups == 30 and "doubled" not in ids(named)


def _width(found: Audit) -> float:
    first = found.numbers[0]
    assert first.low is not None and first.high is not None
    return first.high - first.low


def test_no_better_than_always_the_same(tmp_path: Path) -> None:
    content = [(i, "no" if i % 20 else "yes", "no") for i in range(400)]
    found = audit(table(tmp_path / "p.csv", content, "id,label,prediction"))
    assert {"constant", "baseline"} <= ids(found)
    assert found.verdict.startswith('0.950 (0.924 to 0.967) is no better than always saying "no", which reaches 0.950.')


def test_a_weak_slice_is_found_and_an_even_one_is_not(tmp_path: Path) -> None:
    content = [(*row, "night" if i % 5 == 0 else "day", i % 3) for i, row in enumerate(rows(600, accuracy=0.95))]
    spoiled = [(a, b, "owl" if light == "night" and i % 2 else c, light, x) for i, (a, b, c, light, x) in enumerate(content)]
    header = "file,label,prediction,light,camera"
    assert not audit(table(tmp_path / "p.csv", content, header)).weak
    found = audit(table(tmp_path / "p.csv", spoiled, header))
    assert [(s.column, s.value, s.n) for s in found.weak] == [("light", "night", 120)]
    assert 'where light is "night" (n = 120)' in one(found, "weak-slices").message


def test_confidences_that_promise_too_much(tmp_path: Path) -> None:
    content = [(*row, 0.99) for row in rows(500, accuracy=0.8)]
    found = audit(table(tmp_path / "p.csv", content, "file,label,prediction,confidence"))
    assert "Confidences are too sure: 0.990 on average" in one(found, "calibration").message
    assert found.trust is not None and found.trust.error > found.trust.limit
    honest = [(*row, 0.8) for row in rows(500, accuracy=0.8)]
    assert "calibration" not in ids(audit(table(tmp_path / "p.csv", honest, "file,label,prediction,confidence")))


def test_probability_columns_that_contradict(tmp_path: Path) -> None:
    content: list[Sequence[object]] = []
    for i, (name, label, said) in enumerate(rows(100, accuracy=0.9)):
        content.append((name, label, said, *(0.8 if c == said else 0.1 for c in CLASSES)))
        if i == 3:
            content[-1] = (name, label, said, *(0.05 if c == said else 0.475 for c in CLASSES))
        if i == 4:
            content[-1] = (name, label, said, *(0.8 if c == said else 0.4 for c in CLASSES))
        if i == 5:
            content[-1] = (name, label, said, "high", 0.1, 0.1)
    header = "file,label,prediction," + ",".join(f"p:{c}" for c in CLASSES)
    found = audit(table(tmp_path / "p.csv", content, header))
    assert one(found, "argmax").evidence[0].line == 5
    assert one(found, "sum").message == "The probabilities of 1 rows do not sum to 1"
    assert one(found, "not-a-number").evidence[0].line == 7
    without = [(row[0], row[1], *row[3:]) for row in content]
    for prefix in ("prob_", ""):
        header = "file,label," + ",".join(f"{prefix}{c}" for c in CLASSES)
        assert audit(table(tmp_path / "q.csv", without, header)).numbers[0].value > 0.8


def test_binary_scores_without_predictions(tmp_path: Path) -> None:
    dice = random.Random(2)
    content = [
        (f"{dice.getrandbits(40):x}", yes := dice.randrange(2), round(0.7 * yes + 0.3 * dice.random(), 3)) for _ in range(300)
    ]
    found = audit(table(tmp_path / "p.csv", content, "id,y_true,y_score"))
    assert dict(found.roles)["positive"] == "1"
    assert found.numbers[0].value == 1.0
    assert [row.name for row in found.numbers] == ["accuracy", "macro F1", "balanced accuracy", "ROC AUC"]
    assert audit(table(tmp_path / "q.csv", content, "id,y_true,y_pred")).numbers[0].value == 1.0
    named = [(a, "red" if b else "blue", c) for a, b, c in content]
    with pytest.raises(UsageError) as error:
        audit(table(tmp_path / "p.csv", named, "id,label,score"))
    assert error.value.hint == "Add --positive red"
    assert audit(tmp_path / "p.csv", columns=Roles(positive="red")).numbers[0].value == 1.0


def test_the_best_of_many_looks(tmp_path: Path) -> None:
    found = audit(table(tmp_path / "p.csv", rows(100)), looks=20)
    assert 0.03 < found.luck < 0.1
    assert "The best of 20 looks at 100 rows is up to" in one(found, "looks").message
    assert "Chosen as the best of several looks" in found.verdict


def test_classes_that_are_not_the_same(tmp_path: Path) -> None:
    content = rows(200)
    numbered = [(a, b, CLASSES.index(c)) for a, b, c in content]
    found = audit(table(tmp_path / "p.csv", numbered))
    assert "No label is ever predicted" in one(found, "no-common-class").message and "means nothing" in found.verdict
    capital = [(a, b, c.upper() if i < 30 else c) for i, (a, b, c) in enumerate(content)]
    spelled = one(audit(table(tmp_path / "p.csv", capital)), "spelling")
    assert spelled.effect is not None and spelled.effect.corrected > spelled.effect.reported
    floats = [(a, f"{CLASSES.index(b)}.0", CLASSES.index(c)) for a, b, c in content]
    sound = audit(table(tmp_path / "p.csv", floats))
    assert sound.holds and [row.name for row in sound.classes if row.support] and sound.numbers[0].value > 0.8
    other = [(a, b, "bat" if i < 4 else c) for i, (a, b, c) in enumerate(content)]
    assert 'class "bat" that no label has' in one(audit(table(tmp_path / "p.csv", other)), "unknown-class").message


def test_missing_labels_and_predictions(tmp_path: Path) -> None:
    content = [(a, "" if i < 7 else b, "nan" if 10 <= i < 13 else c) for i, (a, b, c) in enumerate(rows(100))]
    found = audit(table(tmp_path / "p.csv", content))
    assert one(found, "unlabelled").message == "7 rows have no label and are left out"
    assert one(found, "unanswered").message == "3 rows have no prediction; they count as wrong"
    assert (found.rows, found.labelled) == (100, 93)
    assert all(row.name for row in found.classes)


def test_a_class_called_none_is_a_class(tmp_path: Path) -> None:
    content = [(a, "None" if b == "owl" else b, "None" if c == "owl" else c) for a, b, c in rows(100)]
    found = audit(table(tmp_path / "p.csv", content))
    assert found.labelled == 100 and "None" in [row.name for row in found.classes]


def test_tables_of_every_kind_say_the_same(tmp_path: Path) -> None:
    content = rows(120)
    text = "\n".join(["file;label;prediction", *(";".join(row) for row in content)])
    expected = audit(table(tmp_path / "p.csv", content)).numbers
    for name, data in {
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "utf16": text.encode("utf-16"),
        "tabs": text.replace(";", "\t").replace("\n", "\r\n").encode(),
        "gzip": gzip.compress(text.encode()),
    }.items():
        (tmp_path / name).write_bytes(data)
        assert audit(tmp_path / name).numbers == expected, name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("file,label,prediction\n", "no rows"),
        ("file,label,prediction\na,,x\n", "no row has a label"),
        ("a,b\n1,2\n", "the column of the label is not recognised; there are a, b"),
        ("label,other\ncat,1\n", "the column of the prediction is not recognised"),
        ("file,label,prediction\na,b\n", "has 2 cells; the header has 3"),
        ("label,prediction\n" + "".join(f"{i}.5,{i}.25\n" for i in range(200)), "look like quantities, not classes"),
    ],
)
def test_what_cannot_be_audited_is_one_clear_error(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(ScaffoldError) as error:
        audit(path)
    assert words in error.value.message


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\x00\x01\x02" * 50)
    with pytest.raises(Broken):
        audit(tmp_path / "x.csv")
    with pytest.raises(UsageError):
        audit(tmp_path)
    with pytest.raises(UsageError):
        audit(tmp_path / "none.csv")


def test_two_columns_of_labels_are_a_question(tmp_path: Path) -> None:
    content = [(b, "cat", c) for _, b, c in rows(50)]
    path = table(tmp_path / "p.csv", content, "label,target,prediction")
    with pytest.raises(Unclear) as error:
        audit(path)
    assert (error.value.role, error.value.candidates, error.value.hint) == ("label", ("label", "target"), "Add --label COLUMN")
    assert audit(path, columns=Roles(label="label")).numbers[0].value > 0.8
    same = [(b, b, c) for _, b, c in rows(50)]
    assert dict(audit(table(path, same, "label,target,prediction")).roles)["label"] == "label"


def test_one_class_and_one_row(tmp_path: Path) -> None:
    found = audit(table(tmp_path / "p.csv", [("a", "cat", "cat")]))
    assert "one-class" in ids(found) and not found.holds
    assert found.verdict.startswith("1.000 says little")
    few = audit(table(tmp_path / "p.csv", rows(12, accuracy=1.0)))
    assert "on 12 rows says little" in few.verdict


def test_everything_leaked_leaves_nothing(tmp_path: Path) -> None:
    content = rows(50)
    path = table(tmp_path / "p.csv", content)
    found = audit(path, train=path)
    assert found.counted == 0 and "no row is left" in found.verdict


def test_infinite_and_empty_probabilities_are_told(tmp_path: Path) -> None:
    content = [(*row, *(0.8 if c == row[2] else 0.1 for c in CLASSES)) for row in rows(60)]
    content[2] = (*content[2][:3], "inf", "-inf", "")
    found = audit(table(tmp_path / "p.csv", content, "file,label,prediction," + ",".join(f"p:{c}" for c in CLASSES)))
    assert one(found, "not-a-number").evidence[0].line == 4
    assert found.trust is not None and found.trust.n == 59


@pytest.mark.parametrize(
    ("labels", "predictions"),
    [(("True", "False"), ("1", "0")), (("TRUE", "FALSE"), ("True", "False")), (("1", "0"), ("true", "false")), (("0", "1"), ("0.0", "1.0"))],
)  # fmt: skip
def test_truth_is_truth_however_it_is_written(tmp_path: Path, labels: tuple[str, str], predictions: tuple[str, str]) -> None:
    cells = [(labels[i % 2], predictions[i % 2 if i % 10 else 1 - i % 2]) for i in range(100)]
    found = audit(table(tmp_path / "p.csv", cells, "label,prediction"))
    assert found.numbers[0].value == pytest.approx(0.9) and {row.name for row in found.classes} == set(labels)


def test_names_that_all_differ_in_case_are_a_matter_of_spelling(tmp_path: Path) -> None:
    found = audit(table(tmp_path / "p.csv", [(a, b, c.upper()) for a, b, c in rows(100)]))
    assert one(found, "spelling").effect and "no-common-class" not in ids(found)
    assert "spelled in two ways" in found.verdict


@pytest.mark.parametrize("join", ["{}|{}", "['{}', '{}']", "{}, {}"])
def test_several_labels_a_row_are_told(tmp_path: Path, join: str) -> None:
    dice = random.Random(1)
    cells = [[f'"{join.format(*sorted(dice.sample(CLASSES, 2)))}"' for _ in range(2)] for _ in range(60)]
    assert "several classes at once" in one(audit(table(tmp_path / "p.csv", cells, "label,prediction")), "several-labels").message


def test_a_comma_in_a_name_is_a_comma(tmp_path: Path) -> None:
    names = {"cat": '"cat, Felis catus"', "dog": '"dog, Canis"', "owl": '"owl, Strix"'}
    found = audit(table(tmp_path / "p.csv", [(a, names[b], names[c]) for a, b, c in rows(100)]))
    assert "several-labels" not in ids(found)


def test_quantities_are_no_classes(tmp_path: Path) -> None:
    dice = random.Random(2)
    ages = [(age, age + dice.randint(-4, 4)) for age in (dice.randint(18, 90) for _ in range(300))]
    found = audit(table(tmp_path / "p.csv", ages, "y_true,y_pred"))
    assert "quantities" in ids(found) and "says nothing" in found.verdict
    numbers = [(k := dice.randrange(77), k if dice.random() < 0.8 else dice.randrange(77)) for _ in range(600)]
    assert "quantities" not in ids(audit(table(tmp_path / "p.csv", numbers, "label,prediction")))
    with pytest.raises(UsageError, match="quantities"):
        audit(table(tmp_path / "p.csv", [(i % 3, f"{dice.random() * 3:.4f}") for i in range(300)], "y_true,y_pred"))


def test_a_column_that_says_what_is_right_is_no_slice(tmp_path: Path) -> None:
    content = rows(300, accuracy=0.6)
    cells = [
        (*row, str(row[1] == row[2]), "" if row[1] == row[2] else "+", "north" if row[1] == row[2] else "south")
        for row in content
    ]
    found = audit(table(tmp_path / "p.csv", cells, "file,label,prediction,correct,error,site"))
    assert {weak.column for weak in found.weak} == {"site"}


def test_luck_is_never_more_than_the_number(tmp_path: Path) -> None:
    found = audit(table(tmp_path / "p.csv", rows(20)), looks=10**20)
    assert found.luck == found.numbers[0].value


LISTS = {
    "of paths": "{}\n",
    "of paths and labels": "{} 3\n",
    "of paths and labels, by tabs": "{}\tcat\n",
    "of Windows": "D:\\data\\{}\r\n",
}


@pytest.mark.parametrize("kind", LISTS)
def test_lists_of_training_pictures_need_no_header(tmp_path: Path, kind: str) -> None:
    content = rows(100)
    train = tmp_path / "train.txt"
    train.write_text("".join(LISTS[kind].format(name) for name, _, _ in [*content[:10], *rows(50, seed=9)]))
    found = audit(table(tmp_path / "p.csv", content), train=train)
    assert one(found, "leaked").message.startswith("10 of 100 rows are in train.txt too")


@pytest.mark.parametrize(
    ("column", "cells", "words"), [("split", ("test", "val"), "names no row of train"), ("fold", ("0", "1"), "tells folds")]
)
def test_a_table_without_training_rows_is_no_proof_of_a_leak(
    tmp_path: Path, column: str, cells: tuple[str, str], words: str
) -> None:
    content = rows(100)
    train = table(tmp_path / "all.csv", [(a, b, cells[i % 2]) for i, (a, b, _) in enumerate(content)], f"file,label,{column}")
    with pytest.raises(UsageError, match=words):
        audit(table(tmp_path / "p.csv", content), train=train)


@pytest.mark.parametrize("text", ['[{"label": "a"}]', '{"label": "a"}\n{"label": "b"}\n'])
def test_json_is_told_as_that(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(UsageError, match="is JSON, no table") as error:
        audit(tmp_path / "p.json")
    assert "to_csv" in error.value.hint
