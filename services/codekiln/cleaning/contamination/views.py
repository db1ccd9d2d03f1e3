"""What a file shows to a reader where its bytes say it in another way: escaped in strings, JSON and HTML, behind the
marks of a console, a diff, a quotation or a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from codekiln.cleaning.document import Document

_ESCAPES = (
    # Doubled ones first: JSON within JSON then reads like JSON.
    (b"\\\\", b"\\"), (b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t"), (b'\\"', b'"'), (b"\\'", b"'"), (b"\\/", b"/"),
    (b"\\u003c", b"<"), (b"\\u003e", b">"), (b"\\u0026", b"&"), (b"\\u0022", b'"'), (b"\\u0027", b"'"),
    (b"\\u003C", b"<"), (b"\\u003E", b">"),
)  # fmt: skip
_ENTITIES = (
    (b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&#34;", b'"'), (b"&#39;", b"'"), (b"&#x27;", b"'"),
    (b"&apos;", b"'"), (b"&nbsp;", b" "), (b"&#10;", b"\n"), (b"&amp;", b"&"),
)  # fmt: skip
_TAG = re.compile(rb"</?[a-zA-Z][^<>]{0,300}>")
_MARK = rb"[ \t]*(?:>>>|\.\.\.|[+>#]|//)"
_MARKED = re.compile(rb"^" + _MARK + rb" ?(.*)$", re.MULTILINE)
_BEFORE = re.compile(_MARK + rb"[ \t]*")
_CODE = re.compile(rb"def ")


def views(document: Document) -> Iterator[Document]:
    """The document, and what else can be read in it: the parts alone that read differently, so little is read twice."""
    yield document
    data = document.data
    for read in (_unescaped(data), _without_markup(data), _unmarked(data)):
        if read:
            yield replace(document, data=read)


def _unescaped(data: bytes) -> bytes:
    if b"\\n" not in data:
        return b""
    lines = b"\n".join(line for line in data.split(b"\n") if b"\\n" in line)
    for escape, meaning in _ESCAPES:
        lines = lines.replace(escape, meaning)
    return lines


def _without_markup(data: bytes) -> bytes:
    if b"</" not in data or not any(entity in data for entity, _ in _ENTITIES):
        return b""
    data = _TAG.sub(b"", data)
    for entity, meaning in _ENTITIES:
        data = data.replace(entity, meaning)
    return data


def _unmarked(data: bytes) -> bytes:
    # From each `def` back to the start of its line: a search for the marks of lines would stop at every line.
    for place in (found.start() for found in _CODE.finditer(data)):
        if _BEFORE.fullmatch(data, data.rfind(b"\n", 0, place) + 1, place):
            return b"\n".join(_MARKED.findall(data)) + b"\n"
    return b""
