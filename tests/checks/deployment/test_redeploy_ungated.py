from __future__ import annotations

import pytest

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


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("mlscaffold check --all | tee check.log", "can never fail (| tee, without pipefail, line 13)"),
        ("mlscaffold check --all &", "can never fail (& (in the background), line 13)"),
        ("if mlscaffold check --all; then echo fine; fi", "can never fail (asks whether it failed, and goes on, line 13)"),
        ("mlscaffold check --all || echo never mind", "can never fail (|| echo never mind, line 13)"),
        ('echo "mlscaffold check --all"', "job deploy deploys without mlscaffold check before it"),
        ("mlscaffold check --help", "job deploy deploys without mlscaffold check before it"),
        ("mlscaffold check --stage problem", "job deploy deploys after a check of stage problem only"),
    ],
)
def test_a_check_in_name_only(project: Sandbox, run: str, words: str) -> None:
    project.replace(
        FILE, "      - run: mlscaffold check --all\n", f"      - run: {run}\n" if '"' not in run else f"      - run: '{run}'\n"
    )
    says(project, CHECK, words)


@pytest.mark.parametrize(
    "run",
    [
        "|\n          set -o pipefail\n          mlscaffold check --all | tee check.log",
        "|\n          mlscaffold check --all || { cat check.log; exit 1; }",
        "|\n          if ! mlscaffold check --all; then\n            exit 1\n          fi",
        "|\n          set +e\n          mlscaffold check --all\n          code=$?\n          set -e\n          exit $code",
        "|\n          mlscaffold check --all\n          mlscaffold report --format html || true",
        "mlscaffold check --stage deployment",
        "mlscaffold check --stage ${{ matrix.stage }}",
    ],
)
def test_a_check_told_at_more_length(project: Sandbox, run: str) -> None:
    project.replace(FILE, "      - run: mlscaffold check --all\n", f"      - run: {run}\n")
    passes(project, CHECK)


def test_bash_named_as_the_shell_minds_pipes(project: Sandbox) -> None:
    project.replace(FILE, "run: mlscaffold check --all\n", "run: mlscaffold check --all | tee check.log\n        shell: bash\n")
    passes(project, CHECK)


def test_a_job_that_is_switched_off(project: Sandbox) -> None:
    project.replace(FILE, "  check:\n", "  check:\n    if: false\n")
    says(project, CHECK, "job check never runs (if: false)")


def test_the_check_stands_in_a_workflow_of_its_own(project: Sandbox) -> None:
    text = project.read(FILE)
    job = text[text.index("  check:\n") : text.index("  deploy:\n")]
    project.write({FILE: text.replace(job, "  check:\n    uses: ./.github/workflows/ci.yml\n")})
    passes(project, CHECK)
    project.replace(".github/workflows/ci.yml", "run: mlscaffold check", "run: pytest")
    says(project, CHECK, "job deploy deploys without mlscaffold check before it")


@pytest.mark.parametrize("name", ["release-notes", "publish-docs", "deploy-pages", "publish-to-pypi"])
def test_what_publishes_no_model_needs_no_gate(project: Sandbox, name: str) -> None:
    text = "on:\n  push:\n    tags: ['v*']\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {}\n"
    project.write({f".github/workflows/{name}.yml": text.format("gh release create")})
    passes(project, CHECK)
    project.write({f".github/workflows/{name}.yml": text.format("docker push registry.example/flowers")})
    assert any("deploys without mlscaffold check" in f.message for f in project.check(CHECK))
