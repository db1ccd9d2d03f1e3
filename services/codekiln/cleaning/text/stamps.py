"""What was printed, stamped or laid over a page after it was written. A table of whole lines; golden/legal.yaml has examples."""

# ruff: noqa: E501
from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cache

from codekiln.cleaning.text.signs import Signs

_DATE = r"(?:[A-Z][A-Za-z]{2,8}\.?[ ]+\d{1,2},?[ ]+\d{4}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[.-][ ]?\d{1,2}[.-][ ]?\d{1,2}\.?)"


@dataclass(frozen=True)
class Stamp:
    """Lines that go. `words`: one of them, in lower case, is in every match."""

    name: str
    line: str
    words: tuple[str, ...]


STAMPS: tuple[Stamp, ...] = (
    Stamp("docket header", r"Case:?[ ]+\d:\d\d-\w{2,3}-\d{3,6}.{0,60}(?:Document|Doc\.?|Filed).{0,80}", ("case",)),
    Stamp(
        "appeal header",
        r"(?:USCA\w*|Appellate|Appeal:?)[ ]+(?:Case:?|Appeal:?|\d).{0,30}\d\d-\d{2,5}.{0,100}(?:Doc|Date|Filed|Page|Pg|Entry).{0,60}|Case:[ ]+\d\d-\d{3,5}.{0,30}(?:DktEntry|Document|Page|Date Filed).{0,80}",
        ("case", "usca", "appeal"),
    ),
    Stamp(
        "county clerk",
        r"FILED:[ ]+[A-Z ]{3,40}COUNTY CLERK.{0,40}|NYSCEF DOC\. NO\.[ ]*\d+.{0,80}|(?:INDEX NO\..{0,40})?RECEIVED NYSCEF:.{0,20}",
        ("county clerk", "nyscef"),
    ),
    Stamp(
        "received",
        rf"(?:ELECTRONICALLY )?(?:FILED|RECEIVED|ENTERED|LODGED|ENDORSED|SCANNED)(?:[ ]+(?:ON DOCKET|UNDER SEAL|WITH .{{3,40}}|IN .{{3,40}}))?(?:[ ,:]+(?:ON )?{_DATE})?(?:[ ]+(?:AT )?\d{{1,2}}:\d\d.{{0,6}})?(?:\n[ \t]*{_DATE})?|(?:ELECTRONICALLY )?(?:Filed|Received|Entered|Lodged)[ ]+(?:on[ ]+)?{_DATE}",
        ("filed", "received", "entered", "lodged", "endorsed", "scanned"),
    ),
    Stamp(
        "clerk",
        r"(?:CLERK,?|Clerk,|DEPUTY CLERK|Deputy Clerk)(?:[ ]+(?:OF[ ]+)?(?:THE[ ]+)?(?:U\.?[ ]?S\.?[ ]+|UNITED STATES[ ]+|SUPERIOR[ ]+|SUPREME[ ]+|COUNTY[ ]+)?(?:DISTRICT[ ]+)?COURT.{0,40})?|(?:BY|By):?[ ]*[_ .]{3,}.{0,20}(?:DEPUTY|Deputy)?(?: CLERK| Clerk)?",
        ("clerk", "by"),
    ),
    Stamp(
        "marking",
        r"(?:HIGHLY )?CONFIDENTIAL(?:[ ]*[-\u2013][ ]*(?:ATTORNEYS'? EYES ONLY|SUBJECT TO PROTECTIVE ORDER))?|DRAFT|UNCLASSIFIED|(?:TRUE|CERTIFIED|CONFORMED|FILE|DUPLICATE|COURTESY|UNOFFICIAL|ADVANCE)[ ]?COPY|COPY|SAMPLE|VOID|[C][ ]O[ ]?N[ ]F[ ]I[ ]D[ ]E[ ]N[ ]T[ ]I[ ]A[ ]L|D[ ]R[ ]A[ ]F[ ]T|C[ ]O[ ]P[ ]Y",
        ("confidential", "c o n f", "draft", "d r a f t", "unclassified", "copy", "c o p y", "sample", "void"),
    ),
    Stamp(
        "download",
        r"(?:Downloaded|Retrieved|Printed|Copied)[ ]+(?:from|on|by|at|via)[ ].{3,100}|(?:Digitized|Scanned)[ ]by[ ].{3,40}|https?://\S+(?:[ ]+\d{1,4}(?:/\d{1,4})?)?|For Educational Use Only",
        ("downloaded", "retrieved", "printed", "copied", "digitized", "scanned", "http", "educational use"),
    ),
    Stamp(
        "publisher",
        r"(?:\u00a9|\(c\)|Copyright)[ ]*(?:19|20)\d\d[ ].{0,60}(?:Thomson Reuters|LexisNexis|Westlaw|Bloomberg|Crown|Casetext|vLex).{0,80}|\u00a9 Crown [Cc]opyright.{0,40}|Crown [Cc]opyright[ ]*\u00a9?(?:[ ]*\d{4})?",
        ("thomson reuters", "lexisnexis", "westlaw", "bloomberg", "crown", "casetext", "vlex"),
    ),
    Stamp(
        "typesetter",
        r"VerDate[ ].{3,20}\d{4}.{0,200}|.{0,40}\bJkt[ ]\d{6}.{0,120}|.{0,60}\bFrm[ ]\d{5}[ ]+Fmt[ ]\d{4}.{0,100}",
        ("verdate", "jkt", "frm"),
    ),
    Stamp(
        "gazette",
        r"(?:\d{1,6}[ ]+)?Federal Register[ ]*/[ ]*Vol\. \d+, No\. \d+[ ]*/.{10,120}|\[FR Doc\.? .{4,30}Filed .{6,40}\]|BILLING CODE[:]?[ ]+\d{4}-[\w-]{1,6}",
        ("federal register", "fr doc", "billing code"),
    ),
    Stamp(
        "reporter header",
        r"Cite as:? (?=.{0,90}\d).{5,100}|(?:Approved Judgment|Judgment Approved by the court for handing down)(?:[ .:(].{0,120})?",
        ("cite as", "approved"),
    ),
    Stamp(
        "authentication",
        r"AUTHENTICATED(?:[ ]+U\.S\. GOVERNMENT(?:[ ]+INFORMATION(?:[ ]*GPO)?)?)?|U\.S\. GOVERNMENT(?:[ ]+INFORMATION)?|INFORMATION[ ]*GPO|Authenticated U\.?S\.? Government Information.{0,10}|GPO",
        ("authenticated", "government", "gpo"),
    ),
    Stamp(
        "drawing sheet",
        rf"(?:U\.S\. Patent|Patent Application Publication)[ \t]+{_DATE}[ \t]+Sheet[ ]+\d{{1,3}}[ ]+of[ ]+\d{{1,3}}(?:[ \t]+US[ ].{{5,20}})?",
        ("sheet",),
    ),
    Stamp(
        "수신 표시",
        r"(?:사[ ]?본|부[ ]?본|대[ ]?외[ ]?비|열람용|심사용|인쇄용|견본|비매품|원본[ ]?대조[ ]?필|관인[ ]?생략|직인[ ]?생략|\((?:관|직)인[ ]?생략\)|(?:위와 같이 )?접수(?:일자|번호|됨|인)?(?:[ ]*:?[ ]*[\d. \-:제호]{4,30})?|\[?\(?인\)?\]?)",
        ("사", "부", "대", "열람용", "심사용", "인쇄용", "견본", "비매품", "원본", "관인", "직인", "접수", "인"),
    ),
    Stamp(
        "발급번호",
        r"(?:문서[ ]?)?(?:발급|열람|확인|문서확인)번호[ ]*:?[ ]*[\dA-Z\-]{6,40}|발급(?:일자|일시)[ ]*:?[ ]*[\d. :\-]{6,30}",
        ("번호", "발급"),
    ),
    Stamp(
        "출력일",
        r"(?:법원도서관[ ]*)?(?:종합법률정보[ ]*)?(?:출력|인쇄)(?:일자|일시|일)[ ]*:?[ ]*\d{4}[\d. :\-년월일시분]{4,30}|(?:법원도서관[ ]*)?종합법률정보",
        ("출력", "인쇄", "종합법률정보"),
    ),
    Stamp(
        "법령정보 꼬리말",
        r"(?:법제처)?[ ]*\d{0,4}[ ]*국가법령정보센터(?:[ ]*\d{1,4})?|법제처(?:[ ]+\d{1,4})?[ ]*|www\.law\.go\.kr",
        ("법제처", "국가법령", "law.go.kr"),
    ),
    Stamp(
        "소관 부서",
        r"[가-힣]{2,12}[ ]?\([가-힣 ,]{2,30}(?:과|관실|팀|실|관|단)\),?[ ]*0\d{1,2}-\d{3,4}-\d{4}(?:,[ ]*[\d-]{4,13})*",
        ("과)", "관실)", "팀)", "실)", "관)", "단)"),
    ),
)

