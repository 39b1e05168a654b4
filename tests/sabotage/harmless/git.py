"""Where the repository lies, who cloned it and how, and what became of its history."""

from __future__ import annotations

import os
import shutil

from tests.sabotage.corpus import harmless
from tests.sabotage.target import Target

IGNORED = ("data/raw", "data/processed", "data/field", "runs", "exports")


@harmless("OK-17", fresh=True)
def moved_to_another_machine(project: Target) -> None:
    """The project lies in another directory, with blanks and marks in its name, and belongs to another user."""
    there = project.root.parent / "Projekte (neu) ü" / "umbenannt"
    there.parent.mkdir()
    shutil.move(project.root, there)
    project.root = there
    if os.geteuid() == 0:
        for folder, names, files in os.walk(there):
            for name in (*names, *files, "."):
                os.chown(os.path.join(folder, name), 12345, 12345, follow_symlinks=False)  # noqa: PTH118 - 3 000 files


@harmless("OK-17b", fresh=True)
def reached_by_a_link(project: Target) -> None:
    """The project is reached by a link to its folder."""
    link = project.root.parent / "current"
    link.symlink_to(project.root, target_is_directory=True)
    project.root = link


@harmless("OK-18", fresh=True, unknowns=True)
def a_shallow_clone(project: Target) -> None:
    """A shallow clone; the pictures were brought along."""
    cloned(project, "--depth", "1")


@harmless("OK-18b", fresh=True, unknowns=True)
def a_partial_clone(project: Target) -> None:
    """A clone without blobs (`--filter=blob:none`), whose origin cannot be reached any more."""
    project.git("config", "uploadpack.allowFilter", "true")
    cloned(project, "--filter=blob:none")
    project.git("remote", "set-url", "origin", "file:///nowhere")


@harmless("OK-18c", fresh=True)
def a_linked_work_tree(project: Target) -> None:
    """A linked work tree, whose `.git` is a file."""
    project.commit("all that is tracked")
    there = project.root.parent / "feature"
    project.git("worktree", "add", "-q", str(there), "-b", "feature")
    bring(project, there)
    project.root = there


@harmless("OK-19", fresh=True)
def a_folder_of_a_bigger_repository(project: Target) -> None:
    """The project is a folder of a bigger repository, moved there with its history."""
    big = project.root.parent / "monorepo"
    project.commit("all that is tracked")
    there = big / "services" / "sorting"
    there.parent.mkdir(parents=True)
    shutil.move(project.root, there)
    shutil.move(there / ".git", big / ".git")
    project.root = there
    (big / "README.md").write_text("# Everything\n", encoding="utf-8")
    workflows = big / ".github"
    if (there / ".github").is_dir():
        shutil.move(there / ".github", workflows)
    Target(big).commit("Move into the big repository")


@harmless("OK-19b", fresh=True)
def a_submodule(project: Target) -> None:
    """The project is a submodule."""
    big = project.root.parent / "product"
    project.commit("all that is tracked")
    outer = Target(big)
    outer.write({"README.md": "# Product\n"})
    outer.commit("first")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(project.root), "model")
    outer.commit("with the model")
    bring(project, big / "model")
    project.root = big / "model"


# The row says it: where provenance names a commit that was rewritten, a warning at most.
@harmless("OK-29", fresh=True, allows=("project.provenance-contradicts",))
def history_rewritten(project: Target) -> None:
    """The history was rewritten before publication: other ids, the same trees."""
    project.commit("all that is tracked")
    project.git("filter-branch", "-f", "--msg-filter", "sed s/proved/shown/", "--", "--all")
    forget(project)


@harmless("OK-29b", fresh=True, allows=("project.provenance-contradicts",))
def history_squashed(project: Target) -> None:
    """The history was squashed into one commit."""
    project.git("checkout", "-q", "--orphan", "published")
    project.commit("Everything")
    project.git("branch", "-q", "-D", "main")
    forget(project)


@harmless("OK-30", fresh=True)
def another_name(project: Target) -> None:
    """Whoever signed has another name now; `.mailmap` says so, and the team has the new one."""
    settings = project.toml("mlscaffold.toml")
    old = settings["team"]["data scientist"][0]
    project.write({".mailmap": f"Augusta King <king@flowers.example> {old} <ada@flowers.example>\n"})
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml").replace(f'"{old}"', '"Augusta King"')})
    project.commit("Our names")


@harmless("OK-30b", fresh=True)
def two_addresses(project: Target) -> None:
    """One person commits from two addresses."""
    name = project.toml("mlscaffold.toml")["team"]["data scientist"][0]
    for mail in ("work@flowers.example", "home@flowers.example"):
        project.write({f"notes-{mail[0]}.md": "# Notes\n"})
        project.git("add", "-A")
        project.git("-c", f"user.name={name}", "-c", f"user.email={mail}", "commit", "-q", "-m", "notes")


def cloned(project: Target, *options: str) -> None:
    """Clone the project over the file protocol, with the ignored data."""
    project.commit("all that is tracked")
    there = project.root.parent / "clone"
    project.git("clone", "-q", *options, f"file://{project.root}", str(there))
    bring(project, there)
    project.root = there


def bring(project: Target, there: os.PathLike[str]) -> None:
    """Copy what git ignores."""
    for place in IGNORED:
        shutil.copytree(project.root / place, os.path.join(there, place), dirs_exist_ok=True)  # noqa: PTH118 - as above


def forget(project: Target) -> None:
    """Take the old history out of the store."""
    for name in project.git("for-each-ref", "--format=%(refname)", "refs/original").split():
        project.git("update-ref", "-d", name)
    project.git("reflog", "expire", "--expire=now", "--all")
    project.git("gc", "-q", "--prune=now")
