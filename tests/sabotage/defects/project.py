"""What crosses the stages: provenance, staleness, sign-offs, waivers, template, hooks, files that run code."""

from __future__ import annotations

import hashlib
import io
import pickle
import random
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

from tests.sabotage.corpus import Words, defect
from tests.sabotage.rebuilding import add_picture, change_rows, quote, refresh_tables, script
from tests.sabotage.target import Row, Target
from tests.whole.command import mlscaffold

SIGNED = ".mlscaffold/signoffs/01"


def relabel(project: Target, rows: list[Row]) -> None:
    """Another label for each of some pictures, in raw annotations, split tables and prepared annotations."""
    names = project.classes
    other = {row["path"]: names[(names.index(row["label"]) + 1) % len(names)] for row in rows}
    for path in project.annotations():
        base = path.removeprefix("data/raw/").rpartition("/")[0]
        change_rows(project, path, lambda row, base=base: {**row, "label": other.get(f"{base}/{row['path']}", row["label"])})  # type: ignore[misc]
    change_rows(project, project.splits, lambda row: {**row, "label": other.get(row["path"], row["label"])})


@defect("X-01", "training.data-stale", everywhere=True)
def labels_corrected_after_training(project: Target) -> Words:
    """Three train labels were corrected last night, and the model is of the day before."""
    old = project.json(f"{project.run('training')}/provenance.json")["data"]["train"]["digest"]
    relabel(project, project.in_split("train")[:3])
    script(project, "prepare")
    rows = project.rows("data/processed/train/annotations.csv")
    new = hashlib.sha256("".join(sorted(f"{r['digest']},{r['label']}\n" for r in rows)).encode()).hexdigest()
    return project.run("training").rsplit("/", 1)[1], "train", old[:8], new[:8], "3 labels differ"


@defect("X-02", "training.provenance-missing", severity="warn", everywhere=True)
def trained_from_a_dirty_tree(project: Target) -> Words:
    """Trained with changes that nobody committed."""
    path = f"{project.run('training')}/provenance.json"
    project.set_value(path, "dirty", True)
    return path, project.json(path)["commit"][:12]


@defect("X-03", "project.provenance-contradicts", severity="warn")
def a_commit_that_nobody_has(project: Target) -> Words:
    """The commit of a run is not in the repository: it was squashed."""
    path = f"{project.run('training')}/provenance.json"
    project.set_value(path, "commit", "ab12" * 10)
    return path, "ab12ab12ab12", project.run("training").rsplit("/", 1)[1]


@defect("X-04", "project.provenance-contradicts", everywhere=True)
def a_run_copied_and_renamed(project: Target) -> Words:
    """A run's folder was copied and renamed, and counts as a second run."""
    folder = project.run("training")
    run, copy = folder.rsplit("/", 1)[1], "20200101T000000Z-ada-two"
    shutil.copytree(project.root / folder, project.root / f"reports/training/{copy}")
    quote(project, {run: copy}, (f"reports/training/{copy}/*",))
    return run, copy, "metrics.csv"


@defect("X-05", "project.stale", everywhere=True)
def an_annotation_corrected_after_the_signature(project: Target) -> Words:
    """An annotation was corrected after stage 3 was signed."""
    path = project.annotations()[0]
    names = project.classes
    project.set_cells(path, "label", lambda row: names[(names.index(row["label"]) + 1) % len(names)], rows=slice(0, 1))
    return "stage 3 (collection)", path


@defect("X-06", "preparation.unassigned-image", everywhere=True)
def new_pictures_in_no_split(project: Target) -> Words:
    """New raw pictures came, were annotated, and are in no split."""
    for k, row in enumerate(project.in_split("train")[:5]):
        add_picture(project, row, noise(seed=k), name=f"new-{k}.png")
    change_rows(project, project.splits, lambda row: None if "/new-" in row["path"] else row)
    refresh_tables(project)
    return "5", "new-0.png"


def noise(*, seed: int) -> bytes:
    """A picture that nobody has seen before."""
    from PIL import Image

    chance, stream = random.Random(seed), io.BytesIO()
    Image.frombytes("L", (24, 24), bytes(chance.randrange(256) for _ in range(576))).resize((48, 48)).save(stream, format="PNG")
    return stream.getvalue()


@defect("X-07", "training.code-changed", severity="warn", everywhere=True)
def transforms_changed_after_training(project: Target) -> Words:
    """Somebody changed the transforms after the model was trained."""
    path = f"{project.package}/data.py"
    text = project.read(path)
    found = re.search(r"(?m)^(    return [^\n]+)$", text)
    assert found, f"{path} returns nothing"
    project.write({path: text.replace(found[0], f"    print('brighter')\n{found[0]}", 1)})
    project.commit("brighter pictures")
    return path, project.run("training").rsplit("/", 1)[1]


