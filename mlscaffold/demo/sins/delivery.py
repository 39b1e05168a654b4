"""Stages 9 and 10, and what surrounds all of them: exports, service, workflows, signatures."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from random import Random
from typing import Any

from mlscaffold.demo.sins import layout, sin
from mlscaffold.writing import write_text


@sin("conversion", "CV-01", "Sort the labels")
def permuted_labels(root: Path) -> None:
    """The labels that go into the app stand in another order than the model's outputs."""
    for card in sorted(root.glob("exports/*/card.json")):
        layout.edit_json(card, lambda record: record.update(classes=[*record["classes"][1:], record["classes"][0]]))
    layout.first(root, "exports/*/card.json", "an export")


@sin("conversion", "CV-05", "Quantise for the phone")
def calibrated_on_test(root: Path) -> None:
    """The ranges of the integer model were measured on the test pictures."""
    card = layout.first(root, "exports/*/card.json", "an export")

    def change(record: dict[str, Any]) -> None:
        exam = record["evaluation"]
        record["quantisation"] = "int8"
        record["calibration"] = {"split": exam["split"], "data": exam["data"], "n": exam["n"]}

    layout.edit_json(card, change)


@sin("deployment", "DE-03", "Make CI green again")
def never_red(root: Path) -> None:
    """The workflow that guards production can no longer fail: `|| true`."""
    changed = 0
    for path in sorted(root.glob(".github/workflows/*.y*ml")):
        text = path.read_text(encoding="utf-8")
        spoiled, count = re.subn(r"(?m)^(\s*- run: mlscaffold check[^\n|]*?)[ ]*$", r"\1 || true", text)
        if count:
            write_text(path, spoiled)
        changed += count
    if not changed:
        raise layout.NotFinished("a workflow that runs `mlscaffold check`")


@sin("deployment", "DE-08", "Learn from production")
def feedback_into_train(root: Path) -> None:
    """Pictures that the service is unsure of go into train by themselves, with the model's own answers."""
    path = root / "deploy.toml"
    if not path.is_file() or "queue" not in tomllib.loads(path.read_text(encoding="utf-8")):
        raise layout.NotFinished("a review queue in deploy.toml")
    layout.edit_toml(path, lambda table: table["queue"].update(folder="data/processed/train"))


@sin("deployment", "DE-09", "Add the storage settings")
def secret_committed(root: Path) -> None:
    """A key of the cloud store was committed with the settings."""
    chance, letters = Random(10), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    key = "AK" + "IA" + "".join(chance.choice(letters) for _ in range(16))  # made up, and whole nowhere but in the project
    word = "".join(chance.choice(letters + letters.lower() + "/+") for _ in range(40))
    write_text(
        root / "configs/store.yaml",
        f"# Where the review queue keeps its pictures.\nbucket: review-queue\naccess_key_id: {key}\nsecret_access_key: {word}\n",
    )


@sin("project", "X-09", "Sign stage 7")
def copied_signoff(root: Path) -> None:
    """The sign-off of stage 7 is that of stage 6, with the name of the stage changed."""
    signed = layout.first(root, ".mlscaffold/signoffs/*/06-*.toml", "a sign-off of stage 6")
    stage = signed.stem.partition("-")[2]
    target = next(iter(sorted(signed.parent.glob("07-*.toml"))), signed.with_name("07-evaluation.toml"))
    text = signed.read_text(encoding="utf-8").replace(f'stage = "{stage}"', f'stage = "{target.stem.partition("-")[2]}"')
    write_text(target, text)
