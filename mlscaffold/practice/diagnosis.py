"""The one thing that holds a project back most now, with the reason and the next command.

The order follows A. Ng, Machine Learning Yearning (2018): first trust the evidence, then look at the largest gap between what is
wanted, train, validation, test and the real world. A gap counts when it is wider than what chance explains at these sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from mlscaffold.model import Finding, Report, StageStatus, State, Status
from mlscaffold.practice.intervals import Z95
from mlscaffold.practice.sizes import half_width, test_size

BROKEN = (Status.ERROR, Status.FAIL)


@dataclass(frozen=True)
class Share:
    """A share of right answers on so many pictures."""

    value: float
    n: int


@dataclass(frozen=True)
class ClassShare:
    """How much of one class is found."""

    name: str
    value: float
    n: int


@dataclass(frozen=True)
class Costliest:
    """The cause that most of the mistakes have which somebody looked at, and the accuracy that curing it adds at most."""

    name: str
    count: int
    looked: int
    gain: float


@dataclass(frozen=True)
class Numbers:
    """What is known of the model: shares of right answers, what was agreed, how training ended. None where nothing is known."""

    package: str = "PACKAGE"
    goal: float | None = None
    human: float | None = None
    train: Share | None = None
    validation: Share | None = None
    test: Share | None = None
    field: Share | None = None
    tolerable: float | None = None
    unmet: tuple[str, ...] = ()
    classes: tuple[ClassShare, ...] = ()
    still_learning: bool = False
    cause: Costliest | None = None
    augmented: Share | None = None


@dataclass(frozen=True)
class Diagnosis:
    """What holds the project back: a kind to search for, a sentence, the reason in numbers, the next command."""

    kind: str
    headline: str
    reason: str
    command: str


Between = tuple[Share | None, Share | None, Callable[[Numbers, Share, Share], Diagnosis]]
"""Two shares, the second of which should not be lower, and what to say where it is."""


def diagnose(report: Report, numbers: Numbers) -> Diagnosis:
    """The first of these that applies: broken evidence, a stale stage, a failing check, a gap, missing evidence, small data, a weak class."""
    steps: tuple[Callable[[], Diagnosis | None], ...] = (
        lambda: _broken(report),
        lambda: _stale(report),
        lambda: _failing(report),
        lambda: _gap(numbers),
        lambda: _missing(report),
        lambda: _small(numbers),
        lambda: _weak(numbers),
    )
    return next((found for step in steps if (found := step()) is not None), _nothing(report))


def _broken(report: Report) -> Diagnosis | None:
    """A check that broke, or something wrong in a stage that was signed: what stands on it cannot be trusted."""
    stale = {s.stage.slug for s in report.stages if s.state is State.STALE}
    found = [f for f in _counted(report, BROKEN) if f.status is Status.ERROR or f.stage not in (report.current, *stale)]
    found = [f for f in found if f.check != "project.stale"]
    if not found:
        return None
    numbers = {s.stage.slug: s.stage.number for s in report.stages}
    first = min(found, key=lambda f: (f.status is not Status.ERROR, f.effect is None, numbers.get(f.stage, 0), f.check))
    more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
    return Diagnosis("broken-evidence", f"{first.message}{more}", _because(first, "What comes later stands on it."), _fix(first))


def _stale(report: Report) -> Diagnosis | None:
    stage = next((s for s in report.stages if s.state is State.STALE), None)
    if stage is None:
        return None
    failing = [f for f in _counted(report, BROKEN) if f.stage == stage.stage.slug and f.check != "project.stale"]
    if failing:
        return Diagnosis(
            "failing-check", failing[0].message, _because(failing[0], f"Stage {stage.stage.number} is stale."), _fix(failing[0])
        )
    what = ", ".join((stage.culprits or stage.stale_because)[:3])
    return Diagnosis(
        "stale-stage",
        f"Stage {stage.stage.number}, {stage.stage.slug}, was signed on evidence that has moved",
        f"{what} changed since. Later stages wait for it.",
        f"mlscaffold stage next --stage {stage.stage.number}",
    )


def _failing(report: Report) -> Diagnosis | None:
    found = [f for f in _counted(report, BROKEN) if f.stage == report.current]
    if not found:
        return None
    first = min(found, key=lambda f: (f.effect is None, f.check))
    more = f"{len(found)} checks of stage {report.current} fail." if len(found) > 1 else "It is what this stage still fails."
    return Diagnosis("failing-check", first.message, _because(first, more), _fix(first))


def _gap(numbers: Numbers) -> Diagnosis | None:
    """The largest gap beyond chance, where the goal is not met; bias, variance, validation worn out, or another world."""
    if not numbers.unmet and not _short(numbers):
        return None
    wanted = numbers.human if numbers.human is not None else numbers.goal
    found = []
    if wanted is not None and numbers.train:
        noise = _noise(numbers.train)
        if wanted - numbers.train.value > noise:
            found.append((wanted - numbers.train.value, _bias(numbers, wanted)))
    between: tuple[Between, ...] = (
        (numbers.train, numbers.augmented, _variance),
        (numbers.augmented, numbers.validation, _other_data),
    )
    if not any(_apart(first, second) for first, second, _ in between):
        between = ((numbers.train, numbers.validation, _variance),)
    for first, second, describe in (
        *between,
        (numbers.validation, numbers.test, _worn),
        (numbers.test or numbers.validation, numbers.field, _mismatch),
    ):
        if first and second and _apart(first, second):
            found.append((first.value - second.value, describe(numbers, first, second)))
    return max(found, key=lambda item: item[0])[1] if found else _unmet(numbers)


def _apart(first: Share | None, second: Share | None) -> bool:
    """Whether the second share is lower beyond chance."""
    return first is not None and second is not None and first.value - second.value > _noise(first, second)


def _bias(numbers: Numbers, wanted: float) -> Diagnosis:
    train = numbers.train or Share(0.0, 0)
    who = "a person reaches" if numbers.human is not None else "wanted is"
    if numbers.still_learning:
        cure = "Validation loss was still falling when training ended: train longer before anything else."
        command = f"python -m {numbers.package}.train --trainer.max_epochs N"
    else:
        cure = "A larger or pretrained backbone, a higher learning rate, less regularisation. More data will not help yet."
        command = f"python -m {numbers.package}.tune"
    reason = f"Train accuracy is {train.value:.3f}, {who} {wanted:.3f}: {wanted - train.value:.3f} are avoidable bias. {cure}"
    return Diagnosis("bias", "The model does not even fit the pictures it was trained on", reason, command)


def _variance(numbers: Numbers, train: Share, held_out: Share) -> Diagnosis:
    where = "augmented" if held_out is numbers.augmented else "validation"
    about = "" if numbers.augmented is None else f" What lies between augmented and validation is less: {_rest(numbers)}."
    if numbers.augmented and held_out is numbers.validation:
        about = " How much of it is a mismatch of the extra data cannot be told from chance."
    reason = (
        f"Accuracy is {train.value:.3f} on train and {held_out.value:.3f} on {where} ({held_out.n} pictures): "
        f"{train.value - held_out.value:.3f} are variance. More data, more augmentation, or more regularisation.{about}"
        f"{' ' + _costliest(numbers.cause) if numbers.cause else ''}"
    )
    headline = "The model knows its training pictures better than new ones"
    return Diagnosis("variance", headline, reason, "mlscaffold data import FOLDER")


def _other_data(numbers: Numbers, augmented: Share, validation: Share) -> Diagnosis:
    """Extra data that are not like one's own: what is held out of both is answered, what is one's own is not."""
    train = f"; train to augmented, {numbers.train.value - augmented.value:.3f}, is variance" if numbers.train else ""
    reason = (
        f"Accuracy is {augmented.value:.3f} on augmented (held out of all that train is drawn from, {augmented.n} pictures) and "
        f"{validation.value:.3f} on validation ({validation.n}): {augmented.value - validation.value:.3f} are a mismatch of data{train}. "
        "Only pictures like those of validation help: more of your own, a lower weight of the extra sources, or extra ones made alike."
    )
    return Diagnosis(
        "data-mismatch", "The model learns from other pictures than it is asked about", reason, "mlscaffold data import FOLDER"
    )


def _rest(numbers: Numbers) -> str:
    """What lies between `augmented` and validation."""
    if numbers.augmented is None or numbers.validation is None:
        return "not known"
    return f"{numbers.augmented.value - numbers.validation.value:.3f}"


def _worn(numbers: Numbers, validation: Share, test: Share) -> Diagnosis:
    reason = (
        f"Accuracy is {validation.value:.3f} on validation and {test.value:.3f} on test ({test.n} pictures): choices were fitted to "
        f"{validation.n} validation pictures. Put new pictures into validation, and choose again."
    )
    return Diagnosis("overfit-to-validation", "The validation set is worn out", reason, "mlscaffold data import FOLDER")


def _mismatch(numbers: Numbers, here: Share, field: Share) -> Diagnosis:
    reason = (
        f"Accuracy is {here.value:.3f} on our pictures and {field.value:.3f} on {field.n} from the field: the data are not those "
        "of the place where the model works. Label pictures from there, for validation and test first."
    )
    return Diagnosis("mismatch", "The world looks different from the data", reason, "mlscaffold data import data/field")


def _unmet(numbers: Numbers) -> Diagnosis | None:
    if not numbers.unmet:
        return None
    weakest = min(numbers.classes, key=lambda c: (c.value, c.name), default=None)
    about = f" The weakest class is {weakest.name}: {weakest.value:.3f} of {weakest.n} are found." if weakest else ""
    reason = f"No gap between train, validation and test is wider than chance.{about} {_costliest(numbers.cause)}"
    return Diagnosis("target-unmet", f"Not met: {numbers.unmet[0]}", reason, f"python -m {numbers.package}.tune")


def _costliest(cause: Costliest | None) -> str:
    """What the mistakes of the eyeball split say, or how to make them speak."""
    if cause is None:
        return "Sort the mistakes of the eyeball split by cause: mlscaffold data causes."
    return f'Of {cause.looked} mistakes that were looked at, {cause.count} have the cause "{cause.name}": curing it adds {cause.gain:.3f} at most.'


def _missing(report: Report) -> Diagnosis | None:
    found = [f for f in _counted(report, (Status.TODO,)) if f.stage == report.current]
    stage = _current(report)
    if not found or stage is None:
        return None
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return Diagnosis(
        "missing-evidence",
        f"Stage {stage.stage.number}, {stage.stage.slug}, is not finished: {found[0].message}{more}",
        stage.stage.goal,
        found[0].fix or stage.stage.next_command,
    )


def _small(numbers: Numbers) -> Diagnosis | None:
    """A test set that cannot show what was called tolerable."""
    if numbers.test is None or not numbers.tolerable:
        return None
    half = half_width(numbers.test.n, numbers.test.value)
    if half <= numbers.tolerable:
        return None
    wanted = test_size(numbers.tolerable, min(max(numbers.test.value, 0.05), 0.95))
    reason = (
        f"{numbers.test.n} test pictures tell accuracy to ±{half:.3f}; tolerable is ±{numbers.tolerable:g}, "
        f"which takes about {wanted:,}. Until then a better model cannot be told from luck."
    )
    return Diagnosis("small-test-set", "The test set is too small for what was agreed", reason, "mlscaffold data import FOLDER")


def _weak(numbers: Numbers) -> Diagnosis | None:
    """A class whose recall lies below the others beyond chance."""
    total = sum(c.n for c in numbers.classes)
    for weakest in sorted(numbers.classes, key=lambda c: (c.value, c.name))[:1]:
        rest = total - weakest.n
        if not rest or not weakest.n:
            return None
        others = Share(sum(c.value * c.n for c in numbers.classes if c is not weakest) / rest, rest)
        if others.value - weakest.value > _noise(others, Share(weakest.value, weakest.n)):
            reason = (
                f"{weakest.value:.3f} of {weakest.n} are found; of the other classes {others.value:.3f}. Look at its mistakes in the "
                "eyeball split, then collect more of what they show."
                f"{' ' + _costliest(numbers.cause) if numbers.cause else ''}"
            )
            return Diagnosis("weak-class", f"{weakest.name} is the weak class", reason, "mlscaffold data import FOLDER")
    return None


def _nothing(report: Report) -> Diagnosis:
    stage = _current(report)
    if stage is None:
        reason = "All stages are signed or skipped, the targets are met, and no gap is wider than chance."
        return Diagnosis("nothing", "Nothing holds the project back", reason, "mlscaffold release")
    reason = "Its checks have nothing against it; what only a person knows is still open."
    headline = f"Stage {stage.stage.number}, {stage.stage.slug}, waits for a signature"
    return Diagnosis("unsigned", headline, reason, "mlscaffold stage next")


def _short(numbers: Numbers) -> bool:
    """Whether the goal lies beyond what the newest number can be by chance."""
    share = numbers.test or numbers.validation
    return bool(share and numbers.goal is not None and numbers.goal - share.value > _noise(share))


def _noise(*shares: Share) -> float:
    """Half the 95 % interval of the difference of independent shares; of nothing it is everything."""
    if any(s.n <= 0 for s in shares):
        return 1.0
    variances = (max(s.value * (1 - s.value), 0.25 / s.n) / s.n for s in shares)
    return Z95 * sqrt(sum(variances))


def _counted(report: Report, statuses: tuple[Status, ...]) -> list[Finding]:
    return [f for f in report.findings if f.counts and not f.waiver and f.status in statuses]


def _current(report: Report) -> StageStatus | None:
    return next((s for s in report.stages if s.stage.slug == report.current), None)


def _because(finding: Finding, otherwise: str) -> str:
    if finding.effect:
        change = finding.effect
        return f"{change.metric} is {change.corrected:.3f} without that, not {change.reported:.3f}."
    return f"{finding.check} says so. {otherwise}"


def _fix(finding: Finding) -> str:
    return finding.fix or f"mlscaffold explain {finding.check}"
