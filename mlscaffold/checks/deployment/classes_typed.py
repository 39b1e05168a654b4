"""Where somebody typed the classes, for the service, its page or a card, they are those of the schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlscaffold import git
from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import classlists, data
from mlscaffold.evidence.classlists import ClassList
from mlscaffold.model import Finding
from mlscaffold.project import Project

PLACES = (
    "app",
    "apps",
    "web",
    "www",
    "ui",
    "frontend",
    "mobile",
    "ios",
    "android",
    "static",
    "deploy",
    "serve",
    "service",
    "api",
)
ENDINGS = (
    ".py",
    ".js",
    ".mjs",
    ".jsx",
    ".ts",
    ".tsx",
    ".html",
    ".vue",
    ".svelte",
    ".json",
    ".toml",
    ".yaml",
    ".yml",
    ".swift",
    ".kt",
    ".java",
    ".dart",
)
CARDS = (
    "README.md",
    "MODEL_CARD.md",
    "model_card.md",
    "model-card.md",
    "docs/model-card.md",
    "docs/model_card.md",
    "docs/MODEL_CARD.md",
)
ELSEWHERE = ("data/", "tests/", "test/", "docs/", "reports/", "exports/", "runs/", "notebooks/", ".mlscaffold/", ".git/")
LARGEST = 300_000


@check(
    proves="service", reads=("deploy.toml", "data/schema.toml", "**/serve/**", *PLACES, *CARDS, "**/labels.txt"), volatile=True
)
def classes_typed(project: Project) -> Iterator[Finding]:
    """Where somebody typed the classes, for the service, its page or a card, they are those of the schema.

    ## Why
    A list of names that was typed into the app is right on that day. With the next class, or in another order, it shows "dress" for
    what the model calls a daisy, and nothing fails.

    ## Evidence
    Lists of texts in `deploy.toml`, in the package's `serve`, in folders of an app or a page (`app`, `web`, `ios`, …) and in label
    files (`labels.txt`): those that hold most classes of `data/schema.toml` and little else. Other names, or a lacking one, fail;
    another order warns, since a list may be sorted for people, and counts only where a place can stand for an output. What the README or
    a model card lists as classes warns.

    ## Fix
    Read the names from the card of the export, or from `data/schema.toml`.
    """
    names = data.classes(project)
    for path in _files(project):
        for found in classlists.in_file(project.content(path), path, names):
            card = path in CARDS
            told = _difference(found, names)
            if told:
                yield (warn if card else fail)(
                    f"{path} lists {len(found.names)} classes: {told}", at(path, found.line), "data/schema.toml",
                    fix=f"edit {path}" if card else "read the names from exports/<target>/card.json",
                )  # fmt: skip
            elif found.ordered and not card and list(found.names) != list(names):
                place = next(i for i, (a, b) in enumerate(zip(found.names, names, strict=True)) if a != b)
                yield warn(
                    f'{path} lists the classes in another order: place {place} is "{found.names[place]}", output {place} of the model'
                    f' "{names[place]}"',
                    at(path, found.line), "data/schema.toml", fix="read the names from exports/<target>/card.json",
                )  # fmt: skip


def _difference(found: ClassList, names: Sequence[str]) -> str:
    """Names that the schema does not have, and classes that the list does not have; empty for none."""
    strange = [name for name in dict.fromkeys(found.names) if name not in names]
    lacking = [name for name in names if name not in found.names]
    parts = [f"{len(strange)} are not in the schema ({', '.join(strange[:3])})"] if strange else []
    parts += [f"{len(lacking)} of the schema are not there ({', '.join(lacking[:3])})"] if lacking else []
    if not parts and len(found.names) != len(names):
        parts = ["one stands twice"]
    return "; ".join(parts)


def _files(project: Project) -> list[str]:
    """Tracked files that a service or an app is made of, label files, and cards."""
    package, found = project.settings.package, []
    for path in sorted({*git.index_entries(project.root), *filter(project.exists, CARDS)}):
        first = path.partition("/")[0]
        serves = path.startswith((f"{package}/serve/", f"src/{package}/serve/")) or path in (
            f"{package}/serve.py",
            f"src/{package}/serve.py",
        )
        if path.startswith(ELSEWHERE) and path not in CARDS:
            continue
        wanted = path == "deploy.toml" or path in CARDS or bool(classlists.LABEL_FILE.search(path))
        wanted = wanted or ((serves or (first in PLACES and "/" in path)) and path.endswith(ENDINGS))
        size = project.tree.stamp(path) if wanted else None
        if size and size[0] <= LARGEST:
            found.append(path)
    return found
