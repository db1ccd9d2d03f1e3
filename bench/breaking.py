"""Six ways in which files break, for `bench.parse`. None where a file has no place for it.

The places are lines of code, as far as a look tells: prose in a comment breaks nothing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_WORD = re.compile(rb"[A-Za-z]{4,}")
_NOT_CODE = re.compile(rb"\s*(?:\*|//|#|--|/\*|<!--|;|\"|')")
_QUOTED = re.compile(rb"[\"'`#*]|//|--|/\*")
_LONG = ((b"/*", b"*/"), (b"<!--", b"-->"), (b'"""', b'"""'), (b"'''", b"'''"), (b"=begin", b"=end"), (b"`", b"`"))
_SENTENCES = (
    b"The quick answer is that nobody has looked at this part since the team moved to the new office.",
    b"Please ask Maria before you change anything here, because the customers depend on the old behaviour.",
    b"It was decided in the meeting on Tuesday that we will revisit the numbers next quarter.",
    b"I don't think this works as described, but the tests pass and we need to ship it today.",
    b"See the notes from last week for the reasons; they are longer than what fits into this file.",
)

Breakage = Callable[[bytes, random.Random, list[bytes]], bytes | None]
"""Takes a file, chance, and files of other languages."""


def truncated(data: bytes, chance: random.Random, _: list[bytes]) -> bytes | None:
    """Ends in the middle of a word."""
    lines = data.split(b"\n")
    fitting = [i for i in _places(lines) if len(lines) / 5 < i < len(lines) * 0.95 and _WORD.search(lines[i])]
    if not fitting:
        return None
    last = chance.choice(fitting)
    word = _WORD.search(lines[last])
    return b"\n".join([*lines[:last], lines[last][: word.start() + 2 if word else 0]])


def bracket(data: bytes, chance: random.Random, _: list[bytes]) -> bytes | None:
    """Lacks one bracket, of a line without strings and comments."""
    lines = data.split(b"\n")
    fitting = [
        (i, j) for i in _places(lines) if not _QUOTED.search(lines[i]) for j, c in enumerate(lines[i]) if c in b"()[]{}"
    ]
    if not fitting:
        return None
    row, column = chance.choice(fitting)
    lines[row] = lines[row][:column] + lines[row][column + 1 :]
    return b"\n".join(lines)


def conflict(data: bytes, chance: random.Random, _: list[bytes]) -> bytes | None:
    """Has the markers of a merge that nobody finished."""
    lines = data.split(b"\n")
    ours = _place(lines, chance)
    if ours is None:
        return None
    run = lines[ours : ours + 3]
    markers = [b"<<<<<<< HEAD", *run, b"=======", *run[:2], b">>>>>>> feature/login"]
    return b"\n".join([*lines[:ours], *markers, *lines[ours + 3 :]])


def prose(data: bytes, chance: random.Random, _: list[bytes]) -> bytes | None:
    """Has three sentences of English between its lines."""
    return _inserted(data, chance, chance.sample(_SENTENCES, 3))


def mixed(data: bytes, chance: random.Random, strangers: list[bytes]) -> bytes | None:
    """Has half of a file of another language between its lines."""
    if not strangers:
        return None
    other = chance.choice(strangers).split(b"\n")
    return _inserted(data, chance, other[len(other) // 4 : len(other) * 3 // 4])


def binary(data: bytes, chance: random.Random, _: list[bytes]) -> bytes | None:
    """Has 120 characters of noise between its lines, still valid UTF-8."""
    noise = (
        chance.choice((chance.randrange(1, 9), chance.randrange(14, 32), chance.randrange(160, 256)))
        for _ in range(120)
    )
    return _inserted(data, chance, ["".join(map(chr, noise)).encode()])


BREAKAGES: dict[str, Breakage] = {
    "truncated": truncated, "bracket": bracket, "conflict": conflict, "prose": prose, "mixed": mixed, "binary": binary
}  # fmt: skip


def _inserted(data: bytes, chance: random.Random, new: list[bytes]) -> bytes | None:
    lines = data.split(b"\n")
    at = _place(lines, chance)
    return None if at is None else b"\n".join([*lines[:at], *new, *lines[at:]])


def _place(lines: list[bytes], chance: random.Random) -> int | None:
    fitting = _places(lines)
    return chance.choice(fitting) if fitting else None


def _places(lines: list[bytes]) -> list[int]:
    """Lines of code that follow a line of code, outside of long comments and strings."""
    found: list[int] = []
    closing = b""
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else b""
        follows = before.strip() and not before.rstrip().endswith((b"\\", b",", b"("))
        if follows and not closing and line.strip() and not _NOT_CODE.match(line):
            found.append(number)
        closing = _open_after(line, closing)
    return found


def _open_after(line: bytes, closing: bytes) -> bytes:
    """What ends the long comment or string that is open after a line, empty where none is."""
    at = 0
    while True:
        if closing:
            found = line.find(closing, at)
            if found < 0:
                return closing
            at, closing = found + len(closing), b""
        starts = [(line.find(opening, at), opening, close) for opening, close in _LONG if line.find(opening, at) >= 0]
        if not starts:
            return b""
        first, opening, close = min(starts)
        if opening[:1] not in (b'"', b"'") and _QUOTED.search(line[:first]):
            return b""
        at, closing = first + len(opening), close
