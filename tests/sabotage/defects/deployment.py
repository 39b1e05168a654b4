"""Stage 10: another model served, other pixels, gates that cannot fail, alarms that cannot ring, plans that say nothing."""

from __future__ import annotations

import hashlib
import random
import re
import subprocess
import sys

from tests.sabotage.corpus import Words, defect
from tests.sabotage.refining import choose_refined
from tests.sabotage.target import Target

SERVICE, MONITORING = "reports/deployment/service.json", "reports/deployment/monitoring.json"
REDEPLOY = ".github/workflows/redeploy.yml"


@defect("DE-01", "deployment.another-model-served", everywhere=True)
def an_old_model_is_served(project: Target) -> Words:
    """The service loads last month's export."""
    card, old = project.json(project.card()), hashlib.sha256(b"the export of last month").hexdigest()
    project.replace("deploy.toml", card["digest"], old)
    return "deploy.toml", f"deploy.toml names {old[:12]}", f"the export onnx is {card['digest'][:12]}"


@defect("DE-02", "deployment.input-differs")
def the_service_resizes_in_its_own_way(project: Target) -> Words:
    """The service resizes in its own way, in place of the pipeline's."""
    script = f"{project.package}/serve/engine.py"
    size = tuple(reversed(project.json("pipeline.json")["size"]))
    own = f"image.convert('L').resize((4, 4)).resize({size}, 0).convert(self.steps.colour)"
    project.replace(script, "pipeline.prepare_image(image, self.steps)", own)
    done = subprocess.run(
        [sys.executable, "-m", f"{project.package}.serve", "--check"], cwd=project.root, capture_output=True, check=False
    )
    assert b"Written" in done.stdout, done.stderr.decode()[-500:]
    return SERVICE, "grey levels", f"over {project.json(SERVICE)['originals']['compared']} pictures"


@defect("DE-03", "deployment.redeploy-ungated", everywhere=True)
def the_check_cannot_fail(project: Target) -> Words:
    """The check in the pipeline can never fail."""
    lines = project.read(REDEPLOY).splitlines()
    number = next(i for i, line in enumerate(lines, 1) if "mlscaffold check" in line)
    lines[number - 1] += " || true"
    project.write({REDEPLOY: "\n".join(lines) + "\n"})
    return f"{REDEPLOY}:{number}", "can never fail", "|| true", f"line {number}"


@defect("DE-04", "deployment.monitor-blind")
def the_dashboard_watches_nothing(project: Target) -> Words:
    """An alarm hangs on the confidence, which the service never emits."""
    project.edit_json(SERVICE, lambda s: s.update(metrics=[m for m in s["metrics"] if "confidence" not in m]))
    return SERVICE, "1 of 3 alarms", "confidence_drop"


@defect("DE-05", "deployment.rollback-missing", everywhere=True)
def there_is_no_way_back(project: Target) -> Words:
    """The model to roll back to was deleted."""
    gone = hashlib.sha256(b"a checkpoint that was deleted").hexdigest()
    project.replace("deploy.toml", "[rollback]", f'[rollback]\ndigest = "{gone}"')
    return "deploy.toml", gone[:12], "does not exist"


@defect("DE-06", "deployment.ab-underpowered", severity="warn")
def fifty_users_for_two_points(project: Target) -> Words:
    """A week with fifty users cannot show the two points that are hoped for."""
    text = project.read("deploy.toml")
    head, _, tail = text.partition("[ab]")
    rest = tail.partition("\n[")[2]
    plan = "[ab]\nshare = 0.5\nsmallest_effect = 0.02\npower = 0.8\nrequests_per_day = 7\n"
    project.write({"deploy.toml": f"{head}{plan}\n[{rest}"})
    return "deploy.toml", "to show 0.02", "at most 28", "50% of 7 a day", "at best"


@defect("DE-07", "deployment.plan-missing", everywhere=True)
def trained_again_when_needed(project: Target) -> Words:
    """The model is trained again "when needed": no interval, no trigger with a number, no owner."""
    head, _, tail = project.read("deploy.toml").partition("[retraining]")
    rest = tail.partition("\n[")[2]
    project.write({"deploy.toml": f'{head}[retraining]\ntriggers = ["when needed"]\nowner = ""\n\n[{rest}'})
    return "deploy.toml", "no interval", "trigger with a number", "no owner"


@defect("DE-08", "deployment.queue-into-data", everywhere=True)
def unsure_pictures_become_truth(project: Target) -> Words:
    """Unsure pictures go straight into train, with the model's own label."""
    project.write(
        {"deploy.toml": project.read("deploy.toml").replace('folder = "data/review"', 'folder = "data/processed/train"')}
    )
    return "deploy.toml", "writes to data/processed/train", "a folder for review is wanted"


