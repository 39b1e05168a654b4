from __future__ import annotations

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "problem.answers-missing", "docs/examples/answers.csv"


def test_answered_examples_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))
    empty.write({FILE: "path,answer,by,why\n", "docs/examples/README.md": "Put inputs here."})
    assert absent(empty.check(CHECK))


def test_inputs_without_answers(project: Sandbox) -> None:
    project.remove(FILE)
    said(project.check(CHECK), "fail", "5 inputs", "no docs/examples/answers.csv")


def test_answers_without_inputs(project: Sandbox) -> None:
    project.remove("docs/examples/bunch-2.png")
    said(project.check(CHECK), "fail", "1 of 5 answers name no file", "bunch-2.png", f"{FILE}:3")


def test_an_empty_answer(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "answer": "" if i == 1 else r["answer"]} for i, r in enumerate(rows)])
    said(project.check(CHECK), "fail", "1 of 5 examples have no answer: bunch-2.png")


def test_one_picture_five_times_is_one_example(project: Sandbox) -> None:
    picture = (project.root / "docs/examples/bunch-1.png").read_bytes()
    project.write({f"docs/examples/bunch-{i}.png": picture for i in range(2, 6)})
    said(project.check(CHECK), "warn", "1 different example")


def test_an_input_nobody_answered(project: Sandbox) -> None:
    project.write({"docs/examples/extra.png": b"other"})
    said(project.check(CHECK), "warn", "1 input without an answer: extra.png")


def test_addresses_stand_for_files_that_may_not_lie_here(project: Sandbox) -> None:
    rows = "".join(f"https://hall.example/{i}.png;{'rose' if i else 'tulip'};Grace\r\n" for i in range(5))
    for i in range(1, 6):
        project.remove(f"docs/examples/bunch-{i}.png")
    project.write({FILE: "\ufeffpath;answer;by\r\n" + rows})
    assert project.check(CHECK) == []


def test_answers_to_another_problem(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "answer": ("oak", "elm")[i % 2]} for i, r in enumerate(rows)])
    said(project.check(CHECK), "warn", "5 of 5 answers are no class of data/schema.toml: elm, oak", f"{FILE}:2")
    project.edit_csv(FILE, lambda rows: [{**r, "answer": "Rose" if i else "none of these"} for i, r in enumerate(rows)])
    assert project.check(CHECK) == []  # what is to be refused is an answer too
    project.remove("data/schema.toml")
    assert project.check(CHECK) == []


def test_examples_of_one_class(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "answer": "rose"} for r in rows])
    said(project.check(CHECK), "warn", "all 5 examples have the same answer, rose: what of the other 2 classes?")
