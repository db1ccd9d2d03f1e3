"""Replaces what detection finds: bytes in, bytes out, with what was done."""

from __future__ import annotations

from codekiln.cleaning import gate
from codekiln.cleaning.anonymize.blocks import KEY_BODY, is_key_body
from codekiln.cleaning.anonymize.detection import OF_SEVERAL_LINES, spans
from codekiln.cleaning.anonymize.edits import Replacement, compose
from codekiln.cleaning.anonymize.span import Span
from codekiln.cleaning.anonymize.substitutes import Substitutes

_MAX_PASSES = 8
"""Each pass but the last takes context away; real files need two."""
_AROUND = 2048
"""Bytes on either side of a replacement in which it may be read: checks read 600, few matches are longer."""


def redact_bytes(
    data: bytes, hits: frozenset[str], substitutes: Substitutes, language: str = "", also: frozenset[str] = frozenset()
) -> tuple[bytes, list[Replacement]]:
    """The data with every span replaced, and the replacements in order, with the places that they have in `data`.

    `also`: kinds of people.py that are looked for too. What a replacement takes away may have been the context that
    kept its neighbour, so passes go on until one finds nothing: then running again changes nothing either.
    """
    done: list[Replacement] = []
    for _ in range(_MAX_PASSES):
        changed, replaced = _replace_once(data, hits, substitutes, language, also)
        if not replaced:
            break
        done = compose(data, done, replaced)
        data = changed
        if _is_settled(data, hits, replaced, language, also):
            break
        hits = gate.alone().hits(data)
    return data, done


def _is_settled(
    data: bytes, hits: frozenset[str], replaced: list[Replacement], language: str, also: frozenset[str]
) -> bool:
    """Whether nothing is left to replace in `data`, as far as only what is around replacements can have changed."""
    around, shift = [(0, 0)], 0
    for one in replaced:
        start, length = one.span.start + shift, len(one.substitute.encode())
        shift += length - (one.span.end - one.span.start)
        first, last = max(0, start - _AROUND), min(len(data), start + length + _AROUND)
        if first > around[-1][1]:
            around.append((first, last))
        else:
            around[-1] = (around[-1][0], last)
    if 2 * sum(last - first for first, last in around) > len(data):
        return False
    look = gate.alone().hits
    near = frozenset[str]().union(*(look(data[first:last]) for first, last in around))
    return not spans(data, near | (hits & OF_SEVERAL_LINES), language, also, around)


def _replace_once(
    data: bytes, hits: frozenset[str], substitutes: Substitutes, language: str, also: frozenset[str]
) -> tuple[bytes, list[Replacement]]:
    found = spans(data, hits, language, also)
    if not found:
        return data, []
    replacements = [Replacement(span, _substitute(span, substitutes)) for span in found]
    pieces, at = [], 0
    for replacement in replacements:
        pieces += [data[at : replacement.span.start], replacement.substitute.encode()]
        at = replacement.span.end
    return b"".join([*pieces, data[at:]]), replacements


def _substitute(span: Span, substitutes: Substitutes) -> str:
    if span.kind == "email":
        return substitutes.email(span.value)
    if span.kind == "ipv4":
        return substitutes.ipv4(span.value)
    if span.kind == "phone":
        return substitutes.phone(span.value)
    if span.kind == "name":
        return substitutes.name(span.value)
    if span.kind == "ipv6":
        return substitutes.ipv6(span.value)
    if span.kind == "private_key":
        # What is around the runs of base64 stays: quotes, `\\n`, indentation, the first and the last line.
        return KEY_BODY.sub(lambda body: _key_body(body[0], substitutes), span.value)
    before, after = span.stays_before, len(span.value) - span.stays_after
    return span.value[:before] + substitutes.secret(span.kind, span.value[before:after]) + span.value[after:]


def _key_body(text: str, substitutes: Substitutes) -> str:
    return substitutes.secret("private_key", text) if is_key_body(text) else text
