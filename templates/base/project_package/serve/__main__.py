"""Start the service: `python -m project_package.serve [--port 8000]`; `--check` tries it."""

import argparse
from dataclasses import replace
from pathlib import Path

from project_package import paths
from project_package.errors import ProjectError, run_script
from project_package.serve.settings import LOG, load_settings


def main() -> int:
    """Serve, or check the service, from the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description="Serve the converted model.")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in (default: only this one)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--log", type=Path, default=paths.ROOT / LOG, help="the request log (SQLite)")
    parser.add_argument(
        "--review", type=Path, help="where unsure pictures are kept, instead of deploy.toml [queue] folder"
    )
    parser.add_argument(
        "--check", action="store_true", help="start it, ask it over HTTP, stop it, write what was found"
    )
    given = parser.parse_args()
    settings = load_settings()
    if given.review:
        settings = replace(settings, review=given.review)
    if given.check:
        from project_package.serve.check import check_service

        return check_service(settings)
    try:
        import uvicorn

        from project_package.serve.app import create_app, project_name
        from project_package.serve.engine import load_engine

        engine = load_engine(settings)
    except ModuleNotFoundError as error:
        raise ProjectError(f"{error.name} is not installed; run `pip install -r requirements-serve.txt`") from None
    if not settings.digest:
        print(f"deploy.toml [service] digest is blank: serving what lies in exports/{settings.target}, {engine.digest}")
    app = create_app(engine, settings, log=given.log, name=project_name())
    print(f"Serving {engine.target} {engine.digest[:12]} on http://{given.host}:{given.port}", flush=True)
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning")
    return 0


if __name__ == "__main__":
    run_script(main)
