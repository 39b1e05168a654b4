from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.evaluation.test_causes_differ import sort
from tests.checks.stories import FIRST, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.failure-cases-missing"
DOCUMENT = "docs/07-evaluation.md"


def retell(project: Sandbox, cases: str, *, remedies: str = "Two hundred more pictures of closed flowers until Friday.") -> None:
    text = f"# Evaluation\n\n## Results\n\nAccuracy 0.86 on 150 pictures.\n\n## Failure cases\n\n{cases}\n\n## Remedies\n\n{remedies}\n"
    project.write({DOCUMENT: text})


def mistakes(project: Sandbox, *, right: bool = False) -> list[str]:
    rows = [line.split(",") for line in project.read(f"{FIRST}/eyeball.csv").splitlines()[1:]]
    return [r[0] for r in rows if (r[1] == r[2]) is right]


def test_mistakes_with_causes(project: Sandbox) -> None:
    passes(project, CHECK)


def test_none_worth_mentioning(project: Sandbox) -> None:
    retell(project, "None worth mentioning.")
    says(project, CHECK, "3 words about 4 mistakes of the eyeball split")


def test_a_section_without_text(project: Sandbox) -> None:
    retell(
        project,
        "Closed flowers are half of all mistakes; the others lie at the edge of the crop, and one label is wrong.",
        remedies="",
    )
    says(project, CHECK, "the section remedies is empty")


def test_named_pictures_that_were_right(project: Sandbox) -> None:
    wrong, right = mistakes(project)[0], mistakes(project, right=True)[0]
    story = "Closed flowers show only green, as in {}; that is half of all mistakes which we could find in this split."
    retell(project, story.format(wrong))
    passes(project, CHECK)
    retell(project, story.format(right.rsplit("/", 1)[1]))
    says(project, CHECK, "1 named files were predicted correctly")


def test_mistakes_of_test_are_not_for_reading(project: Sandbox) -> None:
    path = project.read(f"{FIRST}/predictions.csv").splitlines()[1].split(",")[0]
    retell(
        project,
        f"Closed flowers show only green, as in data/processed/{path}; that is half of all mistakes that we could find here.",
    )
    says(project, CHECK, "1 test pictures are discussed", status=Status.WARN)


def test_many_words_about_nothing(project: Sandbox) -> None:
    rows = project.read(f"{FIRST}/eyeball.csv").splitlines()
    other = {"daisy": "rose", "rose": "tulip", "tulip": "daisy"}
    turned = [",".join([r[0], r[1], other[r[1]], *r[3:]]) for r in (line.split(",") for line in rows[1:9])]
    project.write({f"{FIRST}/eyeball.csv": "\n".join([rows[0], *turned, *rows[9:]]) + "\n"})
    idle = "We went through everything with great care, and all in all there was nothing that anybody would have to worry about."
    retell(project, idle)
    says(project, CHECK, "mistakes of the eyeball split are discussed: no picture, no class", status=Status.WARN)
    retell(project, f"{idle} Only a rose in bud looks like a tulip.")
    passes(project, CHECK)


def test_other_languages(project: Sandbox) -> None:
    text = (
        "# Bewertung\n\n## Ergebnisse\n\nGenauigkeit 0,86.\n\n## Fehlerfälle\n\nGeschlossene Blüten zeigen nur Grün: das ist die Hälfte"
        " aller Fehler; zwei Bilder liegen am Rand des Ausschnitts, und ein Etikett ist falsch.\n\n## Maßnahmen\n\nMehr Bilder.\n"
    )
    project.write({DOCUMENT: text})
    passes(project, CHECK)


def test_without_a_document(project: Sandbox) -> None:
    project.remove(DOCUMENT)
    misses(project, CHECK, "docs/07-evaluation (md, docx or pdf) is missing")


def test_a_table_of_causes_says_it_too(project: Sandbox) -> None:
    retell(project, "See the table.")
    project.remove("reports/tuning/chosen.toml")  # the table is of training's choice then
    says(project, CHECK, "3 words about 4 mistakes of the eyeball split")
    sort(project)
    passes(project, CHECK)
    table = project.open().glob("reports/evaluation/causes/*/mistakes.csv")[0]
    project.edit_csv(table, lambda rows: [{**r, "path": r["path"].replace("/", "/x")} for r in rows])
    says(project, CHECK, "3 words about 4 mistakes of the eyeball split")


def test_mistakes_that_are_denied_at_length(project: Sandbox) -> None:
    for denial in (
        "Es wurden keine nennenswerten Fehler gefunden; was abweicht, ist nicht der Rede wert und wurde darum auch nicht weiter betrachtet.",
        "We went through the whole split with care and found no mistakes that would be worth a closer look or any further work.",
    ):
        retell(project, denial)
        found = says(project, CHECK, "the text says that there are no mistakes worth a word; eyeball.csv has 4, first eyeball/")
        assert found.evidence[1].line
    retell(
        project,
        "No mistakes with daisies were found; a closed rose, though, is taken for a tulip, and that is what most of them are.",
    )
    passes(project, CHECK)


def test_a_picture_that_is_nowhere(project: Sandbox) -> None:
    story = "Closed flowers show only green, as in {}; that is half of all mistakes, which figures/confusion.png and curves.svg show too."
    retell(project, story.format("eyeball/belt/rose/invented.png"))
    says(project, CHECK, "1 named files are in no split: eyeball/belt/rose/invented.png")
    retell(project, story.format(mistakes(project)[0]))
    passes(project, CHECK)
