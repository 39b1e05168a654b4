"""A finished project that a row spoils: a sandbox that knows where the evidence of the standard layout lies, whatever the data are."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import Sandbox

Row = dict[str, str]


class Target(Sandbox):
    """A finished, signed project of the real scripts, on any pictures."""

    def json(self, path: str) -> Any:  # noqa: ANN401 - whatever the file holds
        """A JSON file's content."""
        return json.loads(self.read(path))

    def toml(self, path: str) -> dict[str, Any]:
        """A TOML file's content."""
        return tomllib.loads(self.read(path))

    def rows(self, path: str) -> list[Row]:
        """The rows of a table."""
        return list(csv.DictReader(io.StringIO(self.read(path))))

    def set_cells(self, path: str, column: str, value: str | Callable[[Row], str], *, rows: slice = slice(None)) -> int:
        """Set a column in some rows; returns in how many."""
        table = self.rows(path)
        for row in table[rows]:
            row[column] = value if isinstance(value, str) else value(row)
        self.edit_csv(path, lambda _: table)
        return len(table[rows])

    def set_value(self, path: str, key: str, value: object) -> None:
        """Set a value in a JSON file; `a.b` is b in a."""
        *parents, last = key.split(".")

        def change(record: dict[str, Any]) -> None:
            for name in parents:
                record = record[name]
            record[last] = value

        self.edit_json(path, change)

    @property
    def package(self) -> str:
        """The generated package."""
        return next(p.parent.name for p in sorted(self.root.glob("*/train.py")))

    @property
    def classes(self) -> list[str]:
        """The class map."""
        return [c["name"] if isinstance(c, dict) else c for c in self.toml("data/schema.toml")["classes"]]

    @property
    def optimised(self) -> str:
        """The metric that stage 1 optimises."""
        return str(self.toml("acceptance.toml")["metric"]["optimise"])

    @property
    def source(self) -> str:
        """The name of the largest source of data."""
        return max((len(self.rows(f"data/splits/{p.name}")), p.stem) for p in (self.root / "data/splits").glob("*.csv"))[1]

    @property
    def splits(self) -> str:
        """The split table of the largest source."""
        return f"data/splits/{self.source}.csv"

    @property
    def manifest(self) -> str:
        """The manifest of the largest source."""
        return f"data/manifest/{self.source}.csv"

    @property
    def raw(self) -> str:
        """The raw folder of the largest source."""
        return f"data/raw/{self.source}"

    def annotations(self) -> list[str]:
        """The annotation files of the largest source, in order."""
        return sorted(p.relative_to(self.root).as_posix() for p in (self.root / self.raw).rglob("annotations.csv"))

    def in_split(self, split: str) -> list[Row]:
        """The rows of the split table that belong to a split."""
        return [r for r in self.rows(self.splits) if r["split"] == split]

    def run(self, stage: str) -> str:
        """The report folder of the run that a stage has chosen (tuning may keep training's model: its last run then)."""
        chosen = self.toml(f"reports/{stage}/chosen.toml")
        return f"reports/{stage}/{chosen['run']}"

    @property
    def overfit(self) -> str:
        """The record of the run on one batch."""
        return next(self.root.glob("reports/model/*/overfit.json")).relative_to(self.root).as_posix()

    def evaluation(self, of: str = "training") -> str:
        """The folder of the newest evaluation of a stage's chosen model."""
        wanted = self.toml(f"reports/{of}/chosen.toml")["checkpoint"]
        found = [
            p
            for p in self.root.glob("reports/evaluation/*/provenance.json")
            if json.loads(p.read_text())["checkpoint"]["digest"] == wanted
        ]
        assert found, f"no evaluation of {of}'s model"
        return max(found, key=lambda p: str(json.loads(p.read_text())["end"])).parent.relative_to(self.root).as_posix()

    def card(self, target: str = "onnx") -> str:
        """The card of an export."""
        return f"exports/{target}/card.json"

    def checkpoint(self, stage: str = "training") -> Path:
        """The file of the chosen checkpoint."""
        run = str(self.toml(f"reports/{stage}/chosen.toml")["run"])
        return next(iter(sorted((self.root / "runs" / run / "checkpoints").glob("best*.ckpt"))))

    def document(self, number: int) -> str:
        """The path of a stage's document."""
        return next(self.root.glob(f"docs/{number:02}-*.md")).relative_to(self.root).as_posix()

    def sections(self, number: int) -> dict[str, str]:
        """Section id → its text in a stage's document (md with anchors)."""
        found: dict[str, str] = {}
        name = ""
        for line in self.read(self.document(number)).splitlines():
            if line.startswith("<!-- section:"):
                name = line.removeprefix("<!-- section:").removesuffix("-->").strip()
                found[name] = ""
            elif line.startswith("## "):
                name = ""
            elif name:
                found[name] += line + "\n"
        return {k: v.strip() for k, v in found.items()}

    def set_section(self, number: int, section: str, text: str) -> None:
        """Write another text under a heading."""
        path, kept, inside = self.document(number), [], False
        for line in self.read(path).splitlines():
            if line.startswith("## "):
                inside = False
            if not inside:
                kept.append(line)
            if line.startswith("<!-- section:") and line.removeprefix("<!-- section:").removesuffix("-->").strip() == section:
                inside = True
                kept += ["", text, ""]
        self.write({path: "\n".join(kept) + "\n"})
