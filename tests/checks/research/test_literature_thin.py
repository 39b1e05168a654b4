from __future__ import annotations

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "research.literature-thin", "docs/02-research.md"


def cite(project: Sandbox, *works: str) -> None:
    text = project.read(FILE)
    start = text.index("<!-- section: literature -->\n") + len("<!-- section: literature -->\n")
    project.write({FILE: text[:start] + "\n" + "\n".join(f"- {w}" for w in works) + "\n"})


def test_five_works_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_no_work(project: Sandbox) -> None:
    cite(project)
    said(project.check(CHECK), "fail", "no work is named; at least 5", FILE)


def test_three_works_are_a_warning(project: Sandbox) -> None:
    cite(project, *(f"He et al., A study of flowers number {n}, 2019" for n in ("one", "two", "three")))
    said(project.check(CHECK), "warn", "3 works named")


def test_a_list_that_is_filled_up(project: Sandbox) -> None:
    cite(
        project,
        *(f"He, Deep residual learning, 2016, arXiv:1512.03385v{n}" for n in range(1, 6)),
        "Howard, MobileNetV3, arXiv:1905.02244",
    )
    said(project.check(CHECK), "fail", "6 entries name 2 different works; at least 5")


def test_what_cannot_exist(project: Sandbox) -> None:
    project.replace(FILE, "arXiv:1512.03385", "arXiv:2413.55555")
    said(project.check(CHECK), "warn", "2413.55555", FILE)
    project.replace(FILE, "arXiv:2413.55555", "https://example.org")
    project.replace(FILE, "2016", "2093")
    said(project.check(CHECK), "warn", "1 work from the future", "2093")


def test_bibtex_beside_the_document(project: Sandbox) -> None:
    cite(project, "All works are in literature.bib, 2020")
    project.write(
        {
            "docs/literature.bib": "".join(
                f"@article{{k{n}, title={{Work number {n} on flowers}}, year={{2019}}}}\n" for n in range(6)
            )
        }
    )
    assert project.check(CHECK) == []


def test_one_work_with_and_without_its_number(project: Sandbox) -> None:
    cite(
        project,
        "He et al., Deep residual learning for image recognition, 2016, arXiv:1512.03385",
        "Deep residual learning for image recognition, CVPR 2016",
        "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2016",
        "Barz, Denzler, Do we train on test data?, 2020, doi:10.3390/jimaging6060041",
        "Björn Barz, Joachim Denzler, 10.3390/jimaging6060041",
    )
    said(project.check(CHECK), "fail", "5 entries name 2 different works", FILE)


def test_titles_that_begin_alike_are_works_of_their_own(project: Sandbox) -> None:
    cite(
        project,
        "Attention is all you need, 2017, arXiv:1706.03762",
        "Attention is all you need in speech separation, 2021, arXiv:2010.13154",
        "深度残差学习用于图像识别, 2016, arXiv:1512.03385",
        "深度学习, 2015, doi:10.1038/nature14539",
        "Data augmentation, 2019",
    )
    assert project.check(CHECK) == []


def test_names_of_sites_are_no_works(project: Sandbox) -> None:
    cite(project, "Towards Data Science", "Medium", "The PyTorch blog", "ResNet paper", "Kaggle forum")
    said(project.check(CHECK), "fail", "none of 5 entries can be found", '"Towards Data Science"', FILE)


def test_one_name_among_works_is_a_warning(project: Sandbox) -> None:
    cite(
        project,
        *(f"He et al., A study of flowers number {n}, 2019" for n in ("one", "two", "three", "four", "five")),
        "the YOLO paper",
    )
    said(project.check(CHECK), "warn", "1 entry of the literature cannot be found", '"the YOLO paper"')


def test_a_title_of_some_length_can_be_found(project: Sandbox) -> None:
    cite(
        project,
        "Attention is all you need",
        "深度残差学习图像识别",
        "Adam: a method for stochastic optimization",
        "Do we train on test data?",
        "Do ImageNet classifiers generalize to ImageNet?",
    )
    assert project.check(CHECK) == []
