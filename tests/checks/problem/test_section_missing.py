from __future__ import annotations

import io
import re

import pytest

from mlscaffold import git
from mlscaffold.evidence import documents
from mlscaffold.writing import write_toml
from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "problem.section-missing", "docs/01-problem.md"


def sections(project: Sandbox) -> list[tuple[str, str]]:
    """Anchor and body of each section."""
    parts = re.split(r"## [^\n]*\n<!-- section: ([\w-]+) -->\n", project.read(FILE))
    return list(zip(parts[1::2], parts[2::2], strict=True))


def test_a_written_document_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_headings_with_nothing_under_them(project: Sandbox) -> None:
    project.write({FILE: "# The problem\n\n" + "".join(f"## {a}\n<!-- section: {a} -->\n\n" for a, _ in sections(project))})
    said(project.check(CHECK), "fail", "5 of 5 sections are empty", FILE)


def test_guidance_is_no_text(project: Sandbox) -> None:
    body = dict(sections(project))["ideal-solution"]
    project.replace(FILE, body.strip(), "> ✎ What a day looks like once the problem is gone.\n>\n> A good answer: “A florist …”")
    said(project.check(CHECK), "fail", "1 of 5 sections is empty: Ideal solution")


@pytest.mark.parametrize("text", ["TBD", "to be written", "…", "- TODO", "N/A", "待定"])
def test_a_placeholder_is_no_text(project: Sandbox, text: str) -> None:
    project.replace(FILE, dict(sections(project))["ideal-solution"].strip(), text)
    assert [f.status for f in project.check(CHECK)] == ["fail"]


def test_a_section_taken_out(project: Sandbox) -> None:
    body = dict(sections(project))["technical-requirements"]
    project.replace(FILE, f"## Technical requirements\n<!-- section: technical-requirements -->\n{body}", "")
    said(project.check(CHECK), "fail", "1 of 5 sections is missing: Technical requirements")


def test_a_section_unchanged_since_generation(project: Sandbox) -> None:
    found = documents.read(project.read(FILE).encode(), FILE)
    section = documents.find(found, "technical-requirements")
    assert section is not None
    files = {FILE: {"class": "seed", "blob": "0" * 40, "sections": {"technical-requirements": documents.digest(section)}}}
    write_toml(project.root / ".mlscaffold/template.toml", {"schema": 1, "tool": "0.1.0", "files": files})
    said(project.check(CHECK), "fail", "1 of 5 sections is unchanged since generation: Technical requirements")


def test_a_document_as_generated_is_something_to_do(project: Sandbox) -> None:
    blob = git.blob_id(project.read(FILE).encode())
    write_toml(project.root / ".mlscaffold/template.toml", {"schema": 1, "files": {FILE: {"class": "seed", "blob": blob}}})
    assert absent(project.check(CHECK))
    project.write({FILE: project.read(FILE).replace("\n", "\r\n")})
    assert absent(project.check(CHECK))


def test_thin_sections_are_a_warning_and_a_word_is_none(project: Sandbox) -> None:
    project.replace(
        FILE, dict(sections(project))["ideal-solution"].strip(), "A camera names the kind of flower before the fork turns."
    )
    said(project.check(CHECK), "warn", "Ideal solution (11 words)")
    project.replace(FILE, "A camera names the kind of flower before the fork turns.", "A camera.")
    said(project.check(CHECK), "fail", "Ideal solution (2 words)")


def test_compounds_say_the_same_in_fewer_words(project: Sandbox) -> None:
    wish = (
        "Die Klassenzugehörigkeit steht fest, bevor die Aufnahme das Eingangskörbchen verlässt. Zweifelsfälle bearbeitet "
        "ausschließlich die Schichtleiterin; Bedienungsschulungen entfallen ersatzlos."
    )
    project.replace(FILE, dict(sections(project))["ideal-solution"].strip(), wish)
    assert project.check(CHECK) == []
    project.replace(FILE, wish, "Blumensortierungsvollautomatisierungsverfahrensanweisungen " * 3)
    said(project.check(CHECK), "fail", "Ideal solution (3 words)")


