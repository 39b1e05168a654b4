from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN, _sha

FOLDER = f"reports/training/{RUN}"

CHECK, CONTENT = "training.checkpoint-missing", b"checkpoint of training"
BEST = f"runs/{RUN}/checkpoints/best.ckpt"


def test_present_and_equal(project: Sandbox) -> None:
    project.write({BEST: CONTENT})
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_on_another_machine(project: Sandbox) -> None:
    project.remove("runs")
    assert [f.status for f in project.check(CHECK)] == [Status.UNKNOWN]
    project.write({"runs/20261001T000000Z-bob-foo/checkpoints/best.ckpt": b"of another run"})
    assert "1 checkpoints lie under runs" in project.check(CHECK)[0].message


def test_the_file_of_another_run(project: Sandbox) -> None:
    project.write({BEST: b"of another run"})
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert (
        f"best.ckpt of the run has digest {_sha(b'of another run')[:12]}, chosen.toml says {_sha(CONTENT)[:12]}" in found.message
    )


def test_records_that_disagree(project: Sandbox) -> None:
    project.write({BEST: CONTENT})
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["checkpoint"].update(digest="a" * 64))
    assert "provenance.json of the run aaaaaaaaaaaa" in project.check(CHECK)[0].message


def test_elsewhere_by_digest(project: Sandbox) -> None:
    project.write(
        {
            "mlscaffold.toml": project.read("mlscaffold.toml") + '\n[paths]\nruns = "shared/runs"\n',
            "shared/runs/kept/model.ckpt": CONTENT,
        }
    )
    project.remove("runs")
    assert project.check(CHECK) == []


def test_a_pointer_of_git_lfs(project: Sandbox) -> None:
    project.write({BEST: f"version https://git-lfs.github.com/spec/v1\noid sha256:{_sha(CONTENT)}\nsize 22\n"})
    assert project.check(CHECK) == []


def test_another_file_as_the_best_though_a_copy_lies_beside_it(project: Sandbox) -> None:
    project.write({BEST: b"of another run", f"runs/{RUN}/checkpoints/last.ckpt": CONTENT})
    assert "best.ckpt of the run has digest" in project.check(CHECK)[0].message


def test_the_last_epoch_was_chosen_and_is_not_the_best(project: Sandbox) -> None:
    project.write({BEST: b"of epoch 3", f"runs/{RUN}/checkpoints/last.ckpt": CONTENT})
    project.edit_csv(f"{FOLDER}/metrics.csv", lambda rows: [r | {"val_loss": "0.1"} if r["epoch"] == "3" else r for r in rows])
    assert project.check(CHECK) == []


def test_several_best_files_of_which_one_is_chosen(project: Sandbox) -> None:
    project.write({BEST: b"of epoch 3", f"runs/{RUN}/checkpoints/best-v1.ckpt": CONTENT})
    assert project.check(CHECK) == []
