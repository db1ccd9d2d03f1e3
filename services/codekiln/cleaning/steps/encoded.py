"""Encoded data: files with base64, hexadecimal bytes or escaped characters in bulk. StarCoder2's rule."""

from __future__ import annotations

from functools import cache
from typing import Any

from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.gate import Pattern, expression

MAX_RUN = 1024
MAX_SHARE = 0.5

_BASE64 = r"[a-zA-Z0-9+/\n=]"
_HEX = r"(?:\b(?:0x|\\x)?[0-9a-fA-F]{2}(?:,|\b[ \t\r\n]*))"
_ESCAPES = r"(?:\\u[0-9a-fA-F]{4})"
_RUNS = {
    "base64": (_BASE64, 64, tuple(b"%c" % c for c in b"abcdefghijklmnopqrstuvwxyz0123456789+/\n=")),
    "hex": (_HEX, 8, tuple(b"%c" % c for c in b"0123456789abcdef")),
    "escape": (_ESCAPES, 8, (b"\\u",)),
}
PATTERNS = tuple(
    Pattern(f"encoded_{kind}", f"{unit}{{{count}}}", words) for kind, (unit, count, words) in _RUNS.items()
)


class EncodedStep:
    """Drops files with a run of more than 1024 characters, or half of whose text is such runs."""

    name = "encoded"

    def apply(self, document: Document) -> Document | Drop:
        data, total = document.data, 0
        for kind in _RUNS:
            if f"encoded_{kind}" not in document.hits:
                continue
            for found in _runs(kind).finditer(data):
                start, end = found.span()
                total += end - start
                if end - start > MAX_RUN:
                    return Drop("encoded_data", f"{end - start:,} characters of {kind} in one run")
        if total > MAX_SHARE * len(data):
            return Drop("encoded_data", f"{100 * total / len(data):.0f} % of it")
        return document


@cache
def _runs(kind: str) -> Any:
    unit, count, _ = _RUNS[kind]
    return expression(f"{unit}{{{count},}}")
