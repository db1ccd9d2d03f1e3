"""`redact`: a text without personal data and secrets, and where they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import AnyStr, Generic, NamedTuple

from codekiln.cleaning import gate
from codekiln.cleaning.anonymize.edits import Replacement
from codekiln.cleaning.anonymize.substitutes import Substitutes
from codekiln.cleaning.profiles import profile_named


@dataclass(frozen=True)
class Redacted:
    """A part of the given text that was replaced: `text[start:end]` was of this kind, and `substitute` stands there."""

    kind: str
    start: int
    end: int
    substitute: str


class Redaction(NamedTuple, Generic[AnyStr]):
    """The new text, and what was replaced, in order. Unpacks: `text, spans = redact(...)`."""

    text: AnyStr
    spans: tuple[Redacted, ...]


def redact(
    text: AnyStr, repository: str = "", *, seed: int = 0, language: str = "", profile: str = "code"
) -> Redaction[AnyStr]:
    """Replaces personal data and secrets by substitutes that look alike and belong to nobody.

    Offsets count characters of a str, bytes of bytes. The same value has the same substitute within a repository and
    seed. `language` (linguist's name) narrows rules that are for settings files; without it they look everywhere.
    Bytes need not be UTF-8. Running it on its own result changes nothing. The profile `text`
    replaces names and numbers of a legal document's parties too. Raises InvalidArgument for another profile than `code`
    and `text`.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    new, found = profile_named(profile).redact(data, gate.shared().hits(data), Substitutes(seed, repository), language)
    if isinstance(text, str):
        return Redaction(new.decode("utf-8", "surrogatepass"), _in_characters(text, data, found))
    return Redaction(new, tuple(_redacted(one, one.span.start, one.span.end) for one in found))


def _in_characters(text: str, data: bytes, found: list[Replacement]) -> tuple[Redacted, ...]:
    if len(data) == len(text):
        return tuple(_redacted(one, one.span.start, one.span.end) for one in found)
    spans, characters, at = [], 0, 0
    for one in found:
        characters += _count(data[at : one.span.start])
        start = characters
        characters += _count(data[one.span.start : one.span.end])
        spans.append(_redacted(one, start, characters))
        at = one.span.end
    return tuple(spans)


def _count(data: bytes) -> int:
    """Characters: bytes that do not continue one."""
    return sum(byte & 0xC0 != 0x80 for byte in data)


def _redacted(one: Replacement, start: int, end: int) -> Redacted:
    return Redacted(one.span.kind, start, end, one.substitute)
