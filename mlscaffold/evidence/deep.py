"""The project's own verbs, run in the project's own environment: what deep checks ask a model itself.

Nothing is imported from the project: each verb is a process of its own, without a shell and with a small environment.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import tables
from mlscaffold.evidence.predictions import PREFIX
from mlscaffold.project import ABSENT, Project, Unknown

TIMEOUT = 600.0
"""Seconds that one verb may take: a laptop predicts some thousand pictures in that time."""

CHECKPOINTS = (".ckpt", ".pt", ".pth", ".safetensors")
# What a process needs of this one. The rest (tokens, PYTHONPATH, an outer git) is none of the project's business.
_KEPT = re.compile(
    r"PATH|HOME|USER|LOGNAME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|COMSPEC|USERPROFILE|(LOCAL)?APPDATA|PROGRAMDATA|XDG_CACHE_HOME"
    r"|OMP_.*|MKL_.*|OPENBLAS_.*|CUDA_.*|NVIDIA_.*|HIP_.*|TORCH_HOME|LD_LIBRARY_PATH|DYLD_.*"
)


class VerbFailed(ScaffoldError):
    """A script of the project ended badly: the message says which, how, and its last line."""


@dataclass(frozen=True)
class Done:
    """What a verb left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def last_line(self) -> str:
        """The last line that says something, of the errors first."""
        for text in (self.stderr, self.stdout):
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            if lines:
                return lines[-1][:300]
        return "nothing was printed"


@dataclass(frozen=True)
class Answer:
    """What a model says of one picture."""

    prediction: str
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Answers:
    """What a model says of a list of pictures, by their paths; the probabilities are in the order of `classes`."""

    classes: tuple[str, ...]
    rows: dict[str, Answer]


def interpreter(project: Project) -> Path:
    """The Python of the project that finds torch; raises `Unknown` with what was tried."""
    wanted = project.settings.python
    if wanted:
        named = shutil.which(wanted, path=f"{project.root}{os.pathsep}{os.environ.get('PATH', '')}")
        relative = project.root / wanted
        found = relative if relative.is_file() else Path(named) if named else None
        if found is None:
            raise Unknown(f"[environment] python is {wanted}, which is not on this machine", path="mlscaffold.toml")
        if not _finds_torch(found):
            raise Unknown(f"[environment] python is {wanted}, which does not find torch", path="mlscaffold.toml")
        return found
    folders = [project.root / ".venv"] + ([Path(os.environ["VIRTUAL_ENV"])] if os.environ.get("VIRTUAL_ENV") else [])
    tried = [p for folder in folders for p in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if p.is_file()]
    for candidate in [*tried, Path(sys.executable)]:
        if _finds_torch(candidate):
            return candidate
    where = "neither .venv nor this Python finds torch" if tried else "there is no .venv, and this Python does not find torch"
    raise Unknown(
        f"no environment of the project: {where}", path="mlscaffold.toml", fix="set python under [environment] in mlscaffold.toml"
    )


def find_checkpoint(project: Project, digest: str, *, run: str = "") -> Path:
    """The checkpoint of this digest under `[paths] runs`, its own run looked at first; raises `Unknown` where it is not here."""
    base = runs_folder(project)
    own = f"{base}/{run}/" if run else f"{base}/"
    listed = [p for p in project.tree.listing(base, deep=True) if p.endswith(CHECKPOINTS)]
    for path in sorted(listed, key=lambda p: (not p.startswith(own), p)):
        if project.digest(path) == digest:
            return project.root / path
    project.glob(f"{base}/**")  # noted: a checkpoint that arrives later is looked at
    raise Unknown(
        f"checkpoint {digest[:12]} is not on this machine: {len(listed)} checkpoints lie under {base}, none has this digest",
        path=base,
        fix="set runs under [paths] in mlscaffold.toml to the folder that holds it",
    )


def runs_folder(project: Project) -> str:
    """Where checkpoints are looked for: `[paths] runs`, else `runs`."""
    return project.settings.paths.get("runs", "runs").rstrip("/") or "runs"