@defect("X-07b", "training.code-changed", severity="warn")
def the_network_changed_and_is_not_committed(project: Target) -> Words:
    """The model's code is edited, not committed, and the checkpoint is of the old one."""
    path = f"{project.package}/model.py"
    text = project.read(path)
    project.write({path: re.sub(r"\b0\.1\b|\b0\.2\b|\b1e-4\b|\b32\b", "0.3", text, count=1) + "\nSCALE = 3\n"})
    return path, project.run("training").rsplit("/", 1)[1]


@defect("X-08", "project.signoff-unsound", everywhere=True)
def signed_by_a_stranger(project: Target) -> Words:
    """A stage was signed by somebody who is not in the team."""
    path = f"{SIGNED}/02-research.toml"
    project.replace(path, f'who = "{project.toml(path)["who"]}"', 'who = "Kim Novak"')
    return path, "stage 2", "Kim Novak", "team"


@defect("X-08b", "project.signoff-unsound")
def signed_in_another_role(project: Target) -> Words:
    """A stage was signed in a role that does not sign it."""
    path = f"{SIGNED}/02-research.toml"
    project.replace(path, f'role = "{project.toml(path)["role"]}"', 'role = "data engineer"')
    return path, "data engineer", "ML researcher"


@defect("X-09", "project.signoff-unsound", everywhere=True)
def a_copied_signature(project: Target) -> Words:
    """The sign-off of training was saved as that of evaluation, its number edited."""
    text = project.read(f"{SIGNED}/06-training.toml")
    path = f"{SIGNED}/07-evaluation.toml"
    project.write({path: text.replace('stage = "training"', 'stage = "evaluation"')})
    return path, "stage 7", "reports/training", "stage 6"


@defect("X-10", "project.signoff-unsound", everywhere=True)
def a_fingerprint_of_the_wrong_length(project: Target) -> Words:
    """A fingerprint was typed by hand, and is too short."""
    path = f"{SIGNED}/07-evaluation.toml"
    name = next(n for n in project.toml(path)["evidence"] if n.startswith("reports/evaluation"))
    project.replace(path, project.toml(path)["evidence"][name], "m1:0123456789")
    return path, name, "m1:0123456789", "32 hex"


@defect("X-10b", "project.signoff-unsound", severity="warn")
def a_fingerprint_that_never_was(project: Target) -> Words:
    """A fingerprint has the right form, and is one that this evidence never had."""
    path = f"{SIGNED}/07-evaluation.toml"
    name = next(n for n in project.toml(path)["evidence"] if n.startswith("reports/evaluation"))
    project.replace(path, project.toml(path)["evidence"][name], f"m1:{'0f' * 16}")
    project.commit("sign")
    return path, name, "never matched"


@defect("X-11", "project.signoff-unsound", everywhere=True)
def signed_before_the_evidence(project: Target) -> Words:
    """A sign-off is dated before its evidence was made."""
    path = f"{SIGNED}/07-evaluation.toml"
    project.replace(path, str(project.toml(path)["when"]), "2026-03-01T09:00:00+00:00")
    end = project.json(f"{project.evaluation()}/provenance.json")["end"]
    return path, "2026-03-01", str(end)[:10]


@defect("X-11b", "project.signoff-unsound")
def signed_next_year(project: Target) -> Words:
    """A sign-off is dated next year."""
    path, day = f"{SIGNED}/05-model.toml", (date.today() + timedelta(days=365)).isoformat()
    project.replace(path, str(project.toml(path)["when"])[:10], day)
    return path, day, "still to come"


@defect("X-12", "project.signoff-unsound", everywhere=True)
def signed_with_no(project: Target) -> Words:
    """Items of the checklist were answered with no, and the stage was signed all the same."""
    path = next(
        p for p in sorted((project.root / SIGNED).glob("*.toml")) if project.toml(f"{SIGNED}/{p.name}").get("checklist")
    ).name
    path = f"{SIGNED}/{path}"
    answers = project.toml(path)["checklist"]
    item = next(iter(answers))
    project.replace(path, f'{item} = "yes"', f'{item} = "no"')
    return path, f"1 of {len(answers)}", "yes"


@defect("X-13", "project.waiver-invalid", everywhere=True)
def a_waiver_for_everything(project: Target) -> Words:
    """A waiver excuses every check."""
    waive(project, "*", "everything.toml")
    return "everything.toml", "`*`", "one check"


