"""Encoded data: files with base64, hexadecimal bytes or escaped characters in bulk.

StarCoder2's rule (arXiv 2402.19173, 2.3). Word boundaries and white space are ASCII's, as the expressions run over
bytes; shares are of characters.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.encodings import RUNS
from codekiln.cleaning.patterns import expression

MAX_RUN = 1024
MAX_SHARE = 0.5


class EncodedStep:
    """Drops files with a run of more than 1024 characters, or half of whose text is such runs."""

    name = "encoded"

    def apply(self, document: Document) -> Document | Drop:
        data, total = document.data, 0
        for kind in RUNS:
            if f"encoded_{kind}" not in document.hits:
                continue
            for found in _runs(kind).finditer(data):
                start, end = found.span()
                total += end - start
                if end - start > MAX_RUN:
                    return Drop("encoded_data", f"{end - start:,} characters of {kind} in one run")
        if total > MAX_SHARE * len(data) or (not data.isascii() and total > MAX_SHARE * len(document.text)):
            return Drop("encoded_data", f"{100 * total / len(document.text):.0f} % of it")
        return document


@cache
def _runs(kind: str) -> Any:
    unit, count, _ = RUNS[kind]
    return expression(f"{unit}{{{count},}}")
