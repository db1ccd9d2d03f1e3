"""Makes legal documents from passages.yaml: clean text, the persons and numbers in it, and its citations."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FIRSTS = "Amelia Bertrand Cordelia Dmitri Eleanor Fergus Gwendolyn Hector Isadora Julian Katarina Leopold Miriam Nathaniel".split()
_LASTS = "Abernathy Blackwood Castellano Dunleavy Esterhazy Fitzgerald Gallagher Hathaway Iverson Jankowski Kowalczyk Lindqvist McAllister O'Brien".split()
_KOREAN = "김철수 이영희 박민준 최서연 정지훈 강수진 조현우 윤미경 임동혁 한소영 오성민 신예진 권태호 송지은".split()
_COMPANIES = ["Northgate Supply Co.", "Harrow Logistics LLC", "Blue Anchor Insurance Company", "Fenwick Farms, Inc."]
_KOREAN_COMPANIES = ["주식회사 한빛상사", "주식회사 동해물류", "대한농산 주식회사"]
_CASES = ["Hadley v. Baxendale, 156 Eng. Rep. 145 (1854)", "Brown v. Board of Education, 347 U.S. 483 (1954)",
          "Ashcroft v. Iqbal, 556 U.S. 662 (2009)", "Daubert v. Merrell Dow Pharmaceuticals, Inc., 509 U.S. 579 (1993)",
          "Anderson v. Liberty Lobby, Inc., 477 U.S. 242 (1986)", "Edwards v. National Coal Board, [1949] 1 KB 704"]  # fmt: skip
_STATUTES = ["28 U.S.C. § 1331", "35 U.S.C. § 112(b)", "17 C.F.R. § 240.10b-5", "42 U.S.C. § 1983"]
_KOREAN_CASES = ["대법원 2010. 5. 27. 선고 2009다12345 판결", "대법원 2017. 3. 15. 선고 2014다229011 판결",
                 "서울고등법원 2015. 11. 20. 선고 2014나2041 판결", "헌법재판소 2012. 8. 23. 선고 2010헌바402 결정"]  # fmt: skip
_KOREAN_STATUTES = ["민법 제162조 제1항", "특허법 제29조 제2항", "상법 제64조", "농지법 제8조"]
_COURTS = ["서울중앙지방법원", "부산지방법원", "수원지방법원", "대구지방법원"]


@dataclass(frozen=True)
class Made:
    """A document. `title` and `paragraphs` are its text; `private` must not survive, `cited` must."""

    kind: str
    title: str
    paragraphs: tuple[str, ...]
    private: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    heads: frozenset[int] = field(default_factory=frozenset)
    """Paragraphs that are lines of their own and not prose."""

    @property
    def korean(self) -> bool:
        return self.kind.startswith("korean")

    @property
    def text(self) -> str:
        return "\n\n".join((self.title, *self.paragraphs)) + "\n"


_OPENINGS = (
    [f"{when} {who}, " for when in ("In spring", "Before the harvest", "At noon", "That winter", "By the evening", "After the storm") for who in ("as was said", "it is noted", "on the record", "once more")],
    [f"{when} {who} " for when in ("봄에도", "수확에 앞서", "정오 무렵", "그해 겨울", "저녁까지", "폭풍이 지난 뒤") for who in ("기재된 바와 같이", "살피건대", "기록에 의하면", "다시 보건대")],
)  # fmt: skip


KINDS = ("english_patent", "english_judgment", "english_statute", "korean_patent", "korean_judgment", "korean_statute")


@cache
def _passages() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "passages.yaml").read_text())
    return read


def make(kind: str, seed: int, held: bool | None = None, sentences: int = 0) -> Made:
    """One document. `held`: only sentences that are held back (True) or open (False); all where None.

    `sentences`: how many, drawn again and again; each once where 0.
    """
    rng = random.Random(f"{kind} {seed}")
    passages = _passages()[kind]
    topic = passages["topics"][seed % len(passages["topics"])]
    names = _names(kind, rng)
    pool = [s for i, s in enumerate(passages["sentences"]) if held is None or held == bool(i % 2)]
    cited: set[str] = set()
    paragraphs: list[str] = []
    left: list[str] = []
    openings: list[str] = []
    for i in range(sentences or len(pool)):
        left = left or rng.sample(pool, len(pool))
        sentence = _filled(left.pop(), {**topic, **names, **_citations(kind, rng)}, cited)
        if i >= len(pool):  # said again, in other words: no document says a sentence twice
            openings = openings or rng.sample(_OPENINGS[kind[:6] == "korean"], 24)
            sentence = openings.pop() + sentence
        if paragraphs and rng.random() < 0.7:
            paragraphs[-1] += " " + sentence
        else:
            paragraphs.append(sentence)
    if kind.endswith("statute"):
        paragraphs = _sections(kind, paragraphs)
    top, private = _front(kind, names, rng)
    title = passages["title"].format(**topic, **names)
    return Made(kind, title, (*top, *paragraphs), private, tuple(sorted(cited)), frozenset(range(len(top))))


def _names(kind: str, rng: random.Random) -> dict[str, str]:
    if kind.startswith("korean"):
        name, other = rng.sample(_KOREAN, 2)
        return {"name": name, "other": other, "company": rng.choice(_KOREAN_COMPANIES), "court": rng.choice(_COURTS)}
    first, second = rng.sample(_FIRSTS, 2)
    last, other = rng.sample(_LASTS, 2)
    return {
        "first": first,
        "last": last,
        "first2": second,
        "last2": other,
        "company": rng.choice(_COMPANIES),
        "Role": "Plaintiff",
    }


def _citations(kind: str, rng: random.Random) -> dict[str, str]:
    if kind.startswith("korean"):
        number = f"{rng.randint(1000000, 1999999)}"
        return {"case": rng.choice(_KOREAN_CASES), "statute": rng.choice(_KOREAN_STATUTES), "patent": number}
    one, other = rng.sample(_CASES, 2)
    patent = f"{rng.randint(7, 11)},{rng.randint(100, 999)},{rng.randint(100, 999)}"
    return {
        "case": one,
        "case2": other,
        "statute": rng.choice(_STATUTES),
        "patent": patent,
        "patent2": f"EP {rng.randint(1000000, 3999999)} A1",
    }


def _filled(sentence: str, values: dict[str, str], cited: set[str]) -> str:
    cited.update(values[key] for key in ("case", "case2", "statute", "patent", "patent2") if f"{{{key}}}" in sentence)
    return sentence.format(**values)


def _sections(kind: str, paragraphs: list[str]) -> list[str]:
    if kind.startswith("korean"):
        return [f"제{i + 1}조{paragraph}" for i, paragraph in enumerate(paragraphs)]
    return [f"Section {i + 1}. {paragraph}" for i, paragraph in enumerate(paragraphs)]


def _front(kind: str, names: dict[str, str], rng: random.Random) -> tuple[list[str], tuple[str, ...]]:
    """What stands above the text, and what of it is private."""
    digits = [rng.randint(0, 9) for _ in range(20)]
    number = "".join(map(str, digits))
    if kind == "english_judgment":
        full, other = f"{names['first']} {names['last']}", f"{names['first2']} {names['last2']}"
        ssn, phone = f"{210 + digits[0]}-{10 + digits[1]}-{1000 + digits[2]}", f"(415) 8{number[:2]}-{number[2:6]}"
        top = [f"{full.upper()}, Plaintiff,", f"v. {names['company'].upper()}, Defendant.", f"Attorney for Plaintiff: {other} (SBN 2{number[3:8]})",
               f"Telephone: {phone}", f"The plaintiff's Social Security number is {ssn}, as stated in the complaint."]  # fmt: skip
        return top, (names["first"], names["last"], names["last2"], full.upper(), ssn, phone, f"2{number[3:8]}")
    if kind == "english_patent":
        full, other = f"{names['first']} {names['last']}", f"{names['first2']} {names['last2']}"
        top = [
            f"(72) Inventors: {full}, Austin, TX (US); {other}, Boston, MA (US)",
            f"(73) Assignee: {names['company']}",
        ]
        return top, (names["last"], names["last2"])
    if kind == "korean_judgment":
        resident = f"{70 + digits[0]}0{1 + digits[1] % 9}1{digits[2]}-1{number[:6]}"
        business = f"{110 + digits[3]}-8{digits[4]}-{number[5:10]}"
        top = [f"사    건   2019가합{number[:5]} 손해배상(기)", f"원    고   {' '.join(names['name'])} ({resident})",
               f"피    고   {names['company']} (사업자등록번호 {business})", f"소송대리인 변호사 {names['other']}"]  # fmt: skip
        return top, (names["name"], names["other"], resident, business)
    if kind == "korean_patent":
        return [f"발명자: {names['name']}", f"출원인: {names['company']}"], (names["name"],)
    return [], ()
