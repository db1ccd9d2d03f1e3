"""Replacements of several passes as one list, in the places that they have in the original."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codekiln.cleaning.anonymize.span import Span


@dataclass(frozen=True)
class Replacement:
    """One span and what stands there now."""

    span: Span
    substitute: str


def compose(data: bytes, before: list[Replacement], found: list[Replacement]) -> list[Replacement]:
    """`before`, in places of the original, and `found`, in places of `data`, which is the original after `before`.

    In the original's places and order. Where a new one touches an old one, one stands for both.
    """
    done: list[Replacement] = []
    waiting, shift = list(before), 0
    for new in found:
        start, end, text = new.span.start, new.span.end, new.substitute.encode()
        while waiting and _end(waiting[0], shift) <= start:
            done.append(waiting[0])
            shift += _growth(waiting.pop(0))
        first = start - shift
        if waiting and waiting[0].span.start + shift < start:
            first = waiting[0].span.start
            text = data[first + shift : start] + text
        while waiting and waiting[0].span.start + shift < end:
            old_end = _end(waiting[0], shift)
            if old_end > end:
                text, end = text + data[end:old_end], old_end
            shift += _growth(waiting.pop(0))
        done.append(Replacement(replace(new.span, start=first, end=end - shift), text.decode(errors="replace")))
    return done + waiting


def _end(old: Replacement, shift: int) -> int:
    return old.span.start + shift + len(old.substitute.encode())


def _growth(old: Replacement) -> int:
    return len(old.substitute.encode()) - (old.span.end - old.span.start)
