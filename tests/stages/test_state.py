"""The table of evidence and inputs: what a change makes stale, and what it leaves alone."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import tomli_w

from mlscaffold.model import State
from mlscaffold.stages import all_stages
from mlscaffold.stages.state import stage_states
from tests.conftest import Sandbox
from tests.finished import EVALUATED, MODEL, RETESTED, RUN, TUNED

ALL = [s.slug for s in all_stages()]


@pytest.fixture
def signed(project: Sandbox) -> Sandbox:
    """The finished project, signed through stage 10 and committed."""
    project.sign()
    project.commit("signed")
    return project


def another_picture() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.frombytes("RGB", (16, 16), random.Random(5).randbytes(768)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_finished_project_is_signed_through_all_ten(signed: Sandbox) -> None:
    assert set(signed.states().values()) == {State.SIGNED}


def test_an_empty_project_opens_its_first_stage(empty: Sandbox) -> None:
    states = empty.states()

    assert states["problem"] is State.OPEN
    assert set(list(states.values())[1:]) == {State.WAITING}


def test_stages_may_be_worked_on_out_of_order(project: Sandbox) -> None:
    project.sign("research")
    states = project.states()

    assert states["problem"] is State.OPEN
    assert states["research"] is State.SIGNED
    assert states["collection"] is State.AHEAD


@pytest.mark.parametrize(
    ("path", "old", "new", "stale"),
    [
        pytest.param("docs/01-problem.md", "two euros", "three euros", ["problem"], id="a sentence of the problem"),
        pytest.param("docs/examples/answers.csv", "rose", "daisy", ["problem"], id="a wanted answer"),
        pytest.param(
            "acceptance.toml", "min = 0.85", "min = 0.8", ["problem", "evaluation", "tuning", "conversion"], id="a threshold"
        ),
        pytest.param(
            "acceptance.toml",
            "error = 0.06",
            "error = 0.05",
            ["problem", "preparation", "evaluation", "tuning", "conversion"],
            id="the tolerable error",
        ),
        pytest.param(
            "acceptance.toml",
            'optimise = "accuracy"',
            'optimise = "f1_macro"',
            ["problem", "research", "training", "evaluation", "tuning", "conversion"],
            id="the metric",
        ),
        pytest.param(
            "docs/02-research.md", "He, Zhang", "He, Zang", ["research"], id="a typo in the research moves that stage only"
        ),
        pytest.param(
            "acceptance.toml",
            "ship tomorrow",
            "ship today",
            ["research", "training", "evaluation", "tuning", "conversion"],
            id="the baseline",
        ),
        pytest.param("data/raw/belt/source.toml", "internal use", "public domain", ["collection"], id="a licence"),
        pytest.param(
            "reports/collection/statistics.json", '"near_groups": 0', '"near_groups": 1', ["collection"], id="a statistic"
        ),
        pytest.param(
            "pipeline.json",
            '"degrees": 15',
            '"degrees": 20',
            ["preparation", "training", "evaluation", "tuning"],
            id="augmentation: not the model",
        ),
        pytest.param(
            "pipeline.json",
            '"colour": "RGB"',
            '"colour": "L"',
            ["preparation", "model", "training", "evaluation", "tuning"],
            id="the colour order",
        ),
        pytest.param(
            f"reports/model/{MODEL}/overfit.json", '"trainable": 98531', '"trainable": 1', ["model"], id="the overfit run"
        ),
        pytest.param(
            f"reports/training/{RUN}/metrics.csv",
            "0.001\n",
            "0.002\n",
            ["training", "evaluation", "tuning"],
            id="the curves of the chosen run",
        ),
        pytest.param(
            f"reports/training/{RUN}/curves.svg",
            'width="10"',
            'width="11"',
            ["training"],
            id="a figure counts where it is evidence",
        ),
        pytest.param("docs/07-evaluation.md", "Four pictures", "Five pictures", ["evaluation"], id="the evaluation document"),
        pytest.param(
            f"reports/evaluation/{EVALUATED}/metrics.json",
            '"n": 150',
            '"n": 151',
            ["evaluation", "tuning"],
            id="the evaluation of training",
        ),
        pytest.param(
            f"reports/evaluation/{RETESTED}/metrics.json", '"n": 150', '"n": 151', ["tuning"], id="the evaluation of tuning"
        ),
        pytest.param(f"reports/tuning/{TUNED}/study.csv", "COMPLETE", "PRUNED", ["tuning"], id="the study"),
        pytest.param("exports/onnx/card.json", '"agreement": 1.0', '"agreement": 0.9', ["conversion"], id="a card"),
        pytest.param("deploy.toml", "every_days = 60", "every_days = 90", ["deployment"], id="the retraining rhythm"),
        pytest.param("reports/deployment/service.json", '"health": 200', '"health": 500', ["deployment"], id="the service"),
    ],
)
def test_stale_follows_declared_inputs(signed: Sandbox, path: str, old: str, new: str, stale: list[str]) -> None:
    text = signed.read(path)
    assert old in text
    signed.write({path: text.replace(old, new, 1)})

    assert signed.stale() == stale
    by_slug = {s.stage.slug: s for s in stage_states(signed.open())}
    assert any(path in by_slug[slug].culprits for slug in stale), [s.culprits for s in by_slug.values()]


def test_a_changed_training_picture_makes_four_six_seven_and_eight_stale_and_is_named(signed: Sandbox) -> None:
    path = "data/processed/train/belt/daisy/img0001.png"
    signed.write({path: another_picture()})

    assert signed.stale() == ["preparation", "training", "evaluation", "tuning"]
    for status in stage_states(signed.open()):
        if status.state is State.STALE:
            assert status.culprits == (path,)


def test_a_removed_training_picture_is_named(signed: Sandbox) -> None:
    path = "data/processed/train/belt/daisy/img0001.png"
    signed.remove(path)

    states = {s.stage.slug: s for s in stage_states(signed.open())}
    assert states["training"].state is State.STALE
    assert states["training"].culprits == (path,)


def test_a_corrected_test_label_leaves_model_training_and_deployment_alone(signed: Sandbox) -> None:
    """Raw annotation, splits and processed copy are all corrected, as `data split` and `prepare` would do."""
    name = "img0271.png"  # the first picture of test
    signed.replace("data/raw/belt/daisy/annotations.csv", f"{name},daisy", f"{name},rose")
    signed.edit_csv("data/splits/belt.csv", lambda rows: [r | {"label": "rose"} if r["path"].endswith(name) else r for r in rows])
    path = "data/processed/test/annotations.csv"
    signed.edit_csv(path, lambda rows: [r | {"label": "rose"} if r["path"].endswith(name) else r for r in rows])

    assert signed.stale() == ["collection", "preparation", "evaluation", "tuning", "conversion"]


def test_a_new_class_moves_everything_that_has_outputs(signed: Sandbox) -> None:
    signed.replace("data/schema.toml", '"tulip"', '"tulip", "lily"')

    assert signed.stale() == [s for s in ALL if s not in ("problem", "research")]


def test_another_choice_moves_what_was_built_on_it(signed: Sandbox) -> None:
    signed.replace("reports/tuning/chosen.toml", "checkpoint = ", "#checkpoint = ")
    other = "f" * 64
    signed.write({"reports/tuning/chosen.toml": signed.read("reports/tuning/chosen.toml") + f'checkpoint = "{other}"\n'})

    assert signed.stale() == ["tuning", "conversion"]


def test_another_export_moves_deployment(signed: Sandbox) -> None:
    signed.edit_json("exports/onnx/card.json", lambda card: card.update(digest="e" * 64))

    assert signed.stale() == ["conversion", "deployment"]


def test_windows_line_ends_a_byte_order_mark_and_another_column_order_move_nothing(signed: Sandbox) -> None:
    for path in (
        "docs/01-problem.md",
        "docs/02-research.md",
        "acceptance.toml",
        "deploy.toml",
        "data/splits/belt.csv",
        "pipeline.json",
    ):
        text = signed.read(path)
        signed.write({path: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()})
    path = "data/manifest/belt.csv"
    signed.edit_csv(path, lambda rows: [{k: r[k] for k in ("digest", "path", "bytes")} for r in reversed(rows)])

    assert signed.stale() == []


def test_reserialised_toml_and_json_move_nothing(signed: Sandbox) -> None:
    acceptance = tomllib.loads(signed.read("acceptance.toml"))
    signed.write(
        {"acceptance.toml": "# written anew\n" + tomli_w.dumps(dict(reversed(acceptance.items()))).replace("0.06", "6e-2")}
    )
    signed.edit_json("exports/onnx/card.json", lambda card: card.update({k: card.pop(k) for k in sorted(card)}))

    assert signed.stale() == []


def test_a_renamed_picture_moves_nothing(signed: Sandbox) -> None:
    signed.git("config", "user.name", "Ada Byron")
    for old, new in (("img0002", "a rose (1) ü"),):
        for path in (
            "data/raw/belt/rose/annotations.csv",
            "data/manifest/belt.csv",
            "data/splits/belt.csv",
            "data/processed/train/annotations.csv",
        ):
            signed.replace(path, old, new)
        for folder in ("data/raw/belt/rose", "data/processed/train/belt/rose"):
            (signed.root / folder / f"{old}.png").rename(signed.root / folder / f"{new}.png")

    assert signed.stale() == []


def test_the_same_evaluation_made_again_moves_nothing(signed: Sandbox) -> None:
    again = "20261103T120000Z-ada-xyz"
    shutil.copytree(signed.root / f"reports/evaluation/{EVALUATED}", signed.root / f"reports/evaluation/{again}")
    later = {"run": again, "start": "2026-11-03T12:00:00+00:00", "end": "2026-11-03T12:05:00+00:00", "commit": "a" * 40}
    signed.edit_json(f"reports/evaluation/{again}/provenance.json", lambda record: record.update(later))

    assert signed.stale() == []
    signed.replace(f"reports/evaluation/{again}/metrics.json", '"n": 150', '"n": 151')
    assert signed.stale() == ["evaluation", "tuning"]


def test_touched_files_move_nothing(signed: Sandbox) -> None:
    for path in signed.root.rglob("*.csv"):
        path.touch()

    assert signed.stale() == []


def test_a_fresh_clone_without_pictures_and_checkpoints_moves_nothing(signed: Sandbox, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", signed.root.as_uri(), str(clone)], check=True, capture_output=True)

    assert not list(clone.rglob("data/raw/**/*.png"))
    assert set(Sandbox(clone).states().values()) == {State.SIGNED}


def test_a_squash_merge_moves_nothing(signed: Sandbox) -> None:
    signed.git("checkout", "-q", "--orphan", "squashed")
    signed.commit("everything in one")
    signed.git("branch", "-q", "-D", "main")

    assert signed.stale() == []


def test_a_rebase_moves_nothing(signed: Sandbox) -> None:
    signed.git("checkout", "-q", "-b", "work", "HEAD~1")
    signed.write({"notes.txt": "aside"})
    signed.commit("aside")
    signed.git("rebase", "-q", "main")

    assert set(signed.states().values()) == {State.SIGNED}


def test_a_moved_project_keeps_its_states(signed: Sandbox, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(signed.root, elsewhere)

    assert set(Sandbox(elsewhere).states().values()) == {State.SIGNED}


def test_a_skipped_stage_is_skipped(project: Sandbox) -> None:
    project.sign(*[s for s in ALL if s != "conversion"])
    project.write(
        {
            ".mlscaffold/skips/conversion.toml": 'stage = "conversion"\nreason = "the model never leaves the server"\nowner = "Ada"\n'
        }
    )

    assert project.states()["conversion"] is State.SKIPPED
    assert project.states()["deployment"] is State.SIGNED


def test_a_sign_off_of_an_earlier_round_holds_until_its_evidence_moves(signed: Sandbox) -> None:
    signed.write({".mlscaffold/rounds/02.toml": 'round = 2\nbecause = "new pictures"\n'})
    assert set(signed.states().values()) == {State.SIGNED}

    signed.replace("docs/01-problem.md", "two euros", "three euros")

    assert signed.states()["problem"] is State.OPEN
    assert signed.stale() == []


def test_the_cache_gives_the_same_states(signed: Sandbox) -> None:
    cold = signed.open(cached=True)
    first = [(s.stage.slug, s.state) for s in stage_states(cold)]
    cold.save()
    path = "data/processed/train/belt/daisy/img0001.png"

    assert [(s.stage.slug, s.state) for s in stage_states(signed.open(cached=True))] == first
    signed.write({path: another_picture()})
    assert [s.stage.slug for s in stage_states(signed.open(cached=True)) if s.state is State.STALE] == signed.stale()


def test_pointers_in_place_of_pictures_make_nothing_stale(project: Sandbox) -> None:
    project.sign()
    for path in sorted((project.root / "data/processed").rglob("*.png")):
        oid = hashlib.sha256(path.read_bytes()).hexdigest()
        text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {path.stat().st_size}\n"
        project.write({path.relative_to(project.root).as_posix(): text})
    assert project.stale() == []
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: [{**rows[0], "digest": "0" * 64}, *rows[1:]])
    assert "preparation" in project.stale()
