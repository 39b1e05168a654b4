from __future__ import annotations

import pytest

from mlscaffold.model import Status
from tests.checks.stories import passes, says
from tests.conftest import Sandbox
from tests.finished import PACKAGE

CHECK = "deployment.classes-typed"
LISTS = {
    f"{PACKAGE}/serve/engine.py": "LABELS = [{}]\n",
    "web/app.js": "const CLASSES = [{}];\n",
    "ios/Labels.swift": "let labels = [{}]\n",
    "app/Labels.kt": "val labels = listOf({})\n",
    "deploy/values.yaml": "classes: [{}]\n",
    "web/labels.json": "[{}]\n",
}


def quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


def tracked(project: Sandbox, path: str, text: str) -> None:
    project.write({path: text})
    project.git("add", "-A")


def test_nobody_typed_classes(project: Sandbox) -> None:
    passes(project, CHECK)


@pytest.mark.parametrize("path", LISTS)
def test_lists_in_code_and_settings(project: Sandbox, path: str) -> None:
    tracked(project, path, LISTS[path].format(quoted("daisy", "rose", "tulip")))
    passes(project, CHECK)
    tracked(project, path, LISTS[path].format(quoted("rose", "daisy", "tulip")))
    found = says(project, CHECK, 'another order: place 0 is "rose", output 0 of the model "daisy"', status=Status.WARN)
    assert found.evidence[0].path == path
    tracked(project, path, LISTS[path].format(quoted("daisy", "rose", "tulipe")))
    says(project, CHECK, f"{path} lists 3 classes: 1 are not in the schema (tulipe); 1 of the schema are not there (tulip)")


def test_deploy_settings(project: Sandbox) -> None:
    project.replace("deploy.toml", 'export = "onnx"', 'export = "onnx"\nclasses = ["tulip", "rose", "daisy"]')
    says(project, CHECK, "deploy.toml lists the classes in another order", status=Status.WARN)


def test_label_files(project: Sandbox) -> None:
    tracked(project, "app/assets/labels.txt", "daisy\nrose\ntulip\n")
    passes(project, CHECK)
    tracked(project, "app/assets/labels.txt", "background\ndaisy\nrose\ntulip\n")
    says(project, CHECK, "1 are not in the schema (background)")


def test_a_page(project: Sandbox) -> None:
    page = "<ul>{}</ul>"
    tracked(project, "web/index.html", page.format("<li>rose</li><li>tulip</li><li>daisy</li>"))
    passes(project, CHECK)  # on a page the order is a matter of taste
    tracked(project, "web/index.html", page.format("<li>rose</li><li>class_3</li><li>daisy</li>"))
    says(project, CHECK, "(class_3)")


def test_the_generated_page_with_names_in_place_of_its_variable(project: Sandbox) -> None:
    path = f"{PACKAGE}/serve/page.html"
    tracked(project, path, '<ul class="knows">[[classes]]</ul>')
    passes(project, CHECK)
    tracked(project, path, '<ul><li class="class">zero</li><li class="class">one</li></ul><ol><li>a</li></ol>')
    says(project, CHECK, "2 are not in the schema (zero, one); 3 of the schema are not there")


@pytest.mark.parametrize(
    "text",
    [
        "Classes: daisy, rose and {}.\n",
        "## Classes\n\n- `daisy`: white\n- rose (any colour)\n- {}\n",
        "## Classes\n\n| class | meaning |\n|---|---|\n| daisy | white |\n| rose | red |\n| {} | any |\n",
    ],
)
def test_what_a_card_lists(project: Sandbox, text: str) -> None:
    tracked(project, "MODEL_CARD.md", "# Card\n\n" + text.format("tulip"))
    passes(project, CHECK)
    tracked(project, "MODEL_CARD.md", "# Card\n\n" + text.format("lily"))
    says(project, CHECK, "MODEL_CARD.md lists 3 classes: 1 are not in the schema (lily)", status=Status.WARN)


def test_lists_of_something_else(project: Sandbox) -> None:
    tracked(project, f"{PACKAGE}/serve/log.py", 'COLUMNS = ["time", "rose"]\nMONTHS = ["jan", "feb"]\n')
    tracked(project, "tests/test_x.py", 'NAMES = ["rose", "daisy", "tulip"]\n')
    tracked(project, "MODEL_CARD.md", "Classes: daisy, rose, …\n")
    tracked(project, "web/broken.py", "[")
    passes(project, CHECK)
