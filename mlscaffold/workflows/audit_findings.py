"""The findings of an audit: each a sentence with its number, where, and what it does to accuracy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from mlscaffold.datasets.overlap import HOW, Leaks, Pictures
from mlscaffold.evidence.answers import Answers, told
from mlscaffold.model import Effect, Finding, Status
from mlscaffold.practice.slices import Slices
from mlscaffold.reports.audit.content import Baseline, Trust

FEW = 1000
"""Rows below which the calibration error is mostly noise."""
MANY, FEW_WRONG = 20, 20
"""Different numbers above which labels may be quantities, and wrong rows from which it can be told."""


def share(right: Sequence[bool], keep: Sequence[int]) -> float:
    """Accuracy on some rows; 0 on none."""
    return sum(right[i] for i in keep) / len(keep) if keep else 0.0


def rows_of(n: int) -> str:
    """Rows that repeat, counted."""
    return "1 row repeats" if n == 1 else f"{n} rows repeat"


def without(answers: Answers, left_out: set[int]) -> Effect | None:
    """What leaving rows out does to accuracy."""
    right = answers.right
    keep = [i for i in range(len(right)) if i not in left_out]
    return Effect("accuracy", share(right, range(len(right))), share(right, keep)) if keep else None


def leaked(answers: Answers, leaks: Leaks, train: str) -> list[Finding]:
    """Rows that the model was trained on, and names that only look like it."""
    found = []
    if leaks.rows:
        kinds = Counter(leaks.rows.values())
        ways = ", ".join(f"{kinds[how]} {words}" for how, words in HOW.items() if kinds[how])
        text = f"{len(leaks.rows)} of {len(answers.rows)} rows are in {train} too ({ways})"
        finding = told(answers.table, "leaked", text, rows=[answers.rows[i] for i in leaks.rows], status=Status.FAIL)
        found.append(_with(finding, without(answers, set(leaks.rows))))
    if leaks.counted_names:
        reason = f"{leaks.other_labels} of them have another label there" if leaks.other_labels else "both lists only count"
        text = f"{leaks.counted_names} names occur in {train} too, but {reason}: names were not taken as proof (--images compares pictures)"
        found.append(told(answers.table, "names", text))
    elif leaks.other_labels:
        text = f"{leaks.other_labels} rows have another label than the same name in {train}"
        found.append(told(answers.table, "other-label", text))
    return found


def doubled(answers: Answers, groups: Mapping[str, Sequence[tuple[int, ...]]], extra: set[int]) -> list[Finding]:
    """Examples that stand more than once, and those whose labels then contradict each other."""
    if not extra:
        return []
    ways = ", ".join(f"{sum(len(g) - 1 for g in found)} {HOW[how]}" for how, found in groups.items())
    text = f"{rows_of(len(extra))} an earlier one ({ways}); each example counts once"
    finding = told(answers.table, "doubled", text, rows=[answers.rows[i] for i in sorted(extra)], status=Status.FAIL)
    return [_with(finding, without(answers, extra))]


def contradictory(answers: Answers, joined: Sequence[tuple[int, ...]]) -> tuple[list[Finding], float]:
    """Examples that carry different labels, and the accuracy that nobody can exceed because of them."""
    bad = [group for group in joined if len({answers.labels[i] for i in group}) > 1]
    if not bad:
        return [], 1.0
    lost = sum(len(group) - max(Counter(answers.labels[i] for i in group).values()) for group in bad)
    ceiling = 1 - lost / len(answers.labels)
    first = bad[0]
    names = " and ".join(f'"{name}"' for name in sorted({answers.labels[i] for i in first})[:3])
    text = f"{len(bad)} examples stand with different labels (first {names}); no model can exceed an accuracy of {ceiling:.3f}"
    rows = [answers.rows[i] for group in bad for i in group]
    return [told(answers.table, "contradictory", text, rows=rows)], ceiling


def pictures(answers: Answers, seen: Pictures, *, near: int, folder: str) -> list[Finding]:
    """What could not be looked at, and pictures that are nearly the same."""
    found = []
    total = len(seen.facts) + seen.missing + seen.outside + seen.broken
    for name, count, words in (
        ("missing-pictures", seen.missing, f"are not in {folder}"),
        ("outside", seen.outside, f"lead out of {folder} and were not opened"),
        ("broken-pictures", seen.broken, "cannot be decoded or are too large"),
    ):
        if count:
            found.append(told(answers.table, name, f"{count} of {total} pictures {words}: not compared"))
    if near:
        text = f"{near} pictures are another one of this list saved again: they are not independent, and intervals are too narrow"
        found.append(told(answers.table, "near-doubled", text))
    return found


def names(answers: Answers) -> list[Finding]:
    """Classes that only one of the two columns knows, one spelling or many, and a model that says one thing only."""
    table, labels, said = answers.table, set(answers.labels), set(answers.predictions) - {""}
    found = []
    folded = {name.casefold(): name for name in labels}
    spelled = sorted(name for name in said - labels if name.casefold() in folded)
    if not labels & said and said and not spelled:
        text = f"No label is ever predicted: labels are {_few(labels)}, predictions {_few(said)}; the columns do not speak of the same classes"
        found.append(told(table, "no-common-class", text, status=Status.FAIL, column="x"))
    elif spelled:
        right = [a.casefold() == b.casefold() for a, b in zip(answers.labels, answers.predictions, strict=True)]
        rows = [answers.rows[i] for i, name in enumerate(answers.predictions) if name in spelled]
        text = f'{len(rows)} predictions differ from a class in upper and lower case only ("{spelled[0]}", "{folded[spelled[0].casefold()]}"); they count as wrong'
        effect = Effect("accuracy", share(answers.right, range(len(right))), sum(right) / len(right))
        found.append(_with(told(table, "spelling", text, rows=rows, status=Status.FAIL), effect))
    if several := _several(labels | said):
        text = f'Names like "{several}" stand for several classes at once: a row is right only if all of them are; for the number of one class, give its own column'
        found.append(told(table, "several-labels", text, column="x"))
    if (off := _off(answers)) is not None:
        text = f"Labels are {len(labels)} numbers, and wrong predictions lie close to them (off by {off:g} in the middle): if they are quantities, accuracy says nothing"
        found.append(told(table, "quantities", text, column="x"))
    unknown = sorted(said - labels - set(spelled))
    if unknown and labels & said:
        rows = [answers.rows[i] for i, name in enumerate(answers.predictions) if name in set(unknown)]
        text = f"{len(rows)} predictions are of {_classes(unknown)} that no label has"
        found.append(told(table, "unknown-class", text, rows=rows))
    never = sorted(labels - said)
    if never and labels & said and len(said) > 1:
        text = f"{_classes(never)} {'is' if len(never) == 1 else 'are'} never predicted"
        found.append(told(table, "never-predicted", text[0].upper() + text[1:]))
    if len(said) == 1 and len(labels) > 1:
        found.append(told(table, "constant", f'Every prediction is "{next(iter(said))}"', status=Status.FAIL, column="x"))
    if len(labels) == 1:
        text = f'Every label is "{next(iter(labels))}": nothing shows that the model can tell classes apart'
        found.append(told(table, "one-class", text, status=Status.FAIL, column="x"))
    return found


def _several(names: set[str]) -> str:
    """A name that joins several classes which other names join in other ways: the labels of a task with several a row."""
    parts = {name: {part.strip(" '\"") for part in re.split(r"[|,;]", name.strip("[](){}"))} - {""} for name in names}
    joined = sorted(name for name, found in parts.items() if len(found) > 1)
    uses = Counter(part for found in parts.values() for part in found)
    again = sum(count > 1 for count in uses.values())
    return joined[0] if len(joined) > 1 and again > 1 and again * 2 > len(uses) else ""


def _off(answers: Answers) -> float | None:
    """By how much wrong predictions are off in the middle, where labels are many numbers and even wrong predictions follow them."""
    from statistics import StatisticsError, correlation, median

    if len(set(answers.labels)) <= MANY:
        return None
    try:
        pairs = [(float(a), float(b)) for a, b in zip(answers.labels, answers.predictions, strict=True) if a != b and b]
        related = correlation([a for a, _ in pairs], [b for _, b in pairs]) if len(pairs) >= FEW_WRONG else 0.0
    except (ValueError, StatisticsError):
        return None
    return median(abs(a - b) for a, b in pairs) if related > 0.8 else None


def judged(
    answers: Answers, baseline: Baseline, trust: Trust | None, *, slices: Slices, n: int, looks: int, luck: float
) -> list[Finding]:
    """What the numbers themselves say: no better than a constant, weak slices, confidences, luck."""
    table, found = answers.table, []
    several = len(set(answers.labels)) > 1
    if several and n and not baseline.beaten:
        text = f'Not better than always saying "{baseline.name}" ({baseline.accuracy:.3f}): p = {baseline.p:.2g} (McNemar)'
        found.append(told(table, "baseline", text, status=Status.FAIL))
    if slices.weak:
        one = slices.weak[0]
        more = len(slices.weak) - 1
        rest = f"; {more} more slice{'s are' if more > 1 else ' is'} weak" if more else ""
        text = f'{one.accuracy:.3f} ({one.interval.low:.3f} to {one.interval.high:.3f}) where {one.column} is "{one.value}" (n = {one.n}){rest} (of {slices.looked_at} looked at)'
        found.append(told(table, "weak-slices", text))
    if trust and trust.error > trust.limit:
        way = "too sure" if trust.confidence > trust.accuracy else "not sure enough"
        text = f"Confidences are {way}: {trust.confidence:.3f} on average, right {trust.accuracy:.3f}; calibration error {trust.error:.3f}, chance gives up to {trust.limit:.3f}"
        found.append(told(table, "calibration", text))
    if looks > 1:
        text = f"The best of {looks} looks at {n} rows is up to {luck:.3f} too good by luck alone"
        found.append(told(table, "looks", text))
    return found


def _with(finding: Finding, effect: Effect | None) -> Finding:
    from dataclasses import replace

    return replace(finding, effect=effect)


def _few(found: set[str]) -> str:
    listed = ", ".join(f'"{name}"' for name in sorted(found)[:3])
    return f"{listed} …" if len(found) > 3 else listed


def _classes(found: Sequence[str]) -> str:
    return f"class {_few(set(found))}" if len(found) == 1 else f"{len(found)} classes ({_few(set(found))})"
