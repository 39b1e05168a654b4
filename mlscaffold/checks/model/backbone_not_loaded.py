"""model.backbone-not-loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import documents, trained
from mlscaffold.evidence.runs import Overfit
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

MOST = 0.9
PRETRAINED = re.compile(r"pre-?trained|fine-?tun\w+|imagenet[- ]weights|vortrainiert\w*|预训练", re.I)
NOT = re.compile(
    r"\b(no|not|non|without|never|neither|nor|instead|rather|scratch|kein\w*|nicht|ohne|statt|alternative\w*|would|could)\b|n't|不|没有|无|而非",
    re.I,
)


@check(proves="loaded-backbone", reads=("reports/model", "reports/training", "docs/02-research.*"))
def backbone_not_loaded(project: Project) -> Iterator[Finding]:
    """Pretrained weights were loaded as claimed.

    ## Why
    A prefix in the names of the tensors, and nothing matches: the backbone is random, training runs, and no error is shown.

    ## Evidence
    How many tensors of the backbone matched the weights (`pretrained` in `overfit.json`): none, or fewer than half, fails, fewer
    than 90 % warn. The weights of the chosen run must be those of the proof. Where no weights are named, the research document must not
    say that the model is pretrained: a failure if the sentence names the backbone, else a warning.

    ## Fix
    Print the names that do not match, mend the prefix, and prove the model again; or write into the document what is done.
    """
    proof = trained.overfit(project)
    fix = f"python -m {project.settings.package}.train --overfit-batch"
    if proof.weights:
        yield from _matched(proof, fix)
    else:
        yield from _claimed(project, proof, fix)
    try:
        used = trained.params(project, trained.trained(project))
    except Missing:
        return
    for name, proved in (("backbone", proof.backbone), ("weights", proof.weights)):
        if name in used.model and str(used.model[name] or "") != proved:
            yield warn(
                f"the chosen run has {name} {used.model[name] or 'none'}, the proof was made with {proved or 'none'}",
                used.path,
                proof.path,
                fix=fix,
            )


def _matched(proof: Overfit, fix: str) -> Iterator[Finding]:
    if proof.matched is None or not proof.total:
        yield fail(f"weights {proof.weights} are named, and how many tensors matched is not recorded", proof.path, fix=fix)
        return
    told = f"{proof.matched} of {proof.total} pretrained tensors of {proof.backbone} were loaded from {proof.weights}"
    if proof.matched < proof.total / 2:
        yield fail(
            f"{told}: the backbone is {'random' if not proof.matched else 'mostly random'}",
            proof.path,
            fix=f"mend the names, then {fix}",
        )
    elif proof.matched < MOST * proof.total:
        yield warn(told, proof.path, fix=f"look at the names that did not match, then {fix}")


def _claimed(project: Project, proof: Overfit, fix: str) -> Iterator[Finding]:
    """A sentence of the research document that says pretrained, although no weights are named."""
    wanted = _plain(proof.backbone)
    for path in project.glob("docs/02-research.*")[:1]:
        found = project.read(documents.read, path)
        sections = [s for a in ("architecture", "algorithms") if (s := documents.find(found, a, project.settings.titles(path)))]
        claims = [
            (s, t)
            for s in sections
            for t in re.split(r"(?<=[.!?。])\s+|\n", s.text)
            if PRETRAINED.search(t) and not NOT.search(t)
        ]
        named = [claim for claim in claims if wanted in _plain(claim[1])]
        if claims:
            section, sentence = (named or claims)[0]
            say = fail if named else warn
            yield say(
                f'the document says "{_short(sentence)}", the model was made with weights: null', at(path, section.line), proof.path,
                fix=f"load the weights and {fix}, or mend {path}",
            )  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) < 90 else f"{text[:87]}…"
