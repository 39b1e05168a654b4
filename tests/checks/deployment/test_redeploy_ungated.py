from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "deployment.redeploy-ungated"
FILE = ".github/workflows/redeploy.yml"


def test_checked_and_approved(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_check_that_can_never_fail(project: Sandbox) -> None:
    project.replace(FILE, "mlscaffold check --all", "mlscaffold check --all || true")
    says(project, CHECK, 'step "check" can never fail (|| true, line 13)')
    project.replace(
        FILE, "- run: mlscaffold check --all || true", "- run: mlscaffold check --all\n        continue-on-error: true"
    )
    says(project, CHECK, 'step "check" can never fail (continue-on-error: true, line 14)')


def test_a_whole_job_that_can_never_fail(project: Sandbox) -> None:
    project.replace(
        FILE, "  check:\n    runs-on: ubuntu-latest", "  check:\n    continue-on-error: true\n    runs-on: ubuntu-latest"
    )
    says(project, CHECK, 'step "check" can never fail (continue-on-error: true, line 9)')


def test_hushed_steps_that_are_no_check_are_their_own_business(project: Sandbox) -> None:
    project.replace(FILE, "docker build -t flower-sorter .", "docker build -t flower-sorter . && docker image prune || true")
    passes(project, CHECK)


def test_no_check_before_it(project: Sandbox) -> None:
    project.replace(FILE, "    needs: check\n", "")
    says(project, CHECK, "job deploy deploys without mlscaffold check before it")


def test_deployed_whatever_the_check_says(project: Sandbox) -> None:
    project.replace(FILE, "    needs: check\n", "    needs: check\n    if: always()\n")
    says(project, CHECK, "job deploy deploys even when the check has failed (if: always())")


def test_the_generated_pipeline(project: Sandbox) -> None:
    from pathlib import Path

    generated = Path(__file__).parents[3] / "templates/base/.github/workflows/redeploy.yml"
    project.write({FILE: generated.read_text(encoding="utf-8")})
    passes(project, CHECK)


def test_no_approval(project: Sandbox) -> None:
    project.replace(FILE, "    environment: production\n", "")
    says(project, CHECK, "it deploys without a person's approval")


def test_another_provider(project: Sandbox) -> None:
    project.remove(FILE)
    project.write({".gitlab-ci.yml": "deploy:\n  when: manual\n  script:\n    - mlscaffold check\n    - docker push sorter\n"})
    passes(project, CHECK)
    project.write({".gitlab-ci.yml": "deploy:\n  script:\n    - docker push sorter\n"})
    assert [f.status for f in project.check(CHECK)] == [Status.FAIL, Status.WARN]


def test_without_a_pipeline(project: Sandbox) -> None:
    project.remove(FILE)
    misses(project, CHECK, "no pipeline redeploys the model")
