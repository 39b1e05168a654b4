from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, said, says
from tests.conftest import Sandbox

CHECK, SOURCE, TABLE = "preparation.extra-in-test", "data/raw/belt/source.toml", "data/splits/belt.csv"


def role(project: Sandbox, line: str) -> None:
    project.write({SOURCE: f"{project.read(SOURCE)}\n{line}\n"})


def keep(project: Sandbox, *names: str) -> None:
    project.edit_csv(TABLE, lambda rows: [r for r in rows if r["split"] in names])


def test_own_data_are_measured_on(project: Sandbox) -> None:
    passes(project, CHECK)


def test_extra_data_are_learned_from(project: Sandbox) -> None:
    role(project, 'role = "extra"\nweight = 0.3')
    project.edit_csv(TABLE, lambda rows: [{**r, "split": "augmented" if i % 9 == 0 else "train"} for i, r in enumerate(rows)])
    passes(project, CHECK)


def test_no_splits(empty: Sandbox) -> None:
    misses(empty, CHECK, "data/splits has no rows")


def test_a_source_without_a_file_is_ones_own(project: Sandbox) -> None:
    project.remove(SOURCE)
    passes(project, CHECK)


def test_extra_pictures_in_test(project: Sandbox) -> None:
    role(project, 'role = "extra"')
    found = says(
        project,
        CHECK,
        "240 pictures of belt (extra) are measured on: 60 in validation, 30 in eyeball, 150 in test, first belt/daisy/img0271.png",
    )
    assert (found.evidence[0].path, found.evidence[0].line) == (TABLE, 272)
    assert found.fix == "mlscaffold data split"


def test_a_few_of_them_say_what_the_number_is_without(project: Sandbox) -> None:
    project.write({"data/raw/web/source.toml": project.read(SOURCE) + '\nrole = "extra"\n'})
    renamed = "belt/daisy/img0271.png"
    project.edit_csv(TABLE, lambda rows: [{**r, "path": "web/a.png"} if r["path"] == renamed else r for r in rows])
    table = "data/processed/test/annotations.csv"
    project.edit_csv(table, lambda rows: [{**r, "origin": "web/a.png"} if r["origin"] == renamed else r for r in rows])
    found = says(project, CHECK, "1 picture of web (extra) is measured on: 1 in test, first web/a.png; accuracy 0.940, and 0.940")
    assert found.effect is not None and found.effect.corrected != found.effect.reported


def test_a_named_test_set_counts(project: Sandbox) -> None:
    role(project, 'role = "extra"')
    keep(project, "train", "test")
    project.edit_csv(TABLE, lambda rows: [{**r, "split": "test-night"} if r["split"] == "test" else r for r in rows])
    says(project, CHECK, "150 in test-night")


def rename(project: Sandbox, source: str, wanted: str) -> None:
    """Let the rows of one split come from another, generated source."""
    project.write({f"data/raw/{source}/source.toml": project.read(SOURCE).replace('method = "own"', 'method = "generated"')})
    project.edit_csv(
        TABLE,
        lambda rows: [{**r, "path": r["path"].replace("belt/", f"{source}/")} if r["split"] == wanted else r for r in rows],
    )


def test_generated_pictures_in_test(project: Sandbox) -> None:
    rename(project, "drawn", "test")
    found = project.check(CHECK)
    said(found, "fail", "150 pictures of drawn (generated) are measured on: 150 in test")
    said(found, "warn", "drawn is generated and not declared as extra: 150 of 420 pictures", 'role = "extra"')


def test_generated_pictures_in_train_are_to_be_declared(project: Sandbox) -> None:
    rename(project, "drawn", "train")
    says(project, CHECK, "drawn is generated and not declared as extra: 180 of 420 pictures", status=Status.WARN)
    project.write({"data/raw/drawn/source.toml": project.read("data/raw/drawn/source.toml") + '\nrole = "extra"\n'})
    passes(project, CHECK)


def test_where_all_is_generated_the_numbers_hold_for_that(project: Sandbox) -> None:
    project.write({SOURCE: project.read(SOURCE).replace('method = "own"', 'method = "generated"')})
    says(project, CHECK, "all data are generated, the 240 pictures that are measured on too", status=Status.WARN)
