"""Words that a line's end divides: "inven-" and "tion" become one word, "well-" and "known" stay two with their hyphen."""

# ruff: noqa: E501
from __future__ import annotations

import re

from codekiln.cleaning.text.structure import JOINS

_DIVIDED = re.compile(
    r"(?<![\w-])([A-Za-z]{2,}(?:-[A-Za-z]+)*|[A-Za-z]+-[A-Za-z]+)-[ \t\x1f]*\n[ \t]*(?=([a-z]{2,})(?![a-z]*-))"
)
_AT_END = re.compile(r"-[ \t\x1f]*\n[ \t]*[a-z]")
_SIGNS = {ord(sign): " " for sign in ".,;:!?()[]\"'\u201c\u201d\u2018\u2019/"}
_HEADS = frozenset(
    """
    all attorney bona cease court cross decision ex far fact first fourth good half high ill judge jury know large law left long
    low man mid never non one open post pre private public quasi right second self seven short single six so state tax third three
    time two vice well wide year
    """.split()  # noqa: SIM905
)
"""What stands before a hyphen in compounds that keep it, where the document itself does not say otherwise."""
_ENDINGS = frozenset(
    """
    able age al ally ance ant ate ated ates ating ation ed en ence ent er ers es est ful hood ible ic ical ice ily ing ings ion ions
    ish ism ist ity ive ize ized less like ling lord ly ment ments ness or ors ous pone ship sion some teen tion tions ty ure ward
    wards way wise
    """.split()  # noqa: SIM905
)
"""What is no word of its own: before it no hyphen stays."""
_PREFIXES = frozenset("ex non post pre".split())  # noqa: SIM905
"""Heads that more often begin a word that has no hyphen."""


def join_divided_words(text: str) -> tuple[str, int]:
    """The text with such words whole, and how many there were. The document's own words decide, as long as they do."""
    if not _AT_END.search(text) or not _DIVIDED.search(text):
        return text, 0
    words = set(_DIVIDED.sub(" ", text).lower().translate(_SIGNS).split())
    # The line end stays: the lengths of lines tell later whether the text was broken at a width.
    return _DIVIDED.subn(lambda found: _head(found[1], found[2], words) + JOINS + "\n", text)


def _head(head: str, tail: str, words: set[str]) -> str:
    """The head with its hyphen, or without."""
    one, two = (head + tail).lower(), f"{head}-{tail}".lower()
    first, second = head.lower().rpartition("-")[2], tail.lower()
    if one in words and two not in words:
        return head
    compound = first in _HEADS - _PREFIXES or (first in words and second in words and len(first) > 2)
    if two in words or (compound and second not in _ENDINGS):
        return head + "-"
    return head
