"""How a problem is told; and two problems that any language can have: prose, and a merge that was not finished."""

from __future__ import annotations

import re


def told(data: bytes, offset: int, what: str) -> str:
    """`line 3: what`, of a place in bytes from the start."""
    return f"line {line(data, offset)}: {what}"


def line(data: bytes, offset: int) -> int:
    """The line of an offset, from 1."""
    return data.count(b"\n", 0, offset) + 1


_WORDS = re.compile(rb"(?<![\w.])(?:[A-Za-z][a-z']*,? ){6,}")
_ENGLISH = frozenset(b"the that are was were we you they it because which have been will".split())
"""Words that sentences have and statements of programs, SQL's too, rarely have."""


def sentence(data: bytes, start: int, end: int) -> int:
    """Where a sentence begins: six words in a row, two different ones of them English. -1 where none does."""
    for match in _WORDS.finditer(data, start, end):
        if len(_ENGLISH.intersection(match[0].lower().replace(b",", b" ").split())) >= 2:
            return match.start()
    return -1


_MERGE = re.compile(rb"^<{7} \S.*?^={7}\r?$.*?^>{7} \S", re.M | re.S)


def conflict(data: bytes) -> str:
    """The markers that git leaves where two sides changed the same lines. Some languages read them as operators."""
    if b"\n=======" not in data or b"\n>>>>>>> " not in data:
        return ""
    match = _MERGE.search(data)
    return told(data, match.start(), "a merge that was not finished") if match else ""
