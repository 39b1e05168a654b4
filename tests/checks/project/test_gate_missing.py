from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlscaffold.writing import write_toml
from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK, FILE = "project.gate-missing", ".github/workflows/ci.yml"


def test_a_job_on_pull_requests_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_ci_at_all(empty: Sandbox) -> None:
    said(empty.check(CHECK), "warn", "there is none at all")
    write_toml(empty.root / ".mlscaffold/template.toml", {"schema": 1, "answers": {"ci": "github"}})
    said(empty.check(CHECK), "fail", "there is none at all")
    write_toml(empty.root / ".mlscaffold/template.toml", {"schema": 1, "answers": {"ci": "none"}})
    assert empty.check(CHECK) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("mlscaffold check", "pytest", "do not run it"),
        ("  pull_request:\n", "", "runs it on push, not on pull requests"),
        ("run: mlscaffold check", "run: mlscaffold check || true", "swallows its failure"),
        (
            "      - run: mlscaffold check",
            "      - continue-on-error: true\n        run: mlscaffold check",
            "continues on error (step)",
        ),
        ("  check:\n", "  check:\n    if: false\n", "never runs that job"),
        ("run: mlscaffold check", "run: |\n          # mlscaffold check\n          pytest", "do not run it"),
        ("run: mlscaffold check", "run: mlscaffold check | tee log.txt", "swallows its failure (| tee, without pipefail)"),
        (
            "run: mlscaffold check",
            "run: |\n          mlscaffold check\n          echo done\n        shell: bash +e {0}",
            "swallows its failure (set +e)",
        ),
        (
            "  check:\n",
            "  check:\n    if: contains(github.event.pull_request.labels.*.name, 'check')\n",
            "never runs that job on pull requests",
        ),
        ("  pull_request:\n", "  pull_request:\n    branches: [release]\n", "runs on pull requests for release only, not for"),
        ("  pull_request:\n", "  pull_request:\n    branches-ignore: ['**']\n", "runs on pull requests for other branches only"),
        ("run: mlscaffold check", "run: mlscaffold check &", "swallows its failure (& (in the background))"),
        ("run: mlscaffold check", "run: echo mlscaffold check passed", "do not run it"),
        ("run: mlscaffold check", "run: mlscaffold check --help", "do not run it"),
        ("run: mlscaffold check", "run: mlscaffold check --stage problem", "checks stage problem only, of 10"),
        ("  check:\n", "  check:\n    if: github.event_name == 'push'\n", "never runs that job on pull requests"),
        ("run: mlscaffold check", "run: mlscaffold check\n        if: github.ref == 'refs/heads/main'", "never runs that step"),
        ("  pull_request:\n", "  pull_request:\n    types: [labeled]\n", "runs on pull requests that were labeled"),
        ("  pull_request:\n", "  pull_request:\n    paths: ['website/**']\n", "runs on no change of acceptance.toml"),
        ("  pull_request:\n", "  pull_request:\n    paths-ignore: ['**']\n", "runs on no change of acceptance.toml"),
    ],
)
def test_a_gate_that_stops_nothing(project: Sandbox, old: str, new: str, words: str) -> None:
    project.remove(".github/workflows/redeploy.yml")
    project.replace(FILE, old, new)
    said(project.check(CHECK), "fail", "no CI job runs", words)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  check:\n", "  check:\n    if: github.event_name == 'pull_request' || github.ref == 'refs/heads/main'\n"),
        ("  check:\n", "  check:\n    if: ${{ !github.event.pull_request.draft }}\n"),
        ("  check:\n", "  check:\n    if: github.actor != 'dependabot[bot]'\n"),
        ("  pull_request:\n", "  pull_request:\n    types: [opened, synchronize]\n    paths-ignore: ['docs/**', '**.md']\n"),
        (
            "run: mlscaffold check",
            "run: |\n          set -euo pipefail\n          mlscaffold check | tee log.txt\n          mlscaffold report || true",
        ),
        ("run: mlscaffold check", "run: uv run mlscaffold check --format github \\\n          --all"),
        ("run: mlscaffold check", "run: mlscaffold check --stage ${{ matrix.stage }}"),
        (
            "run: mlscaffold check",
            "run: mlscaffold check\n      - if: always()\n        continue-on-error: true\n        run: mlscaffold report",
        ),
    ],
)
def test_a_gate_told_at_more_length(project: Sandbox, old: str, new: str) -> None:
    project.remove(".github/workflows/redeploy.yml")
    project.replace(FILE, old, new)
    assert project.check(CHECK) == []


