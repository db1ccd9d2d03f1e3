"""How people and generators make passwords of words and numbers, and the names that look like those."""

# ruff: noqa: E501
from __future__ import annotations

import re

_CHOSEN = re.compile(
    r"(?=.*[a-z])(?:[A-Za-z]{4,}[-_.@#!$%&*+]?[0-9]{1,4}|(?:[A-Za-z]+[013457])+[A-Za-z]+[0-9]{0,4})[!@#$%^&*?.]{0,3}"
)
"""How people make passwords of words: `dragon1987`, `Blu3whale2`."""
_NUMBER = r"(?!(?:16|32|64|128|192|224|256|384|512|1024|2048|4096)(?![0-9]))[0-9]{2,4}"
"""Of words that a size stands between, as in `Base64Encoder`, no password is made."""
_COMPOUND = re.compile(
    r"(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?:[A-Z]?[a-z]{2,12}(?:[-_.@#!$%&*+][A-Z]?[a-z]{2,12}){1,3}[-_.@#!$%&*+]?[0-9]{1,4}"
    rf"|[A-Z]?[a-z]{{2,12}}[-_.@#!$%&*+]?{_NUMBER}[-_.@#!$%&*+]?[A-Z]?[a-z]{{2,12}}|[0-9]{{2,4}}[-_.@#!$%&*+]?[A-Z]?[a-z]{{3,12}})"
    r"[!@#$%^&*?._-]{0,3}"
)
"""And of several, or with the number before them: `ember-Saffron-40`, `maple3206Harbour`. Names are seldom of both cases
and a number where a password stands."""
_NOT_CHOSEN = re.compile(
    r"(?:test|user|pass|demo|guest|string|crc|latin|utf|value|text|input|field|name|key|data|item|number|param|arg|md5|s3|ec2|ipv4|base)[a-z]?[-_]?\d",
    re.IGNORECASE,
)
TECHNICAL = re.compile(
    r"(?:[a-z]+[_-])*(?:(?:pkcs|utf|sha|md|base|aes|des|rsa|ed|curve|oauth|ipv|argon|pbkdf|crc|int|uint|float|win|latin|iso|cp|blake|hmacsha|ucs)[0-9]{1,5}|[vkshbpuifx][0-9]{1,3})[a-z]?(?:[_-][a-z]+)*,?"
)
"""Names with the number of a standard, as in `use_pkcs8`, `to_utf8` and `aes-256-gcm`."""
DRAWN = re.compile(r"(?=(?:[a-z]*[0-9]+){2})(?=(?:[0-9]*[a-z]+){2})[a-z0-9]{9,15}")
"""Of small letters and digits in turns, as generators of passwords draw them: prose and code have `sha256`, not `x3kxbaqz6q0`."""
PHRASE = re.compile(r"[A-Za-z]{3,10}(?:-[A-Za-z]{3,10}){3,6}[0-9]{0,4}")
"""Four words or more, as in `correct-horse-battery-staple`."""


def is_word_and_digits(value: str) -> bool:
    """Whether somebody may have made a password of words and a number."""
    if len(value) < 7 or _NOT_CHOSEN.match(value):
        return False
    return _CHOSEN.fullmatch(value) is not None or is_compound(value)


def is_compound(value: str) -> bool:
    """Whether it is words with a number: a password where only a password can stand, and a name anywhere else."""
    return _COMPOUND.fullmatch(value) is not None