def test_an_unknown_heading_is_unknown_with_the_line_to_add(project: Sandbox) -> None:
    text = re.sub(r"<!-- section: [\w-]+ -->\n", "", project.read(FILE)).replace("## Ideal solution", "## Wohin wir wollen")
    project.write({FILE: text})
    said(project.check(CHECK), "unknown", "ideal-solution", "[documents.01-problem]")
    project.write(
        {"mlscaffold.toml": project.read("mlscaffold.toml") + '\n[documents.01-problem]\nideal-solution = "Wohin wir wollen"\n'}
    )
    assert project.check(CHECK) == []


CHINESE = {
    "问题负责人": "问题由代尔夫特拍卖行的值班主管王芳提出，她负责付款并作出最终决定，可以随时到现场联系她。",
    "问题陈述": "工人们在传送带旁凭记忆辨认每一束花，并按下三个按钮之一。夜班时有四百一十二束花被送到了错误的推车上，每一束损失两欧元，因为花店第二天会退货。新员工需要三周才能熟悉这些品种。",
    "理想解决方案": "传送带上方的摄像头在花束到达分岔口之前识别出它的种类，分岔口自动转向。无法确定的花束进入中间通道，由工人查看。没有人需要输入任何内容，主管每周查看一次统计数据。",
    "理解与洞察": "- 十一月三日凌晨两点，值班主管看到一名工人在分拣尚未开放的郁金香，他在等待标签，十一束花未被分拣。\n- 十一月五日二号通道的灯坏了，在黄色灯光下雏菊看起来像玫瑰，有一整车被退回。",
    "技术要求": "测试集上的准确率至少为 0.85，玫瑰的召回率至少为 0.75，传送带的计算机必须在五十毫秒内给出答案。图片不得离开大厅，更换模型时传送带停止的时间不得超过一分钟，计算机没有显卡。",
}


def test_the_same_in_chinese_in_any_order_and_depth(project: Sandbox) -> None:
    items = list(CHINESE.items())
    text = "# 问题\n\n" + "\n\n".join(f"### {n}. {title}\n\n{body}" for n, (title, body) in enumerate(reversed(items), start=1))
    project.write({FILE: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()})
    assert project.check(CHECK) == []
    assert project.check("problem.owner-unnamed") == []
    assert project.check("problem.contradiction") == []


def test_two_sections_in_one(project: Sandbox) -> None:
    text = re.sub(r"<!-- section: [\w-]+ -->\n", "", project.read(FILE))
    project.write(
        {FILE: text.replace("## Problem statement", "## Problem statement and ideal solution").replace("## Ideal solution\n", "")}
    )
    assert project.check(CHECK) == []


def test_a_word_document_in_its_place(project: Sandbox) -> None:
    import docx

    word = docx.Document()
    for anchor, body in sections(project):
        word.add_heading(anchor.replace("-", " ").capitalize(), level=2)
        for line in body.strip().splitlines():
            word.add_paragraph(line)
    buffer = io.BytesIO()
    word.save(buffer)
    project.remove(FILE)
    project.write({"docs/01-problem.docx": buffer.getvalue()})
    assert project.check(CHECK) == []


GENERATED = "In numbers: what comes in (size, light, device), what goes out, how fast, where it runs, how many a day, what may be stored and for how long, which mistakes are worse than others."


@pytest.mark.parametrize(
    "form", ["{}", "- {}", "**Note.** {}", "{} Quality in numbers stands in `acceptance.toml`; say here why these."]
)
def test_guidance_whose_marks_were_taken_away_is_no_text(project: Sandbox, form: str) -> None:
    body = dict(sections(project))["technical-requirements"]
    project.replace(FILE, body.strip(), form.format(GENERATED))
    said(project.check(CHECK), "fail", "1 of 5 sections is unchanged since generation: Technical requirements", FILE)


