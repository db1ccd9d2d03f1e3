"""Finds personal data and secrets: bytes in, spans out. A match that is kept (an example, a private address) still holds
its place, so that no later rule takes a part of it.
"""

# ruff: noqa: E501
from __future__ import annotations

import base64
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from codekiln.cleaning.anonymize import network, placeholders, secrets
from codekiln.cleaning.anonymize.rule import Rule
from codekiln.cleaning.anonymize.rules import RULES
from codekiln.cleaning.anonymize.substitutes import is_substitute
from codekiln.cleaning.anonymize.toplevel import TOP_LEVEL_DOMAINS
from codekiln.cleaning.patterns import expression

_CONTEXT = 64
_LONGEST = 300
"""Bytes of a secret that is told by its name; what is longer is data."""
_FARTHEST = 64
"""Bytes between a name and its value."""


@dataclass(frozen=True)
class Span:
    """A part of a file: offsets in bytes, its kind, its text, and whether it is to be replaced.

    Of the text, so many characters stay at both ends: `ghp_` is no secret, and says what the rest is.
    """

    start: int
    end: int
    kind: str
    value: str
    replace: bool = True
    stays_before: int = 0
    stays_after: int = 0


_RANKED = {rule.pattern_name: (rank, rule) for rank, rule in enumerate(RULES)}
"""By the gate's name, each with its precedence."""


def spans(data: bytes, hits: frozenset[str], language: str = "") -> list[Span]:
    """All spans to be replaced, in order, none overlapping. `hits` is what the gate says of `data`.

    Without a language every rule looks, those that are meant for settings files alone too.
    """
    taken: list[Span] = []
    for _, rule in sorted(_RANKED[name] for name in hits if name in _RANKED):
        if rule.languages and language and language not in rule.languages:
            continue
        for span in _matches(rule, data):
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


def _matches(rule: Rule, data: bytes) -> Iterator[Span]:
    if rule.check == "private_key":
        yield from _private_keys(data)
        return
    compiled, at = _compiled(rule), 0
    while found := compiled.search(data, at):
        start, end = found.span(compiled.groups)
        value = data[start:end].decode(errors="replace")
        # Not from the end of the match: what ends this line may begin the next match.
        at = max(end, found.start() + 1)
        if rule.is_named:
            named = found.end(1)
            if end - start > _LONGEST or start - named > _FARTHEST:
                continue
            verdict = _NAMED_CHECKS[rule.check](value, data, start, end, _name(data, *found.span(1)))
            if verdict is None:
                at = named  # the value may be a name too: get("TOKEN", "...")
        else:
            verdict = _CHECKS[rule.check](value, data, start, end)
        if verdict is not None:
            first, last = found.span(0) if rule.is_whole else (start, end)
            whole = data[first:last].decode(errors="replace")
            yield Span(first, last, rule.kind, whole, verdict, start - first, last - end)


def _name(data: bytes, start: int, end: int) -> str:
    """The whole name of which the match may have the end only."""
    before = _NAME_BEFORE.search(data, max(0, start - _CONTEXT), start)
    return data[before.start() if before else start : end].decode(errors="replace")


@cache
def _compiled(rule: Rule) -> Any:
    return expression(rule.expression, caseless=rule.caseless)


# A check answers True: replace it; False: it stays, and holds its place; None: it is not what the rule is about.


def _token(value: str, data: bytes, start: int, end: int) -> bool | None:
    if data[end : end + 1].isalnum():
        return None  # longer than the format
    return secrets.is_token(value) and not is_substitute(value)


_JWT_EXAMPLE = re.compile(rb'"sub": ?"1234567890"|"name": ?"John Doe"|//example\.com/is_root')
"""jwt.io's, which is in every tutorial, and that of RFC 7519."""
_TEST_VECTOR = re.compile(rb"\bRFC[ -]?\d{3,5}\b|test[ _-]?vectors?\b|known[ -]answer", re.IGNORECASE)


def _is_test_vector(data: bytes, start: int) -> bool:
    """Whether its line or the one before says that a published example follows: it is nobody's, and has to stay what it is."""
    line = data.rfind(b"\n", 0, start) + 1
    before = data.rfind(b"\n", 0, max(0, line - 1)) + 1
    return _TEST_VECTOR.search(data, max(before, start - 4 * _CONTEXT), start) is not None


def _jwt(value: str, data: bytes, start: int, end: int) -> bool | None:
    claims = value.split(".")[1]
    try:
        said = base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
    except ValueError:
        said = b""
    return not (_JWT_EXAMPLE.search(said) or _is_test_vector(data, start)) and not is_substitute(value)


def _password(value: str, data: bytes, start: int, end: int) -> bool | None:
    return secrets.is_password(value) and not is_substitute(value)


def _random(value: str, data: bytes, start: int, end: int) -> bool | None:
    return secrets.is_random(value) and not is_substitute(value)


_NAME_BEFORE = re.compile(rb"[A-Za-z0-9_.$-]*$")


def _assigned(value: str, data: bytes, start: int, end: int, name: str) -> bool | None:
    if not secrets.is_assigned_secret(value, name) or _is_test_vector(data, start):
        return None
    return not is_substitute(value)


def _mentioned(value: str, data: bytes, start: int, end: int, name: str) -> bool | None:
    return _assigned(value, data, start, end, name) if secrets.is_out_of_the_ordinary(value) else None


