from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import MODEL, RUN

FILE, PARAMS = f"reports/model/{MODEL}/overfit.json", f"reports/training/{RUN}/params.yaml"

CHECK, DOC = "model.backbone-not-loaded", "docs/02-research.md"


def claim(project: Sandbox, weights: str, matched: int) -> None:
    project.edit_json(
        FILE, lambda p: p.update(backbone="resnet18", weights=weights, pretrained={"matched": matched, "total": 122})
    )
    project.replace(PARAMS, "backbone: small_cnn\n  weights: null", f"backbone: resnet18\n  weights: {weights}")


def test_from_scratch(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_loaded(project: Sandbox) -> None:
    claim(project, "DEFAULT", 120)
    assert project.check(CHECK) == []


def test_a_prefix_and_nothing_matched(project: Sandbox) -> None:
    claim(project, "DEFAULT", 0)
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "0 of 122 pretrained tensors of resnet18 were loaded from DEFAULT: the backbone is random" in found.message
    project.edit_json(FILE, lambda p: p["pretrained"].update(matched=100))
    assert project.check(CHECK)[0].status is Status.WARN
    project.edit_json(FILE, lambda p: p.pop("pretrained"))
    assert "is not recorded" in project.check(CHECK)[0].message


def test_the_document_says_pretrained(project: Sandbox) -> None:
    project.replace(DOC, "A small convolutional network, small_cnn,", "We fine-tune a pretrained Small-CNN. It is a network")
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert 'the document says "We fine-tune a pretrained Small-CNN."' in found.message


def test_another_sentence_about_pretraining(project: Sandbox) -> None:
    project.replace(DOC, "Cross entropy with", "We take a pretrained ResNet-18. Cross entropy with")
    assert [f.status for f in project.check(CHECK)] == [Status.WARN]


def test_a_document_that_says_no(project: Sandbox) -> None:
    project.replace(
        DOC,
        "Cross entropy with",
        "No pretrained small_cnn exists; we train from scratch instead of a pretrained one. Cross entropy with",
    )
    assert project.check(CHECK) == []


def test_another_backbone_was_trained(project: Sandbox) -> None:
    project.replace(PARAMS, "small_cnn", "resnet18")
    (found,) = project.check(CHECK)
    assert "the chosen run has backbone resnet18, the proof was made with small_cnn" in found.message
