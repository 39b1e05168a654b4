"""Whether a text names a person, in any script: names in a row, a title, an address of one's own; not a team, a part of a firm or nobody."""

from __future__ import annotations

import re
from collections.abc import Set

from mlscaffold.evidence.documents import count_words, normalise

INVENTED = re.compile(
    r"firstname|lastname|first name|last name|vorname|nachname|john (?:doe|smith)|jane doe|"
    r"(?:max|erika) mustermann|foo bar|"
    r"your name|\bname\s+surname\b|张三|李四|某某"
)
# Words that name a part, a place or a time, not a person, in English and German.
_COMMON = """
the a an our their his her its this that problem owner client customer customers user users colleague colleagues team department
company management manager marketing sales service support head office board project business product operations stakeholder staff
people person everyone everybody somebody nobody employees group unit division quality control customer-service production
der die das den dem des ein eine unser unsere kunde kunden kundin abteilung vertrieb firma unternehmen leitung geschäftsführung
nutzer anwender kollege kollegen mitarbeiter fachbereich produktion einkauf verkauf auftraggeber problemeigner verantwortlich
january february march april may june july august september october november december monday tuesday wednesday thursday friday
saturday sunday januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
he she they we it is i to be and for of in at tbd
chief executive officer director chairman president technical operating financial information science engineering research assurance
human resources else other another not yet known still open client firma firm company plant production data quality
somebody someone anybody anyone muster example beispiel inhaber leiter leiterin leitung chef geschäftsführer geschäftsführerin
machine learning deep computer vision artificial intelligence analytics software hardware infrastructure digital innovation
"""
PARTICLES = re.compile(
    r"(?<=\w)\s+(?:(?:van|von|auf|zu)\s+(?:den?|der|dem|zur|zum)|v\.|de(?:\s+la|\s+los)?|van|von|da|dos?|das|di|del(?:la)?|du|bin|ibn|al|el|ter|zu)\s+(?=\w)"
)
FIRM = re.compile(r"(?:[^\W\d_][\w&'’.-]*\s+){1,3}(?:GmbH|AG|KG|Inc|Ltd|LLC|Corp|Co|plc|B\.?V|S\.?A)\b\.?")
COMMON = frozenset(_COMMON.split())
TITLES = re.compile(
    r"(?:\b(?i:mr|mrs|ms|miss|dr|prof|herr|frau|hr|fr|sir|madame|mme|sra?|señora?)\.?|\bM\.)\s+[A-ZÀ-ÞĀ-ŽА-ЯΑ-Ω][\w'’-]+"
)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金贾韦夏付方邹熊白孟秦邱侯江尹薛闫段雷黎史陶贺顾毛郝龚邵万钱严洪武莫孔"
)
COMPOUND = "欧阳|司马|诸葛|上官|司徒|夏侯|皇甫|尉迟|慕容|令狐"
JAPANESE = (
    "佐藤|鈴木|高橋|田中|伊藤|渡[辺邊部]|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|清水|山崎|池田|橋本|阿部|石川|山下|中島|石井|小川|前田|岡田|"
    "長谷川|藤田|後藤|近藤|村上|遠藤|青木|坂本|[斉斎齋]藤|福田|太田|西村|藤井|金子|岡本|藤原|中野|三浦|原田|中川|松田|竹内|小野|田村|中山|和田|石田|森田|上田|内田|"
    "柴田|酒井|宮崎|横山|高木|安藤|宮本|大野|小島|谷口|工藤|今井|高田|増田|丸山|杉山|村田|大塚|新井|小山|平野|藤本|河野|上野|野口|武田|松井|千葉|岩崎|菅原|木下|久保|"
    "佐野|野村|松尾|市川|菊[地池]|杉本|古川|大西|島田|水野|桜井|高野|吉川|山内|西田|飯田|西川|小松|北村|安田|五十嵐|川口|平田|服部|岩田|土屋|川崎|福島|本田"
)
KOREAN = "김이박최정강조윤장임한오서신권황안송류홍전고문손양배백허유남심노하곽성차주우구민나지엄"
UNITS = re.compile(
    r"(?:teams?|groups?|labs?|laborator\w+|squads?|units?|hubs?|platforms?|cent(?:er|re)s?|committees?|departments?|dept|divisions?|offices?|"
    r"crews?|guilds?|chapters?|taskforce|stelle|referat|\w*(?:leitung|abteilung|verwaltung|werke|ministerium|gesellschaft|behörde|gruppe|zentrum|bereich)|equipos?|équipes?|equipes?|departamento|département|service|squadra|reparto|"
    r"команда|отдел|группа|центр|служба|ομάδα|τμήμα|ekibi|takımı|zespół|dział|tým|oddělení)",
    re.I,
)
LEADS = re.compile(r"(?:leads?|leaders?|leiter\w*|managers?|heads?|chefs?|manager\w*|assistants?)", re.I)
UNITS_WITHOUT_CASE = re.compile(r"チーム|グループ|فريق|قسم|إدارة|مجموعة|مركز|צוות|מחלקה|מחלקת|ทีม|ฝ่าย|แผนก|टीम|विभाग")
ALIAS = frozenset(
    [
        "info",
        "contact",
        "office",
        "mail",
        "support",
        "hello",
        "team",
        "sales",
        "marketing",
        "quality",
        "service",
        "services",
        "admin",
        "ml",
        "ai",
        "ki",
        "ia",
        "cv",
        "nlp",
        "data",
        "science",
        "noreply",
        "no",
        "reply",
        "hr",
        "it",
        "dev",
        "ops",
        "devops",
        "mlops",
        "produktion",
        "production",
        "vertrieb",
        "einkauf",
        "kontakt",
        "buero",
        "help",
        "desk",
        "helpdesk",
        "group",
        "dept",
        "department",
        "research",
        "engineering",
        "vision",
        "analytics",
        "qm",
        "qs",
        "qa",
        "pm",
        "projekt",
        "project",
        "product",
        "qualitaet",
        "qualität",
        "purchasing",
        "customer",
        "care",
        "lab",
        "hub",
        "zentrale",
        "empfang",
        "postmaster",
        "webmaster",
        "all",
        "everyone",
    ]
)
ADDRESS = re.compile(r"([\w.+-]+)@[\w-]+(?:\.[\w-]+)+")
PARTS = re.compile(r"[,;:|()\[\]{}/–—•·،、，；：（）。\n]|(?<=\s)-(?=\s)")
CASELESS = re.compile(r"[\u0590-\u08ff\u0900-\u0fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
FAMILY_FIRST = re.compile(
    r"(?:^|[:|])\W*([^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)?), ([^\W\d_][\w'’-]*\.?(?: [^\W\d_][\w'’.-]*)?)\s*(?=$|[(,;|–—])"
)


def names_person(text: str, known: Set[str] = frozenset()) -> bool:
    """Whether a text names a person: one of `known` (in small letters), an address, a title with a name, or two names in a row."""
    plain = normalise(text)
    folded = plain.casefold()
    if INVENTED.search(folded):
        return False
    if any(name in folded for name in known) or any(_is_own(found) for found in ADDRESS.findall(folded)):
        return True
    lines = [normalise(ADDRESS.sub(" ", line)) for line in text.splitlines()]
    if any(TITLES.search(line) or _family_first(line) for line in lines):
        return True
    return any(_named(part) for line in lines for part in PARTS.split(PARTICLES.sub(" ", FIRM.sub(" ", line))))


def _is_own(local: str) -> bool:
    """Whether an address is somebody's: no word of it, or not every one, says what a part of a firm does."""
    words = [word for word in re.split(r"[._+\d-]+", local) if word]
    return bool(words) and not (set(words) <= ALIAS or ALIAS & {"team", "noreply", "group"} & set(words))


def _family_first(line: str) -> bool:
    """`Hopper, Grace`, as offices write it."""
    found = FAMILY_FIRST.search(line)
    words = re.findall(r"[\w'’-]+", f"{found[1]} {found[2]}") if found else []
    return bool(words) and all(word[0].isupper() and not _is_common(word) for word in words)


def _is_common(word: str) -> bool:
    bare = word.strip(".").casefold()
    return bare in COMMON or bool(UNITS.fullmatch(bare)) or bare.isdigit()


def _named(part: str) -> bool:
    if len(CASELESS.findall(part)) > len(part) / 3:
        return _without_case(part)
    words = re.findall(r"[\w'’.-]+|[^\w\s]", part)
    run: list[str] = []
    for place, word in enumerate([*words, ""]):
        if word[:1].isupper():
            run.append(word)
            continue
        around = words[place : place + 2], words[max(0, place - len(run) - 1) : place - len(run)]
        if run and not _is_unit(run, after=around[0], before=around[1]) and _pair(run):
            return True
        run = []
    return False


def _is_unit(run: list[str], *, after: list[str], before: list[str]) -> bool:
    """Whether words with capitals name a team: one of them says so, or the word beside them, unless it goes on to a person's post."""
    row = [*before, *run, *after]
    for place, word in enumerate(row):
        follows = row[place + 1] if place + 1 < len(row) else ""
        if UNITS.fullmatch(word.strip(".")) and not LEADS.fullmatch(follows):
            return True
    return False


def _pair(run: list[str]) -> bool:
    """Two names in a row; two sets of initials, such as `QA HR`, are none."""
    initials = [bool(re.fullmatch(r"[^\W\d_]\.?|[^\W\d_]{2,3}", w)) and w.isupper() for w in run]
    proper = [not _is_common(w) for w in run]
    pairs = zip(range(len(run)), range(1, len(run)), strict=False)
    return any(proper[i] and proper[j] and not (initials[i] and initials[j]) and len(run[j]) > 1 for i, j in pairs)


def _without_case(text: str) -> bool:
    """Names in a script without capitals: Chinese, Japanese and Korean ones by family name; of others two words that name no team."""
    if re.search(r"[\u3400-\u9fff]", text):
        common = re.sub(
            r"客户|用户|部门|公司|管理|市场部|经理|团队|负责人|所有者|问题|同事|领导|小组|中心|高级|于|任|何|方", " ", text
        )
        named = rf"(?:{COMPOUND}|[{SURNAMES}])[\u3400-\u9fff·]{{1,3}}|(?:^|\W|[\u3040-\u30ff])(?:{JAPANESE})"
        return bool(re.search(named, common)) or bool(re.search(r"[A-Z][a-z]+ [A-Z][a-z]+", text))
    if re.search(r"[\uac00-\ud7af]", text):
        return bool(re.search(rf"(?<![\uac00-\ud7af])[{KOREAN}][\uac00-\ud7af]{{1,2}}(?<![팀부실과처])(?![\uac00-\ud7af])", text))
    return not UNITS_WITHOUT_CASE.search(text) and count_words(text) >= 2
