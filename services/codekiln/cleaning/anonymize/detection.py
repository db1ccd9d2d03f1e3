"""Finds personal data and secrets: bytes in, spans out.
A match that is kept (an example, a private address) still holds its place, so that no later rule takes a part of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from codekiln.cleaning.anonymize.blocks import kubernetes_secrets, private_keys
from codekiln.cleaning.anonymize.checks import CHECKS, NAMED_CHECKS, Check, NamedCheck
from codekiln.cleaning.anonymize.inserts import inserted_secrets
from codekiln.cleaning.anonymize.people import OPTIONAL, is_name, is_phone
from codekiln.cleaning.anonymize.rule import Rule
from codekiln.cleaning.anonymize.rules import RULES
from codekiln.cleaning.anonymize.span import Span
from codekiln.cleaning.patterns import expression

_LONGEST = 300
"""Bytes of a secret that is told by its name; what is longer is data."""
_LONGEST_KEY = 20_000
"""Bytes of a value that is told by its form: a key in base64 has a tenth of it."""
_FARTHEST = 64
"""Bytes between a name and its value."""


_ALL_CHECKS = {**CHECKS, "phone": is_phone, "name": is_name}
_BLOCKS: dict[str, Callable[[bytes], Iterator[Span]]] = {
    "private_key": private_keys,
    "kubernetes": kubernetes_secrets,
    "inserts": inserted_secrets,
}
_RANKED = {rule.pattern_name: (rank, rule) for rank, rule in enumerate(RULES)}
"""By the gate's name, each with its precedence."""
OF_SEVERAL_LINES = frozenset(rule.pattern_name for rule in RULES if rule.check in _BLOCKS)
"""By the gate's name: what one of these finds may depend on any line."""


Regions = Sequence[tuple[int, int]]
"""Parts of some data: start and end of each, in order."""


def spans(
    data: bytes,
    hits: frozenset[str],
    language: str = "",
    also: frozenset[str] = frozenset(),
    within: Regions | None = None,
) -> list[Span]:
    """All spans to be replaced, in order, none overlapping. `hits` is what the gate says of `data`.

    `also`: kinds of people.py to look for too. Without a language every rule looks, those that are meant for settings
    files alone too. `within`: where to look, everywhere when None; what several lines hold is always looked for.
    """
    if not hits and not also:
        return []
    taken: list[Span] = []
    for _, rule in sorted(_RANKED[name] for name in hits if name in _RANKED):
        if rule.languages and language and language not in rule.languages:
            continue
        for span in _matches(rule, data, within):
            _take(taken, span)
    for rule in OPTIONAL if also else ():
        if rule.kind in also:
            for span in _matches(rule, data, within):
                _take(taken, span)
    return [span for span in taken if span.replace]


def _take(taken: list[Span], span: Span) -> None:
    """Adds it to the sorted list unless its place is taken."""
    at = bisect_left(taken, span.start, key=lambda other: other.start)
    if at > 0 and taken[at - 1].end > span.start:
        return
    if at < len(taken) and taken[at].start < span.end:
        return
    taken.insert(at, span)


def _matches(rule: Rule, data: bytes, within: Regions | None) -> Iterator[Span]:
    if rule.check in _BLOCKS:
        yield from _BLOCKS[rule.check](data)
        return
    for first, last in ((0, len(data)),) if within is None else within:
        yield from _matches_in(rule, data, first, last)


def _matches_in(rule: Rule, data: bytes, at: int, last: int) -> Iterator[Span]:
    sought = _sought(rule)
    while found := sought.compiled.search(data, at, last):
        start, end = found.span(sought.group)
        # Not from the end of the match: what ends this line may begin the next match.
        at = max(end, found.start() + 1)
        if sought.named is not None:
            named = found.end(1)
            if end - start > _LONGEST or start - named > _FARTHEST:
                continue
            name = _name(data, *found.span(1))
            if (account := _USER.match(data, start, end)) and _ACCOUNT.search(name):
                start = account.end()
            value = data[start:end].decode(errors="replace")
            verdict = sought.named(value, data, start, end, name)
            if verdict is None:
                at = named  # the value may be a name too: get("TOKEN", "...")
        elif sought.check is None or end - start > _LONGEST_KEY:
            continue
        else:
            value = data[start:end].decode(errors="replace")
            verdict = sought.check(value, data, start, end)
        if verdict is not None:
            left, right = found.span(0) if sought.is_whole else (start, end)
            left += 2 * (sought.is_whole and data[left : left + 1] == b"\\")
            whole = data[left:right].decode(errors="replace")
            yield Span(left, right, rule.kind, whole, verdict, start - left, right - end)


_ACCOUNT = re.compile(r"(?:credentials?|user_?(?:pass(?:word)?|pwd)|basic_?auth)$", re.IGNORECASE)
_USER = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]{0,31}:(?=[^:/]{6})")
"""Of `user:password` under such a name the password is the secret."""
_NAME_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.$-"
_LONGEST_NAME = 64


def _name(data: bytes, start: int, end: int) -> str:
    """The whole name of which the match may have the end only."""
    before = data[max(0, start - _LONGEST_NAME) : start]
    return data[start - len(before) + len(before.rstrip(_NAME_BYTES)) : end].decode(errors="replace")


class _Sought(NamedTuple):
    """What each match of a rule is asked for, worked out once: a corpus has millions of matches."""

    compiled: Any
    group: int
    is_whole: bool
    check: Check | None
    named: NamedCheck | None


@cache
def _sought(rule: Rule) -> _Sought:
    compiled = expression(rule.sought, caseless=rule.caseless)
    check, named = _ALL_CHECKS.get(rule.check), NAMED_CHECKS.get(rule.check)
    return _Sought(compiled, compiled.groups, rule.is_whole, check, named)
