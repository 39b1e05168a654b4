"""The answers that a project is made from: read once, each with its reason when it is refused."""

from __future__ import annotations

import difflib
import keyword
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlscaffold.errors import UsageError
from mlscaffold.templating.catalog import Ask, questions, roles

LONGEST_NAME = 40
LONGEST_SENTENCE = 300
# A package of one of these names would hide a module that the project imports, or a folder of its own.
TAKEN = frozenset(
    """
    torch torchvision lightning pytorch_lightning numpy scipy sklearn pandas matplotlib pil onnx onnxruntime onnxscript optuna
    fastapi uvicorn starlette httpx tensorflow tensorboard torchmetrics coremltools executorch litert litert_torch ai_edge_litert
    jsonargparse pydantic yaml jinja2 pytest ruff mypy setuptools pip mlscaffold project_package
    configs data deploy docs exports notebooks reports runs tests
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Answers:
    """Everything that decides how a project is rendered: the same answers give the same files."""

    name: str
    package: str
    problem: str = ""
    task: str = "image-classification"
    classes: tuple[str, ...] = ()
    team: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mobile_targets: tuple[str, ...] = ()
    ci: str = "github"
    pictures: str = "embed"
    env_manager: str = "uv"
    python_version: str = "3.11"
    licence: str = "none"
    gate: str = "protect"
    author: str = ""

    def context(self) -> dict[str, Any]:
        """The variables of the templates, as plain lists and dicts."""
        values = {key: list(value) if isinstance(value, tuple) else value for key, value in vars(self).items()}
        return values | {"team": {role: list(people) for role, people in self.team.items()}}

    def left_out(self) -> tuple[str, ...]:
        """The paths that the chosen answers leave out of the project."""
        return tuple(
            path
            for ask in questions()
            for choice in ask.choices
            if getattr(self, ask.key) == choice.value
            for path in choice.without
        )


def checked(given: Mapping[str, object]) -> dict[str, Any]:
    """What was given, each answer in its type; raises one `UsageError` that lists every mistake."""
    asks = {ask.key: ask for ask in questions()}
    values, problems = {}, []
    for key, value in given.items():
        if key not in asks:
            problems.append(f"{key}: there is no such answer{nearest(key, tuple(asks))}")
            continue
        try:
            values[key] = parse(asks[key], value)
        except ValueError as reason:
            problems.append(f"{key}: {reason}")
    if problems:
        raise UsageError(
            problems[0] if len(problems) == 1 else f"{len(problems)} answers cannot be used",
            reference="bad-answers",
            context="" if len(problems) == 1 else "\n  ".join(problems),
            hint=f"The answers are {', '.join(asks)}.",
        )
    return values


def resolve(given: Mapping[str, object], *, identity: str = "") -> Answers:
    """Check what was given and fill in the defaults; raises one `UsageError` that lists every mistake.

    `identity` is the git user: the author, and without a team the holder of every role.
    """
    values = checked({ask.key: ask.default for ask in questions()} | dict(given))
    values["package"] = values["package"] or values["name"].replace("-", "_")
    if not values["team"] and identity:
        values["team"] = dict.fromkeys(roles(), (identity,))
    people = [person for held in values["team"].values() for person in held]
    return Answers(**values, author=identity or (people[0] if people else ""))


def parse(ask: Ask, value: object) -> object:
    """Turn what a person typed, or what a TOML file holds, into the answer's type; raises ValueError with the reason."""
    if ask.kind in ("choices", "names"):
        return _names(value) if ask.kind == "names" else _choices(ask, value)
    if ask.kind == "team":
        return _team(value)
    if value is None and ask.default is None:
        raise ValueError("an answer is needed")
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    text = value.strip()
    match ask.kind:
        case "name":
            return project_name(text)
        case "package":
            return package_name(text) if text else ""
        case "sentence":
            return _sentence(text)
        case _:
            if text not in ask.values:
                raise ValueError(f"{text!r} is not one of {', '.join(ask.values)}{nearest(text, ask.values)}")
            return text


def project_name(text: str) -> str:
    """A name for folder, repository and (with underscores) package; raises ValueError with the reason."""
    if not text:
        raise ValueError("a name is needed")
    if len(text) > LONGEST_NAME:
        raise ValueError(f"{len(text)} characters; at most {LONGEST_NAME} are wanted")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text):
        likely = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        offer = f"; {likely} would do" if re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", likely) else ""
        raise ValueError(f"{text!r} has more than lower-case letters, digits and single hyphens after a first letter{offer}")
    package_name(text.replace("-", "_"))
    return text


