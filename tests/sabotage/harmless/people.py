"""Who is in the team, what they waive and skip, and where their clocks stand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from tests.sabotage.corpus import harmless
from tests.sabotage.rebuilding import sign_again
from tests.sabotage.target import Target
from tests.whole.command import mlscaffold


def team(project: Target, text: str) -> None:
    """Write another team."""
    settings = project.read("mlscaffold.toml")
    before, _, rest = settings.partition("[team]\n")
    _, _, after = rest.partition("\n\n")
    project.write({"mlscaffold.toml": f"{before}[team]\n{text}\n\n{after}"})


@harmless("OK-31")
def two_people_hold_one_role(project: Target) -> None:
    """Two people hold one role, and one person three."""
    lead = project.toml("mlscaffold.toml")["team"]["data scientist"][0]
    roles = project.toml("mlscaffold.toml")["team"]
    lines = [
        f'"{role}" = ["Grace Hopper", "{lead}", "Rózsa Péter"]' if k % 2 else f'"{role}" = ["{lead}"]'
        for k, role in enumerate(roles)
    ]
    team(project, "\n".join([*lines, '"photographer" = ["Gerda Taro"]', '"on call" = ["Alan Turing", "Gerda Taro"]']))


@harmless("OK-31b")
def a_team_of_one(project: Target) -> None:
    """One person signs alone, written as one name and not as a list."""
    settings = project.toml("mlscaffold.toml")["team"]
    lead = settings["data scientist"][0]
    team(project, "\n".join(f'"{role}" = "{lead}"' for role in settings))


@harmless("OK-32")
def no_mobile_target(project: Target) -> None:
    """Nothing runs on a phone: stage 9 is skipped, with the reason; the service keeps its export."""
    served = project.toml("deploy.toml")["service"]["export"]
    for card in sorted(project.root.glob("exports/*/card.json")):
        if card.parent.name != served:
            project.remove(f"exports/{card.parent.name}")
    settings = project.toml("mlscaffold.toml")["mobile"]["targets"]
    project.replace("mlscaffold.toml", ", ".join(f'"{t}"' for t in settings), "")
    project.remove(".mlscaffold/signoffs/01/09-conversion.toml")
    owner = project.toml("mlscaffold.toml")["team"]["business analyst"][0]
    reason = "The model runs on the server only, no phone is planned."
    mlscaffold(project.root, "stage", "skip", "conversion", "--reason", reason, "--owner", owner)
    sign_again(project)


@harmless("OK-33")
def a_waiver_with_all_it_needs(project: Target) -> None:
    """Something fails, and is waived with a reason, an owner and a date to come."""
    project.write({"tests/fixtures/large.bin": b"\1" * 51_000_000})
    project.git("add", "tests/fixtures/large.bin")
    lead = project.toml("mlscaffold.toml")["team"]["data engineer"][0]
    until = (date.today() + timedelta(days=60)).isoformat()
    reason = "The reference recording is needed by the tests until the store is set up."
    mlscaffold(project.root, "waive", "project.file-too-large", "--reason", reason, "--owner", lead, "--until", until)


@harmless("OK-47")
def mistakes_are_sorted_by_cause(project: Target) -> None:
    """Two people sort the model's mistakes by cause, on one sheet, each in their way."""
    mlscaffold(project.root, "data", "causes", "--cause", "blurry", "--cause", "at the edge")
    (asked,) = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in project.root.glob("reports/collection/sheets/causes-*/sheet.json")
    )
    for who, said in (("Grace Hopper", "blurry; at the edge"), ("Rózsa Péter", "wrong label")):
        rows = [f"{asked['sheet']},{item['item']},{said if n % 2 else 'unsure'}," for n, item in enumerate(asked["items"])]
        project.write({"back.csv": "sheet,item,decision,remark\n" + "\n".join(rows) + "\n"})
        mlscaffold(project.root, "apply", "back.csv", "--by", who)
    project.remove("back.csv")
    project.remove(f"causes-{asked['sheet'][:8]}.html")


@harmless("OK-44", environment={"TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "LANGUAGE": "de"})
def far_east_with_decimal_comma(project: Target) -> None:
    """Checked far east of where it was signed, under a locale with decimal comma, by a clock that is two minutes late."""
    signed_at(project, datetime.now(UTC) + timedelta(minutes=2))


@harmless("OK-44b", environment={"TZ": "Pacific/Pago_Pago", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"})
def far_west(project: Target) -> None:
    """Checked far west of where it was signed, where the day has not begun."""
    signed_at(project, datetime.now(UTC) + timedelta(minutes=1))


@harmless("OK-44c", environment={"TZ": "UTC", "LC_ALL": "C", "LANG": "C", "PYTHONIOENCODING": "utf-8"})
def a_bare_locale(project: Target) -> None:
    """Checked in a container whose locale knows ASCII only; names in the project do not."""
    project.write({"docs/notizen-größe.md": "# Größe\n", f"{project.raw}/überblick.txt": "ä\n"})


def signed_at(project: Target, when: datetime) -> None:
    """Say in the last sign-off that it was given at this time, as a clock in another zone shows it."""
    path = sorted(p.relative_to(project.root).as_posix() for p in (project.root / ".mlscaffold/signoffs").rglob("*.toml"))[-1]
    shown = (when + timedelta(hours=13)).replace(tzinfo=None).isoformat(timespec="seconds") + "+13:00"
    project.replace(path, str(project.toml(path)["when"]), shown)
