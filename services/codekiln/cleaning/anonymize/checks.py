"""Judges what a rule found, one function a check: True: replace it; False: it stays, and holds its place; None: it is
not what the rule is about.
"""

# ruff: noqa: E501
from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable

from codekiln.cleaning.anonymize import mail, network, secrets
from codekiln.cleaning.anonymize.chosen import is_compound
from codekiln.cleaning.anonymize.substitutes import is_substitute
from codekiln.cleaning.anonymize.surroundings import CONTEXT, is_test_vector, line_start

Check = Callable[[str, bytes, int, int], bool | None]
"""Of a value, and of the data with the place where it stands."""
NamedCheck = Callable[[str, bytes, int, int, str], bool | None]
"""The same with the name of the value."""
_DIGEST = re.compile(rb"sha(?:1|224|256|384|512)[=:-][A-Za-z0-9]{0,8}$", re.IGNORECASE)


def _is_digest(data: bytes, start: int) -> bool:
    """Whether it stands in an integrity attribute, which begins as a key does by chance."""
    return _DIGEST.search(data, max(0, start - 16), start) is not None


def _token(value: str, data: bytes, start: int, end: int) -> bool | None:
    if data[end : end + 1].isalnum():
        return None  # longer than the format
    if _is_digest(data, start):
        return None
    return secrets.is_token(value) and not is_substitute(value)


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def has_crc32(value: str) -> bool:
    """Whether its last six characters are the CRC32 of the others in base 62, as GitHub's and npm's tokens have it.

    GitHub's engineering blog, "Behind GitHub's new authentication token formats" (2021).
    """
    rest = zlib.crc32(value[:-6].encode("utf-8", "surrogatepass"))
    digits = [_BASE62[rest // 62**place % 62] for place in range(5, -1, -1)]
    return value[-6:] == "".join(digits)


def _crc32(value: str, data: bytes, start: int, end: int) -> bool | None:
    """With a right checksum it is a token, however much it looks like an example. A wrong one proves nothing: keys are
    cut, mistyped and made up by those who test scanners."""
    if data[end : end + 1].isalnum():
        return None
    return has_crc32(value) or (secrets.is_token(value) and not is_substitute(value))


_JWT_EXAMPLE = re.compile(rb'"sub": ?"1234567890"|"name": ?"John Doe"|//example\.com/is_root')
"""jwt.io's, which is in every tutorial, and that of RFC 7519."""


def _jwt(value: str, data: bytes, start: int, end: int) -> bool | None:
    claims = value.split(".")[1]
    try:
        said = base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
    except ValueError:
        said = b""
    return not (_JWT_EXAMPLE.search(said) or is_test_vector(data, start)) and not is_substitute(value)


def _url_password(value: str, data: bytes, start: int, end: int) -> bool | None:
    user = data[max(0, start - 1 - len(value)) : start - 1]
    if user.decode(errors="replace") == value:
        return False  # `postgres:postgres@`, as nobody's account has it
    return _password(value, data, start, end)


def _password(value: str, data: bytes, start: int, end: int) -> bool | None:
    return secrets.is_password(value) and not is_substitute(value)


def _random(value: str, data: bytes, start: int, end: int) -> bool | None:
    if _is_digest(data, start):
        return None
    return secrets.is_random(value) and not is_substitute(value)


def _assigned(value: str, data: bytes, start: int, end: int, name: str) -> bool | None:
    if not secrets.is_assigned_secret(value, name) or is_test_vector(data, start):
        return None
    return not is_substitute(value)


def _mentioned(value: str, data: bytes, start: int, end: int, name: str) -> bool | None:
    return _assigned(value, data, start, end, name) if secrets.is_out_of_the_ordinary(value, name) else None


def _password_strict(value: str, data: bytes, start: int, end: int) -> bool | None:
    if not secrets.is_used_password(value):
        return None
    return not is_substitute(value)


def _argument(value: str, data: bytes, start: int, end: int) -> bool | None:
    """Of a command's option or argument, which nothing but a password can be."""
    return not is_substitute(value) if secrets.is_sure_password(value) else None


_ONLY = re.compile(rb"\([ \t]*[A-Za-z@]{0,2}[\"'`]$")
"""What stands before the first value of a call."""
_MARK = re.compile(r"[!#$%&*+]")
"""No name of an entry has these."""


def _credentials(value: str, data: bytes, start: int, end: int) -> bool | None:
    """Of a call such as `login(...)`: the only value may name an entry of a vault, as in `credentials('Docker-Hub-2')`."""
    if is_compound(value) and not _MARK.search(value) and _ONLY.search(data, line_start(data, start, CONTEXT), start):
        return None
    return _password_strict(value, data, start, end)


def _connection_password(value: str, data: bytes, start: int, end: int) -> bool | None:
    """Of a connection to a database: there stands a password or a template, as in a URL."""
    if not secrets.is_password(value) or (value.isalpha() and (value.islower() or value.isupper())):
        return None
    return not is_substitute(value)


def _basic(value: str, data: bytes, start: int, end: int) -> bool | None:
    """`user:password` in base64."""
    if ":" not in (said := _said(value)) or not said.isprintable():
        return None
    return secrets.is_password(said.partition(":")[2]) and not is_substitute(value)


def _said(value: str) -> str:
    """What is written there in base64; nothing if it is none, or no text."""
    try:
        return base64.b64decode(value, validate=True).decode("ascii")
    except ValueError:
        return ""


def _header(value: str, data: bytes, start: int, end: int) -> bool | None:
    is_account = _basic(value, data, start, end) and secrets.is_used_password(_said(value).partition(":")[2])
    return (is_account or secrets.is_header_secret(value)) and not is_substitute(value)


def _ipv4(value: str, data: bytes, start: int, end: int) -> bool | None:
    if data[end : end + 1] in (b".", b"-", b"_") and data[end + 1 : end + 2].isalnum():
        return None
    if start and data[start - 1 : start] in (b".", b"-", b"_"):
        return None
    if any(len(part) > 1 and part[0] == "0" for part in value.split(".")):
        return None
    if not network.is_public_v4(value):
        return False
    before, after = data[line_start(data, start, CONTEXT) : start], data[end : end + 16]
    return not network.reads_as_version(value, before, after)


def _ipv6(value: str, data: bytes, start: int, end: int) -> bool | None:
    before = data[max(0, start - 4) : start]
    if before[-1:] in (b":", b".", b"-") and before.lower() != b"ip6:":  # `ip6:` of an SPF record
        return None
    if before[-1:].isalnum():
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


def _encoded_key(value: str, data: bytes, start: int, end: int) -> bool | None:
    """A PEM file in base64: a certificate is no secret."""
    said = base64.b64decode(value[: len(value) // 4 * 4])
    return None if b"PRIVATE KEY" not in said[:80] else not is_substitute(value)


def _der_key(value: str, data: bytes, start: int, end: int) -> bool | None:
    line = line_start(data, start, CONTEXT)
    if is_test_vector(data, start) or data[max(0, line - 8) : line].rstrip().endswith(b"-----"):
        return False  # below a line of PEM that says what it is, and not that it is a private key
    return secrets.is_token(value) and not is_substitute(value)


def _jwk(value: str, data: bytes, start: int, end: int) -> bool | None:
    return None if b'"kty"' not in data or is_test_vector(data, start) else not is_substitute(value)


CHECKS: dict[str, Check] = {
    "crc32": _crc32,
    "encoded_key": _encoded_key,
    "der_key": _der_key,
    "jwk": _jwk,
    "token": _token,
    "jwt": _jwt,
    "password": _password,
    "random": _random,
    "url_password": _url_password,
    "password_strict": _password_strict,
    "connection_password": _connection_password,
    "argument": _argument,
    "credentials": _credentials,
    "basic": _basic,
    "header": _header,
    "email": mail.is_somebodys,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
}

NAMED_CHECKS: dict[str, NamedCheck] = {
    "assigned": _assigned,
    "mentioned": _mentioned,
}
