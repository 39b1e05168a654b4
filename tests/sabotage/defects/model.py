"""Stage 5: the model that is ready to train."""

from __future__ import annotations

import math

from tests.sabotage.corpus import Words, defect
from tests.sabotage.target import Row, Target


@defect("MO-01", "model.head-mismatch", everywhere=True)
def the_head_of_imagenet(project: Target) -> Words:
    """The head still has ImageNet's 1000 outputs."""
    project.set_value(project.overfit, "outputs", 1000)
    return "1000 outputs", f"{len(project.classes)} classes wanted", project.overfit


@defect("MO-02", "model.head-mismatch")
def one_output_too_many(project: Target) -> Words:
    """One output too many: somebody counted the background."""
    n = len(project.classes)
    project.set_value(project.overfit, "outputs", n + 1)
    return f"{n + 1} outputs", f"{n} classes wanted", project.overfit


@defect("MO-04", "model.backbone-not-loaded")
def pretrained_in_words_only(project: Target) -> Words:
    """ "Pretrained" in the document, `weights: null` in the parameters."""
    backbone = project.json(project.overfit)["backbone"]
    sentence = f"We take a pretrained {backbone}, so that few pictures are enough."
    project.set_section(2, "architecture", f"{project.sections(2)['architecture']}\n\n{sentence}")
    return sentence, "weights: null", project.document(2), project.overfit


@defect("MO-05", "model.backbone-not-loaded", everywhere=True)
def no_tensor_matched(project: Target) -> Words:
    """`load_state_dict(strict=False)` matched 0 of 122 names because of a prefix."""
    project.set_value(project.overfit, "weights", "DEFAULT")
    project.set_value(project.overfit, "pretrained", {"matched": 0, "total": 122})
    return "0 of 122 pretrained tensors", project.overfit


@defect("MO-06", "model.nothing-trainable", everywhere=True)
def everything_frozen(project: Target) -> Words:
    """Everything is frozen, the head as well."""
    record = project.json(project.overfit)
    project.set_value(project.overfit, "trainable", 0)
    total = record["parameters"]
    return f"0 of {total / 1e6:.1f} M" if total >= 1e6 else f"0 of {total} parameters", "trainable", project.overfit


@defect("MO-07", "model.cannot-overfit-batch", everywhere=True)
def one_batch_not_learned(project: Target) -> Words:
    """ "Can overfit one batch" is ticked, its log ends at the loss of guessing."""
    record = project.json(project.overfit)
    guess = math.log(len(project.classes))
    project.set_value(project.overfit, "losses", [record["initial_loss"]] + [guess - 0.01] * 40)
    project.set_value(project.overfit, "accuracies", [0.125] * 41)
    return f"ends at loss {guess - 0.01:.3g}", "accuracy 0.12", f"on {len(record['batch'])} pictures", "1.0 are wanted"


@defect("MO-08", "model.input-mismatch", everywhere=True)
def another_input_size(project: Target) -> Words:
    """Input size 224 in the model's parameters, another one in the pipeline."""
    path, (height, width) = f"{project.run('training')}/params.yaml", project.json("pipeline.json")["size"]
    project.replace(path, "model:\n", "model:\n  image_size: 224\n")
    return "model.image_size is 224", f"pipeline.json gives {height} × {width}", path


@defect("MO-10", "model.head-mismatch")
def names_typed_in_another_order(project: Target) -> Words:
    """Class names typed by hand in another order than the class map."""
    path, names = f"{project.run('training')}/params.yaml", project.classes
    lines = project.read(path).splitlines()
    first = lines.index("  classes:") + 1
    lines[first + 1], lines[first + 2] = lines[first + 2], lines[first + 1]
    project.write({path: "\n".join(lines) + "\n"})
    return f'index 1 is "{names[2]}" in params.yaml, "{names[1]}" in data/schema.toml', path


@defect("model-1", "model.cannot-overfit-batch")
def proof_gone(project: Target) -> Words:
    """The record of the run on one batch is gone."""
    project.remove(project.overfit)
    return "no run that fits one batch", "reports/model"


@defect("MO-03", "model.step-differs", deep="model")
def softmax_in_the_model(project: Target) -> Words:
    """Softmax in the model and cross-entropy on logits: learns, but badly."""
    path = f"{project.package}/model.py"
    project.replace(path, "return self.network(x)", "return self.network(x).softmax(1)")
    return path, "outputs already sum to 1", "the loss applies softmax again"


@defect("MO-09", "model.step-differs", deep="model")
def normalised_again_in_the_model(project: Target) -> Words:
    """Normalised twice: in the transforms and as the first step of the model."""
    path, recipe = f"{project.package}/model.py", project.json("pipeline.json")
    mean, std = recipe["mean"][0], recipe["std"][0]
    project.replace(path, "return self.network(x)", f"return self.network((x - {mean}) / {std})")
    return path, "input mean -", "spread ", "normalised twice", "about 0 and 1 wanted"


@defect("MO-11", "model.step-differs", severity="warn", deep="model")
def frozen_statistics_move(project: Target) -> Words:
    """Frozen backbone, but batch norm statistics keep moving."""
    path, settings = f"{project.package}/model.py", "configs/train.yaml"
    lines = [line for line in project.read(settings).splitlines() if not line.strip().startswith("freeze:")]
    at = next(i for i, line in enumerate(lines) if line.startswith("model:"))
    project.write({settings: "\n".join([*lines[: at + 1], "  freeze: true", *lines[at + 1 :]]) + "\n"})
    project.replace(path, "self.network.eval()", "pass")
    return path, "frozen layers of batch norm update their statistics", "0 wanted"


@defect("model-2", "model.softmax-twice", everywhere=True)
def probabilities_of_a_softmax_of_a_softmax(project: Target) -> Words:
    """The chosen run was trained with softmax in the model: no probability can be large."""
    path, n = f"{project.run('training')}/validation.csv", len(project.classes)
    most = math.e / (math.e + n - 1)

    def flatten(rows: list[Row]) -> list[Row]:
        for row in rows:
            shares = {name: math.exp(float(row[f"p:{name}"])) for name in project.classes}
            total = sum(shares.values())
            row.update({f"p:{name}": f"{value / total:.9f}" for name, value in shares.items()})
        return rows

    project.edit_csv(path, flatten)
    return "no probability of", f"{most:.3f} is the most", path


@defect("model-3", "model.normalised-twice", everywhere=True)
def proof_of_a_doubly_normalised_model(project: Target) -> Words:
    """The proof was made with a model that normalises again."""
    project.set_value(project.overfit, "step.input", {"mean": -1.9, "std": 4.2, "layer": "network.0"})
    return "input mean -1.9, spread 4.2", "about 0 and 1 wanted", project.overfit


@defect("model-4", "model.nothing-trainable")
def optimiser_built_too_early(project: Target) -> Words:
    """The optimiser was built before the head was unfrozen: it knows none of it."""
    project.set_value(project.overfit, "step.parameters.optimised", 0)
    return "the optimiser knows 0 of", "trainable parameters", project.overfit


@defect("model-5", "model.cannot-overfit-batch", everywhere=True)
def the_batch_is_of_pictures_that_are_gone(project: Target) -> Words:
    """The proof names a batch of pictures that are in no split any more."""
    project.edit_json(
        project.overfit, lambda p: [row.update(path=f"train/old-scanner/{k}.png") for k, row in enumerate(p["batch"])]
    )
    n = len(project.json(project.overfit)["batch"])
    return project.overfit, f"{n} of {n} pictures of the batch", "train/old-scanner/0.png"