def run_verb(project: Project, verb: str, args: Sequence[str] = (), *, timeout: float = TIMEOUT) -> Done:
    """Run `python -m <package>.<verb> ARGS` in the project's root; a bad end is `VerbFailed`, a lack here `Unknown`."""
    python, package = interpreter(project), project.settings.package
    module = f"{package}.{verb}"
    source = "src" if not (project.root / package).is_dir() and (project.root / "src" / package).is_dir() else ""
    for pattern in (f"{source}/{package}/**".lstrip("/"), "pipeline.json", "data/schema.toml"):
        for path in project.glob(pattern):
            if path.endswith((".py", ".json", ".toml")):
                project.digest(path)  # noted: the answer holds as long as the code that gave it
    command = [str(python), "-m", module, *args]
    try:
        ended = subprocess.run(
            command,
            cwd=project.root,
            env=_environment(project.root / source if source else None),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unknown(f"python -m {module} did not end within {timeout:g} s on this machine") from None
    except OSError as problem:
        raise Unknown(f"{python} cannot be started: {problem.strerror}", path="mlscaffold.toml") from None
    done = Done(ended.returncode, ended.stdout.decode("utf-8", "replace"), ended.stderr.decode("utf-8", "replace"))
    if done.code:
        _explain(done, module, package)
    return done


def predict(project: Project, checkpoint: Path, paths: Sequence[str], *, timeout: float = TIMEOUT) -> Answers:
    """What a checkpoint says of pictures (paths relative to the project's root), through the project's own `predict`."""
    return _ask(project, "predict", ["--checkpoint", str(checkpoint), "--images"], paths, timeout=timeout)


def export_predict(project: Project, target: str, paths: Sequence[str], *, timeout: float = TIMEOUT) -> Answers:
    """What the export for a target says of pictures, through the project's own `convert`."""
    return _ask(project, "convert", [target, "--predict"], paths, timeout=timeout)


def present(project: Project, paths: Sequence[str]) -> list[str]:
    """The paths whose files are on this machine."""
    return [path for path in paths if project.digest(path) != ABSENT]


def spread(items: Sequence[str], n: int) -> list[str]:
    """At most `n` items, evenly spread over the sorted list: the same ones every time."""
    ordered = sorted(items)
    if len(ordered) <= n:
        return ordered
    return [ordered[i * len(ordered) // n] for i in range(n)]


def _ask(project: Project, verb: str, args: list[str], paths: Sequence[str], *, timeout: float) -> Answers:
    with tempfile.TemporaryDirectory(prefix="mlscaffold-") as folder:
        images, output = Path(folder) / "images.csv", Path(folder) / "answers.csv"
        quoted = ['"{}"'.format(path.replace('"', '""')) for path in paths]
        images.write_text("\n".join(["path", *quoted]) + "\n", encoding="utf-8")
        done = run_verb(project, verb, [*args, str(images), "--output", str(output)], timeout=timeout)
        module = f"{project.settings.package}.{verb}"
        if not output.is_file():
            raise VerbFailed(
                f"python -m {module} ended well and wrote no answers: {done.last_line}",
                reference="verb-failed",
                hint=f"mend {verb}.py",
            )
        table = tables.read(output.read_bytes(), f"the answers of {module}")
    return _answers(table, paths, module)


def _answers(table: tables.Table, paths: Sequence[str], module: str) -> Answers:
    table.need("path", "prediction")
    columns = [name for name in table.header if name.startswith(PREFIX)]
    rows = {row["path"]: Answer(row["prediction"], tuple(table.number(row, c) for c in columns)) for row in table.rows}
    lacking = [path for path in paths if path not in rows]
    if lacking:
        raise VerbFailed(
            f"python -m {module} answered {len(paths) - len(lacking)} of {len(paths)} pictures;"
            f" the first without an answer is {lacking[0]}",
            reference="verb-failed",
            hint=f"mend {module}",
        )
    return Answers(tuple(c.removeprefix(PREFIX) for c in columns), rows)


def _explain(done: Done, module: str, package: str) -> None:
    """Raise what a bad end means: the machine's lack is unknown, everything else is the project's failure."""
    if done.code < 0:
        try:
            name = signal.Signals(-done.code).name
        except ValueError:
            name = f"signal {-done.code}"
        if name == "SIGKILL":
            raise Unknown(f"python -m {module} was killed by the system (SIGKILL); the memory of this machine may be too small")
        raise VerbFailed(
            f"python -m {module} died of {name}: {done.last_line}", reference="verb-failed", hint=f"python -m {module}"
        )
    lacking = re.search(r"No module named '?([\w.]+)'?", done.stderr)
    if lacking and not lacking.group(1).startswith(package):
        raise Unknown(
            f"python -m {module} lacks {lacking.group(1)} in the project's environment", fix=f"pip install {lacking.group(1)}"
        )
    raise VerbFailed(
        f"python -m {module} ended with {done.code}: {done.last_line}", reference="verb-failed", hint=f"python -m {module}"
    )


def _environment(source: Path | None) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if _KEPT.fullmatch(key.upper())}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "PYTHONWARNINGS": "ignore", "MPLBACKEND": "Agg"}
    return env | ({"PYTHONPATH": str(source)} if source else {})


@cache
def _finds_torch(python: Path) -> bool:
    try:
        asked = subprocess.run(
            [str(python), "-c", "import importlib.util as u, sys; sys.exit(0 if u.find_spec('torch') else 3)"],
            capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL, env=_environment(None),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
