"""Replaces personal data in a legal document: its parties and their numbers, then what the profile `code` replaces."""

from __future__ import annotations

from codekiln.cleaning import gate
from codekiln.cleaning.anonymize.edits import Replacement, compose
from codekiln.cleaning.anonymize.redaction import redact_bytes
from codekiln.cleaning.anonymize.span import Span
from codekiln.cleaning.anonymize.substitutes import Substitutes
from codekiln.cleaning.text.citations import Citations
from codekiln.cleaning.text.identifiers import Found, identifiers
from codekiln.cleaning.text.parties import parties

_MAX_PASSES = 4


def redact_text(
    data: bytes, hits: frozenset[str], substitutes: Substitutes, language: str = "", also: frozenset[str] = frozenset()
) -> tuple[bytes, list[Replacement]]:
    """The data with every span replaced, and the replacements in order, with the places that they have in `data`.

    Bytes that are no UTF-8 stay as they are. `hits` is for the same arguments as redact_bytes.
    """
    done: list[Replacement] = []
    text = data.decode("utf-8", "surrogateescape")
    for _ in range(_MAX_PASSES):
        found = _disjoint(text, substitutes)
        if not found:
            break
        before = text.encode("utf-8", "surrogateescape")
        done = compose(before, done, _in_bytes(text, found))
        text = _applied(text, found)
    changed = text.encode("utf-8", "surrogateescape")
    hits = gate.shared().hits(changed) if done else hits
    changed, others = redact_bytes(changed, hits, substitutes, language, also)
    return changed, compose(text.encode("utf-8", "surrogateescape"), done, others)


def _disjoint(text: str, substitutes: Substitutes) -> list[Found]:
    """What is found, in order; numbers before names, nothing inside a citation."""
    citations = Citations(text)
    candidates = [one for one in identifiers(text, substitutes) if not citations.touches(one.start, one.end)]
    taken: list[Found] = []
    for one in sorted([*candidates, *parties(text, citations, substitutes)], key=lambda one: (one.start, -one.end)):
        if not taken or taken[-1].end <= one.start:
            taken.append(one)
    return [one for one in taken if text[one.start : one.end] != one.substitute]


def _applied(text: str, found: list[Found]) -> str:
    pieces, at = [], 0
    for one in found:
        pieces += [text[at : one.start], one.substitute]
        at = one.end
    return "".join([*pieces, text[at:]])


def _in_bytes(text: str, found: list[Found]) -> list[Replacement]:
    replacements, at, offset = [], 0, 0
    for one in found:
        offset += len(text[at : one.start].encode("utf-8", "surrogateescape"))
        value = text[one.start : one.end]
        end = offset + len(value.encode("utf-8", "surrogateescape"))
        replacements.append(Replacement(Span(offset, end, one.kind, value), one.substitute))
        at, offset = one.end, end
    return replacements
