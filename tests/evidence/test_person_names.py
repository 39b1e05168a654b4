"""Who is a person: names as people of many countries write them, and what only looks like one."""

import pytest

from mlscaffold.evidence.person_names import names_person


@pytest.mark.parametrize(
    "text",
    ["Grace Hopper", "Müller, Hans (Leiter Qualität)", "O'Brien, Pat", "Owner: Müller, Hans", "Anna-Lena v. Berg", "ANNA SCHMIDT", "M. Dupont", "Prof. Li",
     "Priya Raghunathan, AI Lab", "Our owner is Tom Baker from the Data Platform team.", "Anna Schmidt – Abteilung Q", "Anna Schmidt\nTeam Lead Vision",
     "| Name | Anna Schmidt |", "Contact: j.smith@acme.example", "kmueller@firma.example", "quality.anna@firma.example", "María José García de la Cruz", "Иван Петров",
     "Петров И. И., отдел качества", "Σοφία Παπαδοπούλου", "김민수 (품질팀)", "담당자: 박지성", "佐藤健", "鈴木一郎 部長", "責任者：長谷川 翼（品質保証部）", "欧阳娜娜",
     "负责人：李强", "أحمد منصور", "المسؤول: محمد علي، فريق الجودة", "דוד כהן", "สมชาย ใจดี", "Mehmet Öztürk (Qualitätssicherung)"],
)  # fmt: skip
def test_a_person(text: str) -> None:
    assert names_person(text)


@pytest.mark.parametrize(
    "text",
    ["ML team", "Machine Learning Team", "the Machine Learning team", "Computer Vision Group", "Deep Learning Squad", "Squad Falcon", "AI Lab", "Innovation Hub Berlin",
     "Vision AI Platform", "Equipo de Machine Learning", "Stadtwerke Musterstadt", "Werksleitung Ingolstadt", "Команда машинного обучения", "فريق التعلم الآلي",
     "机器学习团队", "品質管理部", "AIチーム", "품질 관리 팀", "전략기획실", "ml-team@company.example", "marketing@firma.example", "team-anna@firma.example",
     "no-reply@firma.example", "data.science@firma.example", "Jane Doe", "Marketing and Sales, Munich", "QA HR"],
)  # fmt: skip
def test_no_person(text: str) -> None:
    assert not names_person(text)


def test_the_team_is_known_by_name() -> None:
    assert names_person("ask ngozi", {"ngozi"}) and not names_person("ask ngozi")
