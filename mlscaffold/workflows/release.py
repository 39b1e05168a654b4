"""Freeze what went live, and compare what is worked on with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mlscaffold import git
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import acceptance, answered, chain, decisions, exports, records, testsets
from mlscaffold.evidence.fingerprints import fingerprint
from mlscaffold.evidence.people import spelled
from mlscaffold.model import State
from mlscaffold.practice import ranking
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.reports.content import number, short_day
from mlscaffold.splitnames import TEST
from mlscaffold.stages.state import stage_states
from mlscaffold.workflows.advance import Refused
from mlscaffold.writing import write_toml

ABSENT = (Missing, Unknown, ScaffoldError)


@dataclass(frozen=True)
class Against:
    """Today's model and the released one, on the same test pictures."""

    release: int
    metric: str
    n: int
    same: bool
    then: float
    now: float
    p: float

    @property
    def text(self) -> str:
        """The comparison in a sentence."""
        where = f"the same {self.n} test pictures" if self.same else f"the {self.n} test pictures that both were tried on"
        better = self.now < self.then if self.metric in ranking.LOWER_IS_BETTER else self.now > self.then
        if self.p >= 0.05:
            verdict = f"a difference that chance explains (p {self.p:.2f})"
        else:
            verdict = f"{'better' if better else 'worse'} beyond chance (p {self.p:.3f})"
        values = f"{self.metric} {number(self.now)}; release {self.release} has {number(self.then)}"
        return f"On {where}: {values}, {verdict}."


@dataclass(frozen=True)
class Apart:
    """Why today's model and the released one are not compared: they answered other pictures; `fix` makes them comparable."""

    release: int
    why: str
    fix: str = ""

    @property
    def text(self) -> str:
        """Why, and what to do first."""
        return f"Not compared with release {self.release}: {self.why}." + (f" First: {self.fix}" if self.fix else "")


@dataclass(frozen=True)
class Frozen:
    """What a release record holds."""

    path: str
    number: int
    table: dict[str, Any]
    over: tuple[str, ...]
    against: Against | Apart | None


def production(project: Project) -> str:
    """What is in production, in a few words: `release 1 (round 1, 21 Nov)`, or `nothing yet`."""
    try:
        latest = decisions.releases(project)[-1]
    except IndexError:
        return "nothing yet"
    except ScaffoldError:
        return "unknown: a record in .mlscaffold/releases cannot be read"
    return f"release {latest.number} (round {latest.round}, {short_day(latest.when)})"


def freeze(project: Project, *, note: str = "", who: str = "") -> Frozen:
    """The record of a release of what is signed now; raises `Refused` where stage 10 is not signed or nothing is new."""
    states = stage_states(project)
    last = states[-1]
    if last.state is not State.SIGNED:
        raise Refused(
            f"Stage {last.stage.number}, {last.stage.slug}, is {last.state.value}: what is not signed is not released",
            reference="not-signed",
            hint="Take the skip back: remove .mlscaffold/skips/deployment.toml"
            if last.state is State.SKIPPED
            else "mlscaffold stage next",
        )
    person = git.canonical_name(who.strip() or git.identity(project.root), project.root)
    if not person:
        raise UsageError("Nobody is named who releases it", reference="no-owner", hint='--as "NAME"')
    team = {git.canonical_name(name, project.root) for name in project.settings.people}
    person = spelled(person, team)
    if team and person not in team:
        raise Refused(
            f"{person} is not in the team of mlscaffold.toml, so cannot release",
            reference="not-in-team",
            hint="Add the name to a role in [team], or release as somebody else: --as NAME",
        )
    made = decisions.releases(project)
    choice, evaluated = _model(project)
    digests = _digests(project, choice, evaluated)
    if made and made[-1].digests == digests:
        raise Refused(
            f"Nothing changed since release {made[-1].number} of {made[-1].when[:10]}",
            reference="same-release",
            hint="mlscaffold status",
        )
    turn = made[-1].number + 1 if made else 1
    over = tuple(s.stage.slug for s in states if s.state not in (State.SIGNED, State.SKIPPED))
    against = against_release(project)
    table = {
        "schema": 1,
        "release": turn,
        "round": records.current_round(project),
        "who": person,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "note": " ".join(note.split()),
        "commit": git.head(project.root),
        "over": list(over),
        "digests": digests,
        "result": _result(project, evaluated),
    }
    if isinstance(against, Against):
        table["against"] = {
            "release": against.release,
            "metric": against.metric,
            "n": against.n,
            "same_test_set": against.same,
            "then": against.then,
            "now": against.now,
            "p": against.p,
        }
    return Frozen(f"{decisions.FOLDER}/releases/{turn}.toml", turn, table, over, against)


