"""Numbers and plots of a collection."""

from __future__ import annotations

import io
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from mlscaffold.datasets.annotations import Medium
from mlscaffold.datasets.duplicates import exact_groups, near_groups
from mlscaffold.datasets.images import Facts
from mlscaffold.datasets.manifest import ManifestRow, manifest_digest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The blue and the orange of Okabe and Ito, which colour-blind people tell apart.
BLUE, ORANGE, INK, FAINT = "#0072B2", "#D55E00", "#333333", "#DDDDDD"
MOST_BARS, SMALLEST = 40, 10
LONGEST = 28
"""Signs of a class name on a plot."""
MANY, FAR = 200, 20
"""So many sizes are drawn paler; sizes whose sides differ by such a factor are drawn on a logarithmic scale."""


@dataclass(frozen=True)
class Statistics:
    """What `statistics.json` holds (`values`), and what only a person is shown."""

    values: dict[str, Any]
    problems: dict[str, tuple[str, str]]
    blank: tuple[str, ...]
    exact: tuple[tuple[str, ...], ...]
    near: tuple[tuple[str, ...], ...]
    contradictory: tuple[tuple[str, ...], ...]


def statistics_of(
    manifest: Iterable[ManifestRow], media: Iterable[Medium], facts: Mapping[str, Facts], *, classes: Sequence[str] = ()
) -> Statistics:
    """Count, measure and compare; keys of `facts` are paths under `data/raw`; `classes` gives the order of the counts."""
    rows = list(manifest)
    labels = {medium.path: medium.annotation.label for medium in media if medium.annotation.label}
    counted = Counter(labels[row.path] for row in rows if row.path in labels)
    order = [name for name in classes if name in counted] + sorted(counted.keys() - set(classes))
    seen = {path: fact for path, fact in facts.items() if fact.width}
    exact = exact_groups(facts)
    near = [group for group in near_groups(facts) if len({facts[path].digest for path in group}) > 1]
    values: dict[str, Any] = {
        "schema": 1,
        "images": len(rows),
        "bytes": sum(row.size for row in rows),
        "classes": {name: counted[name] for name in order},
        "sources": dict(sorted(Counter(row.path.split("/")[0] for row in rows).items())),
        "widths": _spread([fact.width for fact in seen.values()]),
        "heights": _spread([fact.height for fact in seen.values()]),
        "modes": dict(Counter(fact.mode for fact in seen.values()).most_common()),
        "formats": dict(Counter(fact.format for fact in seen.values()).most_common()),
        "duplicates": {"exact_groups": len(exact), "near_groups": len(near)},
        "manifest": manifest_digest(rows),
        "figures": [],
    }
    return Statistics(
        values,
        {path: (fact.problem, fact.detail) for path, fact in sorted(facts.items()) if fact.problem},
        tuple(sorted(path for path, fact in facts.items() if fact.blank)),
        tuple(exact),
        tuple(near),
        tuple(group for group in exact if len({labels[path] for path in group if path in labels}) > 1),
    )


def _spread(numbers: list[int]) -> dict[str, float]:
    """Least, middle and greatest; nothing of nothing."""
    return {"min": min(numbers), "median": median(numbers), "max": max(numbers)} if numbers else {}


