"""Bytes per token by language, ours beside that of published vocabularies. More bytes per token is shorter input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tiktoken import Encoding

OURS = "codekiln"
_CHUNK = 1 << 16
"""Characters measured at once; a peer's expression may backtrack without end on a very long run of spaces."""


@dataclass
class Count:
    """One language, or all: text seen and tokens by vocabulary."""

    documents: int = 0
    bytes: int = 0
    tokens: dict[str, int] = field(default_factory=dict)

    def add(self, size: int, tokens: Mapping[str, int]) -> None:
        self.documents += 1
        self.bytes += size
        for name, number in tokens.items():
            self.tokens[name] = self.tokens.get(name, 0) + number

    def bytes_per_token(self, name: str) -> float:
        return round(self.bytes / self.tokens[name], 4) if self.tokens.get(name) else 0.0

    def to_json(self) -> dict[str, Any]:
        ratios = {name: self.bytes_per_token(name) for name in self.tokens}
        return {"documents": self.documents, "bytes": self.bytes, "bytes_per_token": ratios}


@dataclass
class Compression:
    """The measurement over all documents and by language."""

    all: Count
    languages: dict[str, Count]


def measure(documents: Iterable[tuple[str, str]], encodings: Mapping[str, Encoding]) -> Compression:
    """Encodes (language, text) pairs with every encoding."""
    total = Count(tokens=dict.fromkeys(encodings, 0))
    languages: dict[str, Count] = {}
    for language, text in documents:
        tokens = {name: _tokens(encoding, text) for name, encoding in encodings.items()}
        size = len(text.encode())
        total.add(size, tokens)
        languages.setdefault(language, Count()).add(size, tokens)
    return Compression(total, dict(sorted(languages.items())))


def _tokens(encoding: Encoding, text: str) -> int:
    return sum(
        len(encoding.encode_to_numpy(text[start : start + _CHUNK], disallowed_special=()))
        for start in range(0, len(text), _CHUNK)
    )
