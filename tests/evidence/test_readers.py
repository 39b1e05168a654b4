from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable

import pytest

from mlscaffold.evidence import (
    Broken,
    acceptance,
    curves,
    deployment,
    evaluations,
    exports,
    fields,
    literature,
    predictions,
    runs,
    sources,
    studies,
    tables,
)

D = "ab" * 32

ACCEPTANCE = """
[metric]
optimise = "f1_macro"
[[thresholds]]
metric = "recall"
class = "rose"
min = 0.9
[[thresholds]]
metric = "latency_p95_ms"
target = "onnx"
max = 50
[tolerable]
error = 0.02
[baseline]
rule = "majority"
"""


def told(read: Callable[[bytes, str], object], text: str | bytes, path: str = "file.toml") -> str:
    with pytest.raises(Broken) as caught:
        read(text if isinstance(text, bytes) else text.encode(), path)
    return f"{caught.value.message} | {caught.value.hint}"


def test_acceptance_and_its_thresholds() -> None:
    found = acceptance.read(ACCEPTANCE.encode(), "acceptance.toml")
    assert found.optimise == "f1_macro" and found.error == 0.02 and found.drop == 0.01
    assert [t.text for t in found.thresholds] == ["recall of rose ≥ 0.9 on test", "latency_p95_ms ≤ 50 of onnx"]
    assert found.thresholds[0].holds(0.9) and not found.thresholds[1].holds(51)
    swapped = ACCEPTANCE.replace("0.9", "0.90").replace("[tolerable]\nerror = 0.02", "") + "[tolerable]\nerror=0.02"
    other = acceptance.read(swapped.encode(), "acceptance.toml")
    assert acceptance.meaning(found) == acceptance.meaning(other)
    assert acceptance.meaning(found, "metric") == {"metric": {"optimise": "f1_macro"}}
    assert acceptance.read(b"", "acceptance.toml").optimise == ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("f1_macro", "f1-makro", 'Is "f1_macro" meant?'),
        ("min = 0.9", "min = 90", "Is 0.9 meant?"),
        ("min = 0.9", "max = 0.9", "higher is better"),
        ("min = 0.9", "", "neither min nor max"),
        ('class = "rose"\n', "", "recall_macro"),
        ("error = 0.02", "error = true", "a number is wanted"),
        ("error = 0.02", "error = nan", "finite"),
        ('"majority"', '"majorty"', 'Is "majority" meant?'),
    ],
)
def test_acceptance_that_is_broken(old: str, new: str, words: str) -> None:
    assert words in told(acceptance.read, ACCEPTANCE.replace(old, new))


def test_tables_as_spreadsheets_save_them() -> None:
    plain = tables.read(b"path,label\na.png,rose\n\nb.png,lys\n", "a.csv")
    assert [row.line for row in plain.rows] == [2, 4]
    variants = (
        "\ufefflabel;path\r\nlys;b.png\r\nrose;a.png\r\n".encode(),
        "path\tlabel\na.png\trose\nb.png\tlys\n".encode("utf-16"),
        gzip.compress(b"path,label,\na.png,rose,\nb.png,lys,\n", mtime=0),
    )
    for data in variants:
        assert tables.meaning(tables.read(data, "a.csv")) == tables.meaning(plain)
    german = tables.read("label;value\nBlüte;0,87\n".encode("cp1252"), "a.csv")
    assert german.rows[0]["label"] == "Blüte" and german.number(german.rows[0], "value") == 0.87
    pointed = tables.read("label,value\nBlüte,0.87\n".encode(), "a.csv")
    assert tables.meaning(german) == tables.meaning(pointed)
    assert tables.meaning(tables.read(b"label,value\n1;2,x\n", "a.csv")) != tables.meaning(
        tables.read(b"label;value\n1,2;x\n", "a.csv")
    )
    assert tables.meaning(plain, "label=rose", columns=("label",)) == {"columns": ["label"], "rows": [["rose"]]}
    quoted = tables.read(b'path,note\na,"two\nlines"\nb,x\n', "a.csv")
    assert [row.line for row in quoted.rows] == [2, 4]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "file.csv:1: is empty"),
        (b"a,a\n", "two columns"),
        (b"a,b\n1,2\n3\n", "file.csv:3: has 1 cells; the header has 2"),
        (b"a,b\n1,2,3\n", "file.csv:2: has 3 cells"),
        (b"a,b\n1,\0\n", "NUL"),
        (b'a,b\n1,"x\n', "not valid CSV"),
        (gzip.compress(b"a,b\n", mtime=0)[:-6], "damaged gzip"),
    ],
)
def test_tables_that_are_broken(data: bytes, words: str) -> None:
    assert words in told(tables.read, data, "file.csv")


