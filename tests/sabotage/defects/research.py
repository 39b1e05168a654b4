"""Stage 2: the research document and the baseline."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

from tests.sabotage.corpus import Words, defect, left
from tests.sabotage.defects.problem import ACCEPTANCE, accept
from tests.sabotage.target import Target


def add(project: Target, section: str, sentence: str) -> int:
    """Add a sentence to a section of the research document; the line of the section's heading."""
    project.set_section(2, section, f"{project.sections(2)[section]}\n\n{sentence}")
    lines = project.read(project.document(2)).splitlines()
    return next(n for n, line in enumerate(lines) if line.startswith(f"<!-- section: {section} "))


def baselines(project: Target) -> list[float]:
    """What baselines reach: each that was computed, and the most frequent class of test."""
    splits = [p.relative_to(project.root).as_posix() for p in sorted((project.root / "data/splits").glob("*.csv"))]
    counts = Counter(row["label"] for path in splits for row in project.rows(path) if row["split"] == "test")
    found = [max(counts.values()) / sum(counts.values())]
    for path in sorted(project.root.glob("reports/*/*/baseline.csv")):
        rows = project.rows(path.relative_to(project.root).as_posix())
        found.append(sum(r["label"] == r["prediction"] for r in rows) / len(rows))
    return found


@defect("RE-01", "research.copied-section", everywhere=True)
def one_paragraph_under_every_heading(project: Target) -> Words:
    """One good paragraph stands under every heading."""
    sections = project.sections(2)
    text = max((t for name, t in sections.items() if name != "literature"), key=len)
    wanted = [name for name in sections if name != "literature"]
    for name in wanted:
        project.set_section(2, name, text)
    return project.document(2), f"{len(wanted)} sections", "same text", "100%"


@defect("RE-02", "research.literature-thin", everywhere=True)
def the_literature_is_filled_up(project: Target) -> Words:
    """Eight lines name three works, the same ones in other versions."""
    works = (
        "- He et al., Deep residual learning for image recognition, 2016, arXiv:1512.03385",
        "- He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition. arXiv:1512.03385v2",
        "- Residual learning, https://arxiv.org/abs/1512.03385v1",
        "- Loshchilov, Hutter, Decoupled weight decay regularization, 2019, arXiv:1711.05101",
        "- Loshchilov, I.: Decoupled Weight Decay Regularization (arXiv:1711.05101v3)",
        "- Barz, Denzler, Do we train on test data?, 2020, doi:10.3390/jimaging6060041",
        "- Barz and Denzler 2020, https://doi.org/10.3390/jimaging6060041",
        "- Do we train on test data? Purging CIFAR, doi:10.3390/JIMAGING6060041",
    )
    project.set_section(2, "literature", "\n".join(works))
    return project.document(2), "8 entries", "3 different works", "at least 5"


@defect("RE-03", "research.literature-thin", severity="warn")
def references_are_invented(project: Target) -> Words:
    """A month 55, a DOI without a number, a paper of next year."""
    year = dt.date.today().year + 1
    add(
        project,
        "literature",
        f"- Doe, Strokes told apart, arXiv:2413.55555\n- Roe, Forms and their fields, doi:jimaging.6060041, {year}",
    )
    return project.document(2), "2413.55555", "jimaging.6060041"


@defect("RE-03b", "research.literature-thin", severity="warn")
def a_paper_of_next_year(project: Target) -> Words:
    """A paper that is dated next year."""
    year = dt.date.today().year + 1
    add(project, "literature", f"- Roe, Forms and their fields, {year}")
    return project.document(2), "from the future", str(year)


@defect("RE-04", "research.architecture-differs", severity="warn", everywhere=True)
def another_network_was_trained(project: Target) -> Words:
    """The document plans one network, the chosen run trained another, and nobody came back to the document."""
    project.set_section(
        2,
        "architecture",
        "EfficientNet-B0, pretrained on ImageNet: five million parameters, 224 by 224 pixels, the last layer replaced by one "
        "output a class. It is the smallest of its family, and fast enough for the computer that we have.",
    )
    run = project.toml("reports/training/chosen.toml")["run"]
    backbone = re.search(r"(?m)^\s+backbone: (\S+)$", project.read(f"{project.run('training')}/params.yaml"))
    assert backbone
    return project.document(2), "EfficientNet-B0", f"run {run} trained {backbone[1]}"


