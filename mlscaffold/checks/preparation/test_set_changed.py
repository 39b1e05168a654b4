"""A test set holds the pictures of its newest recorded version."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import chain, testsets
from mlscaffold.evidence.testsets import Version
from mlscaffold.evidence.wording import count
from mlscaffold.model import Finding
from mlscaffold.project import Project

FIX = 'mlscaffold data split --reason "…"'


@check(proves="disjoint-splits", reads=("data/splits/*.csv", "data/splits/tests", "reports/evaluation"))
def test_set_changed(project: Project) -> Iterator[Finding]:
    """A test set holds the pictures of its newest recorded version.

    ## Why
    Pictures that leave the test set after it was evaluated are as a rule the hard ones: the number rises, and nothing became better.

    ## Evidence
    The rows of each test set in `data/splits/*.csv` against the digest in its newest version in `data/splits/tests`. It is a failure
    once the set was evaluated, else a warning; so is a version that was made by hand and tells no reason. Every `mlscaffold data split` that changes a test set records a version, with who and
    why; a project that never recorded one is not held to it. Two branches that each made a version are merged by the next
    `data split`.

    ## Fix
    Take the rows back (`git checkout data/splits`); or let `mlscaffold data split --reason …` record them as a new version, and
    evaluate anew: `data split --extend` and `--replace` are the commands for that.
    """
    known, held = testsets.versions(project), testsets.held(project)
    if not known:
        return
    evaluated = {name for e in chain.evaluations(project) for name in e.data}
    for name in sorted(known.keys() | held.keys()):
        rows = held.get(name, [])
        if name not in known:
            yield warn(f"no version of {name} is recorded: it came without a command, with {count(len(rows), 'row')}",
                       "data/splits", fix=FIX)  # fmt: skip
            continue
        heads = testsets.heads(known[name])
        if testsets.digest_of(rows) in {version.digest for version in heads}:
            if heads[-1].how == "by hand" and not heads[-1].reason:
                yield warn(
                    f"{heads[-1].text}, and nobody said why", heads[-1].path, fix=f"write the reason into {heads[-1].path}"
                )
            continue
        places = ("data/splits", *(version.path for version in heads))
        if len(heads) > 1:
            held_then = " and ".join(str(version.rows) for version in heads)
            yield warn(f"two branches made version {heads[-1].number} of {name}, with {held_then} rows; together it has {len(rows)}",
                       *places, fix="mlscaffold data split")  # fmt: skip
            continue
        say = fail if name in evaluated else warn
        yield say(f"{_difference(heads[-1], len(rows))}: changed without a version", *places, fix=FIX)


def _difference(version: Version, rows: int) -> str:
    """The rows of today beside those of a version."""
    here = f"{version.set} has {count(rows, 'row')}"
    return f"{here}, {version.text} has {version.rows}" if rows != version.rows else f"{here} as {version.text}, but other ones"