def release(project: Project, *, note: str = "", who: str = "") -> Frozen:
    """Freeze what is signed now in `.mlscaffold/releases/<n>.toml`; later changes never touch it."""
    frozen = freeze(project, note=note, who=who)
    write_toml(project.root / frozen.path, frozen.table)
    return frozen


def against_release(project: Project) -> Against | Apart | None:
    """Today's model against the latest release, paired, under today's metric; None where there is nothing to compare.

    Both must have answered the same pictures: `Apart` says which of them is to be evaluated on today's test set first.
    """
    try:
        latest = decisions.releases(project)[-1]
        choice, evaluated = _model(project)
        if choice.checkpoint == latest.model:
            return None
        now, classes = answered.answers(project, f"{evaluated.folder}/predictions.csv")
        found = _of_release(project, latest, now.keys())
        if found is None or testsets.newer(project, evaluated.data.get(TEST, {}), TEST):
            return _apart(project, latest, choice, evaluated, n=len(now))
        then, known = found
        metric = project.read(acceptance.read, "acceptance.toml").optimise or latest.metric
        both = sorted(key for key in now if now[key].label == then[key].label)
        lists = [[side[key] for key in both] for side in (now, then)]
        names = tuple(dict.fromkeys((*classes, *known)))
        values = [ranking.measure(side, metric, names)[0] for side in lists]
        p = ranking.paired(lists[0], lists[1], metric, classes=names)
    except (IndexError, *ABSENT):
        return None
    return Against(latest.number, metric, len(both), len(both) == len(now), then=values[1], now=values[0], p=p)


def _of_release(
    project: Project, latest: decisions.Release, pictures: Collection[str]
) -> tuple[dict[str, ranking.Answer], tuple[str, ...]] | None:
    """What the released model answered to these pictures, in its newest evaluation of all of them and no others."""
    for each in reversed(chain.evaluations(project)):
        if each.checkpoint == latest.model or each.run == latest.evaluation:
            try:
                rows, classes = answered.answers(project, f"{each.folder}/predictions.csv")
            except ABSENT:
                continue
            if rows.keys() == set(pictures):
                return rows, classes
    return None


def _apart(project: Project, latest: decisions.Release, choice: chain.Chosen, evaluated: chain.Evaluation, *, n: int) -> Apart:
    """Which model is behind, and the command that evaluates it on today's test set."""
    evaluate = f"python -m {project.settings.package}.evaluate"
    if version := testsets.newer(project, evaluated.data.get(TEST, {}), TEST):
        why = f"the evaluation of today's model is older than {version.text}"
        return Apart(latest.number, why, f"{evaluate} --of {choice.stage}")
    known = testsets.versions(project).get(TEST, [])
    dealt = next((v for v in reversed(known) if v.how == "again" and v.when > latest.when), None)
    if dealt:  # what was train then may be test now
        return Apart(latest.number, f"{dealt.text} may hold pictures that the released model was trained on")
    what = f"{known[-1].text}, {n} pictures" if known else f"today's {n} test pictures"
    return Apart(latest.number, f"it was not evaluated on {what}", f"{evaluate} --release {latest.number}")


def _model(project: Project) -> tuple[chain.Chosen, chain.Evaluation]:
    try:
        choice = chain.model(project)
        return choice, chain.evaluation_of(project, choice.stage)
    except Missing as missing:
        raise Refused(missing.what, reference="nothing-to-release", hint=missing.fix) from None


def _digests(project: Project, choice: chain.Chosen, evaluated: chain.Evaluation) -> dict[str, str]:
    names = {
        "splits": "data/splits", "data": "data/processed", "classes": "data/schema.toml#classes", "pipeline": "pipeline.json",
        "evaluation": f"reports/evaluation#of={choice.stage}", "service": "deploy.toml",
    }  # fmt: skip
    found = {"model": choice.checkpoint}
    found |= {key: fingerprint(project, name) or "unknown" for key, name in names.items()}
    found["test"] = _test(evaluated)
    for path in project.glob("exports/*/card.json"):
        card = project.read(exports.read, path)
        found[f"export.{card.target}"] = card.digest
    return found


def _result(project: Project, evaluated: chain.Evaluation) -> dict[str, object]:
    rows, classes = answered.answers(project, f"{evaluated.folder}/predictions.csv")
    metric = project.read(acceptance.read, "acceptance.toml").optimise or "accuracy"
    value, low, high = ranking.measure(list(rows.values()), metric, classes)
    return {"evaluation": evaluated.run, "metric": metric, "value": value, "low": low, "high": high, "n": len(rows)}


def _test(evaluated: chain.Evaluation) -> str:
    used = evaluated.provenance.get("data")
    test = used.get("test") if isinstance(used, dict) else None
    return str(test.get("digest", "")) if isinstance(test, dict) else ""
