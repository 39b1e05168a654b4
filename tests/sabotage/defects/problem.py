"""Stage 1: the problem document and what is accepted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import tomli_w

from tests.sabotage.corpus import Words, defect
from tests.sabotage.target import Target

ACCEPTANCE = "acceptance.toml"


def accept(project: Target, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what is accepted."""
    table = project.toml(ACCEPTANCE)
    change(table)
    project.write({ACCEPTANCE: tomli_w.dumps(table)})


def bound(project: Target, metric: str) -> tuple[str, float]:
    """The bound of a metric over all classes: its name (`min`, `max`) and its number."""
    entry = next(t for t in project.toml(ACCEPTANCE)["thresholds"] if t["metric"] == metric and "class" not in t)
    return next((key, float(entry[key])) for key in ("min", "max") if key in entry)


def set_bound(project: Target, metric: str, key: str, value: float) -> None:
    """Give a metric over all classes this bound and no other."""

    def change(table: dict[str, Any]) -> None:
        entry = next(t for t in table["thresholds"] if t["metric"] == metric and "class" not in t)
        entry.pop("min", None)
        entry.pop("max", None)
        entry[key] = value

    accept(project, change)


@defect("PR-01", "problem.section-missing", everywhere=True)
def every_section_is_empty(project: Target) -> Words:
    """The document has every heading and nothing under them."""
    path = project.document(1)
    kept = [line for line in project.read(path).splitlines() if line.startswith(("#", "<!--"))]
    project.write({path: "\n\n".join(kept) + "\n"})
    return path, "5 of 5", "empty"


@defect("PR-02", "problem.section-missing")
def one_section_still_holds_its_guidance(project: Target) -> Words:
    """Four sections were written, the fifth still holds what was generated there."""
    path, first = project.document(1), project.git("rev-list", "--max-parents=0", "HEAD").splitlines()[0]
    generated = project.git("show", f"{first}:{path}")
    guidance = generated.split("<!-- section: technical-requirements -->", 1)[1].split("\n## ", 1)[0].strip()
    project.set_section(1, "technical-requirements", guidance)
    return path, "1 of 5", "unchanged since generation", "Technical requirements"


@defect("PR-02b", "problem.section-missing", everywhere=True)
def one_sentence_fills_a_section(project: Target) -> Words:
    """One sentence stands twelve times under a heading, so that it looks written."""
    project.set_section(1, "problem-statement", "This is a very important problem for all of us. " * 12)
    return project.document(1), "1 of 5", "the same words over and over", "Problem statement"


@defect("PR-02c", "problem.copied-section", everywhere=True)
def the_problem_is_its_own_solution(project: Target) -> Words:
    """The problem stands a second time under the ideal solution."""
    project.set_section(1, "ideal-solution", project.sections(1)["problem-statement"])
    return project.document(1), "2 sections", "same text", "100%", "Ideal solution"


@defect("PR-03", "problem.owner-unnamed", everywhere=True)
def the_owner_is_nobody(project: Target) -> Words:
    """The problem's owner is still to be found."""
    project.set_section(1, "owner", "The customer, to be confirmed")
    return project.document(1), '"The customer, to be confirmed"', "a named person is wanted"


@defect("PR-03b", "problem.owner-unnamed", everywhere=True)
def the_owner_is_a_team(project: Target) -> Words:
    """The problem's owner is a team and its mailbox."""
    project.set_section(1, "owner", "Machine Learning Team, ml-team@forms.example")
    return project.document(1), '"Machine Learning Team', "a named person is wanted"


@defect("PR-04", "problem.owner-unnamed")
def marketing_in_place_of_scenes(project: Target) -> Words:
    """What was understood is one sentence of marketing; nobody has lived through anything."""
    project.set_section(1, "understanding", "Our innovative solution delights every customer with seamless intelligence.")
    return project.document(1), "at least 2", "first-hand"


@defect("PR-04b", "problem.owner-unnamed", severity="warn")
def two_items_of_marketing(project: Target) -> Words:
    """Two items long enough to be scenes, of which none happened."""
    project.set_section(
        1,
        "understanding",
        "- Our innovative platform empowers every team to do more with less effort, wherever it works.\n"
        "- Customers are delighted by seamless answers that help them to grow beyond what they thought possible.",
    )
    return project.document(1), "delighted, empowers, innovative", "at least 2 first-hand scenes"


@defect("PR-05", "problem.metric-unmeasurable", everywhere=True)
def two_metrics_are_optimised(project: Target) -> Words:
    """Two metrics are to be optimised, so every model can be called better."""
    accept(project, lambda table: table["metric"].update(optimise=["accuracy", "recall_macro"]))
    return ACCEPTANCE, "2 metrics", "accuracy, recall_macro", "exactly 1"


