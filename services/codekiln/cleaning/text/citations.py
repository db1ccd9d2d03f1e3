"""Citations of cases, statutes and patents: kept whole when lines are joined, and never taken for something else.

The reporters are the common ones of the Bluebook's tables T1 and T2; Korean forms are those of the Supreme Court's own
guide to citing (a court, a date, "선고", a case number, "판결"; a statute, its article, paragraph and item).
"""

from __future__ import annotations

import re
from bisect import bisect_right

from codekiln.cleaning.text.structure import CONTINUES

_S = r"[ \t]*\n?[ \t]*"
"""White space, a line end in it or not."""
_REPORTER = (
    rf"(?:U\.{_S}S\.(?!{_S}C)|S\.{_S}Ct\.|L\.{_S}Ed\.(?:{_S}2d)?|F\.{_S}(?:2d|3d|4th)|F\.|F\.{_S}Supp\.(?:{_S}[23]d)?|F\.{_S}App'?x\.?"
    rf"|B\.R\.|Fed\.{_S}Cl\.|A\.{_S}(?:2d|3d)|[NS]\.{_S}[EW]\.(?:{_S}[23]d)?|S\.{_S}W\.(?:{_S}[23]d)?|So\.{_S}[23]d|P\.{_S}(?:2d|3d)"
    rf"|Cal\.{_S}(?:App\.{_S})?(?:2d|3d|4th|5th|Rptr\.(?:{_S}[23]d)?)|N\.Y\.(?:S\.)?(?:{_S}[23]d)?|U\.S\.P\.Q\.(?:{_S}2d)?|Fed\.{_S}Reg\.|WL|LEXIS)"
)
_PARTY = r"[A-Z][\w.&'\u2019-]*(?:,?[ \t]+(?:[A-Z][\w.&'\u2019-]*|of|the|for|and|ex|rel\.|de|&|et|al\.)){0,9}"
_CASE = rf"{_PARTY},?{_S}\bvs?\.{_S}{_PARTY},{_S}"
_US_CASE = (
    rf"(?:(?:{_CASE}|\b(?:In re|Ex parte)[ \t]+{_PARTY},{_S}))?\b\d{{1,4}}{_S}{_REPORTER}{_S}\d{{1,7}}"
    rf"(?:,{_S}\d{{1,5}}(?:[-\u2013]\d{{1,5}})?)*(?:{_S}\([^()\n]{{0,40}}\d{{4}}\))?"
)
_UK_CASE = rf"(?:{_CASE[: -len(_S) - 1]},?{_S})?\[(?:19|20)\d\d\]{_S}(?:\d{_S})?(?:UKSC|UKHL|UKPC|EWCA{_S}(?:Civ|Crim)|EWHC|CSIH|NICA|AC|QB|KB|Ch|WLR|All{_S}ER|Lloyd's{_S}Rep){_S}\d{{1,5}}(?:{_S}\([A-Za-z]+\))?"
_US_LAW = (
    rf"\b\d{{1,3}}{_S}(?:U\.{_S}S\.{_S}C\.(?:{_S}A\.)?|C\.{_S}F\.{_S}R\.){_S}(?:\u00a7+|[Ss]ections?|[Pp]arts?)?{_S}\d{{1,5}}[\w.-]*(?:\([A-Za-z0-9]{{1,5}}\))*"
    rf"|\bPub\.{_S}L\.{_S}(?:No\.{_S})?\d{{1,3}}-\d{{1,4}}|\b\d{{1,3}}{_S}Stat\.{_S}\d{{1,5}}|\bFed\.{_S}R\.{_S}(?:Civ|Crim|App|Evid|Bankr)\.{_S}(?:P\.{_S})?\d{{1,4}}(?:\([A-Za-z0-9]{{1,5}}\))*"
)
_PATENT = (
    rf"\b(?:U\.?S\.?{_S}(?:Pat(?:ent|\.)?{_S}(?:(?:App(?:lication|l\.)?{_S})?(?:Pub(?:lication|\.)?{_S})?)?(?:Nos?\.)?{_S})?|Pat(?:ent|\.){_S}Nos?\.{_S})(?:RE|D)?(?:\d{{1,2}},\d{{3}},\d{{3}}|\d{{4}}/\d{{7}}|\d{{7,8}}\b){_S}(?:[ABCS]\d?\b)?"
    rf"|\bKR{_S}(?:10|20|30|40)-?{_S}(?:\d{{4}}-)?\d{{7}}{_S}(?:[ABUY]\d?\b)?|\b(?:EP|WO|JP|CN|DE){_S}\d{{4}}[/-]?\d{{3,9}}{_S}(?:[ABU]\d?\b)?"
    rf"|(?:제|특허|번호|등록|공개|출원){_S}:?{_S}(?:10|20|30|40)-(?:\d{{4}}-)?\d{{7}}{_S}호?"
)
_KR_MARKS = "다|도|누|후|마|모|카|나|가합|가단|고합|고단|구합|구단|허|헌가|헌마|헌바|드합|드단|아|르|라|노|눈|사|바|스|카합|카단|법지"
"""Signs of kinds of cases in case numbers: `2009다12345`."""
_KR_DATE = rf"\d{{4}}\.{_S}\d{{1,2}}\.{_S}\d{{1,2}}\.?"
_KR_CASE = (
    rf"(?:(?:법원|재판소|지원){_S})?\b{_KR_DATE}{_S}(?:선고|자){_S}"
    rf"\d{{2,4}}{_S}[\uac00-\ud7a3]{{1,3}}{_S}\d{{1,7}}(?:,{_S}\d{{1,7}})*{_S}(?:전원합의체{_S})?(?:판결|결정|명령|심결)"
    rf"|\b(?:19|20)?\d{{2}}(?:{_KR_MARKS})\d{{1,7}}"
)
_KR_LAW = (
    rf"(?:[법률칙령례정](?:{_S}\([^()\n]{{1,40}}\))?{_S})?제{_S}\d{{1,4}}{_S}조(?:의{_S}\d{{1,3}})?"
    rf"(?:{_S}제{_S}\d{{1,3}}{_S}항)?(?:{_S}제{_S}\d{{1,3}}{_S}호)?(?:{_S}[가-하]목)?"
)
CITATION = re.compile("|".join((_US_CASE, _UK_CASE, _US_LAW, _PATENT, _KR_CASE, _KR_LAW)))
_SIGN = re.compile(
    r"\u00a7|U\.[ \n]?S\.|[NSPALBF]\. ?[23W]|F\.(?:[234 ]|S)|Ct\.|\[(?:19|20)\d\d\]|Pat|\bUS |KR|WO|EP|JP|Stat\.|Fed\.|Cal\.|LEXIS|WL|C\.[ \n]?F|선고|\d(?:다|도|누|후|허|\uac00|나|헌|구|고|마|카)\d|조|호|-\d{7}|자 "
)
"""Something of this is in every citation: a text without it is not looked at closer."""