@defect("RE-05", "research.baseline-undecided", everywhere=True)
def a_baseline_that_nobody_can_compute(project: Target) -> Words:
    """A number for the baseline with nothing behind it."""
    known = baselines(project)
    invented = next(n for n in (0.6, 0.47, 0.73, 0.31) if all(abs(n - k) > 0.05 for k in known))
    add(project, "algorithms", f"Baseline: about {invented:.0%}.")
    return project.document(2), f"baseline {invented:g}", f"{max(known):.2f}"


@defect("RE-06", "evaluation.comparison-differs", everywhere=True)
def the_baseline_was_scored_on_train(project: Target) -> Words:
    """The baseline was scored on what it was fitted to."""
    path = f"{project.evaluation()}/baseline.csv"
    here = project.rows("data/processed/train/annotations.csv")
    shares = {f"p:{name}": "0" for name in project.classes}
    rows = [
        {"path": f"train/{r['path']}", "label": r["label"], "prediction": r["label"], **shares, f"p:{r['label']}": "1"}
        for r in here
    ]
    project.edit_csv(path, lambda _: rows)
    wanted = len(project.rows("data/processed/test/annotations.csv"))
    return path, f"{len(rows)} of train", f"{wanted} of test"


@defect("RE-07", "research.data-described-otherwise", severity="warn", everywhere=True)
def numbers_of_other_data(project: Target) -> Words:
    """The document tells of more classes, and of another size, than the data have."""
    found, claimed, counted = len(project.classes), len(project.classes) + 2, project.json("reports/collection/statistics.json")
    wide, high = 3 * counted["widths"]["max"], 3 * counted["heights"]["max"]
    project.set_section(
        2,
        "data-sources",
        f"Photographs of {wide}x{high} pixels in {claimed} classes, taken at the counter by two people over four weeks in spring. "
        "Each was labelled on the spot and read again a week later; they are ours, and nobody else may have them.",
    )
    words = (
        f"{claimed} classes there, {found} in the data",
        f"{wide} x {high} pixels there",
        "reports/collection/statistics.json",
    )
    return project.document(2), *words


@defect("RE-08", "research.needs-without-numbers", severity="warn", everywhere=True)
def hardware_in_adjectives(project: Target) -> Words:
    """A good card and the usual libraries."""
    project.set_section(2, "hardware", "A good graphics card with plenty of memory; training takes a while, use is fast.")
    return project.document(2), "Hardware", "no memory size, device or time"


@defect("RE-08b", "research.needs-without-numbers", severity="warn")
def software_in_adjectives(project: Target) -> Words:
    """The usual libraries, in a recent version."""
    project.set_section(2, "software", "The usual libraries for deep learning in a recent version, all of them free.")
    return project.document(2), "Software", "no package with its version"


@defect("RE-09", "research.licence-forbids-use", severity="warn", everywhere=True)
def data_that_may_not_be_sold(project: Target) -> Words:
    """The data are for non-commercial use, and stage 1 describes a product that is sold."""
    path = f"{project.raw}/source.toml"
    project.write(
        {
            path: "\n".join(
                'licence = "CC BY-NC 4.0"' if line.startswith("licence") else line for line in project.read(path).splitlines()
            )
            + "\n"
        }
    )
    text = project.sections(1)["ideal-solution"]
    project.set_section(1, "ideal-solution", f"{text} We sell it to forty customers by subscription, at 90 euros a month.")
    return path, "CC BY-NC 4.0", project.document(1), "sell"


@defect("RE-10", "research.baseline-suffices", severity="warn", everywhere=True)
def the_baseline_meets_the_target(project: Target) -> Words:
    """The rule without a model already reaches what is wanted, and nobody asks what the model is for."""
    rows = project.rows(f"{project.evaluation()}/baseline.csv")
    score = sum(r["label"] == r["prediction"] for r in rows) / len(rows)
    target = round(score - 0.03, 2)

    def change(table: dict[str, object]) -> None:
        table["metric"] = {"optimise": "accuracy"}
        table["thresholds"] = [{"metric": "accuracy", "min": target}]

    accept(project, change)
    return ACCEPTANCE, f"{score:.3f}", f"≥ {target:g}"


left("RE-11", "A seasonal baseline is honest, the recorded one is a mean", "time series are no task of this tool yet")


@defect("research-1", "research.section-missing")
def the_document_is_gone(project: Target) -> Words:
    """The document is gone."""
    path = project.document(2)
    project.remove(path)
    return (path,)


@defect("research-2", "problem.metric-unmeasurable")
def an_unknown_rule(project: Target) -> Words:
    """The baseline is a good guess."""
    accept(project, lambda table: table["baseline"].update(rule="a good guess"))
    return ACCEPTANCE, '"a good guess"', "majority"