@defect("DE-09", "project.secret-committed", everywhere=True)
def a_key_is_committed(project: Target) -> Words:
    """The key of the store is committed with the settings of the deployment."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    key = "AKIA" + "".join(random.Random(9).choices(letters, k=16))
    project.write({"deploy/.env": f"# of the bucket with the models\nREGION=eu-central-1\nAWS_ACCESS_KEY_ID={key}\n"})
    project.git("add", "-f", "deploy/.env")
    return ("deploy/.env:3",)


@defect("DE-10", "deployment.unpinned-serving", severity="warn", everywhere=True)
def any_version_will_do(project: Target) -> Words:
    """The image of the service installs whatever version there is that day."""
    path, tried = "requirements-serve.txt", project.json(project.card())["versions"]["onnxruntime"]
    project.replace(path, f"onnxruntime=={tried}", "onnxruntime")
    line = next(i for i, text in enumerate(project.read(path).splitlines(), 1) if text == "onnxruntime")
    return f"{path}:{line}", "onnxruntime (any", tried


@defect("DE-11", "deployment.service-unproved", severity="warn")
def answers_without_a_version(project: Target) -> Words:
    """The answers of the service do not say which model gave them."""
    project.set_value(SERVICE, "model_version", "")
    return SERVICE, "no model version"


@defect("DE-12", "deployment.page-classes-differ", everywhere=True)
def the_page_shows_numbers(project: Target) -> Words:
    """The web page shows class_3 and a name of yesterday."""
    names = project.classes
    project.set_value(SERVICE, "classes", ["class_0", *names[1:-1], "of yesterday"])
    return SERVICE, f"shows {len(names)} names", "2 are not in the schema", "class_0"


@defect("deployment-1", "deployment.service-unproved", everywhere=True)
def nobody_tried_the_service(project: Target) -> Words:
    """Nobody asked the service anything."""
    project.remove(SERVICE)
    return SERVICE, "not tried"


@defect("deployment-2", "deployment.monitor-blind", everywhere=True)
def the_alarm_stays_silent(project: Target) -> Words:
    """The alarm stays silent for pictures that were darkened and blurred."""
    project.set_value(MONITORING, "drill.shifted.verdict", "ok")
    return MONITORING, "shifted pictures give ok", "an alarm is wanted"


@defect("deployment-3", "deployment.classes-typed", everywhere=True)
def a_label_file_of_last_year(project: Target) -> Words:
    """The app brings along a label file that was typed: one class is missing, and one is of last year."""
    names = project.classes
    project.write({"app/labels.txt": "\n".join([*names[:-1], "unclear"]) + "\n"})
    project.git("add", "app/labels.txt")
    return "app/labels.txt", "unclear", names[-1]


@defect("deployment-4", "deployment.classes-typed", severity="warn")
def names_in_another_order_in_the_page(project: Target) -> Words:
    """The script of the page has the classes in an order of its own."""
    names = project.classes
    listed = ", ".join(f'"{name}"' for name in (names[1], names[0], *names[2:]))
    project.write({"web/app.js": f"const CLASSES = [{listed}];\n"})
    project.git("add", "web/app.js")
    return "web/app.js", f'place 0 is "{names[1]}"', f'"{names[0]}"'


@defect("deployment-5", "deployment.unpinned-serving", severity="warn", everywhere=True)
def whatever_image_there_is(project: Target) -> Words:
    """The image of the service is built on whatever is the latest one that day."""
    text = project.read("Dockerfile")
    base = next(line for line in text.splitlines() if line.startswith("FROM "))
    project.write({"Dockerfile": text.replace(base, "FROM python:latest")})
    return "Dockerfile", "python:latest"


@defect("deployment-6", "deployment.monitor-blind", everywhere=True)
def the_alarm_compares_with_the_model_before(project: Target) -> Words:
    """The alarm compares with the answers of the model before, which is served no more."""
    choose_refined(project)
    before = project.evaluation("training").rsplit("/", 1)[1]
    model = project.json(project.card(project.toml("deploy.toml")["service"]["export"]))["source"]["checkpoint"]
    old = project.json(f"reports/evaluation/{before}/provenance.json")["checkpoint"]["digest"]
    if model == old:  # the export is of training's model: then that of tuning is the other one
        before = project.evaluation("tuning").rsplit("/", 1)[1]
        old = project.json(f"reports/evaluation/{before}/provenance.json")["checkpoint"]["digest"]
    project.set_value("reports/deployment/monitoring.json", "reference.run", before)
    return "reports/deployment/monitoring.json", before, old[:12], model[:12]


@defect("deployment-7", "deployment.service-unproved")
def times_that_were_typed(project: Target) -> Words:
    """The times of the service were typed: 95 of 100 answers are faster than half of them."""
    path = "reports/deployment/service.json"
    project.edit_json(path, lambda p: p["latency"].update(p50_ms=30.0, p95_ms=2.0))
    return path, "p95 is 2 ms", "30 ms"


@defect("DE-13", "deployment.service-changed", severity="warn", everywhere=True)
def a_service_that_is_always_well(project: Target) -> Words:
    """The service was changed after it was tried: its health says ok without looking at the model."""
    path = f"{project.package}/serve/app.py"
    text = project.read(path)
    found = re.search(r'\{"status": "ok", "model": \w+\}', text)
    assert found, f"{path} tells of no model"
    project.write({path: text.replace(found[0], '{"status": "ok"}')})
    project.commit("simpler health")
    return path, "since the service was tried"