def package_name(text: str) -> str:
    """A name that Python can import and that hides nothing; raises ValueError with the reason."""
    if len(text) > LONGEST_NAME:
        raise ValueError(f"{len(text)} characters; at most {LONGEST_NAME} are wanted")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
        raise ValueError(f"{text!r} is no package name: lower-case letters, digits and underscores after a first letter")
    if keyword.iskeyword(text):
        raise ValueError(f"{text!r} is a word of the Python language")
    if text in sys.stdlib_module_names or text in TAKEN:
        raise ValueError(f"{text!r} would hide a module or folder of that name; {text}_project would do")
    return text


def _sentence(text: str) -> str:
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise ValueError("one line is wanted")
    if len(text) > LONGEST_SENTENCE:
        raise ValueError(f"{len(text)} characters; at most {LONGEST_SENTENCE} are wanted")
    return text


def _names(value: object) -> tuple[str, ...]:
    listed = [part for part in value.split(",") if part.strip()] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(part, str) for part in listed):
        raise ValueError(f"{value!r} is no list of names")
    names = tuple(_sentence(str(part).strip()) for part in listed)
    if "" in names:
        raise ValueError("a name is empty")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is named twice")
    if len(names) == 1:
        raise ValueError("one class leaves nothing to decide; at least two are wanted, or none yet")
    return names


def _choices(ask: Ask, value: object) -> tuple[str, ...]:
    listed = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple):
        raise ValueError(f"{value!r} is no list")
    for part in listed:
        if part not in ask.values:
            raise ValueError(f"{part!r} is not one of {', '.join(ask.values)}{nearest(str(part), ask.values)}")
    return tuple(value for value in ask.values if value in listed)


def _team(value: object) -> dict[str, tuple[str, ...]]:
    """Role → people, from a table or from `Ada: data scientist, ML engineer; Bo: business analyst`."""
    team: dict[str, list[str]] = {}
    if isinstance(value, Mapping):
        for role, people in value.items():
            listed = [people] if isinstance(people, str) else people
            if not isinstance(listed, list | tuple) or not all(isinstance(p, str) and p.strip() for p in listed):
                raise ValueError(f"{role!r} is held by {people!r}; a list of names is wanted")
            team.setdefault(_role(str(role)), []).extend(_sentence(p.strip()) for p in listed)
    elif isinstance(value, str):
        for part in value.split(";"):
            person, colon, held = part.partition(":")
            if part.strip() and (not colon or not person.strip() or not held.strip()):
                raise ValueError(f"{part.strip()!r} is not of the form `person: role, role`")
            for role in held.split(",") if part.strip() else ():
                team.setdefault(_role(role.strip()), []).append(_sentence(person.strip()))
    else:
        raise ValueError(f"{value!r} is no team")
    return {role: tuple(dict.fromkeys(team[role])) for role in roles() if role in team}


def _role(text: str) -> str:
    for role in roles():
        if role.lower() == text.lower():
            return role
    raise ValueError(f"{text!r} is not one of the roles {', '.join(roles())}{nearest(text, roles())}")


def nearest(text: str, known: tuple[str, ...]) -> str:
    """`; did you mean …?` for a slip of the pen, else nothing."""
    close = difflib.get_close_matches(text, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""