_WITH_END = re.compile(rf"(?:{CITATION.pattern})(?P<after>[.,;:)\]\"'\u201d\u2019]*[ \t]*(?:\n(?!\s))?)")
_INSIDE_KOREAN = re.compile(r"(?<=제)[ \t]*\n[ \t]*(?=\d)|(?<=\d)[ \t]*\n[ \t]*(?=[조항호])|(?<=\d[가-힣])[ \t]*\n[ \t]*(?=\d)")
_HEADING = re.compile(r"[^\n]{0,30}\n[ \t]*제[ \t]*\d+[ \t]*조(?:의[ \t]*\d+)?[ \t]*\(")
"""The title of a statute and, in the next line, its first article."""


class Citations:
    """Where the citations of a text are."""

    def __init__(self, text: str) -> None:
        self.spans = [found.span() for found in CITATION.finditer(text)] if _SIGN.search(text) else []
        self._starts = [start for start, _ in self.spans]

    def touches(self, start: int, end: int) -> bool:
        """Whether a part of the text overlaps a citation."""
        at = bisect_right(self._starts, end - 1) - 1
        return at >= 0 and self.spans[at][1] > start


def broken_citations(text: str) -> tuple[str, int]:
    """The text with citations in one line each, and how many line ends were in them."""
    if not _SIGN.search(text):
        return text, 0
    count = 0

    def whole(found: re.Match[str]) -> str:
        nonlocal count
        if "\n" not in found[0][: len(found[0]) - len(found["after"])].rstrip() or _HEADING.match(text, found.start()):
            return found[0]
        count += 1
        cited = found[0][: len(found[0]) - len(found["after"])]
        closed = _INSIDE_KOREAN.sub("", cited)
        return re.sub(r"[ \t]*\n[ \t]*", " ", closed) + found["after"].rstrip() + CONTINUES + "\n"

    return _WITH_END.sub(whole, text), count