def test_guidance_that_is_still_there_is_unchanged_not_empty(project: Sandbox) -> None:
    body = dict(sections(project))["technical-requirements"]
    project.replace(FILE, body.strip(), f"> ✎ {GENERATED}")
    empty = documents.digest(documents.Section("", 2, ""))
    files = {FILE: {"class": "seed", "blob": "0" * 40, "sections": {"technical-requirements": empty}}}
    write_toml(project.root / ".mlscaffold/template.toml", {"schema": 1, "tool": "0.1.0", "files": files})
    said(project.check(CHECK), "fail", "1 of 5 sections is unchanged since generation: Technical requirements")


def test_an_answer_that_follows_the_guidance_closely_is_an_answer(project: Sandbox) -> None:
    body = dict(sections(project))["technical-requirements"]
    answer = (
        "What comes in: pictures of 640 x 480 pixels in daylight from the phone of the shop; what goes out: one name; how fast: within "
        "300 ms, on the phone itself; how many a day: 900. Pictures may be stored for 30 days. A wilted flower called fresh is worse "
        "than the reverse, since the customer comes back."
    )
    project.replace(FILE, body.strip(), f"> ✎ {GENERATED}\n\n{answer}")
    assert project.check(CHECK) == []


@pytest.mark.parametrize(
    "filler", ["This is a very important problem. " * 12, "asdf " * 30, "- it is important\n" * 15, "这个问题非常重要。" * 12]
)
def test_the_same_words_over_and_over_are_no_section(project: Sandbox, filler: str) -> None:
    project.replace(FILE, dict(sections(project))["problem-statement"].strip(), filler.strip())
    said(project.check(CHECK), "fail", "1 of 5 sections is the same words over and over: Problem statement", FILE)


@pytest.mark.parametrize(
    "text",
    [
        "Here we describe the problem that should be solved and why it matters to the people who have it. This section will be completed later with the details of the problem.",
        "In diesem Abschnitt wird das Problem beschrieben, das für die Anwender und Anwenderinnen der Firma gelöst werden soll, und warum es für sie alle wichtig ist und bleibt.",
    ],
)  # fmt: skip
def test_a_section_that_only_speaks_of_itself(project: Sandbox, text: str) -> None:
    project.replace(FILE, dict(sections(project))["problem-statement"].strip(), text)
    said(project.check(CHECK), "warn", "1 section announces what it will say, and no more: Problem statement", FILE)
    project.replace(
        FILE, text, f"{text} Of 9000 digits a day one in 200 is typed wrongly, and each costs four euros and a letter."
    )
    assert project.check(CHECK) == []


def test_headings_that_belong_to_other_documents_cut_nothing_off(project: Sandbox) -> None:
    bodies = dict(sections(project))
    body = bodies["technical-requirements"].strip()
    project.replace(FILE, body, f"As agreed.\n\n### Hardware\n\n{body}\n\n### Results\n\nA table each month.")
    assert project.check(CHECK) == [] and project.check("problem.requirement-without-number") == []


@pytest.mark.parametrize(
    "shape",
    ["<h2>{}</h2>\n\n{}\n\n", '<h3 class="x"><b>{}</b></h3>\n{}\n\n', "**{}:** {}\n\n", "__{}__: {}\n\n", "**{}：**{}\n\n"],
)
def test_headings_in_html_and_labels(project: Sandbox, shape: str) -> None:
    titles = ("Owner", "Problem statement", "Ideal solution", "Understanding", "Requirements")
    bodies = [body.strip() for _, body in sections(project)]
    project.write({FILE: "".join(shape.format(t, b) for t, b in zip(titles, bodies, strict=True))})
    assert [f for f in project.check(CHECK) if "are missing" in f.message or "empty" in f.message] == []


def test_a_label_below_a_heading_is_text(project: Sandbox) -> None:
    body = dict(sections(project))["technical-requirements"].strip()
    project.replace(FILE, body, f"**Problem:** none.\n\n**Owner:** the desk.\n\n{body}")
    assert project.check(CHECK) == []
