"""What a source file says of its own licence at its top: an SPDX line, or the notice that a licence asks for. Pure.

Only comments are looked at: a program may hold notices that it writes into other files.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from codekiln.ingestion.license_expression import parse_expression, parse_free_text
from codekiln.ingestion.license_phrases import by_notice
from codekiln.ingestion.plain_text import decoded

_SPDX_BYTES = 2048
_NOTICE_BYTES = 8192
"""BSD's notice has 1.5 KB, and some name a page of holders before it."""
_TAG = "SPDX-License-Identifier"
# Behind marks of a comment, be it with a copyright before it on the same line, but in no quotes.
_SPDX = re.compile(
    rf"^(?:[^\w\n]{{0,12}}(?:(?:rem|dnl|c)[ \t]+)?|[ \t]*(?:#|//|/\*|\*|--|;|%|<!--|!)[^\n\"'`]{{0,200}}[ \t])"
    rf"{_TAG}:[ \t]*([^\r\n]{{1,200}})",
    re.M | re.I,
)
_CLOSING = re.compile(r"\s*(?:\*+/|-*-->|--%>|\*\)|-\}|[#%?|]?\}|\]=*\]|%>|\?>|#>|\|#|\"\"\"|'''|[\"'`]).*$")
_HINTS = ("licen", "redistribut", "permission", "proprietary", "unauthori", "gpl", "terms of", "unencumbered")
"""Without one of them nothing is a notice: most files are told so by a look."""
_HINTS_BYTES = tuple(hint.encode() for hint in _HINTS)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# fmt: off
_BLOCKS = (
    ("/*", "*/"), ("<!--", "-->"), ('"""', '"""'), ("'''", "'''"), ('r"""', '"""'), ("(*", "*)"), ("{-", "-}"),
    ("<#", "#>"), ("{#", "#}"), ("<%#", "%>"), ("<%--", "--%>"), ("{{!--", "--}}"), ("@*", "*@"), ("--[[", "]]"),
    ("--[=[", "]=]"), ("#|", "|#"), ("=begin", "=end"), ("=pod", "=cut"),
)
# fmt: on
"""How comments of several lines begin and end, those before that begin another."""
_OPENINGS = tuple(opening for opening, _ in _BLOCKS)
_PASCAL = re.compile(r"\{[ *=-]*[A-Za-z(]")
"""`{` of a comment, not of JSON."""
_LINE = re.compile(r"(?:#|//|--|;|%|\*|!|'|\"|\.\.|\.\\\"|::|@?rem\b|dnl\b|c(?=\s|$))", re.I)
_WORD_MARK = re.compile(r"^(?:@?rem|dnl|c)(?:\s+|$)", re.I)
_BEFORE = re.compile(r"\W*$|<\?(?:php|xml|hh)\b|<!doctype\b|@echo\b|package\b|['\"]use strict|<html\b", re.I)
"""Lines that may come before a notice."""
# fmt: off
_OF_PARTS = (
    "portions of this", "portions of the code", "portions of the file", "parts of this", "parts of the code",
    "part of this code", "part of this file", "derived from", "adapted from", "taken from", "borrowed from",
    "copied from", "ported from", "based on", "based from", "material from", "code from", "function from",
    "functions from", "excerpt from", "includes code", "originally released under",
)
# fmt: on
_BSD = "products derived from"


class Header(NamedTuple):
    """What a file says: identifiers, none where nothing, and whether they may be those of a part of it only."""

    ids: tuple[str, ...] = ()
    of_parts: bool = False


NOTHING = Header()


def header_of(content: bytes) -> Header:
    """By SPDX lines, or else by a notice in the comment that the file begins with."""
    if ids := header_ids(content):
        return Header(ids)
    return _notice_of(content)


def header_ids(content: bytes) -> tuple[str, ...]:
    """Identifiers of the SPDX lines among a file's first 2 KB."""
    head = content[:_SPDX_BYTES]
    if _TAG.encode() not in head and not head.startswith(_UTF_16):
        return ()
    ids: set[str] = set()
    for match in _SPDX.finditer(decoded(head)):
        stated = _CLOSING.sub("", match.group(1)).strip(" \t-.,;*")
        before = stated.partition(" (")[0]  # `MIT (see LICENSE)`
        ids.update(parse_expression(stated, known_only=False) or parse_free_text(stated) or parse_expression(before))
    return tuple(sorted(ids))


def _notice_of(content: bytes) -> Header:
    head = content[:_NOTICE_BYTES]
    small = head.lower()
    if not any(hint in small for hint in _HINTS_BYTES) and not head.startswith(_UTF_16):
        return NOTHING
    comment = opening_comment(decoded(head))
    small_comment = comment.lower()
    return _notice_in(comment) if any(hint in small_comment for hint in _HINTS) else NOTHING


@lru_cache(maxsize=512)
def _notice_in(comment: str) -> Header:
    # The files of a project begin with the same words.
    ids = by_notice(comment)
    if not ids:
        return NOTHING
    words = " ".join(re.findall(r"[a-z]+", comment.lower())).replace(_BSD, "")
    return Header(tuple(sorted(ids)), any(phrase in words for phrase in _OF_PARTS))


def opening_comment(text: str) -> str:
    """The comments before the first line of anything else."""
    lines: list[str] = []
    closing = ""
    for line in text.splitlines():
        bare = line.strip()
        if closing:
            lines.append(bare)
            closing = "" if closing in bare else closing
            continue
        opens = bare.startswith(_OPENINGS)
        block = next((pair for pair in _BLOCKS if bare.startswith(pair[0])), None) if opens else None
        if block is None and _PASCAL.match(bare):
            block = ("{", "}")
        if block is None and not _LINE.match(bare) and not _BEFORE.match(bare):
            break
        lines.append(bare if block else _WORD_MARK.sub("", bare, count=1))
        if block and block[1] not in bare[len(block[0]) :]:
            closing = block[1]
    return "\n".join(lines)
