"""Citations of cases, statutes and patents: kept whole when lines are joined, and never taken for something else.

Every citation has a number, so numbers are where this looks: what a number begins, and what stands before it.
The reporters are the common ones of the Bluebook's tables T1 and T2; Korean forms are those of the Supreme Court's own
guide to citing (a court, a date, "선고", a case number, "판결"; a statute, its article, paragraph and item).
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from codekiln.cleaning.text.structure import CONTINUES, JOINS

_S = r"[ \t]*\n?[ \t]*"
"""White space, a line end in it or not."""
_REPORTER = (
    rf"(?:U\.{_S}S\.|S\.{_S}Ct\.|L\.{_S}Ed\.(?:{_S}2d)?|F\.{_S}(?:2d|3d|4th)|F\.{_S}Supp\.(?:{_S}[23]d)?|F\.{_S}App'?x\.?|F\."
    rf"|B\.R\.|Fed\.{_S}Cl\.|A\.{_S}(?:2d|3d)|[NS]\.{_S}[EW]\.(?:{_S}[23]d)?|So\.{_S}[23]d|P\.{_S}(?:2d|3d)|Eng\.{_S}Rep\."
    rf"|Cal\.{_S}(?:App\.{_S})?(?:2d|3d|4th|5th|Rptr\.(?:{_S}[23]d)?)|N\.Y\.(?:S\.)?(?:{_S}[23]d)?|U\.S\.P\.Q\.(?:{_S}2d)?|Fed\.{_S}Reg\.|WL|LEXIS"
    rf"|U\.{_S}S\.{_S}LEXIS|Cranch|Wall\.|How\.|Pet\.|Wheat\.|Dall\.)"
)
_PARENTHESES = r"(?:\([A-Za-z0-9]{1,5}\))*"
_US = rf"\d{{1,4}}{_S}{_REPORTER}{_S}(?:at{_S})?\d{{1,7}}(?:,{_S}\d{{1,5}}(?:[-\u2013]\d{{1,5}})?(?![\d,]))*(?:{_S}\([^()\n]{{0,40}}\d{{4}}\))?"
_LAW = rf"\d{{1,3}}{_S}(?:U\.{_S}S\.{_S}C\.(?:{_S}A\.)?|C\.{_S}F\.{_S}R\.){_S}(?:\u00a7+|[Ss]ections?|[Pp]arts?)?{_S}\d{{1,5}}[\w.-]*\b{_PARENTHESES}|\d{{1,3}}{_S}Stat\.{_S}\d{{1,5}}"
_UK = rf"(?:19|20)\d\d\]{_S}(?:\d{_S})?(?:UKSC|UKHL|UKPC|EWCA{_S}(?:Civ|Crim)|EWHC|CSIH|NICA|AC|QB|KB|Ch|WLR|All{_S}ER|Lloyd's{_S}Rep|SCR|FCA|HCA){_S}\d{{1,5}}(?:{_S}\([A-Za-z]+\))?"
_KR_MARKS = "다|도|누|후|마|모|카|나|가합|가단|고합|고단|구합|구단|허|헌가|헌마|헌바|드합|드단|아|르|라|노|눈|사|바|스|카합|카단|법지"
"""Signs of kinds of cases in case numbers: `2009다12345`."""
_KR_DATED = rf"\d{{4}}\.{_S}\d{{1,2}}\.{_S}\d{{1,2}}\.?{_S}(?:선고|자){_S}\d{{2,4}}{_S}[\uac00-\ud7a3]{{1,3}}{_S}\d{{1,7}}(?:,{_S}\d{{1,7}})*{_S}(?:전원합의체{_S})?(?:판결|결정|명령|심결)"
_KR_NUMBER = rf"(?:19|20)\d\d(?:{_KR_MARKS})\d{{1,7}}(?!\d)"
_NO_START = frozenset(".,/-_")
_MAY_TOUCH = re.compile(r"제$|[A-Z]{2}$")
_ARTICLE = rf"\d{{1,4}}{_S}조(?:의{_S}\d{{1,3}})?(?:{_S}제{_S}\d{{1,3}}{_S}항)?(?:{_S}제{_S}\d{{1,3}}{_S}호)?(?:{_S}[가-하]목)?"
_PATENT = rf"\d{{1,2}},\d{{3}},\d{{3}}(?!,?\d)|\d{{4}}/\d{{7}}|(?:10|20|30|40)-(?:\d{{4}}-)?\d{{7}}(?!\d)(?:{_S}호)?|\d{{4}}[/-]?\d{{3,9}}(?!\d)|\d{{7,13}}"
_AT_NUMBER = re.compile(
    rf"(?P<case>{_US})|(?P<law>{_LAW})|(?P<uk>{_UK})|(?P<dated>{_KR_DATED})|(?P<number>{_KR_NUMBER})|(?P<article>{_ARTICLE})|(?P<patent>(?:{_PATENT})(?:{_S}[ABCSUY]\d?\b)?)|(?P<rule>\d{{1,4}}(?:-\d{{1,4}})?{_PARENTHESES})"
)
_WORD = r"[A-Z](?:[\w.&'\u2019-]{0,5}\.|[\w&'\u2019-]*(?:\.\w+)*)"
"""A long word that ends in a full stop ends a sentence, and is no part of a party's name."""
_PARTY = rf"{_WORD}(?:,?[ \t\n]+(?:{_WORD}|of|the|for|and|in|on|to|by|ex|rel\.|de|&|et|al\.)){{0,9}}?"
_OPENS = r"(?!(?:See|As|In(?! re)|Under|But|Cf|Accord|Compare|Also|When|Since|Whether|That|This|And|The court)\b)"
_CASE_BEFORE = re.compile(
    rf"{_OPENS}(?:{_PARTY},?[ \t\n]+vs?\.[ \t\n]+{_PARTY}|(?:In[ ]re|Ex[ ]parte)[ \t\n]+{_PARTY}|[A-Z][\w'\u2019-]+),[ \t\n]*\[?$"
)
_BEFORE = {
    "uk": re.compile(r"\[$"),
    "article": re.compile(rf"(?:[법률칙령례정](?:{_S}\([^()\n]{{1,40}}\))?{_S})?제{_S}$"),
    "dated": re.compile(rf"(?:(?:법원|재판소|지원){_S})?$"),
    "patent": re.compile(
        rf"(?:U\.?S\.?{_S}(?:Pat(?:ent|\.)?{_S})?(?:App(?:lication|l?\.)?{_S})?(?:Pub(?:lication|\.)?{_S})?(?:Nos?\.?{_S})?|Pat(?:ent|\.)(?:{_S}Application)?{_S}Nos?\.{_S}|\b(?:KR|EP|WO|JP|CN|DE|GB|RE|D){_S}|PCT/[A-Z]{{2}}|(?:특허|실용신안|디자인|상표|출원|공개)(?:등록|출원|공개)?(?:공보)?(?:번호)?{_S}:?{_S}(?:제{_S})?|제{_S})$"
    ),
    "rule": re.compile(
        rf"(?:Fed\.{_S}R\.{_S}(?:Civ|Crim|App|Evid|Bankr)\.{_S}(?:P\.{_S})?|Pub\.{_S}L\.{_S}(?:No\.{_S})?)$"
    ),
}
_CAPITAL = re.compile(r"(?<![\w.'-])[A-Z]")
_RULE_END = ("P. ", "P.", "d. ", "p. ", "L. ", "o. ", "P.\n", "L.\n", "o.\n")
_LOOK_BACK, _AHEAD = 160, 80
"""Characters of a citation before its first number, and behind."""
_NUMBER = r"\d(?:(?<![\w.,/-]\d)|(?<=[\[제]\d)|(?<=T/[A-Z]{2}\d)|(?<=\b[A-Z]{2}\d))"
"""The digit comes first: the engine leaps to digits, and looks behind them only there."""
_LIKELY = re.compile(
    rf"{_NUMBER}(?:(?=\d{{0,3}}[ \t]*\n?[ \t]*[A-Z\uc870])|(?=\d{{3}}[.\]/\uac00-\ud7a3-])|(?=\d?,\d{{3}},|\d-|\d{{6}})"
    r"|(?<=P\.\d)|(?<=[PdpLo]\.[ \n]\d))"
)
"""Of these numbers, those that a citation may begin with by the characters on both sides; the others match in vain."""
_SIGN = re.compile(r"[A-Z]\.|\]|[조호]|선고|\d[가-힣]+\d|WL|KR|EP|WO|JP|US|LEXIS|-\d{7}")
"""Something of this is in every citation: a text without it is not looked at closer."""
_INSIDE_WORD = re.compile(
    r"(?<=제)[ \t]*\n[ \t]*(?=\d)|(?<=\d)[ \t]*\n[ \t]*(?=[조항호])|(?<=\d[가-힣])[ \t]*\n[ \t]*(?=\d)"
)
_BETWEEN_WORDS = re.compile(rf"(?<!{JOINS})[ \t]*\n[ \t]*")
_HEADING = re.compile(r"[^\n]{0,30}\n[ \t]*제[ \t]*\d+[ \t]*조(?:의[ \t]*\d+)?[ \t]*\(")
"""The title of a statute and, in the next line, its first article."""


