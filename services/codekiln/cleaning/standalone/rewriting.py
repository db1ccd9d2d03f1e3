"""`codekiln clean redact` of one file: the bytes that would stand there, and writing them back."""

from __future__ import annotations

import codecs
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from codekiln.cleaning.standalone.redacting import Redacted, redact
from codekiln.core.language import detect

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def redacted_file(
    name: str, data: bytes, repository: str, also: Sequence[str], profile: str
) -> tuple[bytes, str, tuple[Redacted, ...]]:
    """The new bytes, the text that spans count in (of UTF-16 characters, else bytes), and the spans."""
    language = detect(name, data).language
    if codec := _utf16(data):
        text, spans = redact(data.decode(codec), repository, language=language, also=also, profile=profile)
        return text.encode(codec), text, spans
    new, spans = redact(data, repository, language=language, also=also, profile=profile)
    return new, new.decode(errors="replace"), spans


def line_of(data: bytes, offset: int) -> int:
    """The line that a span of `redacted_file` begins in, from 1."""
    if codec := _utf16(data):
        return data.decode(codec).count("\n", 0, offset) + 1
    return data.count(b"\n", 0, offset) + 1


def is_binary(data: bytes) -> bool:
    """Whether it is no text: there a changed value may break a length or a checksum."""
    return b"\0" in data and not _utf16(data)


def rewrite(path: Path, data: bytes) -> None:
    """The whole file or, where this process or the disk gives up, the old one. A link stays and its file changes."""
    path = path.resolve()
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        shutil.copymode(path, name)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _utf16(data: bytes) -> str:
    """The codec of a text that begins with a mark of UTF-16 and is valid, or the empty string."""
    codec = "" if data.startswith(codecs.BOM_UTF32_LE) else _UTF16.get(data[:2], "")
    try:
        return codec if codec and data.decode(codec) else ""
    except UnicodeDecodeError:
        return ""
