"""The three stage documents in other languages, with the numbers and names of the project they are written for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from tests.sabotage.target import Target
from tests.sabotage.writing import Paper, Part


@dataclass(frozen=True)
class Facts:
    """What the documents tell of a project."""

    owner: str
    classes: int
    images: int
    backbone: str
    limits: list[str]
    metric: str
    value: float
    low: float
    high: float
    n: int
    eyeball: int
    mistakes: list[dict[str, str]]
    report: str


def facts(project: Target) -> Facts:
    """Numbers and names, from the evidence."""
    settings = tomllib.loads(project.read("mlscaffold.toml"))
    accepted, folder = project.toml("acceptance.toml"), project.evaluation()
    limits = []
    for limit in accepted.get("thresholds", []):
        name = f"{limit['metric']} ({limit['class']})" if "class" in limit else limit["metric"]
        limits += [f"| {name} | {sign} {limit[key]} |" for key, sign in (("min", "≥"), ("max", "≤")) if key in limit]
    found = project.json(f"{folder}/metrics.json")
    number = found["metrics"][project.optimised]
    looked = project.rows(f"{folder}/eyeball.csv")
    backbone = next(
        line.split(":", 1)[1].strip()
        for line in project.read(f"{project.run('training')}/params.yaml").splitlines()
        if line.strip().startswith("backbone:")
    )
    return Facts(
        owner=next(iter(settings["team"]["business analyst"])),
        classes=len(project.classes),
        images=project.json("reports/collection/statistics.json")["images"],
        backbone=backbone,
        limits=limits,
        metric=project.optimised,
        value=number["value"],
        low=number["low"],
        high=number["high"],
        n=found["n"],
        eyeball=len(looked),
        mistakes=[row for row in looked if row["label"] != row["prediction"]],
        report=folder,
    )


def confidence(row: dict[str, str]) -> float:
    """The probability of the answer."""
    return float(row[f"p:{row['prediction']}"])


WORKS = (
    "- He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2016, arXiv:1512.03385. {0}",
    "- LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998, doi:10.1109/5.726791. {1}",
    "- Loshchilov, Hutter: Decoupled weight decay regularization, 2019, arXiv:1711.05101. {2}",
    "- Barz, Denzler: Do we train on test data?, 2020, doi:10.3390/jimaging6060041. {3}",
    "- Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks, 2017, arXiv:1706.04599. {4}",
)


def chinese(f: Facts) -> dict[int, Paper]:
    """The documents in Chinese."""
    works = [w.format(*t) for w, t in zip(WORKS, [("深度在何处有用。",), ("", "卷积优于手工特征。"), ("", "", "为何使用该优化器。"),
             ("", "", "", "训练集与测试集的重复。"), ("", "", "", "", "置信度的校准。")], strict=True)]  # fmt: skip
    return {
        1: Paper("问题说明", (
            Part("问题负责人", "owner", (f"本问题的负责人是 {f.owner}，分管图片登记工作，并对其中的差错负责。工作日九点到十七点可以当面或电话联系。",)),
            Part("问题陈述", "problem-statement", (
                f"每天有数千张图片送到登记处，由两位同事逐张辨认，归入{f.classes}个类别之一。约每二百张就有一张登记错误，每次差错要写信、打电话，并花费约四欧元。"
                "图片越来越多，而人手无法增加。",)),
            Part("理想方案", "ideal-solution", (
                "图片一到，类别就已经写好；系统没有把握的图片交给人来看，人只需要处理这些。没有人需要学习新的程序。每月可以看到有多少张交给了人，又有多少张后来被更正。",)),
            Part("理解与洞察", "understanding", (
                f"- 三月的一个星期一，{f.owner} 与一位同事各自登记了三百四十张图片再互相对照，其中十一张意见不一，而两个人当时都很有把握。",
                "- 随后的一周，整批图片因为光线太暗被放在一边，工作因此推迟了一天，大家加班到晚上。",
                "- 白天拍的图片又清楚又完整，在地下室匆忙拍的却常常模糊：地点比拍摄的人更重要。")),
            Part("技术要求", "technical-requirements", (
                "| 要求 | 数值 |", "|---|---|", *f.limits, "登记处的计算机有两个核心，没有显卡，也不连接互联网；模型文件要能放进只有几兆字节的更新包，启动时间不超过十秒。")),
        )),
        2: Paper("研究", (
            Part("数据结构与来源", "data-sources", (
                f"数据为{f.images}张图片，共{f.classes}个类别，来源与许可记录在各来源的说明文件里。各类别的数量大致相当。谁拍了哪一张没有记录，因此无法按人分开。",)),
            Part("方案形式", "solution-form", (
                "比较过两种形式：一种由若干模块串联而成，每个模块都会带来自己的误差，而且需要我们没有的标注；另一种是端到端，只需要类别标注。图片已经裁好，所以选择端到端，并先行测量。",)),
            Part("网络架构", "architecture", (
                f"采用 {f.backbone}，末层的输出个数等于类别个数。更大的网络参数过多，在两个核心上训练时间长，而数据量不足以支撑。",)),
            Part("算法", "algorithms", (
                "交叉熵损失，带权重衰减的优化器，先升温再按余弦下降的学习率，按验证损失提前停止。只做与实际相符的轻微变换。第八阶段只在验证集上搜索学习率和权重衰减。",)),
            Part("硬件需求", "hardware", ("训练：2 核，内存 4 GB，没有显卡，每次运行约 10 分钟。服务：2 核，内存 1 GB，每张图片不超过 50 毫秒。",)),
            Part("软件需求", "software", ("Python 3.11，torch 2.14 和 torchvision 0.29 用于训练，onnxruntime 1.31 用于服务；精确版本写在 constraints.txt 里。",)),
            Part("参考文献", "literature", tuple(works)),
        )),
        7: Paper("评估", (
            Part("结果", "results", (
                f"在{f.n}张没有参与任何决定的测试图片上，所选模型的 {f.metric} 为 {f.value:.3f}（95 % 置信区间 {f.low:.3f} 至 {f.high:.3f}）。"
                f"混淆矩阵以及各类别的数值见 {f.report}，与基线的比较也在那里。",)),
            Part("失败案例", "failure-cases", (
                f"测试集只看了数字。逐张查看了{f.eyeball}张图片，其中{len(f.mistakes)}张答错，原因主要是笔画粘连、光线太暗，以及外形与另一类别十分相近：",
                *(f"- {m['path']}：{m['label']} 被认作 {m['prediction']}，置信度 {confidence(m):.2f}" for m in f.mistakes))),
            Part("改进措施", "remedies", (
                "- 分辨率太低：请采集端提供更大的图片，设备本来就支持，只需改一个设置。",
                "- 少见的样子：再收集至少二十位拍摄者的图片，并记录是谁拍的，以便按人划分。",
                "- 没有把握的回答：置信度低于 0.6 时交给人来判断，比事后写信更快。")),
        )),
    }  # fmt: skip


def german(f: Facts) -> dict[int, Paper]:
    """The documents in German, with its compounds and umlauts."""
    notes = ("Wo Tiefe hilft.", "Faltungen schlagen Handarbeit.", "Weshalb dieser Optimierer.", "Dubletten.", "Kalibrierung.")
    works = [w.format(*[note] * 5) for w, note in zip(WORKS, notes, strict=True)]
    return {
        1: Paper("Problembeschreibung", (
            Part("Problemverantwortlicher", "owner", (
                f"Verantwortlich für dieses Problem ist {f.owner} aus der Eingangserfassung, werktags von neun bis siebzehn Uhr am Schalter zu erreichen.",)),
            Part("Problemstellung", "problem-statement", (
                f"Täglich treffen mehrere tausend Aufnahmen in der Eingangserfassung ein und werden von zwei Sachbearbeiterinnen einer von {f.classes} Klassen zugeordnet. "
                "Etwa jede zweihundertste Zuordnung ist fehlerhaft; jeder Erfassungsfehler kostet einen Rückfragebrief, ein Telefongespräch und ungefähr vier Euro. "
                "Das Aufnahmevolumen wächst, die Belegschaft nicht.",)),
            Part("Wunschlösung", "ideal-solution", (
                "Die Klassenzugehörigkeit steht fest, bevor die Aufnahme das Eingangskörbchen verlässt. Unsichere Fälle werden einem Menschen vorgelegt, der nur noch diese bearbeitet. "
                "Niemand muss ein neues Bedienungskonzept erlernen; monatlich ist sichtbar, wie viele Aufnahmen vorgelegt und wie viele später berichtigt wurden.",)),
            Part("Verständnis und Einsicht", "understanding", (
                f"- An einem Montag im März erfasste {f.owner} 340 Aufnahmen parallel zu einer Kollegin; bei elf waren sie uneins, und beide waren sich jeweils sicher gewesen.",
                "- In der Woche darauf blieb eine ganze Lieferung wegen Unterbelichtung liegen; die Nachbearbeitung kostete einen vollen Arbeitstag und zwei Überstunden.",
                "- Tagsüber entstandene Aufnahmen sind vollständig und scharf, im Kellergeschoss hastig gemachte dagegen häufig verwackelt: Der Aufnahmeort entscheidet mehr als die Person.")),
            Part("Technische Anforderungen", "technical-requirements", (
                "| Anforderung | Wert |", "|---|---|", *f.limits,
                "Der Arbeitsplatzrechner hat zwei Rechenkerne, keine Grafikkarte und keine Internetverbindung.")),
        )),
        2: Paper("Recherche", (
            Part("Datenstruktur und Quellen", "data-sources", (
                f"Die Datengrundlage umfasst {f.images} Aufnahmen in {f.classes} Klassen; Herkunft und Lizenz sind in den Quellenbeschreibungen festgehalten. "
                "Die Klassenhäufigkeiten sind annähernd ausgeglichen. Wer welche Aufnahme gemacht hat, wurde nicht aufgezeichnet.",)),
            Part("Lösungsform", "solution-form", (
                "Abgewogen wurden eine Kette von Einzelmodulen, deren Fehler sich fortpflanzen und für die Zwischenbeschriftungen fehlen, und ein durchgängiges Verfahren, das nur Klassenbeschriftungen benötigt. "
                "Da die Aufnahmen bereits zugeschnitten vorliegen, wurde das durchgängige Verfahren gewählt.",)),
            Part("Netzarchitektur", "architecture", (
                f"Ein {f.backbone} mit so vielen Ausgängen wie Klassen. Größere Netze haben ein Vielfaches der Parameter und brauchen auf zwei Kernen unverhältnismäßig lange.",)),
            Part("Algorithmen", "algorithms", (
                "Kreuzentropie, Optimierung mit Gewichtsverfall, Anlaufphase und Kosinusabklingen der Lernrate, frühzeitiges Abbrechen anhand des Validierungsverlusts. "
                "Die Hyperparametersuche der achten Stufe bewertet ausschließlich auf der Validierungsmenge.",)),
            Part("Hardwarebedarf", "hardware", (
                "Training: 2 Kerne, 4 GB Arbeitsspeicher, keine Grafikkarte, etwa 10 Minuten je Lauf. Betrieb: 2 Kerne, 1 GB, höchstens 50 ms je Aufnahme.",)),
            Part("Softwarebedarf", "software", (
                "Python 3.11, torch 2.14 und torchvision 0.29 für das Training, onnxruntime 1.31 für den Betrieb; festgeschrieben in constraints.txt.",)),
            Part("Literaturverzeichnis", "literature", tuple(works)),
        )),
        7: Paper("Auswertung", (
            Part("Ergebnisse", "results", (
                f"Auf {f.n} Testaufnahmen, die in keine Entscheidung eingingen, erreicht der gewählte Lauf {f.metric} {f.value:.3f} "
                f"(95-%-Konfidenzintervall {f.low:.3f} bis {f.high:.3f}). Konfusionsmatrix und Klassenwerte stehen in {f.report}.".replace("0.", "0,"),)),
            Part("Fehleranalyse", "failure-cases", (
                f"Von der Testmenge wurden nur Zahlen gelesen. Die {f.eyeball} Aufnahmen der Sichtungsmenge wurden einzeln angesehen, {len(f.mistakes)} davon waren falsch beantwortet; "
                "Ursachen sind vor allem Unterbelichtung, Überlappung und große Ähnlichkeit mit der Nachbarklasse:",
                *(f"- {m['path']}: {m['label']} als {m['prediction']} gelesen, Konfidenz {confidence(m):.2f}" for m in f.mistakes))),
            Part("Gegenmaßnahmen", "remedies", (
                "- Unterbelichtung: Mindestbeleuchtungsstärke am Aufnahmeplatz festlegen und wöchentlich überprüfen.",
                "- Ungewöhnliche Ausführungen: mindestens zwanzig weitere Aufnahmeorte hinzunehmen und die Herkunft aufzeichnen.",
                "- Unsichere Antworten: unterhalb einer Konfidenz von 0,6 entscheidet ein Mensch.")),
        )),
    }  # fmt: skip
