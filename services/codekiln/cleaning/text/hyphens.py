"""Words that a line's end divides: "inven-" and "tion" become one word, "well-" and "known" stay two with their hyphen."""

# ruff: noqa: E501
from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator

from codekiln.cleaning.text.structure import JOINS

_DIVIDED = re.compile(
    r"(?<![\w-])([A-Za-z]{2,}(?:-[A-Za-z]+)*|[A-Za-z]+-[A-Za-z]+)-[ \t\x1f]*\n[ \t]*(?=([a-z]{2,})(?![a-z]*-))"
)
_HEAD = frozenset(string.ascii_letters + "-")
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
    divided = list(_divided(text))
    if not divided:
        return text, 0
    words = set(_replaced(text, divided, lambda found: " ").lower().translate(_SIGNS).split())
    # The line end stays: the lengths of lines tell later whether the text was broken at a width.
    return _replaced(text, divided, lambda found: _head(found[1], found[2], words) + JOINS + "\n"), len(divided)


def _divided(text: str) -> Iterator[re.Match[str]]:
    """Such words, looked for at the hyphens at ends of lines: there are few, and words are many."""
    for end in _AT_END.finditer(text):
        at = end.start()
        while at and text[at - 1] in _HEAD:
            at -= 1
        if found := _DIVIDED.match(text, at):
            yield found


def _replaced(text: str, places: list[re.Match[str]], new: Callable[[re.Match[str]], str]) -> str:
    pieces, at = [], 0
    for found in places:
        pieces += [text[at : found.start()], new(found)]
        at = found.end()
    return "".join([*pieces, text[at:]])


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
