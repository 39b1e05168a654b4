"""The web page shows the classes of the schema by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import data
from mlscaffold.evidence.deployed import tried
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="service", reads=("reports/deployment/service.json", "data/schema.toml"))
def page_classes_differ(project: Project) -> Iterator[Finding]:
    """The web page shows the classes of the schema by their names.

    ## Why
    People cannot use `class_3`, and are misled by yesterday's names.

    ## Evidence
    `classes` in `service.json`, read from the page, against `data/schema.toml`. The order on the page says nothing.

    ## Fix
    Let the page take its names from the service, and try it again.
    """
    service, names = tried(project), data.classes(project)
    fix = f"python -m {project.settings.package}.serve --check"
    if not service.classes:
        yield fail("the page shows no classes", service.path, fix=fix)
        return
    strange = [name for name in service.classes if name not in names]
    lacking = [name for name in names if name not in service.classes]
    if strange or lacking:
        numbered = " (numbers in place of names)" if strange and all(re.fullmatch(r"\D*\d+", name) for name in strange) else ""
        parts = [f"{len(strange)} are not in the schema: {', '.join(strange[:3])}{numbered}"] if strange else []
        parts += [f"{len(lacking)} of the schema are not shown: {', '.join(lacking[:3])}"] if lacking else []
        yield fail(f"the page shows {len(service.classes)} names; {'; '.join(parts)}", service.path, "data/schema.toml", fix=fix)
