"""Decode: bytes as found become UTF-8 with `\\n` as line end and no byte order mark, or the file goes as binary."""

from __future__ import annotations

import codecs
import re

from codekiln.cleaning.document import Document, Drop, Tally
from codekiln.cleaning.steps.legacy_encodings import guess

MAX_GUESSED_BYTES = 65_536
"""Guessing an encoding costs milliseconds a file, so only small files are worth it."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
"""PEP 263. Vim and Emacs write the same in other languages' comments, which is fine here too."""


class DecodeStep:
    """UTF-8 first, then what the file declares, then a guess."""

    name = "decode"

    def apply(self, document: Document) -> Document | Drop:
        data = document.data
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                return _decoded(document, data[len(mark) :], encoding, "mark")
        if b"\0" in data:
            return Drop("binary", f"a NUL byte at offset {data.index(0)}")
        if data.isascii() or _is_utf8(data):
            return _finished(document, data)
        declared = _declared(data)
        if declared:
            return _decoded(document, data, declared, "declared")
        return _guessed(document, data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _finished(document: Document, data: bytes, *tallies: Tally) -> Document | Drop:
    if b"\0" in data:
        return Drop("binary", "a NUL character")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data is document.data and not tallies:
        return document
    return document.changed(data, *tallies)


def _decoded(document: Document, data: bytes, encoding: str, source: str) -> Document | Drop:
    try:
        text = data.decode(encoding)
        encoded = text.encode()
    except (UnicodeError, LookupError):
        return Drop("undecodable", f"not {encoding} as its {source} says")
    if encoding != "utf-8":
        encoded = _redeclared(encoded)
        return _finished(document, encoded, Tally("encoding", encoding))
    return _finished(document, encoded)


def _declared(data: bytes) -> str | None:
    """The encoding that one of the first two lines declares, if Python has a text codec of that name."""
    for line in data.split(b"\n", 2)[:2]:
        found = _DECLARED.match(line)
        if found:
            try:
                info = codecs.lookup(found[1].decode("ascii"))
            except (LookupError, UnicodeDecodeError):
                return None
            return info.name if getattr(info, "_is_text_encoding", True) else None
    return None


def _redeclared(data: bytes) -> bytes:
    """The same with its declaration saying UTF-8, so that it still reads as what it says."""
    lines = data.split(b"\n", 2)
    for i, line in enumerate(lines[:2]):
        found = _DECLARED.match(line)
        if found:
            lines[i] = line[: found.start(1)] + b"utf-8" + line[found.end(1) :]
            break
    return b"\n".join(lines)


def _guessed(document: Document, data: bytes) -> Document | Drop:
    if len(data) > MAX_GUESSED_BYTES:
        return Drop("undecodable", f"not UTF-8, and {len(data):,} bytes are too many to guess")
    encoding = guess(data)
    if encoding is None:
        return Drop("undecodable", "not UTF-8, and in no other encoding does it read as words")
    return _decoded(document, data, encoding, "look")
