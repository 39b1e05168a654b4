"""The questions that are asked on a terminal; those of `mlscaffold new` one after the other, each answer checked as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mlscaffold.templating.answers import parse
from mlscaffold.templating.catalog import Ask, questions

if TYPE_CHECKING:
    from questionary import Question

Refusal = Callable[[str], str]
"""The reason why a name cannot be used here, or an empty text."""


def ask_answers(given: Mapping[str, object], *, advanced: bool = False, taken: Refusal = lambda name: "") -> dict[str, object]:
    """Ask what was not given, at most eight questions unless `advanced`; ^C raises KeyboardInterrupt."""
    answers = dict(given)
    for ask in questions():
        if ask.key not in answers and (advanced or not ask.advanced):
            answers[ask.key] = parse(ask, _question(ask, taken).unsafe_ask())
    return answers


def ask_variables(variables: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Ask the variables of an outside template; what is left at its default is not in the answer."""
    import questionary

    answers = dict(given)
    for key, default in variables.items():
        if key in answers or key.startswith("_") or isinstance(default, dict):
            continue
        if isinstance(default, list):
            answer = questionary.select(key, choices=[str(choice) for choice in default]).unsafe_ask()
        else:
            answer = questionary.text(key, default=str(default)).unsafe_ask()
        if answer != str(default):
            answers[key] = answer
    return answers


def ask_choice(text: str, choices: Mapping[str, str]) -> str:
    """Let one of some values (value → what is shown) be chosen; ^C raises KeyboardInterrupt."""
    import questionary

    return str(
        questionary.select(
            text, choices=[questionary.Choice(shown, value=value) for value, shown in choices.items()]
        ).unsafe_ask()
    )


def ask_text(text: str) -> str:
    """Let a line be typed; ^C raises KeyboardInterrupt."""
    import questionary

    return str(questionary.text(text).unsafe_ask())


def _question(ask: Ask, taken: Refusal) -> Question:
    import questionary

    choices = [questionary.Choice(choice.title, value=choice.value) for choice in ask.choices]
    if ask.kind == "choice":
        default = ask.default if ask.default in ask.values else None
        return questionary.select(ask.text, choices=choices, default=default, instruction=f"({ask.help})" if ask.help else None)
    if ask.kind == "choices":
        chosen = [questionary.Choice(c.title, value=c.value, checked=c.value in ask.default) for c in ask.choices]
        return questionary.checkbox(ask.text, choices=chosen, instruction="(space marks, enter goes on)")
    return questionary.text(ask.text, instruction=f"({ask.help}) " if ask.help else None, validate=_validator(ask, taken))


def _validator(ask: Ask, taken: Refusal) -> Callable[[str], bool | str]:
    def validate(text: str) -> bool | str:
        try:
            parse(ask, text)
        except ValueError as reason:
            return str(reason)
        return (taken(text.strip()) if ask.kind == "name" else "") or True

    return validate
