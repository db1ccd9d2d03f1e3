"""Licence headers: the notice at the top of a file goes, what else its first comments say stays.

Ten lines that every file of a project has teach a model to write licences. Which licence it is was found at ingestion
and stays in the row. StarCoder2 and OpenCoder remove them as well. Code is never touched: only whole lines of comments
that come before it. Shebangs, encodings, docstrings and lines for tools stay. Running it again changes nothing.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from codekiln.cleaning.comment_styles import STYLE_OF, STYLES
from codekiln.cleaning.document import Document, Tally
from codekiln.cleaning.steps.license_phrases import CERTAIN, LICENSE, READ_BY_TOOLS

HEAD_BYTES = 32_768
"""A header ends before; the longest licence that is pasted into files whole, the Apache one, has 11 kB."""

_BLOCKS = {
    b"/*": b"*/",
    b"<!--": b"-->",
    b"{-": b"-}",
    b"#|": b"|#",
    b"<#": b"#>",
    b"=begin": b"\n=end",
    b"--[[": b"]]",
}
_OPENING = re.compile(
    rb"(?:#![^\n\[][^\n]*\n)?(?:[ \t]*#[^\n]*coding[:=][^\n]*\n)?(?:\s*<\?(?:php\b|xml[^>]*\?>)[ \t]*\n?)?(?:\s*<!doctype[^>]*>[ \t]*\n?)?(?:@charset[^\n;]*;[ \t]*\n)?",
    re.IGNORECASE,
)
"""What comes before a header and stays."""
_MORE_BLOCKS = {"lua": (b"--[[",)}
"""Blocks that begin with the mark of a line, which the table of styles therefore leaves out."""
_REGION = re.compile(rb"([ \t]*#region\b[^\n]*\n)((?:[ \t]*//[^\n]*\n|[ \t\r]*\n)+)[ \t]*#endregion\b[^\n]*(?:\n|\Z)")
"""In C# notices are often folded: then the fold goes with the notice, and only with it."""
_DECORATION = b' \t\r\n*/#-;%!=+~_|<>{}[].:"'


class LicenseHeaderStep:
    """Removes licence notices from the first comments of a file."""

    name = "license_header"

    def apply(self, document: Document) -> Document:
        style = STYLE_OF.get(document.language)
        data = stripped(document.data, style) if style else document.data
        if data is document.data:
            return document
        changed = document.changed(data, Tally(self.name, "stripped"))
        if "hits" in document.__dict__:
            # Patterns that occur in fewer lines occurred before: a closer look finds at most one in vain.
            changed.__dict__["hits"] = document.hits
        return changed


def stripped(data: bytes, style: str) -> bytes:
    """The data without licence notices at its top; the same object where there are none."""
    while True:
        # What is left may touch and read as one comment, so it is looked at again.
        shorter = _stripped_once(data, style)
        if shorter is data:
            return data
        data = shorter


def _stripped_once(data: bytes, style: str) -> bytes:
    opening = _OPENING.match(data)
    start = place = opening.end() if opening else 0
    kept = [data[:start]]
    for begin, end in _comments(data, start, style):
        comment = data[begin:end]
        rest = _without_notice(comment) if end <= HEAD_BYTES else comment
        # Blank lines after a notice go with it, and those before it where it was the first thing in the file.
        kept.append((data[place:begin] if rest or any(kept) else b"") + rest)
        place = end if rest else _past_blank_lines(data, end)
    short = b"".join([*kept, data[place:]])
    return data if len(short) == len(data) else short


def _comments(data: bytes, place: int, style: str) -> Iterator[tuple[int, int]]:
    """Comments before the first code, whole lines each: a block, or line comments without a blank line between."""
    line, blocks = _marks(style)
    while place < HEAD_BYTES:
        place = _past_blank_lines(data, place)
        block = blocks.match(data, place) if blocks else None
        if style == "csharp" and (region := _REGION.match(data, place, HEAD_BYTES + 1)):
            stop = region.end()
        elif block:
            end = data.find(_BLOCKS[block[1]], block.end())
            stop = _line_end(data, end + len(_BLOCKS[block[1]])) if end >= 0 else -1
            if end < 0 or data[end + len(_BLOCKS[block[1]]) : stop].strip():
                return
        elif line and (run := line.match(data, place, HEAD_BYTES + 1)):
            stop = run.end()
        else:
            return
        yield place, stop
        place = stop


@cache
def _marks(style: str) -> tuple[re.Pattern[bytes] | None, re.Pattern[bytes] | None]:
    """Expressions for a run of line comments and for how a block begins, in this style of comments."""
    blocks = [mark for mark in (*STYLES[style].comments, *_MORE_BLOCKS.get(style, ())) if mark in _BLOCKS]
    lines = [mark for mark in STYLES[style].comments if mark not in _BLOCKS]
    run = rb"(?:[ \t]*(?:%s)[^\n]*(?:\n|\Z))+" % b"|".join(map(re.escape, lines)) if lines else None
    opening = rb"[ \t]*(%s)" % b"|".join(map(re.escape, blocks)) if blocks else None
    return (re.compile(run) if run else None), (re.compile(opening) if opening else None)


def _without_notice(comment: bytes) -> bytes:
    """The comment without its lines from the first that speaks of a licence to the last; all of it where it has none."""
    if not CERTAIN.search(comment):
        return comment
    if region := _REGION.fullmatch(comment):
        rest = _without_notice(region[2])
        return region[1] + rest + comment[region.end(2) :] if rest.strip() else b""
    lines = comment.splitlines(keepends=True)
    said = [number for number, line in enumerate(lines) if LICENSE.search(line) and not READ_BY_TOOLS.match(line)]
    if not said:
        return comment
    first, last = said[0], said[-1]
    while last + 1 < len(lines) and _goes_on(lines[last + 1]):
        last += 1
    while last + 2 < len(lines) and not lines[last + 1].strip(_DECORATION):
        last += 1
    kept = lines[:first] + [line for line in lines[first : last + 1] if READ_BY_TOOLS.match(line)] + lines[last + 1 :]
    if not any(line.strip(_DECORATION) for line in kept):
        return b""
    return _closed(lines, kept, first, last)


def _goes_on(line: bytes) -> bool:
    """Whether a line after the notice's last known words is still of its paragraph."""
    return bool(line.strip(_DECORATION)) and not READ_BY_TOOLS.match(line)


def _closed(lines: list[bytes], kept: list[bytes], first: int, last: int) -> bytes:
    """What is kept, with the block's marks where they stood in lines that went."""
    text = b"".join(kept)
    opening = re.match(rb"[ \t]*(/\*+!?|<!--+|\{-|#\||<#|=begin|--\[\[)", lines[0])
    if not opening:
        return text
    closing = _BLOCKS[next(mark for mark in _BLOCKS if opening[1].startswith(mark))].lstrip(b"\n")
    if first == 0:
        text = opening[0] + b"\n" + text
    if last == len(lines) - 1:
        text = text + (b" " if closing == b"*/" else b"") + closing + (b"\n" if lines[-1].endswith(b"\n") else b"")
    return text


def _past_blank_lines(data: bytes, place: int) -> int:
    while True:
        end = _line_end(data, place)
        if end == place or data[place:end].strip():
            return place
        place = end


def _line_end(data: bytes, place: int) -> int:
    """Where the next line begins."""
    end = data.find(b"\n", place)
    return len(data) if end < 0 else end + 1
