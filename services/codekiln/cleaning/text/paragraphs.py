"""Lines that a fixed width broke become paragraphs again; everything that was a line of its own stays one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codekiln.cleaning.text.citations import broken_citations
from codekiln.cleaning.text.structure import CONTINUES, JOINS, ends, starts

_NARROWEST, _NARROWEST_KOREAN, _WIDEST = 45, 25, 130
"""Characters in a full line of a text that was broken at a width."""
_LEAST_FULL = 0.15
"""Of the lines: fewer are full, and the text was not broken at a width."""
_FULL, _FITS = 0.6, 0.85
"""Of that width: a shorter line ends a paragraph, and so does one that had room for the next word."""
_FAR_IN, _HANGING = 8, 4
"""Columns from the margin; columns from the line above, where that is no item with its text hung below."""
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_EOJEOL = re.compile(r"[\uac00-\ud7a3]+")
_FIRST = re.compile(r"[\uac00-\ud7a3]+")
_LAST = re.compile(r"[\uac00-\ud7a3]+$")
_OPEN_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d\.(?:[ ]?\d{1,2}\.)?[ \t]*$")
_DAY = re.compile(r"[ \t]*\d{1,2}\.")
_OPEN = re.compile(r"\b(?:a|an|and|as|at|by|for|from|in|of|on|or|see|than|that|the|through|to|under|with)[ \t]*$")
_NAMED = re.compile(r"[ \t]*(?:[A-Z][A-Za-z]+\.?[ \t]|\u00a7)")
_PERSONS = re.compile(r"[ \t]*[(\[]7[1-6][)\]]")
_BEFORE_FIELD = " \t(["
_FIELD = re.compile(r"[ \t]*[(\[]\d\d[)\]]")
"""Fields of a patent's front page (WIPO ST.9); 71 to 76 are persons, each with an address in the lines below."""
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def join_lines(text: str) -> tuple[str, int]:
    """The text with paragraphs in one line each, and how many line breaks went."""
    text = broken_citations(text)
    lines = text.split("\n")
    width = _width(lines)
    if not width and CONTINUES not in text and JOINS not in text:
        return text, 0
    joined = list(_joined(lines, width, _Eojeols(text)))
    return "\n".join(joined).replace(CONTINUES, "").replace(JOINS, ""), len(lines) - len(joined)


def _width(lines: list[str]) -> int:
    """The width at which the text is broken; 0 where it is not: few lines are full, or many are longer."""
    lengths = sorted(len(line) for line in lines if line and not line.isspace())
    short = [length for length in lengths if length <= _WIDEST]
    if len(short) < 3 or len(short) < 0.7 * len(lengths):
        return 0
    width = short[int(0.9 * (len(short) - 1))]
    full = sum(0.85 * width <= length <= 1.15 * width for length in short)
    narrowest = _NARROWEST_KOREAN if _HANGUL.search(max(lines, key=len)) else _NARROWEST
    return width if width >= narrowest and full >= max(3, _LEAST_FULL * len(short)) else 0


def _joined(lines: list[str], width: int, words: _Eojeols) -> Iterator[str]:
    current = last = lines[0]
    persons = bool(_PERSONS.match(last))
    for line in lines[1:]:
        if not line or (line[0] in _BEFORE_FIELD and _FIELD.match(line)):
            persons = bool(_PERSONS.match(line))
        certain = line and last.endswith((CONTINUES, JOINS))
        if certain or (width and not (persons and _HANGUL.search(line)) and _goes_on(last, line, width)):
            current = words.glue(current.rstrip(" \t"), line.strip(" \t"))
        else:
            yield current
            current = line
        last = line
    yield current


def _goes_on(line: str, after: str, width: int) -> bool:
    length = len(line)
    if not after or length < _FULL * width:
        return False
    if length + 1 + min(12, len(after.split(None, 1)[0])) < _FITS * width or (
        starts(after) and not _ends_open(line, after)
    ):
        return False
    if line.isupper() != after.isupper() or _in_columns(line) or _in_columns(after):
        return False
    deep, deeper = length - len(line.lstrip()), len(after) - len(after.lstrip())
    # Lines that stand far in are of a caption or a quotation; one that stands further in begins a paragraph.
    if min(deep, deeper) >= _FAR_IN or (deeper - deep >= _HANGING and not starts(line)):
        return False
    return deeper - deep < 2 or not ends(line)


def _ends_open(line: str, after: str) -> bool:
    """Whether a sentence or a date goes on with what else would begin something: "in | FIG. 3", "2012. 3. | 5."."""
    if _DAY.match(after):
        return _OPEN_DATE.search(line) is not None
    return _NAMED.match(after) is not None and _OPEN.search(line) is not None


def _in_columns(line: str) -> bool:
    """Of a table, or with leaders."""
    solid = line.strip()
    return "   " in solid or "\t" in solid or "|" in solid or (".." in solid and "...." in solid) or "____" in solid


class _Eojeols:
    """Knows from the document whether a line of Korean broke inside a word: it breaks at any syllable."""

    def __init__(self, text: str) -> None:
        self._known: frozenset[str] | None = None
        self._text = text

    def glue(self, line: str, after: str) -> str:
        """The two with a space between them, or without where they are halves of a word."""
        if line.endswith(JOINS):
            return line[:-1] + after
        line = line.removesuffix(CONTINUES).rstrip(" \t")
        if "가" <= line[-1:] <= "힣" and "가" <= after[:1] <= "힣":
            head, tail = _LAST.search(line, max(0, len(line) - 20)), _FIRST.match(after)
            assert head and tail
            if self._known is None:
                inside = re.sub(r"[\uac00-\ud7a3]+\n[ \t]*[\uac00-\ud7a3]+", "\n", self._text)
                self._known = frozenset(_EOJEOL.findall(inside))
            known = self._known
            if head[0] + tail[0] in known and not (head[0] in known and tail[0] in known):
                return line + after
        return f"{line} {after}"


def squeeze(text: str) -> str:
    """No white space at the ends of lines, one blank line between paragraphs, one line end at the end."""
    text = re.sub(r"[ \t]+\n", "\n", text)
    return _BLANK.sub("\n\n", text).strip("\n").rstrip() + "\n" if text.strip() else ""
