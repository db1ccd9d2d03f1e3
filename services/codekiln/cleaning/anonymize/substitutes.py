"""Keyed substitutes: the same value gets the same substitute inside a repository, and nobody without the key can go back.

A substitute for a secret has the value's length and, at each place, its kind of character, so code around it still reads.
Its last characters are a check over the others: that is how a substitute is known for one, and left alone on a second run.
"""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import struct
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import count
from typing import TypeVar

T = TypeVar("T")

_LOWER, _UPPER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_LETTERS, _CAPITALS, _NUMBERS = frozenset(_LOWER + _UPPER), frozenset(_UPPER), frozenset(_DIGITS)
_HEX, _BASE32_NUMBERS = frozenset("abcdefABCDEF"), frozenset("234567")


def _alphabet_by_character(lower: str, upper: str, digits: str) -> dict[str, str]:
    return {**dict.fromkeys(_LOWER, lower), **dict.fromkeys(_UPPER, upper), **dict.fromkeys(_DIGITS, digits)}


_KINDS = _alphabet_by_character(_LOWER, _UPPER, _DIGITS)
_HEX_KINDS = _alphabet_by_character("abcdef", "ABCDEF", _DIGITS)
_BASE32_KINDS = _alphabet_by_character(_LOWER, _UPPER, "234567")
_ESCAPE = re.compile(
    r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|N\{[^}]*\}|[0-7]{1,3}|.)|%[0-9A-Fa-f]{2}", re.DOTALL
)
_COUNTRY = re.compile(r"\+(?:1(?=\D)|7(?=\D)|\d{2})")
_MAX_CHECK = 12
_TRIES = 1000
_FIRST = "alex avery blake cameron casey charlie dana drew ellis emery finley harper hayden jamie jesse jordan kai kendall lee logan morgan noel parker quinn reese riley robin rowan sam skyler taylor terry".split()
_LAST = "adams baker brooks carter clark cole davis dixon ellis evans fisher foster gray green hayes hill hughes jones kelly lane mason miller morris palmer perry price reed ross shaw stone turner wood".split()
_DOMAINS = ("example.com", "example.org", "example.net")
_NETWORKS = tuple(ipaddress.IPv4Network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))


class Substitutes:
    """Makes substitutes for the values of one repository. `key` is secret: see keys.py."""

    def __init__(self, key: bytes, repository: str) -> None:
        self._secret, self._repository = key, repository

    @cached_property
    def _key(self) -> bytes:
        """HMAC-SHA-256, twice: a key for the repository, and with that one numbers for a kind and a value."""
        return hmac.digest(self._secret, b"repository\0" + self._repository.encode("utf-8", "surrogatepass"), "sha256")

    def email(self, value: str) -> str:
        """An address at a domain that is reserved for examples."""
        stream = self._stream("email", value.lower())
        return f"{_pick(stream, _FIRST)}.{_pick(stream, _LAST)}{next(stream) % 100}@{_pick(stream, _DOMAINS)}"

    def ipv4(self, value: str) -> str:
        """An address of the documentation ranges of RFC 5737."""
        stream = self._stream("ipv4", value)
        return str(_pick(stream, _NETWORKS)[1 + next(stream) % 254])

    def ipv6(self, value: str) -> str:
        """An address of the documentation range of RFC 3849."""
        digits = "".join(
            f"{byte:02x}"
            for byte in hmac.digest(self._key, b"ipv6\0" + ipaddress.IPv6Address(value).packed, "sha256")[:12]
        )
        return str(ipaddress.IPv6Address(int("20010db8" + digits, 16)))

    def phone(self, value: str) -> str:
        """The number's form and country code, and digits that end as numbers of films do: 555-01xx."""
        places = [place for place, character in enumerate(value) if character.isdigit()]
        stream, drawn = self._stream("phone", "".join(value[place] for place in places)), list(value)
        country = _COUNTRY.match(value)
        for place in places:
            if country is None or place >= country.end():
                drawn[place] = str(next(stream) % 8 + 2)
        for place, digit in zip(places[-7:], f"55501{next(stream) % 100:02d}", strict=True):
            drawn[place] = digit
        return "".join(drawn)

    def name(self, value: str) -> str:
        """A first and a last name, in the value's case."""
        stream = self._stream("name", " ".join(value.lower().split()))
        name = f"{_pick(stream, _FIRST)} {_pick(stream, _LAST)}"
        return name.upper() if value.isupper() else name if value.islower() else name.title()

    def secret(self, kind: str, value: str) -> str:
        """A value of the same length and look."""
        alphabets = _alphabets(value)
        stream = self._stream(kind, value)
        for _ in range(_TRIES):
            substitute = _drawn(value, alphabets, stream)
            if _alphabets(substitute) == alphabets:
                break  # else it happens to look more regular than the value, and would not be known for a substitute
        return substitute

    def _stream(self, kind: str, value: str) -> Iterator[int]:
        """Numbers that depend on the key, the kind and the value only."""
        begun = hmac.new(self._key, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), "sha256")
        for counter in count():
            block = begun.copy()  # the value is read once, however long it is
            block.update(counter.to_bytes(4, "big"))
            yield from struct.unpack(">8I", block.digest())


