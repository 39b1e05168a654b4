from __future__ import annotations

import pytest

from mlscaffold.evidence.conditions import holds


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (True, True),
        (False, False),
        ("${{ false }}", False),
        ("github.event_name == 'pull_request'", True),
        ("github.event_name == 'push' || github.event_name == 'Pull_Request'", True),
        ("github.event_name == 'push' && env.ANYTHING == 'x'", False),
        ("${{ !github.event.pull_request.draft }}", True),
        ("!(github.event_name == 'pull_request')", False),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("contains(github.event.head_commit.message, 'skip')", None),
        ("github.actor != 'dependabot[bot]'", None),
        ("always() && github.ref == 'refs/heads/main'", False),
        ("failure()", False),
        ("contains(github.event.pull_request.labels.*.name, 'check')", False),
        ("!contains(github.event.pull_request.labels.*.name, 'skip')", True),
        ("it is no condition at all ?", None),
        ("github.run_number > 3", None),
    ],
)
def test_as_far_as_it_is_known(condition: object, wanted: bool | None) -> None:
    assert holds(condition) is wanted
