import json

import pytest

from mlscaffold.templating.distribution import requirement_line

COMMIT = "0123456789012345678901234567890123456789"


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (None, "mlscaffold==1.2.3"),
        ({"url": "https://host.example/x.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}, f"mlscaffold @ git+https://host.example/x.git@{COMMIT}"),
        (
            {"url": "https://me:secret@host.example/x.git", "subdirectory": "a", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"mlscaffold @ git+https://host.example/x.git@{COMMIT}#subdirectory=a",
        ),
        ({"url": "ssh://git@host.example/x.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}, f"mlscaffold @ git+ssh://git@host.example/x.git@{COMMIT}"),
        (
            {"url": "https://host.example/m.whl", "archive_info": {"hashes": {"sha256": "ab"}}},
            "mlscaffold @ https://host.example/m.whl#sha256=ab",
        ),
    ],
)  # fmt: skip
def test_the_line_names_the_very_tool_without_secrets(origin: dict[str, object] | None, line: str) -> None:
    assert requirement_line("1.2.3", json.dumps(origin) if origin else None) == line


@pytest.mark.parametrize(
    "origin", [{"url": "file:///x", "dir_info": {"editable": True}}, {"url": "file:///x/m.whl", "archive_info": {}}]
)
def test_a_local_origin_is_a_comment_that_says_what_to_fill_in(origin: dict[str, object]) -> None:
    line = requirement_line("1.2.3", json.dumps(origin))
    assert line.startswith("# mlscaffold was installed from a local ")
    assert "\n" not in line
