"""Words that a line's end divides: "inven-" and "tion" become one word, "well-" and "known" stay two with their hyphen."""

from __future__ import annotations

import re

from codekiln.cleaning.text.structure import CONTINUES

_DIVIDED = re.compile(
    r"(?<![\w-])([A-Za-z]{2,}(?:-[A-Za-z]+)*|[A-Za-z]+-[A-Za-z]+)-[ \t]*\n[ \t]*([a-z]{2,})(?![a-z]*-)([^\s\w]*)[ \t]*\n?"
)
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_HEADS = frozenset(
    """
    all anti attorney bona by cease close co contra court cross de down end ex far first fifth force fourth free full
    good half hand hard head high ill in inter intra joint judge just know large late law left life light like long low
    mid multi never new next non now off on one onto open out over own para part past per post pre price private pro
    public quasi re ready real right round run second self semi set seven short side single six small so sub third three
    time top trade two two ultra under up vice wall water well wide work write year
    """.split()  # noqa: SIM905
)
"""What stands before a hyphen in compounds that keep it, where the document itself does not say otherwise."""
_PREFIXES = frozenset(
    "anti co contra de inter intra mid multi non onto over para per pre pro re semi sub ultra under".split()
)  # noqa: SIM905
"""Those of them that more often are the beginning of one word."""


def join_divided_words(text: str) -> tuple[str, int]:
    """The text with such words whole, and how many there were. The document's own words decide, as long as they do."""
    if "-" not in text or not _DIVIDED.search(text):
        return text, 0
    words = {word.lower() for word in _WORD.findall(_DIVIDED.sub(" ", text))}
    # The line end stays, behind the word: the lengths of lines tell later whether the text was broken at a width.
    return _DIVIDED.subn(lambda found: _whole(found[1], found[2], words) + found[3] + CONTINUES + "\n", text)


def _whole(head: str, tail: str, words: set[str]) -> str:
    one, two = (head + tail).lower(), f"{head}-{tail}".lower()
    first, second = head.lower().rpartition("-")[2], tail.lower()
    if one in words and two not in words:
        return head + tail
    if two in words or first in _HEADS - _PREFIXES:
        return f"{head}-{tail}"
    if first in words and second in words and first not in _PREFIXES:
        return f"{head}-{tail}"
    return head + tail