def find(text: str, *, broken: bool = False) -> Iterator[tuple[int, int]]:
    """Where the citations of a text are, in order, none overlapping; `broken`: those near a line end alone."""
    if not _SIGN.search(text):
        return
    last = 0
    for number in _LIKELY.finditer(text):
        at = number.start()
        before = text[at - 1 : at]
        if at < last or before in _NO_START or (before.isalpha() and not _MAY_TOUCH.search(text, max(0, at - 3), at)):
            continue
        if broken and text.find("\n", max(0, at - _LOOK_BACK), at + _AHEAD) < 0:
            continue
        found = _AT_NUMBER.match(text, at)
        if found is None:
            continue
        start = _start(text, at, str(found.lastgroup), last)
        if start is not None:
            last = found.start() + len(found[0].rstrip())
            yield start, last


def _start(text: str, at: int, kind: str, floor: int) -> int | None:
    """Where a citation begins whose number begins at `at`; None where what stands before says that it is none."""
    if kind == "rule" and not text.endswith(_RULE_END, max(0, at - 4), at):
        return None
    least = max(floor, at - _LOOK_BACK)
    before = text[least:at]
    if kind in _BEFORE:
        found = _BEFORE[kind].search(before, max(0, len(before) - 60))
        if found is None:
            return None
        at, before = least + found.start(), before[: found.start()]
    if kind in ("case", "uk") and (named := _case_name(before)) is not None:
        return least + named
    return at


