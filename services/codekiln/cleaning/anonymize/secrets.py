"""Whether a value is a secret, by its look and by the name it is kept under. Conservative: code is full of random-looking text."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

from codekiln.cleaning.anonymize.chosen import DRAWN, PHRASE, TECHNICAL, is_word_and_digits
from codekiln.cleaning.anonymize.placeholders import (
    is_clear_example,
    is_encoded_words,
    is_example,
    is_template,
)
from codekiln.cleaning.anonymize.wordiness import is_wordy

_HASH_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_HEX = re.compile(r"[0-9a-fA-F]+")
_HASH_NAMES = re.compile(
    r"sha[-_]?\d+|(?<![a-z])sha(?![a-z])|md5|hash|digest|checksum|integrity|etag|commit|revision|fingerprint|crc|blake|public|thumbprint|nonce|salt|signature|expected",
    re.IGNORECASE,
)
_NOT_SECRET_NAMES = re.compile(
    r"public|bypass|(?:change|update|lifecycle[_-]?action)[_-]?token|(?:next|page|continuation|pagination|resume|sync|cancel(?:lation)?|idempotency|cursor|upload|partition|sort|cache|primary|foreign|paging|request)[_-]?(?:token|key)|(?<![a-z])last(?!fm|pass)|(?-i:Last[A-Z])|key(?:word|stroke|frame|board|ring)|(?:key|token|secret|passw(?:or)?d|pwd|credentials?)[_-]?(?:id|name|type|url|uri|path|file|header|field|prefix|suffix|format|pattern|regex|class|label|index|count|size|length|izer|ize|kind|param|message|error|hint|help|desc|title|column|query|scope|env|code|ref|alg|arn|version|space|policy|expir|vault|provider|manager|hash|required|length|reset|valid|strength|rule|expression|generator|spec(?!ial)|store$)",
    re.IGNORECASE,
)
_PASSWORD_NAMES = re.compile(
    r"pass|pwd|(?<![a-z])pw$|(?:bind|root|db|admin|user|mail|ldap)pw$|(?-i:Pw)$|psw|psk|masterauth|securestring|security_credentials",
    re.IGNORECASE,
)
_TURNS = re.compile(r"[a-z][A-Z]|[A-Z]{2}")
_CASES = re.compile(r"[a-z](?=[A-Z])|[A-Z]{2}(?=[a-z])")
_SEPARATORS = re.compile(r"[-_.@#!]")
_ALTERNATING = re.compile(r"(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z]).*[A-Za-z][0-9]+[A-Za-z]+[0-9]")
_MARK = re.compile(r"[!@#$%^&*?~+=]")
_VARIABLE = re.compile(r"^[$%@:&]\(?[A-Za-z_][A-Za-z_.]*\)?%?$|^\$[A-Za-z_]\w*$|^[A-Z_]+$|^[a-z_]+$")
"""Variables, and words of one case."""
_ATTRIBUTES = re.compile(r"[A-Za-z_]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)+")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
"""An account or a contract of Ethereum."""
_HASHED = re.compile(
    r"\$(?:apr1|[156y]|2[abxy]?|argon2[a-z]*|pbkdf2[a-z0-9-]*|scrypt)\$"
    r"|^(?:pbkdf2_sha\d+|bcrypt(?:_sha256)?|argon2|scrypt|sha1|md5|(?:pbkdf2:sha\d+|scrypt|sha\d+)(?::\d+){0,3})\$"
    r"|^\{(?:S?SHA\d{0,3}|S?MD5|CRYPT|PBKDF2[A-Z0-9-]*)\}|^\*[0-9A-F]{40}$"
)
"""A hash of a password, in the form of crypt, of Django, of Werkzeug, of LDAP and of MySQL."""
_NUMBERS = re.compile(r"[-+]?[0-9][0-9._:/eETZ+-]*")
_ESCAPES = re.compile(r"\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|[^\x00-\x7f]")
_RUNS_OF_DIGITS = re.compile(r"[0-9]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UUID_NAMES = re.compile(
    r"(?:(?:api|access|auth|app|account|service|client|private|master|admin|secret)[._ -]?key|[a-z0-9][._ -]?(?:token|secret))$",
    re.IGNORECASE,
)
"""A UUID under any other name is an identifier."""
_SHORT_KEYS = re.compile(r"(?:secret|(?:api|app|secret)[._ -]?key)$", re.IGNORECASE)
"""Names that say key and nothing else: of 14 and 15 characters, as Dropbox draws them."""
_DJANGO = re.compile(r"(?=(?:[a-z0-9]*[!@#$%^&*()_=+-]){6})[a-z0-9!@#$%^&*()_=+-]{50}")
"""A SECRET_KEY as Django draws it: it may begin as a variable does, or hold what looks like a template."""
_BASE64_KEY = re.compile(r"/[A-Za-z0-9+/]{42}=|/[A-Za-z0-9+/]{85}==")
"""32 or 64 bytes, which begin as a path does."""
_WHOLE_PASSWORD_NAMES = re.compile(
    r"(?:pass(?:w(?:or)?d|phrase|wd)?|pwd|psk|masterauth|securestring|security_credentials|(?<![a-z])pw)$",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"^(?:[~.]{0,2}/|urn:|arn:[a-z-]+:|~[a-z_]\w*\.|[A-Za-z]:\\|[a-z][a-z0-9+.-]*://)|^[\w./-]+\.(?:py|js|ts|json|ya?ml|txt|pem|key|crt|cfg|ini|toml|html?|md|sh|env|com|org|net|io)$|^[a-z_]+(?:[./:][a-z_]+)+$|^\.?(?:[\w-]+\.)+(?:com|org|net|io|dev|local):\d{2,5}$",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[aA0]-[zZ9]|With(?:HMAC|Hmac|MD5|SHA|RSA)|And(?:AES|DES|TripleDES)|^[A-Za-z]\w*_t$|^\+.*\+$|^[A-Za-z_][\w.]*\(|^\w+\[|^\\|[{}]|\(\)|^[\w.]+\.[a-z_]+$|^\*[a-z]\w*\.[A-Z]\w*$|\\[nrtbfvdDwWsS(.\[]"
)
_KEYWORD = re.compile(r"[a-z]\w*==?")
"""An argument, where `pass` is a verb: "pass `scale=1.0` to keep it"."""
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


def is_header_secret(value: str) -> bool:
    """Whether the credentials of a header are somebody's: nothing else stands there but templates and examples."""
    if is_template(value) or is_example(value) or is_clear_example(value) or is_encoded_words(value):
        return False
    return _has_digit(value) and entropy(value) >= 3.0 and not is_wordy(value)