@defect("X-13b", "project.waiver-invalid")
def a_waiver_that_expired(project: Target) -> Words:
    """A waiver has expired."""
    waive(project, "tuning.not-better", "gain.toml", until="2026-02-28")
    return "gain.toml", "tuning.not-better", "expired on 2026-02-28"


@defect("X-13c", "project.waiver-invalid")
def a_waiver_without_a_reason(project: Target) -> Words:
    """A waiver gives no reason."""
    waive(project, "tuning.not-better", "gain.toml", reason="ok")
    return "gain.toml", "tuning.not-better", '"ok"'


def waive(
    project: Target, check: str, name: str, *, until: str = "", reason: str = "the customer wants it before the fair"
) -> None:
    """Write a waiver by hand."""
    until = until or (date.today() + timedelta(days=30)).isoformat()
    owner = project.toml("mlscaffold.toml")["team"]["data scientist"][0]
    text = f'schema = 1\ncheck = "{check}"\nreason = "{reason}"\nowner = "{owner}"\nuntil = {until}\n'
    project.write({f".mlscaffold/waivers/{name}": text})


@defect("X-14", "project.template-mismatch", everywhere=True)
def a_version_raised_by_hand(project: Target) -> Words:
    """The recorded version of the template was raised, its files were never merged."""
    path = ".mlscaffold/template.toml"
    old = project.toml(path)["tool"]
    project.replace(path, f'tool = "{old}"', 'tool = "9.4.0"')
    managed = [p for p, entry in project.toml(path)["files"].items() if entry["class"] == "managed"]
    return path, str(len(managed)), f"of {old}", "9.4.0"


@defect("X-15", "project.still-generated", everywhere=True)
def a_readme_as_generated(project: Target) -> Words:
    """The README is still as generated in a project that is in production."""
    first = project.git("rev-list", "--max-parents=0", "HEAD")
    project.write({"README.md": project.git("show", f"{first}:README.md") + "\n"})
    return ("README.md",)


@defect("X-16", "project.hook-missing", severity="warn")
def hooks_point_elsewhere(project: Target) -> Words:
    """`core.hooksPath` points to a folder without hooks."""
    project.git("config", "core.hooksPath", "tools/hooks")
    return ("tools/hooks",)


@defect("X-16b", "project.hook-missing", severity="warn")
def a_hook_of_something_else(project: Target) -> Words:
    """The pre-commit hook runs a spelling checker, and nothing else."""
    project.write({".git/hooks/pre-commit": "#!/bin/sh\ncodespell\n"})
    (project.root / ".git/hooks/pre-commit").chmod(0o755)
    return ".git/hooks/pre-commit", "mlscaffold-hook"


@defect("X-17", "project.gate-missing", everywhere=True)
def the_gate_was_taken_out(project: Target) -> Words:
    """The CI job that ran the check is gone; the tests still run."""
    path = gate(project)
    project.write(
        {path: "on: [push, pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest -q\n"}
    )
    project.write({".github/workflows/redeploy.yml": project.read(".github/workflows/redeploy.yml")})
    return path, "pull requests"


@defect("X-17b", "project.gate-missing")
def the_gate_runs_after_the_merge(project: Target) -> Words:
    """The job runs on pushes to main only, when all is merged."""
    path = gate(project)
    text = re.sub(r"(?ms)^on:.*?^(?=\w)", "on:\n  push:\n    branches: [main]\n\n", project.read(path), count=1)
    project.write({path: text})
    return path, "push", "pull requests"


def gate(project: Target) -> str:
    """The workflow that runs the check on pull requests."""
    return next(
        f".github/workflows/{p.name}"
        for p in sorted((project.root / ".github/workflows").glob("*.y*ml"))
        if "pull_request" in p.read_text(encoding="utf-8")
    )