@pytest.mark.parametrize(
    "files",
    [
        {".gitlab-ci.yml": "check:\n  script:\n    - mlscaffold check --deep\n"},
        {"azure-pipelines.yml": "steps:\n- script: python -m mlscaffold check\n"},
        {
            ".github/workflows/x.yml": "on: [pull_request]\njobs:\n  a:\n    steps:\n      - run: make check\n",
            "Makefile": "check:\n\tmlscaffold check\n",
        },
        {".github/workflows/x.yml": "on: pull_request\njobs:\n  a:\n    steps:\n      - uses: pre-commit/action@v3\n"},
    ],
)
def test_other_providers_and_runners(project: Sandbox, files: dict[str, str]) -> None:
    project.remove(".github")
    project.write(dict(files))
    assert project.check(CHECK) == []


def test_another_provider_that_lets_it_fail(project: Sandbox) -> None:
    project.remove(".github")
    project.write({".gitlab-ci.yml": "check:\n  script: mlscaffold check\n  allow_failure: true\n"})
    said(project.check(CHECK), "fail", "lets it fail", ".gitlab-ci.yml")


def test_the_workflows_of_the_repository_that_holds_the_project(project: Sandbox, tmp_path: Path) -> None:
    big = Sandbox(tmp_path / "monorepo")
    shutil.copytree(project.root, big.root / "services/sorter", ignore=shutil.ignore_patterns(".git"))
    (big.root / "services/sorter/.github").rename(big.root / ".github")
    big.commit("everything")
    inner = Sandbox(big.root / "services/sorter")
    assert inner.check(CHECK) == []
    assert inner.check("deployment.redeploy-ungated") == []
    big.replace(FILE, "run: mlscaffold check", "run: mlscaffold check || true")
    big.remove(".github/workflows/redeploy.yml")
    said(inner.check(CHECK), "fail", "../../.github/workflows/ci.yml swallows its failure")


def test_tests_that_cannot_fail(project: Sandbox) -> None:
    project.replace(FILE, "      - run: mlscaffold check\n", "      - run: pytest || true\n      - run: mlscaffold check\n")
    said(project.check(CHECK), "warn", "the tests of .github/workflows/ci.yml can never fail (|| true)")
    project.replace(FILE, "pytest || true", "pytest -q --maxfail 1")
    assert project.check(CHECK) == []


@pytest.mark.parametrize(
    "filters", ["branches: [main, 'release/**']", "branches: ['**', '!old']", "branches: '*'", "branches-ignore: [docs]"]
)
def test_filters_of_branches_that_let_the_main_one_through(project: Sandbox, filters: str) -> None:
    project.git("branch", "-M", "main")
    project.replace(FILE, "  pull_request:\n", f"  pull_request:\n    {filters}\n")
    assert project.check(CHECK) == []


def test_the_main_branch_of_the_origin_has_another_name(project: Sandbox) -> None:
    project.git("update-ref", "refs/remotes/origin/live", "HEAD")
    project.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/live")
    project.replace(FILE, "  pull_request:\n", "  pull_request:\n    branches: [live]\n")
    assert project.check(CHECK) == []
    project.replace(FILE, "branches: [live]", "branches: [main]")
    said(project.check(CHECK), "fail", "for main only, not for live")


def test_a_shell_that_stops_at_a_failure(project: Sandbox) -> None:
    project.replace(
        FILE, "run: mlscaffold check", "run: |\n          mlscaffold check\n          echo done\n        shell: bash -e {0}"
    )
    assert project.check(CHECK) == []