def test_curves_of_our_layout_and_of_lightning_are_the_same() -> None:
    ours = curves.read(b"epoch,train_loss,train_acc,val_loss,val_acc,lr\n0,1,0.5,2,0.4,0.1\n1,nan,0.6,1,0.5,0.1\n", "metrics.csv")
    text = "epoch,lr-Adam,step,train_acc,train_loss_epoch,train_loss_step,val_acc,val_loss\n"
    text += ",0.1,0,,,,,\n0,,1,,,3,,\n0,,1,,,,0.4,2\n0,,1,0.5,1,,,\n,0.1,2,,,,,\n1,,3,,,,0.5,1\n1,,3,0.6,nan,,,\n"
    theirs = curves.read(text.encode(), "metrics.csv")
    assert ours.column("val_acc") == (0.4, 0.5)
    assert math.isnan(ours.epochs[1].get("train_loss"))
    assert theirs.repeated == () and theirs.column("lr") == (0.1, 0.1)
    select = "train_loss,train_acc,val_loss,val_acc,lr"
    assert curves.meaning(theirs, select) == curves.meaning(ours, select)
    best = ours.best("val_loss", "min")
    assert best and (best.epoch, best.line) == (1, 3)
    assert curves.read(b"epoch,val_acc\n0,1\n0,0.5\n", "m.csv").repeated == (0,)
    assert curves.read(b"epoch,val_acc\n", "m.csv").epochs == ()


GOOD = "path,label,prediction,p:rose,p:lys\ntest/a,rose,rose,0.7,0.3\ntest/b,lys,rose,0.6,0.4\n"


def test_predictions() -> None:
    found = predictions.read(GOOD.encode(), "predictions.csv")
    assert found.classes == ("rose", "lys") and found.accuracy == 0.5 and found.rows[1].confidence == 0.6


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.7,0.3", "0.7,0.4", ":2: probabilities sum to 1.1000"),
        ("0.7,0.3", "1.3,-0.3", ":2: p:rose is 1.3"),
        ("0.7,0.3", "nan,0.3", "p:rose is nan"),
        ("0.6,0.4", "0.6,x", ':3: p:lys is "x"'),
        ("test/b", "test/a", ":3: test/a stands on line 2 already"),
        ("lys,rose,0.6", "tulip,rose,0.6", "there is no column p:tulip"),
        ("label", "lable", 'Is "lable" meant?'),
    ],
)
def test_predictions_that_are_broken(old: str, new: str, words: str) -> None:
    assert words in told(predictions.read, GOOD.replace(old, new), "predictions.csv")
    assert "no rows" in told(predictions.read, GOOD.split("\n", maxsplit=1)[0], "predictions.csv")


