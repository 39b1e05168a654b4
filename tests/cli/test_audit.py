import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlscaffold.cli import audit as command
from mlscaffold.cli import console
from mlscaffold.cli.audit import app
from mlscaffold.errors import UsageError
from mlscaffold.evidence.roles import Unclear
from tests.workflows.test_audit import rows, table

RUN = CliRunner()


def test_a_table_that_holds_is_told_and_exits_0(tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", rows())
    result = RUN.invoke(app, [str(path)], catch_exceptions=False)
    assert result.exit_code == 0
    assert result.output.startswith("p.csv: 300 rows, 3 classes\n")
    assert "Leaks were not" in result.output.replace("\n", " ")
    assert result.output.endswith(f"Next: mlscaffold audit {path} --train TRAIN_LIST\n")


def test_a_leak_exits_1_in_every_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "p.csv", rows())
    table(tmp_path / "t.csv", [(name,) for name, _, _ in rows()[:9]], "file")
    result = RUN.invoke(app, ["p.csv", "--train", "t.csv", "--format", "json"], catch_exceptions=False)
    assert result.exit_code == 1
    assert json.loads(result.output)["rows"]["counted"] == 291
    result = RUN.invoke(app, ["p.csv", "--train", "t.csv", "--format", "html", "--output", "out/a.html"], catch_exceptions=False)
    assert result.exit_code == 1 and result.output.endswith("Wrote out/a.html\n")
    assert "9 of 300 rows are in t.csv too" in (tmp_path / "out/a.html").read_text(encoding="utf-8")
    RUN.invoke(app, ["p.csv", "--output", "a.txt"], catch_exceptions=False)
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").startswith("p.csv: 300 rows")


def test_flags_name_columns(tmp_path: Path) -> None:
    content = [(*row, 0.5) for row in rows(60)]
    path = table(tmp_path / "p.csv", content, "a,b,c,d")
    with pytest.raises(Unclear):
        RUN.invoke(app, [str(path)], catch_exceptions=False)
    words = [str(path), "--path", "a", "--label", "b", "--prediction", "c", "--format", "json"]
    result = RUN.invoke(app, words, catch_exceptions=False)
    assert json.loads(result.output)["columns"] == {"label": "b", "prediction": "c", "path": "a"}


def test_a_terminal_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(unclear: Unclear) -> str:
        asked.append(unclear.role)
        return {"label": "b", "prediction": "c"}[unclear.role]

    monkeypatch.setattr(command, "is_terminal", lambda: True)
    monkeypatch.setattr(command, "_choose", answer)
    path = table(tmp_path / "p.csv", [row[1:] for row in rows(60)], "b,c")
    assert RUN.invoke(app, [str(path)], catch_exceptions=False).exit_code == 0
    assert asked == ["label", "prediction"]


def test_an_unclear_column_is_one_error_with_the_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mlscaffold.cli import app as whole

    path = table(tmp_path / "p.csv", [(b, c, b) for _, b, c in rows(60)], "label,y_true,prediction")
    monkeypatch.setattr(sys, "argv", ["mlscaffold"])
    with pytest.raises(SystemExit) as left:
        console.run(whole, ["audit", str(path), "--no-input"])
    assert left.value.code == 2
    assert capsys.readouterr().err == (
        "Error: p.csv: the column of the label could be any of label, y_true\n  Next: Add --label COLUMN\n"
    )


@pytest.mark.parametrize(
    "header",
    ["Datei,Wahrheit,Vorhersage", "文件,真实标签,预测", "Dateiname,Klasse,Vorhergesagt"],
)
def test_columns_in_other_languages(tmp_path: Path, header: str) -> None:
    path = table(tmp_path / "p.csv", rows(60), header)
    result = RUN.invoke(app, [str(path), "--format", "json"], catch_exceptions=False)
    first, label, prediction = header.split(",")
    assert json.loads(result.output)["columns"] == {"label": label, "prediction": prediction, "path": first}


def test_a_table_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("".join(f"a{i}.png,cat,{'cat' if i % 3 else 'dog'}\n" for i in range(30)), encoding="utf-8")
    with pytest.raises(UsageError, match=r"has no header: its first line is a row \(a0.png, cat, dog\)"):
        RUN.invoke(app, [str(path)], catch_exceptions=False)
    result = RUN.invoke(app, [str(path), "--path", "a0.png", "--label", "cat", "--prediction", "dog"], catch_exceptions=False)
    assert "29 rows" in result.output


def test_probabilities_with_a_percent_sign(tmp_path: Path) -> None:
    lines = [f"a{i}.png,{'cat' if i % 4 else 'dog'},cat,{60 + i} %,{40 - i} %".replace(" %", "%") for i in range(30)]
    (tmp_path / "p.csv").write_text("path,label,prediction,p:cat,p:dog\n" + "\n".join(lines) + "\n", encoding="utf-8")
    result = RUN.invoke(app, [str(tmp_path / "p.csv")], catch_exceptions=False)
    assert "probabilities: p:cat … p:dog" in " ".join(result.output.split())
