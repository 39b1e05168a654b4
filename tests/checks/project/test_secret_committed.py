from __future__ import annotations

import pytest

from mlscaffold.checks.project.secret_committed import secret_committed
from mlscaffold.project import open_project
from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK = "project.secret-committed"
# Put together here, so that this file itself holds none.
KEYS = {
    "AWS key": "AKIA" + "Q3EGRIKZ7NBA4TXW",
    "GitHub token": "ghp_" + "a1B2" * 9,
    "Hugging Face token": "hf_" + "aB3d" * 9,
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "Slack token": "xoxb-" + "123456789012-abcdefghijkl",
    "Google key": "AIza" + "b" * 35,
    "AWS secret key": "AWS_SECRET_ACCESS" + "_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYzq8Lm3Kd9Ts2",
    "Slack webhook": "https://hooks.slack.com/" + "services/T01ABCDEF/B02ABCDEF/" + "a1B2" * 6,
    "Kaggle key": '{"username": "ada", "ke' + 'y": "0123456789abcdef0123456789abcdef"}',
    "password of a .netrc": "machine store.intern login ada " + "password hunter2hunter2",
    "password in an address": "postgresql://admin" + ":Xk29dLq0vPz81@db.intern:5432/forms",
}


def test_no_secret_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_repository_has_nothing_committed(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_in_a_tracked_file(project: Sandbox, kind: str) -> None:
    project.write({"configs/serve.yaml": f"a: 1\nkey: {KEYS[kind]}\n"})
    assert project.check(CHECK) == []
    project.commit()
    found = said(project.check(CHECK), "fail", f"1 line with what looks like a {kind}", "configs/serve.yaml:2")
    assert KEYS[kind] not in found.message


def test_a_key_that_is_staged_only(project: Sandbox) -> None:
    project.write({"notes.md": KEYS["GitHub token"]})
    project.git("add", "notes.md")
    project.write({"notes.md": "clean again"})
    assert [f.status for f in secret_committed(open_project(project.root, staged=True))] == ["fail"]


def test_an_environment_file(project: Sandbox) -> None:
    project.write({".env": "A=1\n", ".env.example": "A=\n"})
    project.commit()
    said(project.check(CHECK), "fail", ".env is tracked by git", "git rm --cached .env")


def test_what_only_looks_like_one(project: Sandbox) -> None:
    project.write(
        {
            "docs/notes.md": "AKIA"
            + "IOSFODNN7EXAMPLE\nsk-learn is not a key, ghp_short neither\n"
            + KEYS["AWS key"]
            + " # allowlist secret\n"
        }
    )
    project.commit()
    assert project.check(CHECK) == []


def test_an_address_with_a_word_for_a_password(project: Sandbox) -> None:
    told = "postgres://user:password@localhost/x\nhttps://x:${TOKEN}@host/y\nhttps://git:$PASS1@host\npostgres://postgres:postgres@db:5432/a\n"
    project.write({"docs/setup.md": told + "http://host:8000/a1b2c3d4@x\n"})
    project.commit()
    assert project.check(CHECK) == []
