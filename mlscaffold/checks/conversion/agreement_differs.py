"""Each export gives the answers of its source model on the test pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from statistics import median

from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.evidence import data, judged, scored
from mlscaffold.evidence.exports import Card
from mlscaffold.evidence.predictions import Prediction, Predictions
from mlscaffold.model import Finding
from mlscaffold.project import Project

LEAST = 100
TIE = 0.01
WANTED = {"fp32": 1.0, "float32": 1.0, "fp16": 0.995, "float16": 0.995}
INT8 = 0.95
RECORDED = 0.0051
SEEN = 1e-6  # a difference of logits that some probability of nine digits shows
FINE = 8
SOME = 30
ROUNDED = 1e-4
READS = ("exports", "reports/evaluation", "reports/tuning/chosen.toml", "data/processed/test/annotations.csv")


@dataclass(frozen=True)
class Agreement:
    """How often export and source say the same, where ties may fall either way."""

    n: int
    same: int
    tied: int

    @property
    def share(self) -> float:
        """The share of equal answers, ties counted as equal."""
        return (self.same + self.tied) / self.n if self.n else 0.0


@check(proves="same-answers", reads=READS)
def agreement_differs(project: Project) -> Iterator[Finding]:
    """Each export gives the answers of its source model on the test pictures.

    ## Why
    A conversion can lose an operation, the order of channels or six points of accuracy, without an error.

    ## Evidence
    `exports/<target>/predictions.csv` against the evaluation of the same checkpoint, picture by picture: at least 100 test
    pictures
    (all, where there are fewer), more than one class among the answers. Wanted are all answers for fp32, 99.5 % for fp16 and 95 % for
    int8; a picture whose two best classes lie within 0.01 may fall either way. Probabilities cannot differ by more than the logits
    of the card do, nor not at all where those differ; nor are the answers of two exports equal to the last digit whose logits are not. The agreement on the card may differ by half a
    per cent
    (ties).

    ## Fix
    Convert again; look at the first picture that differs.
    """
    n = len(data.processed(project, "test"))
    for card in cards(project):
        path, fix = f"{folder_of(card)}/predictions.csv", command(project, card)
        if not card.verified_by and not project.exists(path):
            yield unknown(f"the answers of {card.target} were computed nowhere yet (no runtime for it)", card.path, fix=fix)
            continue
        table, source = judged.table(project, path), judged.table(project, judged.newest(project).predictions)
        common = scored.by_path(table).keys() & scored.by_path(source).keys()
        wanted = min(LEAST, n)
        if len(common) < wanted:
            yield fail(
                f"{card.target}: parity was measured on {len(common)} test pictures, at least {wanted} are wanted", path, fix=fix
            )
            continue
        if len({row.prediction for row in table.rows}) < 2 and len(data.classes(project)) > 1:
            yield fail(
                f"{card.target}: all {len(table.rows)} answers are {table.rows[0].prediction}; their agreement proves nothing",
                path,
                fix=fix,
            )
            continue
        yield from _compare(card, table, source, fix=fix)
    yield from _copies(project)


def _copies(project: Project) -> Iterator[Finding]:
    """Two exports whose answers are equal to the last digit, though their logits differ from the source by other amounts."""
    mine = [(card, f"{folder_of(card)}/predictions.csv") for card in cards(project) if card.max_difference is not None]
    mine = [(card, path) for card, path in mine if project.exists(path) and _digits(judged.table(project, path)) >= FINE]
    for (one, path), (other, second) in combinations(mine, 2):
        apart = abs((one.max_difference or 0.0) - (other.max_difference or 0.0))
        rows, theirs = (scored.by_path(judged.table(project, each)) for each in (path, second))
        same = len(rows) >= SOME and {k: r.probabilities for k, r in rows.items()} == {
            k: r.probabilities for k, r in theirs.items()
        }
        if same and apart > SEEN:
            yield fail(
                f"{one.target} and {other.target}: {len(rows)} answers equal to the last digit, and their cards say that logits differ from the"
                f" source by up to {one.max_difference:.2g} and {other.max_difference:.2g}: one table is a copy of the other",
                path, second, fix=command(project, other),
            )  # fmt: skip


def _compare(card: Card, table: Predictions, source: Predictions, *, fix: str) -> Iterator[Finding]:
    found, differing = agreement(table, source)
    exactly = found.same / found.n
    least = next((share for name, share in WANTED.items() if card.quantisation.lower().startswith(name)), INT8)
    if card.agreement is None:
        yield warn(
            f"{card.target}: the card records no agreement; {exactly:.3f} recomputed on {found.n} pictures", card.path, fix=fix
        )
    elif not exactly - RECORDED <= card.agreement <= found.share + RECORDED:
        yield fail(
            f"{card.target}: agreement {card.agreement:.2f} recorded, {exactly:.2f} recomputed on {found.n} pictures",
            card.path, table.path, fix=fix,
        )  # fmt: skip
    if found.share < least:
        yield fail(
            f"{card.target} ({card.quantisation or 'unknown type'}) agrees with its source on {found.share:.1%} of {found.n} pictures;"
            f" {least:.1%} are wanted: first {differing[0]}",
            table.path, source.path, fix=fix,
        )  # fmt: skip
    yield from _apart(card, table, source, fix=fix)
    if card.accuracy is not None and abs(card.accuracy - table.accuracy) > RECORDED:
        yield fail(f"{card.target}: accuracy {card.accuracy:.3f} recorded, {table.accuracy:.3f} recomputed from {len(table.rows)} rows",
                   card.path, table.path, fix=fix)  # fmt: skip


def _apart(card: Card, table: Predictions, source: Predictions, *, fix: str) -> Iterator[Finding]:
    """The largest difference of a logit, on the card, against those of the probabilities: none of these can be larger, nor all of them 0."""
    theirs = scored.by_path(source)
    pairs = [(row, theirs[row.path]) for row in table.rows if row.path in theirs]
    if table.classes != source.classes or card.max_difference is None or not pairs:
        return
    found = max(abs(a - b) for mine, other in pairs for a, b in zip(mine.probabilities, other.probabilities, strict=True))
    if found == 0 and len(pairs) >= LEAST and card.max_difference >= SEEN and _digits(table) >= FINE:
        yield fail(
            f"{card.target}: {len(pairs)} answers equal those of the source to the last digit, and the card says that logits differ by up to"
            f" {card.max_difference:.2g}: the table is a copy",
            table.path, source.path, fix=fix,
        )  # fmt: skip
    elif card.quantisation == "fp32" and found > card.max_difference + ROUNDED:
        yield fail(
            f"{card.target}: max_difference {card.max_difference:.2g} recorded, and probabilities differ by up to {found:.2g} on {len(pairs)} pictures",
            card.path, table.path, fix=fix,
        )  # fmt: skip


def _digits(table: Predictions) -> int:
    """The significant digits that half of the probabilities have at least."""
    return int(median(len(Decimal(repr(p)).as_tuple().digits) for row in table.rows for p in row.probabilities))


def agreement(table: Predictions, source: Predictions) -> tuple[Agreement, list[str]]:
    """Agreement on the pictures of both tables, and the pictures on which they differ beyond a tie."""
    theirs = scored.by_path(source)
    pairs = [(row, theirs[row.path]) for row in table.rows if row.path in theirs]
    apart = [(a, b) for a, b in pairs if a.prediction != b.prediction]
    tied = [a.path for a, b in apart if _margin(b) <= TIE or _margin(a) <= TIE]
    differing = [a.path for a, _ in apart if a.path not in set(tied)]
    return Agreement(len(pairs), len(pairs) - len(apart), len(tied)), differing


def _margin(row: Prediction) -> float:
    first, second = sorted(row.probabilities, reverse=True)[:2] if len(row.probabilities) > 1 else (1.0, 0.0)
    return first - second
