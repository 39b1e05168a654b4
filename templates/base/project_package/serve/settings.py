"""deploy.toml: what the service promises, read once and checked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from project_package import paths, records
from project_package.errors import ProjectError

FILE = "deploy.toml"
LOG = Path("logs", "requests.sqlite")  # under the project


@dataclass(frozen=True)
class Settings:
    """The promises that the service and its monitor need; None is a blank that nobody has filled in yet."""

    target: str
    digest: str | None
    psi: float
    confidence_drop: float
    p95_ms: float | None
    window: int
    confidence_below: float | None
    review: Path | None


def load_settings() -> Settings:
    """Read deploy.toml; blanks ("") keep their default."""
    found = records.read_toml(paths.ROOT / FILE)

    def value(table: str, key: str) -> Any:
        given = found.get(table, {}).get(key)
        return None if given == "" else given

    def number(table: str, key: str) -> float | None:
        given = value(table, key)
        if given is not None and (isinstance(given, bool) or not isinstance(given, int | float) or given < 0):
            raise ProjectError(f"{FILE} [{table}] {key} must be a number of at least 0, not {given!r}")
        return None if given is None else float(given)

    psi, drop, window = number("alarms", "psi"), number("alarms", "confidence_drop"), number("alarms", "window")
    folder = value("queue", "folder")
    return Settings(
        target=str(value("service", "export") or "onnx"),
        digest=value("service", "digest"),
        psi=0.25 if psi is None else psi,
        confidence_drop=0.1 if drop is None else drop,
        p95_ms=number("alarms", "p95_ms"),
        window=int(window or 500),
        confidence_below=number("queue", "confidence_below"),
        review=paths.inside(paths.ROOT, str(folder)) if folder else None,
    )