def test_provenance_and_chosen_and_overfit_and_params() -> None:
    record = {"schema": 1, "run": "r", "stage": "training", "start": "2026-11-03T09:12:44+00:00", "end": "2026-11-03T10:12:44Z"}
    record |= {"data": {"train": {"digest": D, "samples": 269}}, "checkpoint": {"digest": D, "epoch": 21}, "parent": None}
    record |= {"decisions": [{"what": "checkpoint", "split": "validation"}], "limits": {"stopped": "early stopping"}}
    found = runs.read_provenance(json.dumps(record).encode(), "provenance.json")
    assert found.data["train"].samples == 269 and found.stopped == "early stopping"
    assert found.checkpoint and found.checkpoint.epoch == 21 and found.dirty is None
    assert "zone is missing" in told(runs.read_provenance, json.dumps(record | {"start": "2026-11-03T09:12:44"}))
    assert "data.train.digest" in told(
        runs.read_provenance, json.dumps(record | {"data": {"train": {"digest": "x", "samples": 1}}})
    )
    assert "not valid JSON" in told(runs.read_provenance, "{")
    chosen = runs.read_chosen(f'run = "r"\ncheckpoint = "{D}"\nsplit = "validation"\nkeep = "training"'.encode(), "chosen.toml")
    assert chosen.keep == "training" and chosen.value is None
    batch: dict[str, object] = {
        "run": "r",
        "backbone": "small_cnn",
        "weights": None,
        "parameters": 9,
        "trainable": 9,
        "outputs": 2,
        "classes": D,
    }
    batch |= {"input": [3, 8, 8], "batch": [{"path": "a", "label": "b"}], "losses": [1.0, math.nan], "initial_loss": 1.0}
    overfit = runs.read_overfit(json.dumps(batch).encode(), "overfit.json")
    assert overfit.batch == (("a", "b"),) and math.isnan(overfit.losses[1]) and overfit.weights == ""
    params = runs.read_params(b"seed_everything: 7\nmodel:\n  backbone: resnet18\n", "params.yaml")
    assert params.seed == 7 and params.model == {"backbone": "resnet18"}
    assert "not valid YAML" in told(runs.read_params, "a: [1", "params.yaml")
    assert told(runs.read_params, "a: !!python/object/apply:os.system [x]", "params.yaml").startswith(
        "params.yaml:1: is not valid YAML"
    )


def test_study_and_inference() -> None:
    study = studies.read(
        b"trial,state,value,metric,split,lr\n0,COMPLETE,0.8,acc,validation,0.1\n1,TrialState.FAIL,,acc,validation,9\n", "s"
    )
    assert (
        [t.value for t in study.trials] == [0.8, None]
        and study.trials[1].state == "FAIL"
        and study.trials[0].params == {"lr": "0.1"}
    )
    assert "no value" in told(studies.read, "trial,state,value,metric,split\n0,COMPLETE,,a,b\n")
    header = "path,digest,prediction,confidence,margin,unsure,verdict\n"
    assert studies.read_inference(f"{header}a,{D},rose,0.9,0.8,0,right\n".encode(), "i").rows[0].unsure is False
    assert "from 0 to 1" in told(studies.read_inference, f"{header}a,{D},rose,90,0.8,0,right\n")


def test_evaluation_and_confusion() -> None:
    measure = {"value": 0.5, "low": 0.4, "high": 0.6}
    record = {
        "of": "training",
        "split": "test",
        "n": 4,
        "metrics": {"accuracy": measure},
        "baseline": {"rule": "majority", "accuracy": 0.3},
    }
    record |= {"classes": {"rose": {"precision": None, "recall": measure, "f1": None, "support": 2}}, "comparison": {"p": 0.1}}
    found = evaluations.read(json.dumps(record).encode(), "metrics.json")
    assert (
        found.metrics["accuracy"].high == 0.6 and found.classes["rose"].precision is None and found.baseline == {"accuracy": 0.3}
    )
    matrix = evaluations.read_confusion(b"label,a,b\nb,1,2\na,3,0\n", "confusion.csv")
    assert matrix.counts == ((3, 0), (1, 2)) and matrix.total == 6
    assert "same classes" in told(evaluations.read_confusion, "label,a,b\na,1,2\n")


def card() -> dict[str, object]:
    tensor = {"name": "image", "shape": [1, 3, 8, 8], "dtype": "float32"}
    found = {
        "schema": 1,
        "target": "onnx",
        "file": "model.onnx",
        "digest": D,
        "bytes": 9,
        "source": {"checkpoint": D, "run": "r"},
    }
    return found | {"classes": ["a"], "pipeline": D, "input": tensor, "output": tensor, "calibration": None, "agreement": 1.0}


def test_cards() -> None:
    found = exports.read(json.dumps(card()).encode(), "card.json")
    assert found.input.shape == (1, 3, 8, 8) and found.latency is None and exports.meaning(found, "digest") == {"digest": D}
    assert "beside the card" in told(exports.read, json.dumps(card() | {"file": "../x"}))
    assert "from 0 to 1" in told(exports.read, json.dumps(card() | {"agreement": 2}))