def plot_classes(classes: Mapping[str, int]) -> bytes:
    """A bar a class, in their order, as SVG; of more than 40 classes the largest, and the smallest, which are the trouble."""
    shown: list[tuple[str, int]] = list(classes.items())
    hidden = max(0, len(shown) - MOST_BARS)
    if hidden:
        ordered = sorted(shown, key=lambda item: -item[1])
        shown = [*ordered[: MOST_BARS - SMALLEST], (f"… {hidden:,} more …", 0), *ordered[-SMALLEST:]]
    gap = MOST_BARS - SMALLEST if hidden else -1
    figure, axes = _figure(7.0, 1.1 + 0.3 * max(len(shown), 1))
    numbers = [count for _, count in shown]
    bars = axes.barh(range(len(shown)), numbers, color=BLUE, height=0.65)
    axes.set_yticks(range(len(shown)), [_name(name) for name, _ in shown])
    for label in axes.get_yticklabels():
        label.set_parse_math(False)  # a dollar in a name is a dollar
    axes.set_ylim(max(len(shown), 1) - 0.4, -0.6)
    total = sum(classes.values())
    told = ["" if place == gap else f"{n:,}  ({_share(n, total)})" for place, n in enumerate(numbers)]
    axes.bar_label(bars, told, padding=4, color=INK)
    axes.set_xlim(0, max([*numbers, 1]) * (1.1 + 0.014 * max(map(len, told), default=0)))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    more = f": the {MOST_BARS - SMALLEST} largest and the {SMALLEST} smallest of {len(classes):,}" if hidden else ""
    axes.set_title(f"Images of each class{more}", loc="left", color=INK, fontsize=11)
    return _svg(figure)


def _name(name: str) -> str:
    """A class name of bearable length; wide signs, which our font has not and measures too narrow, get their room on the left."""
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in short)
    return "\N{NO-BREAK SPACE}" * round(1.3 * wide) + short


def _share(n: int, total: int) -> str:
    """A share of all, which is never shown as nothing where there is something."""
    share = n / total if total else 0.0
    return f"{share:.0%}" if not n or share >= 0.01 else f"{share:.1%}" if share >= 0.001 else "<0.1%"


def plot_sizes(sizes: Iterable[tuple[int, int]]) -> bytes:
    """A dot for every size that occurs, larger where more of all images have it, as SVG; logarithmic where sizes lie far apart."""
    counted = Counter(sizes)
    figure, axes = _figure(6.0, 4.5)
    if counted:
        total = sum(counted.values())
        points = sorted(counted.items(), key=lambda item: -item[1])
        areas = [14 + 380 * n / total for _, n in points]
        widths, heights = [w for (w, _), _ in points], [h for (_, h), _ in points]
        axes.scatter(widths, heights, s=areas, color=BLUE, alpha=0.45 if len(points) < MANY else 0.2, linewidths=0, zorder=3)
        low, top = min(*widths, *heights), max(*widths, *heights)
        far = top / max(low, 1) > FAR
        first, last = (low / 1.6, top * 1.6) if far else (0.0, top * 1.12)
        if far:
            axes.set_xscale("log")
            axes.set_yscale("log")
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        else:
            axes.locator_params(nbins=6)
        axes.plot([first, last], [first, last], color=ORANGE, linewidth=1, linestyle=(0, (4, 3)), zorder=2)
        axes.text(0.98, 0.86, "square", color=ORANGE, ha="right", va="top", fontsize=9, transform=axes.transAxes)
        axes.set_title(_sizes_told(points), loc="left", color=INK, fontsize=11)
        axes.set_xlim(first, last)
        axes.set_ylim(first, last)
        axes.set_aspect("equal")
    axes.grid(color=FAINT, linewidth=0.6, zorder=0)
    axes.set_xlabel("width (px)", color=INK)
    axes.set_ylabel("height (px)", color=INK)
    return _svg(figure)


def _sizes_told(points: Sequence[tuple[tuple[int, int], int]]) -> str:
    """What the sizes say, the most frequent first."""
    (width, height), count = points[0]
    if len(points) == 1:
        return f"Every image has {width} × {height} px ({count:,} image{'s' * (count != 1)})"
    if count == 1:
        return f"{len(points):,} images, each of another size"
    return f"{len(points):,} sizes, most often {width} × {height} px ({count:,} images)"


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure in our plain style; no global state of matplotlib is touched."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(colors=INK, labelsize=9)
    return figure, axes


def _svg(figure: Figure) -> bytes:
    """The figure as SVG: text stays text, and the same figure gives the same bytes."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    settings = {"svg.hashsalt": "mlscaffold", "svg.fonttype": "none", "font.family": "sans-serif"}
    with rc_context(settings), warnings.catch_warnings():  # type: ignore[arg-type]
        warnings.filterwarnings("ignore", "Glyph .* missing")  # text stays text: whoever opens the picture has the letters
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
