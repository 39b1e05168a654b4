"""project.secret-committed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold import git
from mlscaffold.checks import at, check, fail
from mlscaffold.evidence.wording import count, few
from mlscaffold.keys import FORMS
from mlscaffold.model import Finding
from mlscaffold.project import Project
from mlscaffold.trees import IndexTree

ENV_FILE = re.compile(
    r"(?:^|/)\.env(?:\.(?!example$|sample$|template$|dist$|defaults?$)[\w.-]+)?$|(?:^|/)id_(?:rsa|dsa|ecdsa|ed25519)$"
)
HARMLESS = re.compile(rb"EXAMPLE|allowlist secret|gitleaks:allow|noqa: secret", re.I)


@check(proves="", reads=("**",), always=True, volatile=True)
def secret_committed(project: Project) -> Iterator[Finding]:
    """No key, token or password file is in git.

    ## Why
    What was committed once is in every clone, and robots find it within minutes.

    ## Evidence
    Tracked text files (the index for a commit that is being made), searched for the known forms of keys; tracked `.env` files
    and private keys by name. The secret itself is never shown. A line with `allowlist secret` is passed over.

    ## Fix
    Revoke the key first. Then take the file out with `git rm --cached`, and keep it in the environment.
    """
    files = [path for path in git.index_entries(project.root) if ENV_FILE.search(path)]
    if files:
        verb = "is" if len(files) == 1 else "are"
        yield fail(f"{few(files)} {verb} tracked by git", *files[:3], fix=f"git rm --cached {files[0]}, and revoke what is in it")
    found = _search(project)
    for kind, pattern in FORMS.items():
        places = [(path, line) for path, line, text in found if re.search(pattern.encode(), text) and not HARMLESS.search(text)]
        if places:
            shown = few([f"{path}:{line}" for path, line in places])
            yield fail(
                f"{count(len(places), 'line')} with what looks like a {kind}: {shown}",
                *(at(p, n) for p, n in places[:3]),
                fix="revoke it, then take it out",
            )


def _search(project: Project) -> list[tuple[str, int, bytes]]:
    """Path, line and text of every tracked line that may hold a secret; git does the reading."""
    staged = ["--cached"] if isinstance(project.tree, IndexTree) else []
    args = [
        "grep",
        "-I",
        "-n",
        "-z",
        "--no-color",
        "-E",
        *staged,
        *(part for form in FORMS.values() for part in ("-e", form)),
        "--",
        ".",
    ]
    answer = git.run_git(args, project.root, check=False, keep_index=bool(staged)).stdout
    found = []
    for record in answer.split(b"\n"):
        parts = record.split(b"\0", 2)
        if len(parts) == 3 and parts[1].isdigit():
            found.append((parts[0].decode("utf-8", "surrogateescape"), int(parts[1]), parts[2]))
    return found
