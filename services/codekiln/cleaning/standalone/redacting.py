"""`redact`: a text without personal data and secrets, and where they were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import AnyStr, Generic, NamedTuple

from codekiln.cleaning import gate
from codekiln.cleaning.anonymize import keys
from codekiln.cleaning.anonymize.edits import Replacement
from codekiln.cleaning.anonymize.people import CHOICES
from codekiln.cleaning.anonymize.substitutes import Substitutes
from codekiln.cleaning.profiles import profile_named
from codekiln.core.errors import InvalidArgument
from codekiln.core.settings import load_settings

_CONTINUING = bytes(range(0x80, 0xC0))


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
    text: AnyStr,
    repository: str = "",
    *,
    key: bytes | None = None,
    language: str = "",
    also: Iterable[str] = (),
    profile: str = "code",
) -> Redaction[AnyStr]:
    """Replaces personal data and secrets by substitutes that look alike and belong to nobody.

    Offsets count characters of a str, bytes of bytes. The same value has the same substitute within a repository and
    key. `key` is secret, of 16 bytes or more; without it one is kept in codekiln's home (CODEKILN_HOME). `language`
    (linguist's name) narrows rules that are for settings files; without it they look everywhere.
    Bytes need not be UTF-8. Running it on its own result changes nothing. `also` takes `phone` and `name`, which are
    off by default. The profile `text` replaces names and numbers of a legal document's parties too.
    Raises InvalidArgument for a short key, for other kinds, and for another profile than `code` and `text`.
    """
    chosen, kinds = profile_named(profile), _kinds(also)
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    substitutes = Substitutes(_own_key() if key is None else keys.given(key), repository)
    new, found = chosen.redact(data, gate.alone().hits(data), substitutes, language, kinds)
    if isinstance(text, str):
        return Redaction(new.decode("utf-8", "surrogatepass"), _in_characters(text, data, found))
    return Redaction(new, tuple(_redacted(one, one.span.start, one.span.end) for one in found))


def _kinds(also: Iterable[str]) -> frozenset[str]:
    kinds = frozenset(also)
    if unknown := sorted(kinds - frozenset(CHOICES)):
        raise InvalidArgument(f"also must be of {', '.join(CHOICES)}, got `{unknown[0]}`", reason="BAD_OPTION")
    return kinds


@cache
def _own_key() -> bytes:
    return keys.of_home(load_settings("cleaning").home.absolute())


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
    return len(data.translate(None, _CONTINUING))


def _redacted(one: Replacement, start: int, end: int) -> Redacted:
    return Redacted(one.span.kind, start, end, one.substitute)
