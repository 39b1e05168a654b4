import pytest

from mlscaffold.errors import UsageError
from mlscaffold.templating.answers import package_name, project_name, resolve
from mlscaffold.templating.catalog import questions, roles, task, tasks


def test_a_name_is_enough_and_the_git_user_holds_every_role() -> None:
    answers = resolve({"name": "flower-sorter"}, identity="Ada Byron")
    assert answers.package == "flower_sorter"
    assert set(answers.team) == set(roles())
    assert set(answers.team.values()) == {("Ada Byron",)}
    assert answers.author == "Ada Byron"


def test_without_identity_the_team_stays_empty() -> None:
    assert resolve({"name": "flower-sorter"}).team == {}


def test_texts_and_toml_values_give_the_same_answers() -> None:
    typed = resolve({"name": "f", "classes": "rose, tulip", "team": "Bo Li: data scientist, ML engineer; Al: data scientist"})
    told = resolve(
        {"name": "f", "classes": ["rose", "tulip"], "team": {"data scientist": ["Bo Li", "Al"], "ml engineer": "Bo Li"}}
    )
    assert typed == told
    assert typed.team == {"data scientist": ("Bo Li", "Al"), "ML engineer": ("Bo Li",)}


def test_every_mistake_is_told_at_once_with_the_nearest_known_word() -> None:
    with pytest.raises(UsageError) as refused:
        resolve({"name": "Flower Sorter", "licens": "mit", "ci": "githb", "classes": "rose, rose", "team": "Ada: data sientist"})
    said = refused.value.context
    assert "flower-sorter would do" in said
    assert "did you mean licence?" in said
    assert "did you mean github?" in said
    assert "'rose' is named twice" in said
    assert "did you mean data scientist?" in said


@pytest.mark.parametrize(
    "name", ["", "1st", "-x", "x-", "a--b", "Ümlaut", "a/b", "..", "torch", "class", "json", "data", "a" * 41]
)
def test_names_that_cannot_be_are_refused_with_a_reason(name: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        project_name(name)


@pytest.mark.parametrize("name", ["yield", "torch", "tests", "Foo", "a-b", ""])
def test_packages_that_cannot_be_imported_or_hide_others_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        package_name(name)


@pytest.mark.parametrize(
    ("key", "value"), [("problem", "two\nlines"), ("classes", "one"), ("classes", 3), ("team", "Ada"), ("ci", 7)]
)
def test_wrong_kinds_of_answers_are_refused(key: str, value: object) -> None:
    with pytest.raises(UsageError, match=key):
        resolve({"name": "f", key: value})


def test_at_most_eight_questions_are_asked_by_default() -> None:
    assert len([ask for ask in questions() if not ask.advanced]) <= 8


def test_an_unknown_task_names_those_that_exist() -> None:
    assert task("image-classification") in tasks()
    with pytest.raises(UsageError) as refused:
        task("flying")
    assert "image-classification" in refused.value.hint
