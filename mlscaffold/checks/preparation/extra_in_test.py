"""preparation.extra-in-test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data, effects, sources
from mlscaffold.evidence.collection import source_of
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project
from mlscaffold.splitnames import AUGMENTED, is_split, is_test, order

LEARNED = ("train", AUGMENTED)
GENERATED = "generated"


@check(proves="sized-splits", reads=("data/splits", "data/raw/*/source.toml"))
def extra_in_test(project: Project) -> Iterator[Finding]:
    """What is measured on is real, and from where the model will work: no extra and no generated picture.

    ## Why
    Ninety per cent on pictures from the web says nothing of the phones of your users; on rendered cars, that the model knows a dozen
    3D models by heart.

    ## Evidence
    The split tables, and `role` and `method` in the `source.toml` of each source: a row of an extra source (`role = "extra"`) or of
    a generated one (`method = "generated"`) in validation, eyeball or a test set fails. Where all sources are generated, or a generated
    one is not declared as extra and is learned from only, it is a warning. A source without `source.toml` counts as your own.

    ## Fix
    `mlscaffold data split` deals extra sources into train and `augmented` only. Write `role = "extra"` into the `source.toml` of generated
    data. If generated pictures are what the model will see, waive it and say so: `mlscaffold waive preparation.extra-in-test --reason WHY --until DATE`.
    """
    known = sources.every(project)
    kinds = {name: "extra" if one.role == "extra" else one.method for name, one in known.items()}
    rows = [r for r in data.splits(project) if is_split(r.split)]
    used = Counter(source_of(r.path) for r in rows)
    real = any(kinds.get(name) not in ("extra", GENERATED) for name in used)
    unfit = ("extra", GENERATED) if real else ("extra",)
    wrong = [r for r in rows if r.split not in LEARNED and kinds.get(source_of(r.path)) in unfit]
    if wrong:
        first = min(wrong, key=lambda r: (not is_test(r.split), r.file, r.line))
        places = sorted(Counter(r.split for r in wrong).items(), key=lambda pair: order(pair[0]))
        named = sorted({f"{source_of(r.path)} ({kinds[source_of(r.path)]})" for r in wrong})
        effect = effects.without(project, {r.path for r in wrong if r.split == "test"})
        change = f"; accuracy {effect.reported:.3f}, and {effect.corrected:.3f} without them" if effect else ""
        yield fail(
            f"{count(len(wrong), 'picture')} of {few(named)} {'is' if len(wrong) == 1 else 'are'} measured on:"
            f" {', '.join(f'{n} in {split}' for split, n in places)}, first {first.path}{change}",
            at(first.file, first.line), f"{data.RAW}/{source_of(first.path)}/source.toml", fix="mlscaffold data split", effect=effect,
        )  # fmt: skip
    loose = [name for name, one in known.items() if one.method == GENERATED and one.role != "extra" and used[name]]
    if loose and real:
        yield warn(
            f"{few(loose)} {'is' if len(loose) == 1 else 'are'} generated and not declared as extra: {used[loose[0]]} of {len(rows)} pictures"
            " count as drawn from where the model will work",
            f"{data.RAW}/{loose[0]}/source.toml", fix=f'write role = "extra" into {data.RAW}/{loose[0]}/source.toml, then mlscaffold data split',
        )  # fmt: skip
    elif loose:
        measured = sum(r.split not in LEARNED for r in rows)
        yield warn(
            f"all data are generated, the {measured} pictures that are measured on too: numbers hold for generated pictures only",
            f"{data.RAW}/{loose[0]}/source.toml", fix="test on real pictures, or waive it where generated ones are what the model will see",
        )  # fmt: skip
