"""Size filter on the bytes as found: what no later step should have to hold, and what has nothing in it."""

from __future__ import annotations

from collections.abc import Iterator

from codekiln.cleaning.document import Document, Drop, Measure

MAX_BYTES = 10_000_000
"""100,000 lines of 100 characters, the bounds of the line filter, and the largest file The Stack v2 takes."""


class SizeStep:
    """Drops empty and very large files."""

    name = "size"

    def apply(self, document: Document) -> Document | Drop:
        size = len(document.data)
        if size > MAX_BYTES:
            return Drop("too_large", f"{size:,} bytes")
        if not size or document.data.isspace():
            return Drop("empty")
        return document

    def measure(self, document: Document) -> Iterator[Measure]:
        """Bytes as found."""
        yield Measure("bytes", len(document.data), least=1, most=MAX_BYTES)
