"""Secrets of several lines: private keys from their first line to their last, and the data of Kubernetes Secrets."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from codekiln.cleaning.anonymize import secrets
from codekiln.cleaning.anonymize.span import Span
from codekiln.cleaning.anonymize.substitutes import is_substitute
from codekiln.cleaning.anonymize.surroundings import is_test_vector
from codekiln.cleaning.anonymize.wordiness import is_wordy

_BEGIN = re.compile(
    rb"-----BEGIN ([A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?)-----|---- BEGIN (SSH2 ENCRYPTED PRIVATE KEY) ----"
    rb"|PuTTY-User-Key-File-\d: "
)
_MAC = re.compile(rb"Private-MAC: [0-9a-f]+")
"""Ends a key file of PuTTY."""
_MAX_KEY = 65_536
KEY_BODY = re.compile(r"(?:(?<=\\n)|(?<=\\r)|(?<![A-Za-z0-9+/=\\]))[A-Za-z0-9+/=]{16,}")
"""A run of base64 between the two lines of a PEM block."""


def private_keys(data: bytes) -> Iterator[Span]:
    """Blocks of PEM, of OpenPGP, of SSH2 and of PuTTY; those of which nothing is to be replaced too."""
    for found in _BEGIN.finditer(data):
        end = _end(data, found)
        if end < 0:
            continue
        value = data[found.start() : end].decode(errors="replace")
        real = not is_test_vector(data, found.start()) and any(
            is_key_body(body[0]) for body in KEY_BODY.finditer(value)
        )
        yield Span(found.start(), end, "private_key", value, real)


def _end(data: bytes, begin: re.Match[bytes]) -> int:
    """Where the block ends; -1 for one without an end."""
    most = begin.end() + _MAX_KEY
    if begin[1] or begin[2]:
        last = b"-----END " + begin[1] + b"-----" if begin[1] else b"---- END " + begin[2] + b" ----"
        at = data.find(last, begin.end(), most)
        return at + len(last) if at >= 0 else -1
    mac = _MAC.search(data, begin.end(), most)
    return mac.end() if mac else -1


def is_key_body(text: str) -> bool:
    """Whether a run of base64 is part of somebody's key."""
    return secrets.is_token(text) and not is_substitute(text)


_SECRET = re.compile(rb"^kind:[ \t]*[\"']?Secret[\"']?[ \t]*\r?$", re.MULTILINE)
_DOCUMENT = re.compile(rb"^---", re.MULTILINE)
_DATA = re.compile(rb"^data:[ \t]*\r?\n((?:[ \t]+[^\n]*\n?|[ \t]*\r?\n)*)", re.MULTILINE)
_ENTRY = re.compile(
    rb"^[ \t]+[\"']?([A-Za-z0-9._-]+)[\"']?:[ \t]*[\"']?([A-Za-z0-9+/]{8,}={0,2})[\"']?[ \t]*\r?$", re.MULTILINE
)
_NO_SECRET = re.compile(r"user|name|host|port|mail|database|region|bucket|\.crt$|ca\.", re.IGNORECASE)


def kubernetes_secrets(data: bytes) -> Iterator[Span]:
    """Values in base64 below `data` of a manifest of kind Secret."""
    first = 0
    for last in (*(cut.start() for cut in _DOCUMENT.finditer(data)), len(data)):
        kind = _SECRET.search(data, first, last)
        if kind and not is_test_vector(data, kind.start()):
            yield from _entries(data, first, last)
        first = last


def _entries(data: bytes, first: int, last: int) -> Iterator[Span]:
    for block in _DATA.finditer(data, first, last):
        for entry in _ENTRY.finditer(data, block.start(1), block.end(1)):
            value = entry[2].decode()
            if _is_secret_entry(entry[1].decode(), value):
                yield Span(*entry.span(2), "secret", value, not is_substitute(value))


def _is_secret_entry(name: str, value: str) -> bool:
    try:
        said = base64.b64decode(value, validate=True)
    except binascii.Error:
        return False
    if not said.isascii():
        return not _NO_SECRET.search(name)
    text = said.decode().strip()
    if not secrets.is_password(text) or "-----BEGIN CERT" in text:
        return False
    return not (_NO_SECRET.search(name) or is_wordy(text))
