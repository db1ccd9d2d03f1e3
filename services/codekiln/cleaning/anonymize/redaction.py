"""Replaces what detection finds: bytes in, bytes out, with what was done."""

from __future__ import annotations

from dataclasses import dataclass

from codekiln.cleaning import gate
from codekiln.cleaning.anonymize.detection import Span, spans
from codekiln.cleaning.anonymize.substitutes import Substitutes

_MAX_PASSES = 8
"""Each pass but the last takes context away; real files need two."""


@dataclass(frozen=True)
class Replacement:
    """One span and what stands there now."""

    span: Span
    substitute: str


def redact_bytes(
    data: bytes, hits: frozenset[str], substitutes: Substitutes, language: str = ""
) -> tuple[bytes, list[Replacement]]:
    """The data with every span replaced, and the replacements in order; those of a later pass follow.

    What a replacement takes away may have been the context that kept its neighbour, so passes go on until one finds
    nothing: then running again changes nothing either.
    """
    done: list[Replacement] = []
    for _ in range(_MAX_PASSES):
        data, replaced = _replace_once(data, hits, substitutes, language)
        if not replaced:
            break
        done += replaced
        hits = gate.shared().hits(data)
    return data, done


def _replace_once(
    data: bytes, hits: frozenset[str], substitutes: Substitutes, language: str
) -> tuple[bytes, list[Replacement]]:
    found = spans(data, hits, language)
    if not found:
        return data, []
    replacements = [Replacement(span, _substitute(span, substitutes)) for span in found]
    pieces, at = [], 0
    for replacement in replacements:
        pieces += [data[at : replacement.span.start], replacement.substitute.encode()]
        at = replacement.span.end
    return b"".join([*pieces, data[at:]]), replacements


def redact(text: str, repository: str = "", *, seed: int = 0, language: str = "") -> tuple[str, list[Replacement]]:
    """The text with personal data and secrets replaced. Offsets of the replacements count bytes of UTF-8."""
    data = text.encode()
    new, replacements = redact_bytes(data, gate.shared().hits(data), Substitutes(seed, repository), language)
    return new.decode(), replacements


def _substitute(span: Span, substitutes: Substitutes) -> str:
    if span.kind == "email":
        return substitutes.email(span.value)
    if span.kind == "ipv4":
        return substitutes.ipv4(span.value)
    if span.kind == "ipv6":
        return substitutes.ipv6(span.value)
    return substitutes.secret(span.kind, span.value)