def is_password(value: str) -> bool:
    """Whether the password of a URL is one that somebody uses."""
    plain = _ESCAPES.sub("", value)
    if sum(character.isalnum() for character in plain) < 3 or plain.lower() in _COMMON:
        return False
    return not (is_template(value) or is_example(plain) or is_clear_example(value))


def is_used_password(value: str) -> bool:
    """Whether what stands where a password is expected is one: no variable, no word, no example."""
    if not is_password(value) or _PATH.search(value) or _CODE.search(value) or _VARIABLE.search(value):
        return False
    if _HASHED.search(value):
        return False
    if _is_mixed(value) or is_word_and_digits(value) or PHRASE.fullmatch(value):
        return True
    is_varied = _has_digit(value) or _is_shuffled(value)
    return classes(value) >= 2 and entropy(value) >= 2.5 and is_varied and not is_wordy(value)


def is_sure_password(value: str) -> bool:
    """Whether what a command takes as a password is one: letters of both cases too, if they make no words."""
    if is_used_password(value):
        return True
    return (
        8 <= len(value) <= 40
        and value.isascii()
        and value.isalpha()
        and _CASES.search(value) is not None
        and entropy(value) >= 2.75
        and not (is_wordy(value) or is_example(value))
    )


def is_out_of_the_ordinary(value: str, name: str) -> bool:
    """Whether a value without quotes is more than a word, a number or a piece of code."""
    if _WHOLE_PASSWORD_NAMES.search(name) and DRAWN.fullmatch(value):
        return True
    if not _has_digit(value) or classes(value) < 2 or _NUMBERS.fullmatch(value) or _ATTRIBUTES.fullmatch(value):
        return False
    return len(value) >= 16 or classes(value) >= 3