_PUBLICATION = re.compile(
    r"^[ \t]*((?:US|EP|WO|GB|DE|CN|JP)[ ]?[\d][\d, /]{5,14}\d[ ]?[A-CT]\d?|(?:등록|공개)(?:특허|실용)(?:공보)?[ ]?10-[\d-]{7,12})[ \t]*$",
    re.MULTILINE,
)
"""A patent's own number at the head of its pages. Of a list of others each stands there once."""
_OWN = re.compile(
    r"(?:\bPub\.? No\.?|\bPatent No\.?|공개번호|등록번호)[ \t]*:?[ \t]*(?:US[ ]?)?(\d[\d,/-]{6,14}\d)", re.IGNORECASE
)
"""The number that the front page gives the patent itself."""
_LINE_END = re.compile(r"\n")
_NOT_DIGITS = re.compile(r"\D")
_COLUMNS = re.compile(r"[ \t]*(\d{1,3})[ \t]+(\d{1,3})[ \t]*$")
_COMPILED = tuple(re.compile(rf"^[ \t]*(?:{stamp.line})[ \t]*$\n?", re.MULTILINE) for stamp in STAMPS)


def drop_stamps(text: str) -> tuple[str, int]:
    """The text without such lines, and how many there were."""
    count = 0
    for number in _signs().found(text):
        text, gone = _COMPILED[number].subn("", text)
        count += gone
    numbers = Counter(_PUBLICATION.findall(text))
    own = {_digits(number) for number in _OWN.findall(text)} if numbers else set()
    again = {number for number, times in numbers.items() if times > 1 or _digits(number) in own}
    if again:
        kept = _without_heads(text.split("\n"), again)
        count += text.count("\n") + 1 - len(kept)
        text = "\n".join(kept)
    return text, count


def stamped(text: str) -> set[int]:
    """Numbers of the lines that are stamps: text ends beside them as it does beside a page's number."""
    lines: set[int] = set()
    ends = [found.start() for found in _LINE_END.finditer(text)]
    for number in _signs().found(text):
        for found in _COMPILED[number].finditer(text):
            first = bisect_left(ends, found.start())
            lines.update(range(first, first + max(1, found[0].count("\n"))))
    return lines


def _without_heads(lines: list[str], heads: set[str]) -> list[str]:
    """Without the number of the patent and, in the line below, those of its two columns."""
    kept: list[str] = []
    below = False
    for line in lines:
        if line.strip() in heads:
            below = True
            continue
        columns = _COLUMNS.match(line) if below else None
        below = False
        if columns is None or int(columns[2]) != int(columns[1]) + 1:
            kept.append(line)
    return kept


def _digits(number: str) -> str:
    """Of a patent's number, without the letters of its country and kind."""
    return _NOT_DIGITS.sub("", re.sub(r"[ ]?[A-Z]\d?$", "", number))


@cache
def _signs() -> Signs:
    return Signs(["|".join(map(re.escape, stamp.words)) for stamp in STAMPS], caseless=True)
