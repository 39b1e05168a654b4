from __future__ import annotations

import json

from mlscaffold.model import Status
from mlscaffold.workflows.release import release
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

DEPLOY = "deploy.toml"
SERVICE = "reports/deployment/service.json"

CHECK = "deployment.rollback-missing"


def go_back_to(project: Sandbox, digest: str) -> None:
    project.replace(DEPLOY, "[rollback]\n", f'[rollback]\ndigest = "{digest}"\n')


def test_a_plan_for_a_first_release(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_target_that_does_not_exist(project: Sandbox) -> None:
    go_back_to(project, "9" * 64)
    says(project, CHECK, "the rollback target 999999999999 does not exist: no release and no export has this digest")
    project.write({".mlscaffold/releases/1.toml": 'release = 1\nround = 1\n[digests]\nexport = "' + "9" * 64 + '"\n'})
    passes(project, CHECK)


def test_back_to_the_model_that_fails(project: Sandbox) -> None:
    served = str(json.loads(project.read(SERVICE))["export"]["digest"])
    go_back_to(project, served)
    says(project, CHECK, "is the export that is served")


def test_a_plan_of_three_words(project: Sandbox) -> None:
    project.replace(DEPLOY, "Workers sort by hand, as they did before; the fork is switched to manual.", "the old version")
    says(project, CHECK, 'the plan is "the old version": who does what without the model?')


def test_an_earlier_release_has_a_digest(project: Sandbox) -> None:
    project.write({".mlscaffold/releases/1.toml": 'release = 1\nround = 1\n[digests]\nexport = "' + "9" * 64 + '"\n'})
    says(project, CHECK, "1 release came before this one; name the export that comes back by its digest", status=Status.WARN)


def test_the_first_release_has_none_before_it(project: Sandbox) -> None:
    project.sign()
    release(project.open(), who="Ada Byron")
    passes(project, CHECK)


def test_splits_of_a_release_cannot_be_served(project: Sandbox) -> None:
    project.write({".mlscaffold/releases/1.toml": 'release = 1\nround = 1\n[digests]\nsplits = "' + "9" * 64 + '"\n'})
    go_back_to(project, "9" * 64)
    says(project, CHECK, "does not exist")


def test_without_a_way_back(project: Sandbox) -> None:
    text = project.read(DEPLOY)
    start = text.index("[rollback]")
    project.write({DEPLOY: text[:start] + text[text.index("[", start + 1) :]})
    misses(project, CHECK, "neither digest nor plan")


def test_how_is_still_to_be_found(project: Sandbox) -> None:
    project.replace(DEPLOY, "turn the key at lane two", "TBD")
    says(project, CHECK, "does not say how the old state is brought back")


def test_a_first_release_leaves_nothing_to_go_back_to(project: Sandbox) -> None:
    served = str(json.loads(project.read(SERVICE))["export"]["digest"])
    digests = f'model = "{"1" * 64}"\ndata = "m1:{"2" * 32}"\n"export.onnx" = "{served}"\n"export.litert" = "{"3" * 64}"\n'
    project.write({".mlscaffold/releases/1.toml": f"release = 1\nround = 1\n[digests]\n{digests}"})
    passes(project, CHECK)
    project.write({".mlscaffold/releases/1.toml": f"release = 1\nround = 1\n[digests]\n{digests.replace(served, '4' * 64)}"})
    says(project, CHECK, "1 release came before this one", status=Status.WARN)