@defect("PR-06", "problem.threshold-trivial", everywhere=True)
def the_target_lies_below_the_largest_class(project: Target) -> Words:
    """The target is reached by always giving the same answer."""
    splits = [p.relative_to(project.root).as_posix() for p in sorted((project.root / "data/splits").glob("*.csv"))]
    counts = Counter(row["label"] for path in splits for row in project.rows(path) if row["split"] == "test")
    label, n = counts.most_common(1)[0]
    share = n / sum(counts.values())

    def change(table: dict[str, Any]) -> None:
        table["metric"]["optimise"] = "accuracy"
        table["thresholds"] = [{"metric": "accuracy", "min": round(share * 0.9, 3)}]

    accept(project, change)
    return ACCEPTANCE, f'"{label}"', f"{share:.2f}", f"≥ {round(share * 0.9, 3):g}", "always answering"


@defect("PR-07", "problem.metric-unmeasurable", everywhere=True)
def a_metric_is_misspelt(project: Target) -> Words:
    """The metric is misspelt, so nothing can be measured by it."""

    def change(table: dict[str, Any]) -> None:
        table["thresholds"][0]["metric"] = "acuracy"

    accept(project, change)
    return ACCEPTANCE, '"acuracy"', "no metric of this task"


@defect("PR-08", "problem.contradiction")
def the_document_promises_another_number(project: Target) -> Words:
    """A meeting changed the number in one of its two places."""
    _, value = bound(project, project.optimised)
    path, text = project.document(1), project.sections(1)["technical-requirements"]
    other = value + 0.02
    assert re.search(rf"\b{value:g}\b", text), text
    project.replace(path, text, re.sub(rf"\b{value:g}\b", f"{other:g}", text, count=1))
    line = next(n for n, said in enumerate(project.read(path).splitlines(), start=1) if f"{other:g}" in said)
    return f"{path}:{line}", f"is {other:g} in the document", ACCEPTANCE, f"{project.optimised} ≥ {value:g}"


@defect("PR-08b", "problem.requirement-without-number", severity="warn", everywhere=True)
def requirements_are_adjectives(project: Target) -> Words:
    """The technical requirements are adjectives."""
    project.set_section(
        1, "technical-requirements", "As accurate as possible and fast, on the usual hardware, and easy to use for everybody."
    )
    return project.document(1), "names no number", "16 words"


@defect("PR-09", "problem.metric-unmeasurable")
def a_limit_points_the_wrong_way(project: Target) -> Words:
    """The limit of the latency accepts every slow model."""
    _, value = bound(project, "latency_p95_ms")
    set_bound(project, "latency_p95_ms", "min", value)
    return ACCEPTANCE, "latency_p95_ms", f"min = {value:g}", "lower is better"


@defect("PR-10", "problem.metric-unmeasurable", everywhere=True)
def percent_where_fractions_are_meant(project: Target) -> Words:
    """The threshold is in percent, and the metric runs from 0 to 1."""
    set_bound(project, project.optimised, "min", 92)
    return ACCEPTANCE, "is 92", f"{project.optimised} lies from 0 to 1"


@defect("PR-11", "problem.target-moved", everywhere=True)
def the_target_moves_to_the_result(project: Target) -> Words:
    """After the evaluation had missed it the target became smaller, in a commit called "fix typo"."""
    key, before = bound(project, project.optimised)
    after = round(before - 0.02, 3)
    set_bound(project, project.optimised, key, after)
    project.commit("fix typo")
    added = ("--diff-filter=A", "--reverse", "--format=%H", "--", "reports/evaluation")
    evaluated = project.git("log", *added).splitlines()[0]
    return ACCEPTANCE, project.optimised, f"at least {before:g}, now at least {after:g}", evaluated[:12]


@defect("problem-1", "problem.section-missing")
def the_document_is_gone(project: Target) -> Words:
    """The document is gone."""
    path = project.document(1)
    project.remove(path)
    return (path,)


@defect("problem-2", "problem.section-missing")
def the_document_is_empty(project: Target) -> Words:
    """The document holds one empty line."""
    path = project.document(1)
    project.write({path: "\n"})
    return path, "5 of 5"


@defect("problem-3", "problem.answers-missing")
def the_wanted_answers_are_gone(project: Target) -> Words:
    """Inputs lie there, and nobody knows the wanted answers."""
    project.remove("docs/examples/answers.csv")
    inputs = [p for p in (project.root / "docs/examples").iterdir() if p.suffix in (".png", ".jpg")]
    return f"{len(inputs)} inputs", "docs/examples/answers.csv", "wanted answers"