class Evil:
    """What runs a command when it is unpickled."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.function, self.arguments


def opcodes(module: str, name: str, argument: str) -> bytes:
    """A pickle that calls a function; made of opcodes, so that nothing of it runs here."""
    return f"c{module}\n{name}\n(S'{argument}'\ntR.".encode()


@defect("X-19", "project.code-in-file", everywhere=True)
def a_checkpoint_that_runs_a_command(project: Target) -> Words:
    """A checkpoint from somewhere calls `os.system` when it is loaded."""
    path = project.root / "runs/20200101T000000Z-guest-zzz/checkpoints/best.ckpt"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(project.checkpoint()) as sound, zipfile.ZipFile(path, "w") as archive:
        for item in sound.infolist():
            evil = item.filename.endswith("data.pkl")
            archive.writestr(item, opcodes("os", "system", "touch owned") if evil else sound.read(item))
    return "best.ckpt", "os.system", "not loaded"


@defect("X-19b", "project.code-in-file")
def an_array_that_runs_code(project: Target) -> Words:
    """An array of objects evaluates a text when it is loaded."""
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += b" " * (118 - len(header) - 1) + b"\n"
    evil = pickle.dumps(Evil(eval, "__import__('os').getcwd()"), protocol=4)
    project.write({f"{project.raw}/features.npy": b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + evil})
    return f"{project.raw}/features.npy", "builtins.eval", "not loaded"


@defect("project-2", "project.release-edited", everywhere=True)
def a_release_that_got_better(project: Target) -> Words:
    """The number of the release was put right after it went live."""
    mlscaffold(project.root, "release", "--as", next(iter(project.toml("mlscaffold.toml")["team"].values()))[0])
    project.commit("Release 1")
    path = ".mlscaffold/releases/1.toml"
    value = project.toml(path)["result"]["value"]
    project.replace(path, f"value = {value}", f"value = {value + 0.004}")
    project.commit("Fix typo")
    return path, "release 1", str(value)[:8], str(value + 0.004)[:8]


@defect("project-3", "project.reason-missing", everywhere=True)
def a_round_without_a_reason(project: Target) -> Words:
    """The second round was begun, and nobody said why."""
    who = project.toml("mlscaffold.toml")["team"]["data scientist"][0]
    project.write(
        {
            ".mlscaffold/rounds/02.toml": f'schema = 1\nround = 2\nbecause = "n/a"\nwho = "{who}"\nwhen = "2026-11-28T10:00:00+00:00"\n'
        }
    )
    return ".mlscaffold/rounds/02.toml", '"n/a"', "because"


@defect("project-4", "project.reason-missing")
def a_setting_that_excuses_for_no_reason(project: Target) -> Words:
    """A check was told to be quiet, with a word in place of the reason."""
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + '\n[checks."preparation.split-shift"]\nreason = "tbd"\n'})
    return "mlscaffold.toml", "preparation.split-shift", '"tbd"'


@defect("X-13d", "project.waiver-invalid")
def a_waiver_whose_reason_fits_anything(project: Target) -> Words:
    """A waiver gives a reason that fits anything."""
    waive(project, "tuning.not-better", "tuning.not-better.toml", reason="because we said so")
    return "tuning.not-better.toml", '"because we said so"'


@defect("project-5", "project.picture-missing", severity="warn")
def a_figure_of_the_report_is_gone(project: Target) -> Words:
    """The figure that the report of the evaluation shows was not committed."""
    folder = project.evaluation()
    project.remove(f"{folder}/confusion.svg")
    return f"{folder}/report.md", "confusion.svg"


@defect("project-6", "project.time-contradicts", everywhere=True)
def evaluated_before_it_was_trained(project: Target) -> Words:
    """The evaluation ended before its model was trained."""
    path = f"{project.evaluation()}/provenance.json"
    project.edit_json(path, lambda p: p.update(start="2026-01-01T08:00:00+00:00", end="2026-01-01T08:05:00+00:00"))
    return path, project.run("training").rsplit("/", 1)[1], "2026-01-01"


@defect("project-7", "project.signoff-unsound")
def signed_by_a_robot(project: Target) -> Words:
    """The pipeline signs what it has checked, under its own name, which is in the team."""
    path, name = f"{SIGNED}/07-evaluation.toml", "github-actions[bot]"
    who = project.toml(path)["who"]
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml").replace(f'["{who}"]', f'["{who}", "{name}"]')})
    project.replace(path, f'who = "{who}"', f'who = "{name}"')
    return path, name, "no person"


@defect("project-8", "project.waiver-invalid", severity="warn")
def a_waiver_put_off_again_and_again(project: Target) -> Words:
    """A waiver was put off every month, and nobody decided."""
    for month in range(1, 5):
        waive(
            project, "tuning.not-better", "tuning.not-better.toml", until=(date.today() + timedelta(days=30 * month)).isoformat()
        )
        project.commit("a little longer")
    return "tuning.not-better.toml", "3 times"


@defect("X-17c", "project.gate-missing")
def the_gate_is_for_another_branch(project: Target) -> Words:
    """The job runs on pull requests for a branch that nobody merges into."""
    path = gate(project)
    project.write(
        {path: re.sub(r"(?m)^( *)pull_request:.*$", r"\1pull_request:\n\1  branches: [release]", project.read(path), count=1)}
    )
    return path, "release only, not for main"
