"""Lays a clean document out as a printed one: lines of a width, words divided, pages with headers, footers and numbers,
a table of contents, stamps, boilerplate. Every second form is held back from the writing of rules.
"""

# ruff: noqa: E501
from __future__ import annotations

import random
import textwrap

from bench.text.documents import Made

_NUMBERS = [
    "- {n} -",
    "Page {n} of {total}",
    "{n}",
    "{n} of {total}",
    "~ {n} ~",
    "Page {n}",
    "\u2013 {n} \u2013",
    "p. {n}",
]
_KOREAN_NUMBERS = ["- {n} -", "제 {n} 쪽", "{n}", "{n} / {total}", "- {n}쪽 -", "페이지 {n} / {total}"]
_HEADERS = [
    "{short}",
    "Case 1:20-cv-01234-ABC Document 45 Filed 01/02/21 Page {n} of {total}",
    "{short}    {n}",
    "No. 20-1456",
    "USCA11 Case: 20-12345 Date Filed: 05/04/2021 Page: {n} of {total}",
    "{n}    OPINION OF THE COURT",
]
_KOREAN_HEADERS = ["{short}", "{short}    {n}", "법제처 {n} 국가법령정보센터", "공개용 판결문"]
_STAMPS = [
    "FILED\nJAN 12 2021\nCLERK, U.S. DISTRICT COURT",
    "CONFIDENTIAL",
    "RECEIVED 03/14/2019",
    "D R A F T",
    "ENTERED ON DOCKET 5/6/2020",
    "COPY",
]
_KOREAN_STAMPS = ["사본", "접수 2020. 3. 5.", "대외비", "관인생략"]
_BOILERPLATE = {
    "english_patent": [
        "It will be apparent to those skilled in the art that various modifications may be made without departing from the spirit of the invention.",
        "While preferred embodiments have been shown, persons of ordinary skill in the art will recognize that many changes can be made thereto.",
        "The present invention is not limited to the embodiments described above.",
        "The scope of the invention is therefore indicated by the appended claims rather than by the foregoing description.",
        "The foregoing description of the embodiments is presented for purposes of illustration and is not intended to be exhaustive.",
        "The terminology used herein is for the purpose of describing particular embodiments only and is not intended to be limiting.",
    ],
    "english_judgment": [
        "This opinion is subject to formal revision before publication.",
        "This disposition is not appropriate for publication and is not precedent except as provided by the rules of this circuit.",
        "Readers are requested to notify the Reporter of Decisions of any typographical errors.",
        "Unpublished opinions are not binding precedent in this circuit.",
    ],
    "english_statute": [
        "This document is not the official version of the law.",
        "This text is provided for convenience of reference only and has no legal effect.",
    ],
    "korean_patent": [
        "본 발명이 속하는 기술분야에서 통상의 지식을 가진 자라면 다양한 변형이 가능함을 이해할 수 있을 것이다.",
        "본 발명은 상술한 실시예에 한정되지 아니하며 여러 가지로 실시될 수 있다.",
        "이상에서 설명한 실시예는 모든 면에서 예시적인 것이며 한정적이 아닌 것으로 이해해야 한다.",
        "본 발명의 보호범위는 아래의 청구범위에 의하여 해석되어야 한다.",
    ],
    "korean_judgment": [
        "각 법원 민원실에 설치된 사건검색 컴퓨터의 발급번호조회 메뉴를 이용하면 문서의 위,변조 여부를 확인하실 수 있습니다.",
        "이 판결문은 비실명 처리되었습니다.",
    ],
    "korean_statute": [
        "이 법령정보는 참고용이며 법적 효력이 없습니다.",
        "본 자료는 관보에 게재된 내용과 다를 수 있으므로 원문을 확인하시기 바랍니다.",
    ],
}


def print_out(made: Made, seed: int, held: bool | None = None, page_lines: int = 38) -> str:
    """The document as printed. `held` chooses forms as in documents.make."""
    rng = random.Random(f"print {made.kind} {seed}")
    korean = made.korean
    width = rng.choice([40, 46]) if korean else rng.choice([72, 78])
    lines: list[str] = [made.title, ""]
    if rng.random() < 0.6:
        lines += [rng.choice(_half(_KOREAN_STAMPS if korean else _STAMPS, held)), ""]
    if rng.random() < 0.5:
        lines += _contents(made, rng)
    boilerplate = _half(_BOILERPLATE[made.kind], held)
    for i, paragraph in enumerate(made.paragraphs):
        if i in made.heads:
            lines += [paragraph]
            continue
        lines += ["", *_wrapped(paragraph, width, korean, rng)]
        if rng.random() < 0.25:
            lines += ["", *_wrapped(rng.choice(boilerplate), width, korean, rng)]
    pages = [lines[i : i + page_lines] for i in range(0, len(lines), page_lines)]
    return _paged(pages, made, rng, held)


def _half(forms: list[str], held: bool | None) -> list[str]:
    return [form for i, form in enumerate(forms) if held is None or held == bool(i % 2)]


def _contents(made: Made, rng: random.Random) -> list[str]:
    heading = rng.choice(["목차", "차 례"] if made.korean else ["TABLE OF CONTENTS", "CONTENTS"])
    entries, page = [heading, ""], 1
    for paragraph in made.paragraphs[len(made.heads) :][:6]:
        entry = " ".join(paragraph.split()[:4])
        page += rng.randint(0, 3)
        entries.append(f"{entry} {'.' * (60 - len(entry))} {page}")
    return [*entries, ""]


def _wrapped(paragraph: str, width: int, korean: bool, rng: random.Random) -> list[str]:
    lines = textwrap.wrap(paragraph, width, break_on_hyphens=False)
    if korean:
        return lines
    for i in range(len(lines) - 1):
        first, *rest = lines[i + 1].split(" ")
        room = width - len(lines[i]) - 2
        if rest and first.isalpha() and first.islower() and len(first) >= 7 and 3 <= room < len(first) - 2:
            lines[i], lines[i + 1] = f"{lines[i]} {first[:room]}-", " ".join([first[room:], *rest])
    return lines


def _paged(pages: list[list[str]], made: Made, rng: random.Random, held: bool | None) -> str:
    header = rng.choice(_half(_KOREAN_HEADERS if made.korean else _HEADERS, held))
    number = rng.choice(_half(_KOREAN_NUMBERS if made.korean else _NUMBERS, held))
    feeds = rng.random() < 0.5
    values = {"short": made.title, "total": len(pages)}
    printed = []
    for n, page in enumerate(pages, 1):
        top = [header.format(n=n, **values), ""] if n > 1 else []
        printed.append("\n".join([*top, *page, "", number.format(n=n, **values).center(60 if n % 2 else 0).rstrip()]))
    return ("\n\f" if feeds else "\n\n").join(printed) + "\n"
