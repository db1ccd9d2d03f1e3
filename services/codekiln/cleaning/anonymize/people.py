"""Telephone numbers and names of people: found only where a caller asks for them, since code rarely says for sure.

A number has a country code, the separators of a number, or a word such as `phone` before it. A name stands where one is
expected: after `@author`, `Author:`, `Copyright (c) 2020`, before an e-mail address in angle brackets.
"""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import re

from codekiln.cleaning.anonymize.rule import Rule
from codekiln.cleaning.anonymize.substitutes import is_fictional_number, is_name_of_nobody

_LETTER = r"(?:[A-Za-z'-]|[\xc3-\xd4][\x80-\xbf])"
_CAPITAL = r"(?:[A-Z]|\xc3[\x80-\x9e]|[\xc4-\xd4][\x80-\xbf])"
_WORD = _CAPITAL + _LETTER + r"*(?:[A-Za-z]|[\xc3-\xd4][\x80-\xbf])"
_PARTICLE = r"(?:[A-Z]\.|de|del|van|von|der|den|da|di|du|dos|le|la|bin|al|ter|" + _WORD + r")"
_PERSON = r"(" + _WORD + r"(?:[ \t]" + _PARTICLE + r")*[ \t]" + _WORD + r")"

OPTIONAL: tuple[Rule, ...] = (
    Rule("phone", r"(\+[1-9][0-9]{0,2}[ .()/-]*(?:[0-9]+[ .()/-]+)*[0-9]{2,12})", ("+",), "phone"),
    Rule("phone", r"(\(?[2-9][0-9]{2}\)?[ .-]{1,2}[2-9][0-9]{2}[ .-][0-9]{4})", ("",), "phone", name="phone_american"),
    Rule(
        "phone",
        r"\b(?:tel|telephone|phone|mobile|cell|fax|whatsapp|sms|telefon|handy|call)(?:_?(?:no|num|number|nr))?[\"']?[.]?[ \t]?[:=]?[ \t]*[\"']?([0-9(][0-9 ()./-]*[0-9])",
        ("tel", "phone", "mobile", "cell", "fax", "whatsapp", "sms", "handy", "call"),
        "phone",
        caseless=True,
        name="phone_named",
    ),
    Rule(
        "name",
        r"(?:@[Aa]uthors?|\b[Aa]uthors?|\bAUTHORS?|__author__|[Ww]ritten by|[Cc]reated by|[Mm]aintainers?|[Cc]ontributed by|[Mm]odified by|[Rr]eported[- ]by|[Ss]igned-off-by|[Cc]o-authored-by|[Rr]eviewed-by|[Tt]hanks to)[\"']?[ \t]*[:=]?[ \t]*[\[\"'(]*" + _PERSON,
        ("author", "by", "maintainer", "thanks"),
        "name",
    ),
    Rule(
        "name",
        r"(?:[Cc]opyright|COPYRIGHT|\([Cc]\)|\xc2\xa9)(?:[ \t:,-]|\([Cc]\)|\xc2\xa9|[Cc]opyright|[0-9]{4}|present|by)*[ \t]" + _PERSON,
        ("copyright", "(c)", "\u00a9"),
        "name",
        name="name_copyright",
    ),
    Rule("name", _PERSON + r"[ \t]*[<(][^<>()@ \t\r\n]+@[A-Za-z0-9]", ("@",), "name", name="name_display"),
)  # fmt: skip
"""Not of the gate: each is looked for by itself."""
CHOICES = tuple(sorted({rule.kind for rule in OPTIONAL}))

_NO_PERSON = frozenset(
    "the all rights reserved inc ltd llc gmbh corp corporation company co foundation project team teams authors author contributors"
    " developers maintainers university institute group software systems labs laboratory technologies technology solutions"
    " services networks security research national free open source apache google microsoft facebook amazon apple intel"
    " ibm oracle mozilla python linux license licensed public domain school college department association society"
    " community consortium and for of by see this file based on version permission holder holders owner owners email"
    " international regents board trustees bank center centre studio studios media press".split()
)
_VERSION = re.compile(rb"(?:version|release|build|revision|\bv)[ \t:=\"']*$", re.IGNORECASE)
_DATE = re.compile(r"^(?:19|20)\d\d[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])\b")


def is_phone(value: str, data: bytes, start: int, end: int) -> bool | None:
    """A check: see checks.py. 7 to 15 digits (E.164), of several kinds, not a date, a version or part of a longer number."""
    digits = [character for character in value if character.isdigit()]
    if not (7 <= len(digits) <= 15) or len(set(digits)) < 3 or _DATE.match(value) or value.count(".") == 3:
        return None
    before, after = data[start - 1 : start] if start else b"", data[end : end + 1]
    if (
        before.isalnum()
        or before in (b".", b"-", b"_", b"+", b"#", b"$", b"%")
        or after.isalnum()
        or after in (b"_", b"%")
    ):
        return None
    if _VERSION.search(data, max(0, start - 16), start):
        return None
    if after in (b".", b"-") and data[end + 1 : end + 2].isdigit():
        return None
    return not is_fictional_number(value)


def is_name(value: str, data: bytes, start: int, end: int) -> bool | None:
    """A check: see checks.py. Two to four words, none of which says that an organisation is meant."""
    words = value.lower().split()
    if not 2 <= len(words) <= 5 or any(word.strip(".,") in _NO_PERSON for word in words):
        return None
    return not is_name_of_nobody(value)