def _drawn(value: str, alphabets: list[str], stream: Iterator[int]) -> str:
    drawn = [
        _pick(stream, alphabet) if alphabet else character for character, alphabet in zip(value, alphabets, strict=True)
    ]
    for place, character in _check(drawn, alphabets):
        drawn[place] = character
    return "".join(drawn)


def is_fictional_number(value: str) -> bool:
    """Whether a telephone number is nobody's: 555-0100 to 555-0199 (North American Numbering Plan), in any country here."""
    digits = "".join(character for character in value if character.isdigit())
    return digits[-7:-2] == "55501"


def is_name_of_nobody(value: str) -> bool:
    """Whether it is such a name as a substitute has."""
    first, _, last = value.lower().partition(" ")
    return (first in _FIRST and last in _LAST) or value.lower() in ("john doe", "jane doe")


def is_substitute(value: str) -> bool:
    """Whether `value` is a substitute for a secret, made with any key. A real secret passes for one about never."""
    alphabets = _alphabets(value)
    check = _check(list(value), alphabets)
    return bool(check) and all(value[place] == character for place, character in check)


def _alphabets(value: str) -> list[str]:
    """For each character what may stand there; empty where it has to stay: punctuation and escape sequences.

    A function of the kinds of characters alone, so value and substitute have the same.
    """
    present = set(value)
    letters, digits = present & _LETTERS, present & _NUMBERS
    is_hex = letters <= _HEX and bool(digits)
    is_base32 = not is_hex and letters <= _CAPITALS and digits <= _BASE32_NUMBERS
    kinds = _HEX_KINDS if is_hex else _BASE32_KINDS if is_base32 else _KINDS
    alphabets = [kinds.get(character, "") for character in value]
    for escape in _ESCAPE.finditer(value):
        alphabets[escape.start() : escape.end()] = [""] * (escape.end() - escape.start())
    return alphabets


def _check(characters: list[str], alphabets: list[str]) -> list[tuple[int, str]]:
    """The last free places and what has to stand there, given all others."""
    free = [place for place, alphabet in enumerate(alphabets) if alphabet]
    places = free[len(free) - min(_MAX_CHECK, len(free) // 2) :] if len(free) > 1 else []
    covered = list(characters)
    for place in places:
        covered[place] = "\0"
    digest = hashlib.sha256(("codekiln check " + "".join(covered)).encode("utf-8", "surrogatepass")).digest()
    return [(place, alphabets[place][digest[i] % len(alphabets[place])]) for i, place in enumerate(places)]


def _pick(stream: Iterator[int], values: Sequence[T]) -> T:
    return values[next(stream) % len(values)]
