"""Whether a value is a secret, by its look and by the name it is kept under. Conservative: code is full of random-looking text."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import math
import re
from collections import Counter

from codekiln.cleaning.anonymize.placeholders import (
    is_clear_example,
    is_encoded_words,
    is_example,
    is_template,
    is_wordy,
)

_HASH_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_HEX = re.compile(r"[0-9a-fA-F]+")
_HASH_NAMES = re.compile(
    r"sha\d*|md5|hash|digest|checksum|integrity|etag|commit|revision|fingerprint|crc|blake|public|thumbprint|nonce|salt|signature|expected",
    re.IGNORECASE,
)
_NOT_SECRET_NAMES = re.compile(
    r"public|name|type|url|uri|path|file|header|field|prefix|suffix|format|pattern|regex|class|label|index|count|size|length|izer|kind|param|message|error|hint|help|desc|title|column|query|scope|env",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"^(?:[~.]{0,2}/|[A-Za-z]:\\|[a-z][a-z0-9+.-]*://)|^[\w./-]+\.(?:py|js|ts|json|ya?ml|txt|pem|key|crt|cfg|ini|toml|html?|md|sh|env|com|org|net|io)$|^[a-z_]+(?:[./:][a-z_]+)+$",
    re.IGNORECASE,
)
_CODE = re.compile(r"^[A-Za-z_][\w.]*\(|^\w+\[|^\\|[{}]|\(\)|^[\w.]+\.[a-z_]+$|\\[nrtbfvdDwWsS(.\[]")
_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"\d"), re.compile(r"[^A-Za-z0-9]"))


def entropy(value: str) -> float:
    """Shannon entropy in bits a character, of the value's own distribution."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values())


def is_token(value: str) -> bool:
    """Whether what follows a provider's prefix is random enough to be a key and no example."""
    return entropy(value) >= min(3.0, 0.6 * math.log2(len(value))) and not is_clear_example(value)


def is_random(value: str) -> bool:
    """Whether a value without a format of its own is a random string: several kinds of characters, no words."""
    return classes(value) >= 2 and entropy(value) >= 3.5 and not is_clear_example(value) and not is_wordy(value)


def is_password(value: str) -> bool:
    """Whether the password of a URL is one that somebody uses."""
    return not (is_template(value) or is_example(value) or is_clear_example(value) or value.lower() in _COMMON)


def is_assigned_secret(value: str, name: str) -> bool:
    """Whether a value assigned to a name such as `api_key` or `password` is a real secret."""
    if is_template(value) or is_example(value) or is_clear_example(value) or _PATH.search(value) or _CODE.search(value):
        return False
    if _NOT_SECRET_NAMES.search(name.rpartition(".")[2]):
        return False
    if _HEX.fullmatch(value) and len(value) in _HASH_LENGTHS and _HASH_NAMES.search(name):
        return False
    if is_wordy(value) or is_encoded_words(value):
        return False
    if _HEX.fullmatch(value) and len(value) < 24:
        return False  # a short digest, far more often than a key
    if len(value) < 16:
        kinds = classes(value)
        if "pass" in name.lower():
            return kinds >= 3 and entropy(value) >= 2.75
        return len(value) >= 12 and kinds >= 3 and _has_digit(value) and entropy(value) >= 3.0
    if not _has_digit(value):
        return len(value) >= 20 and classes(value) >= 2 and entropy(value) >= 4.0
    return classes(value) >= 2 and entropy(value) >= 3.2


def _has_digit(value: str) -> bool:
    return _CLASSES[2].search(value) is not None


def classes(value: str) -> int:
    """How many of lower case, upper case, digits and other characters occur."""
    return sum(1 for expression in _CLASSES if expression.search(value))


_COMMON = frozenset(
    "pass pwd password passwd secret admin root user guest test demo postgres mysql redis rabbitmq mongo changeme letmein"
    " welcome nopass none null true false pw pass1 pass123 p4ss passw0rd pass word hello world username port host 123 1234"
    " 12345 123456 8080 token key auth login credentials abc app db repo org sha".split()
)
