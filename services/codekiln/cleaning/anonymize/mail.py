"""E-mail addresses: which reach somebody, which are examples, and what has their form and is none."""

# ruff: noqa: E501
from __future__ import annotations

import re

from codekiln.cleaning.anonymize import placeholders
from codekiln.cleaning.anonymize.surroundings import CONTEXT, line_start
from codekiln.cleaning.anonymize.toplevel import TOP_LEVEL_DOMAINS

_NOBODYS_DOMAINS = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net|edu)(?:\.[a-z]{2})?|example|test|invalid|localhost|local|domain\.(?:com|tld)|email\.com|mail\.com|mail\.gmail\.com|(?:foo|bar|baz|foobar)\.(?:com|org|net|bar|baz)|abc\.com|xyz\.com|test\.com|acme\.com|(?:my|your|some)?(?:company|domain|site|mail|email|host|server|app)\.(?:com|org|net)|openssh\.com|libssh\.org)$",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"(?:x[0-9A-Fa-f]{2}|[0-7]{3}|u[0-9A-Fa-f]{4})[A-Za-z]?")
"""After a backslash: of the bytes of a protobuf descriptor, in which `@` is a length."""
_ONE_LETTER = re.compile(r"([a-z])\1+@([a-z])\2+\.[a-z]{2,}", re.IGNORECASE)
"""`aaa@bbb.com`."""
_VERSION = re.compile(r"[0-9.-]+[a-z]*", re.IGNORECASE)
_NOBODYS_LOCALS = re.compile(
    r"^(?:git|hg|svn|noreply|no-reply|donotreply|do-not-reply|user|username|your[a-z._-]*|user[0-9]+|test[0-9]+|you|me|(?:[a-z]+-)?keep-?alive|name|email|e-mail|mail|sender|recipient|receiver|password|passwd|secret|foo|bar|baz|someone|somebody|nobody|anonymous|placeholder|example|test|x+|[a-z]|aa|ab|bb|cc|xy|xx)$",
    re.IGNORECASE,
)


_GOES_ON = re.compile(rb"[(\[_@{]|(?!E<gt>)[A-Za-z0-9]|\.[A-Za-z0-9]")
_COMMENT = re.compile(rb"(?:^|[^:])//$")
"""What stands before an address in a comment, and not in a URL."""
_MACRO = re.compile(rb"\\[A-Za-z]{2,20}\*?\{$")
"""`\\email{` of TeX, and no place in a template."""
_NUMBERED = frozenset({"163.com", "126.com", "139.com", "189.cn", "263.net"})
"""Mail services whose names are numbers, as no version is."""
_REMOTE = re.compile(rb"\b(?:ssh(?!-)|scp|sftp|rsync|mosh|sshfs|autossh|ssh-copy-id)\b[^\n|;&]*$")
"""On a line that calls one of these, `user@host` is an account of a machine."""
_IDENTIFIER_BEFORE = re.compile(
    rb"\b(?:(?:message|call|content|session|dialog)[-_]?id|in[-_]reply[-_]to|references(?=:[ \t]*<))\b[\"'\])]{0,2}[ \t]{0,4}[:=,(][ \tb\"'`(<]{0,8}$",
    re.IGNORECASE,
)
"""RFC 5322, 3261 and 2392: what follows is the name of a message, of a call or of a part, and reaches nobody.

Next to it: in `"session_id": 5, "email": "..."` the address is somebody's."""
_STAMPED = re.compile(r"\d{8,}\.[A-Za-z0-9.]+")
"""A message's name too: a date and a number."""


def is_somebodys(value: str, data: bytes, start: int, end: int) -> bool | None:
    """A check, as checks.py has them, of what has the form of an address."""
    local, _, domain = value.rpartition("@")
    top = domain.rpartition(".")[2]
    if top.lower() not in TOP_LEVEL_DOMAINS:
        return None
    before = data[max(0, start - 3) : start]
    if before[-1:] in (b"@", b"$") or (before[-1:] == b"/" and not _COMMENT.search(before)):
        return None
    if before[-1:] == b"{" and not _MACRO.search(data, max(0, start - 24), start):
        return None
    if before[-1:] == b"\\" and _ESCAPE.fullmatch(local):
        return None
    after = data[end : end + 1]
    if after == b":" and data[end + 1 : end + 2].strip(b" \t\r\n\"'`<)]"):
        return None  # user@host:path
    line = line_start(data, start, 2 * CONTEXT)
    if _REMOTE.search(data, line, start):
        return None
    if _STAMPED.fullmatch(local) or _IDENTIFIER_BEFORE.search(data, line, start):
        return False
    if _GOES_ON.match(data, end):
        return None  # a call or an attribute: code, and not an address
    if domain[0].isdigit() and domain.lower() not in _NUMBERED and _VERSION.fullmatch(domain):
        return None  # package@1.2.dev
    if _NOBODYS_DOMAINS.search(domain):
        return False
    if _NOBODYS_LOCALS.search(local) or _ONE_LETTER.fullmatch(value) or placeholders.is_template(value):
        return False
    return len(local.encode()) > 1 and len(domain.partition(".")[0]) > 1 and len(domain) > 4