def test_deployment_and_sources() -> None:
    text = f'[service]\nexport = "onnx"\ndigest = "{D}"\n[alarms]\npsi = 0.2\npsy = 1\n[owner]\nname = "Ada"\n'
    found = deployment.read(text.encode(), "deploy.toml")
    assert found.psi == 0.2 and found.ab_power == 0.8 and found.unknown == ("alarms.psy (is psi meant?)",)
    watch = {"psi": 0.1, "verdict": "ok", "reference": {"run": "r", "n": 9}, "window": {"n": 5}}
    watch |= {"drill": {"shifted": {"n": 5, "verdict": "alarm"}}}
    monitoring = deployment.read_monitoring(json.dumps(watch).encode(), "monitoring.json")
    assert monitoring.watch.n == 5 and monitoring.shifted and monitoring.shifted.verdict == "alarm" and monitoring.clean is None
    service = {
        "export": {"target": "onnx", "digest": D},
        "when": "2026-11-03T09:12:44Z",
        "health": 200,
        "rejected": {"empty": 422},
    }
    assert deployment.read_service(json.dumps(service).encode(), "service.json").rejected == {"empty": 422}
    source = sources.read(
        b'name = "shop"\norigin = "x"\nlicence = "CC0"\ncollected = 2026-01-02\nmethod = "scraped"', "source.toml"
    )
    assert source.collected == "2026-01-02" and source.missing == ("collected_by", "policy")
    assert 'Is "scraped" meant?' in told(sources.read, 'method = "scrapd"')
    extra = sources.read(b'role = "extra"\nweight = 0.3', "source.toml")
    assert (extra.role, extra.weight, source.role, source.weight) == ("extra", 0.3, "own", 1.0)
    assert "it is one of own, extra" in told(sources.read, 'role = "side"')
    assert "nothing would be learned" in told(sources.read, 'role = "extra"\nweight = 0')
    assert "source of your own data" in told(sources.read, "weight = 0.5")


def test_literature_is_counted_by_work() -> None:
    text = "- He et al. (2016). *Deep Residual Learning for Image Recognition*. https://doi.org/10.1109/CVPR.2016.90\n"
    text += "- He 2015, arXiv:1512.03385v1\n- He 2015, https://arxiv.org/abs/1512.03385\n"
    text += "- Foo 2020. doi:11.99/x\n- Bar, arXiv:2013.1\n"
    found = literature.read(text)
    assert found.distinct == 4 and len(found.entries) == 5
    assert found.entries[0].doi == "10.1109/cvpr.2016.90" and found.entries[0].year == 2016
    assert found.entries[0].title == "Deep Residual Learning for Image Recognition"
    assert [line for line, _ in found.malformed] == [4, 5]
    bib = "@article{he, title = {Deep {R}esidual Learning}, year = 2016, doi = {10.1109/CVPR.2016.90}}\n"
    bib += '@misc{b, title="B", eprint={1512.03385}, archivePrefix={arXiv}}'
    works = literature.read(bib)
    assert works.entries[0].title == "Deep Residual Learning" and works.entries[0].year == 2016
    assert works.entries[1].arxiv == "1512.03385" and works.distinct == 2
    assert literature.read("No works are named here.").entries == ()


@pytest.mark.parametrize(
    ("read", "ours", "theirs"),
    [
        (fields.read_toml, 'who = "Ada"', 'who = "Grace"'),
        (fields.read_json, '{"a": 1}', '{"a": 2}'),
        (tables.read, "path,label\na.jpg,rose", "path,label\na.jpg,tulip"),
    ],
)
def test_both_sides_of_a_merge_are_told_as_that(read: Callable[[bytes, str], object], ours: str, theirs: str) -> None:
    text = f"<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> branch\n"
    with pytest.raises(Broken, match="f:1: holds both sides of a merge conflict") as error:
        read(text.encode(), "f")
    assert "git checkout --ours f" in error.value.hint