def _case_name(before: str) -> int | None:
    """Where the name of a case begins that ends `before`: at its first party, not at a word that opens the sentence."""
    if not before.rstrip(" \t\n[").endswith(","):
        return None
    cut = before.rfind("\n\n") + 1
    starts = (found.start() for found in _CAPITAL.finditer(before, cut))
    return next((start for start in starts if _CASE_BEFORE.match(before, start)), None)


class Citations:
    """Where the citations of a text are."""

    def __init__(self, text: str) -> None:
        self.spans = list(find(text))
        self._starts = [start for start, _ in self.spans]

    def touches(self, start: int, end: int) -> bool:
        """Whether a part of the text overlaps a citation."""
        at = bisect_right(self._starts, end - 1) - 1
        return at >= 0 and self.spans[at][1] > start

    def masked(self, text: str) -> str:
        """The text of the same length with signs in place of citations."""
        pieces, at = [], 0
        for start, end in self.spans:
            pieces += [text[at:start], "_" * (end - start)]
            at = end
        return "".join([*pieces, text[at:]]) if pieces else text


def broken_citations(text: str) -> str:
    """The text with the line ends inside citations marked as none."""
    pieces, at = [], 0
    if "\n" not in text.rstrip("\n"):
        return text
    for start, end in find(text, broken=True):
        cited = text[start:end]
        if "\n" in cited and not _HEADING.match(text, start):
            marked = _BETWEEN_WORDS.sub(f"{CONTINUES}\n", _INSIDE_WORD.sub(f"{JOINS}\n", cited))
            pieces += [text[at:start], marked]
            at = end
    return "".join([*pieces, text[at:]]) if pieces else text
