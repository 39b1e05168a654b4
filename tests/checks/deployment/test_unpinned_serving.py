from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "deployment.unpinned-serving"
FILE = "requirements-serve.txt"


def test_pinned_as_tried(project: Sandbox) -> None:
    passes(project, CHECK)


def test_any_version(project: Sandbox) -> None:
    project.replace(FILE, "onnxruntime==1.31.1", "onnxruntime")
    project.replace(FILE, "pillow==13.0.0", "pillow>=12")
    says(project, CHECK, "2 packages of the service have no one version: onnxruntime (any, 1.31.1 was used)", status=Status.WARN)


def test_another_version_than_was_tried(project: Sandbox) -> None:
    project.replace(FILE, "onnxruntime==1.31.1", "onnxruntime==1.20.0")
    says(
        project,
        CHECK,
        "1 packages of the service have another version than was tried: onnxruntime 1.20.0, 1.31.1 was used",
        status=Status.WARN,
    )


def test_a_lock_or_constraints_do_as_well(project: Sandbox) -> None:
    project.write({FILE: "fastapi\nonnxruntime\n", "uv.lock": "version = 1\n"})
    project.write({"Dockerfile": "FROM python:3.11-slim\nCOPY uv.lock .\nRUN uv sync --locked\n"})
    passes(project, CHECK)
    project.remove("uv.lock")
    project.write({"Dockerfile": "FROM python:3.11-slim\nRUN pip install -r requirements-serve.txt -c constraints.txt\n"})
    passes(project, CHECK)


def test_packages_that_the_image_installs_by_name(project: Sandbox) -> None:
    docker = "FROM python:3.11-slim\nRUN pip install --upgrade pip && \\\n    pip install -r requirements-serve.txt {}\n"
    project.write({"Dockerfile": docker.format("onnxruntime==1.31.1 ./ours.whl")})
    passes(project, CHECK)
    project.write({"Dockerfile": docker.format("--no-cache-dir 'uvicorn[standard]' && echo done")})
    found = says(project, CHECK, "1 packages of the service have no one version: uvicorn (any)", status=Status.WARN)
    assert (found.evidence[0].path, found.evidence[0].line) == ("Dockerfile", 2)
    project.remove(FILE)
    docker = "FROM python:3.11-slim\nRUN python -m pip install fastapi==0.120.0 onnxruntime\nCMD python -c 'print(1)'\n"
    project.write({"Dockerfile": docker})
    says(project, CHECK, "onnxruntime (any, 1.31.1 was used)", status=Status.WARN)


def test_without_a_list(project: Sandbox) -> None:
    project.remove(FILE)
    misses(project, CHECK, "nothing says what the service installs")


def test_an_image_without_a_version(project: Sandbox) -> None:
    docker = project.read("Dockerfile")
    for image in ("python", "python:latest", "registry.example:5000/team/python", "${BASE}"):
        project.write({"Dockerfile": "ARG BASE=python:latest\n" + docker.replace("python:3.11-slim", image)})
        said = says(project, CHECK, "1 image of the service has no version", status=Status.WARN)
        assert said.evidence[0].line == 2


def test_images_with_a_version(project: Sandbox) -> None:
    docker = project.read("Dockerfile").replace(
        "FROM python:3.11-slim",
        "ARG BASE=python:3.11-slim\nFROM ${BASE} AS base\nFROM registry.example:5000/team/uv@sha256:ab AS uv\nFROM scratch AS none\n"
        "FROM --platform=linux/amd64 base\nCOPY --from=uv /uv /uv\nCOPY --from=0 /a /a\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/",
    )
    project.write({"Dockerfile": docker, "compose.yaml": "services:\n  a:\n    image: redis:8.2\n  b:\n    image: x/y:${TAG}\n"})
    passes(project, CHECK)


def test_what_compose_starts(project: Sandbox) -> None:
    project.write({"docker-compose.yml": "services:\n  a:\n    image: redis:latest\n"})
    assert says(project, CHECK, "redis:latest", status=Status.WARN).evidence[0].path == "docker-compose.yml"