@lru_cache(1024)
def is_assigned_secret(value: str, name: str) -> bool:
    """Whether a value assigned to a name such as `api_key` or `password` is a real secret."""
    if PHRASE.fullmatch(value) and _WHOLE_PASSWORD_NAMES.search(name):
        return not is_example(value)
    if not _has_digit(value) and (value.islower() or value.isupper() or not (value.isalnum() or _MARK.search(value))):
        return False  # words, most of the time: cheaper than what follows
    if TECHNICAL.fullmatch(value):
        return False
    if _UUID.fullmatch(value):
        return bool(_UUID_NAMES.search(name)) and not (_NOT_SECRET_NAMES.search(name) or is_clear_example(value))
    if _DJANGO.fullmatch(value) or _BASE64_KEY.fullmatch(value):
        return not (
            is_clear_example(value)
            or is_encoded_words(value)
            or _HASH_NAMES.search(name)
            or _NOT_SECRET_NAMES.search(name)
        )
    if is_template(value) or is_example(value) or is_clear_example(value) or _PATH.search(value) or _CODE.search(value):
        return False
    if _VARIABLE.search(value) or _HASHED.search(value) or _NOT_SECRET_NAMES.search(name) or _ADDRESS.fullmatch(value):
        return False
    if _HEX.fullmatch(value) and len(value) in _HASH_LENGTHS and _HASH_NAMES.search(name):
        return False
    if name.lower() == "pass" and _KEYWORD.match(value):
        return False
    is_password_name = _PASSWORD_NAMES.search(name) is not None
    if _ESCAPES.search(value):
        plain = _ESCAPES.sub("", value)
        is_mixed = _has_digit(plain) or (is_password_name and _is_mixed(plain))
        return len(plain) >= 8 and is_mixed and is_assigned_secret(plain, name)
    if is_encoded_words(value):
        return False
    if is_password_name and _is_mixed(value):
        return True
    if is_password_name and _is_chosen(value, name):
        return True
    if is_wordy(value) or _NUMBERS.fullmatch(value):
        return False
    if _HEX.fullmatch(value) and len(value) < (16 if is_password_name else 24):
        return False  # a short digest, far more often than a key
    kinds = classes(value)
    if is_password_name and len(value) < 16:
        is_varied = kinds >= 3 or (_has_digit(value) and kinds >= 2) or _is_shuffled(value)
        return len(value) >= 8 and is_varied and entropy(value) >= 2.75
    if len(value) < 16:
        is_drawn = (
            len(value) >= 14 and len(_RUNS_OF_DIGITS.findall(value)) >= 2 and _SHORT_KEYS.search(name) is not None
        )
        return len(value) >= 12 and (kinds >= 3 or is_drawn) and _has_digit(value) and entropy(value) >= 3.0
    if not _has_digit(value):
        return value.isalnum() and kinds >= 2 and entropy(value) >= (3.0 if is_password_name else 3.5)
    return kinds >= 2 and entropy(value) >= (2.75 if is_password_name else 3.0)


def _is_chosen(value: str, name: str) -> bool:
    """Whether it looks like a word that somebody made a password of, and the name says no more than that it is one."""
    return _WHOLE_PASSWORD_NAMES.search(name) is not None and is_word_and_digits(value)


def _is_shuffled(value: str) -> bool:
    """Whether its letters change their case as names do not: of twelve random ones, one in eight has no digit."""
    return len(value) >= 10 and value.isalnum() and len(_CASES.findall(value)) >= 3


def _is_mixed(value: str) -> bool:
    """Of several kinds that no name mixes: `Winter2024!`, `k4Rz9q_blue`."""
    if len(value) < 8 or classes(value) < 3:
        return False
    return (_MARK.search(value) is not None and (_has_digit(value) or _TURNS.search(value) is not None)) or (
        _ALTERNATING.search(value) is not None
        or any(_has_digit(part) and len(part) >= 5 and not is_wordy(part) for part in _SEPARATORS.split(value))
    )


def _has_digit(value: str) -> bool:
    return _CLASSES[2].search(value) is not None


def classes(value: str) -> int:
    """How many of lower case, upper case, digits and other characters occur."""
    return sum(1 for expression in _CLASSES if expression.search(value))


_COMMON = frozenset(
    "pass pwd password passwd secret admin root user guest test demo postgres mysql redis rabbitmq mongo changeme letmein"
    " welcome nopass none null true false pw tiger bowser airflow pass1 pass123 p4ss passw0rd pass word hello world username port host 123 1234"
    " 12345 123456 8080 token key auth login credentials abc app db repo org sha".split()
)
