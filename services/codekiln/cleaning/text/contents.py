"""Tables of contents and of authorities: lines that end in dots and a page number, and the heading above them."""

# ruff: noqa: E501
from __future__ import annotations

import re
from functools import cache

from codekiln.cleaning.text.signs import Signs

_LEADER = re.compile(
    r"(?:\.[ \t]?){4,}|[\u2026\u22ef]{2,}|(?:[\u00b7\u2025\u2024\u30fb][ \t]?){3,}|(?:_ ?){6,}|(?:- ){5,}"
)
_PAGES = r"(?:\d{1,4}|[ivxlcIVXLC]{1,6}|passim)(?:[ \t]*[,\-\u2013][ \t]*(?:\d{1,4}|passim))*"
_ENTRY = re.compile(rf"\S.*?(?:{_LEADER.pattern})[ \t]*{_PAGES}?[ \t]*$")
_DOTTED = re.compile(r"\.[. ]\.|[\u2026\u22ef\u00b7\u2025\u2024\u30fb]|_ ?_|- -")
_LEADER_ALONE = re.compile(rf"[ \t]*(?:{_LEADER.pattern})[ \t]*{_PAGES}[ \t]*$")
_LOOSE_ENTRY = re.compile(rf"\S.*(?:\t+|[ \t]{{2,}}){_PAGES}[ \t]*$|\S.{{0,80}}[^\d\s.,)(][ \t]+\d{{1,4}}[ \t]*$")
"""Under a heading that says so, white space before the number is enough."""
_HEADING = re.compile(
    r"[ \t]*(?:table[ \t]+of[ \t]+(?:contents|authorities|cases|statutes)|contents|index|[\[<\u3010]?[ \t]*(?:목[ \t]*차|차[ \t]*례)[ \t]*[\]>\u3011]?)"
    r"(?:[ \t]*\(?(?:continued|cont'd|계속)\)?)?[ \t]*:?[ \t]*$",
    re.IGNORECASE,
)
_PAGE_WORD = re.compile(
    r"[ \t]*(?:pages?(?:\(s\))?|쪽|페이지|cases|statutes|rules|regulations|other authorities|constitutional provisions)[ \t]*:?[ \t]*$",
    re.I,
)
_LEAST = 3
"""Entries in a row that make a table without a heading."""
_SIGN = "\\.[. ]\\.[. ]\\.|\u2026|\u22ef|\u2025|\u00b7 ?\u00b7|__|- - -|contents|index|authorities|table of|\ubaa9[ \\t]*\ucc28|\ucc28[ \\t]*\ub840"
"""A text with none of this has no table of contents."""
_LAST_NUMBER = re.compile(r"(\d{1,4})[ \t]*$")
_LAST, _SHORT = "ivxlcmIVXLCM._-\u2026\u22ef\u00b7\u2025 \t", 40
"""How entries end, and how long headings are at most: other lines are not looked at closer."""
_STRIDE = 100
"""Pages from one entry to the next where no dots tell that it is one."""
_WRAPPED = 2
"""Lines without a number that an entry may begin with."""
_APART = 60
"""Lines from one entry to the next, blank ones and headings with them: a page."""


def drop_contents(text: str) -> tuple[str, int]:
    """The text without such tables, and how many lines they had."""
    if not _signs().found(text):
        return text, 0
    lines = text.split("\n")
    kinds = [_kind(line) for line in lines]
    kept: list[str] = []
    gone = at = 0
    while at < len(lines):
        end = _table(lines, kinds, at) if kinds[at] in ("heading", "entry") else at
        if end > at:
            gone += sum(1 for line in lines[at:end] if line.strip())
            at = end
        else:
            kept.append(lines[at])
            at += 1
    return ("\n".join(kept), gone) if gone else (text, 0)


@cache
def _signs() -> Signs:
    return Signs([_SIGN], caseless=True)


def _kind(line: str) -> str:
    if not line or line.isspace():
        return "blank"
    if len(line) > 250:
        return "long"
    last = line[-1]
    if not (last.isdigit() or last in _LAST or len(line) <= _SHORT):
        return "text"
    if _DOTTED.search(line) and (_ENTRY.match(line.lstrip()) or _LEADER_ALONE.match(line)):
        return "entry"
    if _HEADING.match(line):
        return "heading"
    if _PAGE_WORD.match(line):
        return "word"
    return "loose" if _LOOSE_ENTRY.match(line.lstrip()) else "text"


def _table(lines: list[str], kinds: list[str], start: int) -> int:
    """The line after the table that begins here, or `start` where none does."""
    headed = kinds[start] == "heading"
    at, last, entries, dotted, waiting, page = start + headed, start, 0, 0, 0, 0
    while at < len(lines) and waiting <= _WRAPPED and at - last <= _APART and kinds[at] != "long":
        kind = kinds[at]
        number = _LAST_NUMBER.search(lines[at]) if kind in ("entry", "loose") else None
        value = int(number[1]) if number else page
        dotted += kind == "entry"
        if kind == "entry" or (kind == "loose" and headed and page <= value <= page + _STRIDE):
            entries, waiting, last, page = entries + 1, 0, at, value
        elif kind in ("text", "loose"):
            waiting += 1
        at += 1
    enough = dotted or entries > 1 if headed else entries >= _LEAST
    return last + 1 if enough else start
