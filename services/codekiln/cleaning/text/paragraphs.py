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
_COLUMNS = re.compile(r"\S(?:\t| {3,})\S")
_DOTS = re.compile(r"(?:\. ?){4,}|\u2026|_{4,}|[|\u2502]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_EOJEOL = re.compile(r"[\uac00-\ud7a3]+")
_FIRST = re.compile(r"[\uac00-\ud7a3]+")
_LAST = re.compile(r"[\uac00-\ud7a3]+$")
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
    current = lines[0]
    last = lines[0]
    for line in lines[1:]:
        if _goes_on(last, line, width):
            current = words.glue(current.rstrip(" \t"), line.strip(" \t"))
        else:
            yield current
            current = line
        last = line
    yield current


def _goes_on(line: str, after: str, width: int) -> bool:
    if line.endswith((CONTINUES, JOINS)) or not width or not after.strip() or starts(after):
        return line.endswith((CONTINUES, JOINS)) and bool(after.strip())
    length, word = len(line.rstrip()), len(after.split(None, 1)[0])
    if length < _FULL * width or length + 1 + min(word, 12) < _FITS * width:
        return False
    if line.isupper() != after.isupper() or _COLUMNS.search(line.strip()) or _COLUMNS.search(after.strip()):
        return False
    if _DOTS.search(line) or _DOTS.search(after):
        return False
    indented = len(after) - len(after.lstrip()) - (len(line) - len(line.lstrip()))
    return indented < 2 or not ends(line)


class _Eojeols:
    """Knows from the document whether a line of Korean broke inside a word: it breaks at any syllable."""

    def __init__(self, text: str) -> None:
        self._known: frozenset[str] | None = None
        self._text = text

    def glue(self, line: str, after: str) -> str:
        """The two with a space between them, or without where they are halves of a word."""
        if line.endswith(JOINS):
            return line[:-1] + after
        line = line.removesuffix(CONTINUES)
        head, tail = _LAST.search(line[-20:]), _FIRST.match(after)
        if head and tail:
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
