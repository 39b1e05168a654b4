"""Git by subprocess: what hooks and checks ask of it must cost milliseconds, and must not depend on the user's settings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlscaffold.errors import ScaffoldError

# Settings of the user that change what plumbing prints or does.
NEUTRAL = (
    "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.mnemonicPrefix=false",
    "-c", "diff.noprefix=false", "-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false", "-c", "gc.auto=0", "-c", "safe.directory=*",
)  # fmt: skip


# Where the user's settings lie is theirs to say, in a hook too.
SETTINGS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")


class GitError(ScaffoldError):
    """Git is missing, or refused a request."""


@dataclass(frozen=True)
class Output:
    """What a git command answered."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """Standard output as text, without the last line end."""
        return self.stdout.decode("utf-8", "surrogateescape").rstrip("\n")


def environment(*, keep_index: bool = False) -> dict[str, str]:
    """The environment without the variables by which an outer git would redirect ours (as inside a hook).

    A hook's own GIT_INDEX_FILE matters when the staged content is asked for (`git commit -a` uses a temporary index): `keep_index`.
    """
    kept = {"GIT_INDEX_FILE"} if keep_index else set()
    env = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("GIT_") or k in kept or k in ("GIT_EXEC_PATH", "GIT_SSL_CAINFO", *SETTINGS)
    }
    return env | {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def run_git(
    args: Sequence[str],
    cwd: Path,
    *,
    check: bool = True,
    stdin: bytes | None = None,
    env: dict[str, str] | None = None,
    keep_index: bool = False,
) -> Output:
    """Run `git ARGS` in `cwd`; with `check`, a refusal raises `GitError` with git's own words."""
    variables = environment(keep_index=keep_index) | (env or {})
    try:
        done = subprocess.run(["git", *NEUTRAL, *args], cwd=cwd, input=stdin, capture_output=True, check=False, env=variables)
    except (FileNotFoundError, PermissionError, NotADirectoryError) as missing:
        if not cwd.is_dir():
            raise GitError(
                f"{cwd} is no folder any more", reference="no-folder", hint="Go into the project's folder."
            ) from missing
        raise GitError(
            "git is not installed, or not on the PATH", reference="no-git", hint="Install git, then run the command again."
        ) from missing
    output = Output(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())
    if check and done.returncode:
        raise GitError(
            f"git {args[0]} failed in {cwd}: {output.stderr.splitlines()[-1] if output.stderr else 'no message'}",
            reference="git-failed",
            context=output.stderr,
        )
    return output


def top(cwd: Path) -> Path | None:
    """The root of the work tree that holds `cwd`, or None outside git."""
    output = run_git(["rev-parse", "--show-toplevel"], cwd, check=False)
    return Path(output.text) if output.code == 0 and output.text else None


def head(cwd: Path) -> str:
    """The commit that is checked out, or an empty string."""
    output = run_git(["rev-parse", "--verify", "--quiet", "HEAD"], cwd, check=False)
    return output.text if output.code == 0 else ""


def need_repository(cwd: Path) -> None:
    """Raise `GitError` where there is no repository to ask."""
    if top(cwd) is None:
        raise GitError(f"{cwd} is in no git repository", reference="no-repository", hint="Make it one: git init")


def status(cwd: Path, *paths: str) -> dict[str, str]:
    """Path (relative to `cwd`) → git's two letters, for what differs from the commit below `cwd`.

    An untracked folder is one entry that ends in a slash; "" stands for a `cwd` that is untracked as a whole.
    """
    listing = run_git(["status", "--porcelain", "-z", "--no-renames", "--", *(paths or (".",))], cwd, check=False).stdout
    prefix = run_git(["rev-parse", "--show-prefix"], cwd, check=False).text
    rows = [r.decode("utf-8", "surrogateescape") for r in listing.split(b"\0") if r]
    return {r[3:].removeprefix(prefix) if r[3:].startswith(prefix) else "": r[:2] for r in rows if len(r) > 3}


def is_shallow(cwd: Path) -> bool:
    """Whether history was cut off when the repository was cloned."""
    return run_git(["rev-parse", "--is-shallow-repository"], cwd, check=False).text == "true"


def identity(cwd: Path) -> str:
    """The user's name as git knows it, or an empty string."""
    return run_git(["config", "user.name"], cwd, check=False).text.strip()