def _password_strict(value: str, data: bytes, start: int, end: int) -> bool | None:
    if not secrets.is_used_password(value):
        return None
    return not is_substitute(value)


def _basic(value: str, data: bytes, start: int, end: int) -> bool | None:
    """`user:password` in base64."""
    try:
        said = base64.b64decode(value, validate=True).decode("ascii")
    except ValueError:
        return None
    if ":" not in said or not said.isprintable():
        return None
    return secrets.is_password(said.partition(":")[2]) and not is_substitute(value)


def _header(value: str, data: bytes, start: int, end: int) -> bool | None:
    return secrets.is_header_secret(value) and not is_substitute(value)


_NOBODYS_DOMAINS = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost|local|domain\.(?:com|tld)|email\.com|mail\.com|foo\.com|bar\.com|acme\.com|company\.com|yourdomain\.com|mydomain\.com|host\.com|server\.com|openssh\.com|libssh\.org)$",
    re.IGNORECASE,
)
_NOBODYS_LOCALS = re.compile(
    r"^(?:git|hg|svn|noreply|no-reply|donotreply|do-not-reply|user|username|your[._-]?(?:name|email)?|you|me|name|email|e-mail|mail|foo|bar|baz|someone|somebody|nobody|anonymous|placeholder|example|test|x+|[a-e]|[a-z]{1,2})$",
    re.IGNORECASE,
)


_REMOTE = re.compile(rb"\b(?:ssh|scp|sftp|rsync|mosh|sshfs|autossh|ssh-copy-id)\b[^\n|;&]*$")
"""On a line that calls one of these, `user@host` is an account of a machine."""


def _email(value: str, data: bytes, start: int, end: int) -> bool | None:
    local, _, domain = value.rpartition("@")
    top = domain.rpartition(".")[2]
    if top.lower() not in TOP_LEVEL_DOMAINS or (top != top.lower() and top != top.upper()):
        return None
    if start and data[start - 1 : start] in (b"@", b"/", b"$", b"{"):
        return None
    after = data[end : end + 1]
    if after == b":" and data[end + 1 : end + 2].strip(b" \t\r\n\"'`<)]"):
        return None  # user@host:path
    if _REMOTE.search(data, max(0, data.rfind(b"\n", 0, start) + 1, start - 2 * _CONTEXT), start):
        return None
    if after in (b"(", b"[", b"_", b"@", b"{") or after.isalnum():
        return None  # a call or an attribute: code, and not an address
    if domain.replace(".", "").replace("-", "").rstrip("abcdefghijklmnopqrstuvwxyz").isdigit() and domain[0].isdigit():
        return None  # package@1.2.dev
    if _NOBODYS_DOMAINS.search(domain):
        return False
    if _NOBODYS_LOCALS.search(local) or placeholders.is_template(value):
        return False
    return len(local) > 1 and len(domain) > 4


def _ipv4(value: str, data: bytes, start: int, end: int) -> bool | None:
    if data[end : end + 1] in (b".", b"-", b"_") and data[end + 1 : end + 2].isalnum():
        return None
    if start and data[start - 1 : start] in (b".", b"-", b"_"):
        return None
    if any(len(part) > 1 and part[0] == "0" for part in value.split(".")):
        return None
    if not network.is_public_v4(value):
        return False
    line = data.rfind(b"\n", 0, start) + 1
    before, after = data[max(line, start - _CONTEXT) : start], data[end : end + 16]
    return not network.reads_as_version(value, before, after)


def _ipv6(value: str, data: bytes, start: int, end: int) -> bool | None:
    if start and (data[start - 1 : start] in (b":", b".", b"-") or data[start - 1 : start].isalnum()):
        return None
    after = data[end : end + 1]
    if after.isalnum() or after == b":" or (after == b"." and data[end + 1 : end + 2].isalnum()):
        return None
    if "::" not in value and value.count(":") != 7:
        return None
    try:
        return network.is_public_v6(value)
    except ValueError:
        return None


_CHECKS: dict[str, Callable[[str, bytes, int, int], bool | None]] = {
    "token": _token,
    "jwt": _jwt,
    "password": _password,
    "random": _random,
    "password_strict": _password_strict,
    "basic": _basic,
    "header": _header,
    "email": _email,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
}

_NAMED_CHECKS: dict[str, Callable[[str, bytes, int, int, str], bool | None]] = {
    "assigned": _assigned,
    "mentioned": _mentioned,
}

_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?)-----")
_MAX_KEY = 65_536
KEY_BODY = re.compile(r"(?:(?<=\\n)|(?<=\\r)|(?<![A-Za-z0-9+/=\\]))[A-Za-z0-9+/=]{16,}")
"""A run of base64 between the two lines of a PEM block."""


def _private_keys(data: bytes) -> Iterator[Span]:
    """PEM blocks of private keys, from the first line to the last; those of which nothing is to be replaced too."""
    for found in _BEGIN.finditer(data):
        last = b"-----END " + found[1] + b"-----"
        end = data.find(last, found.end(), found.end() + _MAX_KEY)
        if end < 0:
            continue
        value = data[found.start() : end + len(last)].decode(errors="replace")
        real = not _is_test_vector(data, found.start()) and any(
            is_key_body(body[0]) for body in KEY_BODY.finditer(value)
        )
        yield Span(found.start(), end + len(last), "private_key", value, real)


def is_key_body(text: str) -> bool:
    """Whether a run of base64 is part of somebody's key."""
    return secrets.is_token(text) and not is_substitute(text)
