"""What a step changed in a text, to be shown side by side: runs of lines before and after, their changed spans marked.

Of lines that differ, the words that differ are marked. Long lines are cut around the first mark. With `hide` the marked
words before are masked: but for two letters of a long one, what is shown is in the text after as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_HUNKS = 4
MAX_LINES = 8
"""Of a hunk."""
_MAX_COMPARED = 2000
"""Lines that are aligned: aligning takes the square of them."""
_MAX_WORDS = 400
_JOINED = 2
"""Characters between two marks that are marked with them."""
_BEFORE, _WIDTH = 60, 180
"""Characters shown before the first mark, and in all."""
_WORDS = re.compile(r"\w+|\s+|.", re.DOTALL)

Line = tuple[tuple[str, bool], ...]
"""Pieces of text, and whether each is marked."""


@dataclass(frozen=True)
class Hunk:
    """Lines that differ. `line` is the number of the first one before, from 1."""

    line: int
    before: tuple[Line, ...]
    after: tuple[Line, ...]


def hunks(before: str, after: str, *, hide: bool = False) -> tuple[Hunk, ...]:
    """The first few places where the texts differ."""
    found = []
    for start, old, new in _places(before.split("\n"), after.split("\n")):
        found.append(_hunk(start + 1, old[:MAX_LINES], new[:MAX_LINES], hide))
        if len(found) == MAX_HUNKS:
            break
    return tuple(found)


def _places(before: list[str], after: list[str]) -> Iterator[tuple[int, list[str], list[str]]]:
    if len(before) == len(after):
        # Nothing moved, as when values are replaced: no alignment is needed.
        yield from _equal_places(before, after)
        return
    start = next((i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    matcher = SequenceMatcher(
        None, before[start : start + _MAX_COMPARED], after[start : start + _MAX_COMPARED], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield start + a, before[start + a : start + b], after[start + c : start + d]


def _equal_places(before: list[str], after: list[str]) -> Iterator[tuple[int, list[str], list[str]]]:
    at = 0
    while at < len(before):
        end = at
        while end < len(before) and before[end] != after[end]:
            end += 1
        if end > at:
            yield at, before[at:end], after[at:end]
        at = end + 1


def _hunk(line: int, old: list[str], new: list[str], hide: bool) -> Hunk:
    left, right = [], []
    for number in range(max(len(old), len(new))):
        if number < len(old) and number < len(new):
            one, other = _marked(old[number], new[number])
        else:
            one, other = [(old[number], True)] if number < len(old) else [], []
            other = [(new[number], True)] if number < len(new) else []
        if number < len(old):
            left.append(_cut(_masked(one) if hide else one))
        if number < len(new):
            right.append(_cut(other))
    return Hunk(line, tuple(left), tuple(right))


def _marked(old: str, new: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both lines in pieces. Lines of very many words are marked from the first difference to the last."""
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(a), len(b)) > _MAX_WORDS:
        return _between(a, b)
    one: list[tuple[str, bool]] = []
    other: list[tuple[str, bool]] = []
    places = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    for number, (tag, i, j, k, m) in enumerate(places):
        old = "".join(a[i:j])
        # The `@` and the dots of an address are part of it.
        between = 0 < number < len(places) - 1 and len(old) <= _JOINED and not old.isspace()
        changed = tag != "equal" or between
        _add(one, old, changed)
        _add(other, "".join(b[k:m]), changed)
    return one, other


def _between(a: list[str], b: list[str]) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    shorter = min(len(a), len(b))
    head = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    tail = next((i for i in range(shorter - head) if a[-1 - i] != b[-1 - i]), shorter - head)

    def pieces(words: list[str]) -> list[tuple[str, bool]]:
        found: list[tuple[str, bool]] = []
        end = len(words) - tail
        for text, marked in ((words[:head], False), (words[head:end], True), (words[end:], False)):
            _add(found, "".join(text), marked)
        return found

    return pieces(a), pieces(b)


def _add(pieces: list[tuple[str, bool]], text: str, marked: bool) -> None:
    if text and pieces and pieces[-1][1] == marked:
        pieces[-1] = (pieces[-1][0] + text, marked)
    elif text:
        pieces.append((text, marked))


def _masked(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """A dot for every character of what is marked, 12 at most; two of a longer value stay, so that it is recognised."""

    def mask(text: str) -> str:
        shown = min(2, len(text) // 8)
        return text[:shown] + "\u2022" * min(12, len(text) - shown)

    return [(mask(text) if marked else text, marked) for text, marked in pieces]


def _cut(pieces: list[tuple[str, bool]]) -> Line:
    if sum(len(text) for text, _ in pieces) <= _WIDTH:
        return tuple(pieces)
    before = pieces[0][0] if not pieces[0][1] else ""
    shown: list[tuple[str, bool]] = []
    if len(before) > _BEFORE:
        shown, pieces = [("\u2026" + before[-_BEFORE:], False)], pieces[1:]
    left = _WIDTH - sum(len(text) for text, _ in shown)
    for text, marked in pieces:
        if left <= 0:
            break
        shown.append((text if len(text) <= left else text[:left] + "\u2026", marked))
        left -= len(text)
    return tuple(shown)