def canonical_name(name: str, cwd: Path) -> str:
    """The name that `.mailmap` gives a person, or the name itself; a bare name is looked for in the lines that hold both names."""
    if name == identity(cwd) and (email := run_git(["config", "user.email"], cwd, check=False).text.strip()):
        output = run_git(["check-mailmap", f"{name} <{email}>"], cwd, check=False)
        told = output.text.rsplit(" <", 1)[0]
        if output.code == 0 and " <" in output.text and told != name:
            return told
    try:
        known = former_names((cwd / ".mailmap").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return name
    return next((new for old, new in known.items() if old.casefold() == name.casefold()), name)


def former_names(mailmap: str) -> dict[str, str]:
    """Former name → proper name, of the lines of a `.mailmap` that hold both."""
    found = {}
    for line in mailmap.splitlines():
        proper, _, rest = line.partition("#")[0].partition("<")
        former = rest.partition(">")[2].partition("<")[0].strip()
        if proper.strip() and former:
            found[former] = proper.strip()
    return found


def index_entries(cwd: Path) -> dict[str, str]:
    """Path (relative to `cwd`) → blob id, of everything in the index below `cwd`."""
    listing = run_git(["ls-files", "-s", "-z", "--", "."], cwd, check=False, keep_index=True).stdout
    entries = {}
    for record in listing.split(b"\0"):
        if record:
            meta, _, path = record.partition(b"\t")
            mode, blob, _stage = meta.split()
            if mode != b"160000":
                entries[path.decode("utf-8", "surrogateescape")] = blob.decode()
    return entries


def staged_paths(cwd: Path) -> list[str]:
    """Paths (relative to `cwd`) whose staged content differs from the commit; deletions are among them."""
    base = head(cwd) or run_git(["hash-object", "-t", "tree", "--stdin"], cwd, stdin=b"").text
    listing = run_git(["diff-index", "--cached", "--name-only", "-z", "--relative", base], cwd, check=False, keep_index=True)
    return [p.decode("utf-8", "surrogateescape") for p in listing.stdout.split(b"\0") if p]


def blobs(ids: Iterable[str], cwd: Path) -> dict[str, bytes]:
    """Contents of the blobs that exist, by id, in one process."""
    wanted = list(dict.fromkeys(ids))
    answer = run_git(["cat-file", "--batch"], cwd, check=False, stdin="".join(f"{i}\n" for i in wanted).encode()).stdout
    found, position = {}, 0
    for _ in wanted:
        end = answer.index(b"\n", position)
        header = answer[position:end].split()
        position = end + 1
        if len(header) == 3:
            size = int(header[2])
            found[header[0].decode()] = answer[position : position + size]
            position += size + 1
    return found


def show(spec: str, cwd: Path) -> bytes | None:
    """The content of `REV:./PATH`, or None where it does not exist."""
    output = run_git(["cat-file", "blob", spec], cwd, check=False)
    return output.stdout if output.code == 0 else None


def changed_since(revision: str, cwd: Path) -> list[str]:
    """Tracked paths (relative to `cwd`) of the work tree that differ from a revision, new untracked ones included; raises `GitError`."""
    if not has_commit(revision, cwd):
        raise GitError(
            f"git knows no revision {revision!r}", reference="no-such-revision", hint="List the latest: git log --oneline -5"
        )
    changed = run_git(["diff", "--name-only", "-z", "--relative", "--no-renames", revision, "--", "."], cwd, check=False).stdout
    new = run_git(["ls-files", "--others", "--exclude-standard", "-z", "--", "."], cwd, check=False).stdout
    return sorted({p.decode("utf-8", "surrogateescape") for p in (changed + new).split(b"\0") if p})


def last_commit_of(path: str, cwd: Path) -> str:
    """The commit that last changed a path, or an empty string."""
    output = run_git(["log", "-1", "--format=%H", "--", path], cwd, check=False)
    return output.text if output.code == 0 else ""


def first_commit_of(path: str, cwd: Path) -> str:
    """The oldest commit that brought a path, or an empty string."""
    output = run_git(["log", "--diff-filter=A", "--format=%H", "--", path], cwd, check=False)
    return output.text.split("\n")[-1].strip() if output.code == 0 else ""


def has_commit(commit: str, cwd: Path) -> bool:
    """Whether the repository holds this commit."""
    return bool(commit_of(commit, cwd))


def commit_of(revision: str, cwd: Path) -> str:
    """The full id of the commit that a branch, tag or short id names, or an empty string."""
    found = run_git(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"], cwd, check=False)
    return found.text if found.code == 0 else ""


def known_commits(commits: Iterable[str], cwd: Path) -> set[str]:
    """Those of the commits that the repository holds, in one process."""
    asked = sorted(set(commits))
    lines = "".join(f"{commit}^{{commit}}\n" for commit in asked).encode()
    answer = (
        run_git(["cat-file", "--batch-check=%(objecttype)"], cwd, check=False, stdin=lines).text.splitlines() if asked else []
    )
    return {commit for commit, kind in zip(asked, answer, strict=False) if kind == "commit"}


def blob_id(data: bytes) -> str:
    """The id that git gives this content (sha1 repositories)."""
    import hashlib

    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
