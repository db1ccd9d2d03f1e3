"""Boilerplate goes sentence by sentence: what the table of boilerplate_rules.py finds, to the ends of its sentence."""

from __future__ import annotations

import re
from functools import cache

from codekiln.cleaning.text.boilerplate_rules import BOILERPLATE
from codekiln.cleaning.text.signs import Signs

_COMPILED = tuple(
    (rule, re.compile(rf"^[ \t]*(?:{rule.expression})[ \t]*$\n?" if rule.line else rule.expression, re.M | re.I))
    for rule in BOILERPLATE
)
_LONGEST = 1500
"""Characters of a sentence that may go: beyond, its ends were not found."""
_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|Nos?|Figs?|FIGS?|Inc|Corp|Ltd|Co|vs?|[Ss]ecs?|etc|al|[Aa]rts?|[Ee]x|[Ii]d|cf|e\.g|i\.e|Mr|Mrs|Ms|Dr|Jr|Sr|St|[Pp]ars?|[Cc]l|Ct|App|Cir|Rev|Stat|Pat|Pub|Supp|approx)|\d)$"
)
_NUMBER_ALONE = re.compile(r"^[ \t]*[\[<(]\d{3,5}[\])>][ \t]*$\n?", re.MULTILINE)
_END = re.compile(r"[.!?][\"'\u201d\u2019)\]]{0,2}(?=\s|$)")


def drop_boilerplate(text: str) -> tuple[str, dict[str, int]]:
    """The text without it, and how often each rule found something."""
    found: dict[str, int] = {}
    for number in _signs().found(text):
        rule, compiled = _COMPILED[number]
        text, count = compiled.subn("", text) if rule.line else _without_sentences(text, compiled, rule.words)
        if count:
            found[rule.name] = count
    return text, found


@cache
def _signs() -> Signs:
    return Signs(["|".join(map(re.escape, rule.words)) for rule in BOILERPLATE], caseless=True)


def _without_sentences(text: str, expression: re.Pattern[str], words: tuple[str, ...]) -> tuple[str, int]:
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters have two when they are small
        lowered = text
    kept: list[str] = []
    at = count = last = 0
    for place in sorted(found.start() for word in words for found in re.finditer(re.escape(word), lowered)):
        if place < last:
            continue
        start, last = _start(text, place, at), _finish(text, place + 1)
        if last - start <= _LONGEST and expression.search(text, start, last):
            kept.append(text[at:start])
            at, count = last, count + 1
    rest = "".join(kept) + text[at:]
    return (_NUMBER_ALONE.sub("", rest) if count else text), count


def _start(text: str, at: int, least: int) -> int:
    """Where the sentence begins that `at` lies in."""
    floor = max(least, text.rfind("\n", 0, at) + 1)
    best = floor
    for end in _END.finditer(text, floor, at):
        if not _ABBREVIATED.search(text[max(floor, end.start() - 8) : end.start()]):
            best = end.end()
    while best < at and text[best] in " \t":
        best += 1
    return best


def _finish(text: str, at: int) -> int:
    """Behind the sentence and the white space after it."""
    line_end = text.find("\n", at)
    line_end = len(text) if line_end < 0 else line_end
    for end in _END.finditer(text, max(0, at - 1), line_end):
        if not _ABBREVIATED.search(text[max(0, end.start() - 8) : end.start()]):
            stop = end.end()
            while stop < line_end and text[stop] in " \t":
                stop += 1
            return stop
    return line_end
