"""Registration numbers, telephone numbers and the like: how each looks, how it is checked, and what stands in its place.

A substitute has the form of the number and cannot be anybody's: a month or an office that does not exist, a serial that
is never given out. That is also how it is known on a second run. Where a kind has no such room, the substitute carries
a check of its own (anonymize/substitutes.py).
"""

# ruff: noqa: E501, RUF001
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from codekiln.cleaning.anonymize.substitutes import Substitutes, is_substitute
from codekiln.cleaning.text.birth_dates import BIRTH_DATE, DATE, first_of_january
from codekiln.cleaning.text.signs import Signs

_GAP = r"[^\w\n]{0,4}(?:\n[ \t]*)?"


@dataclass(frozen=True)
class Identifier:
    """One kind in one form. The first group is the number; `reserved`: digits that a substitute has, by place."""

    kind: str
    expression: str
    hint: str
    """An expression that is found in every text that has one; cheap."""
    check: Callable[[str], bool] = lambda digits: True
    reserved: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Found:
    """A part of a text to be replaced. Offsets in characters."""

    start: int
    end: int
    kind: str
    substitute: str


def resident_number(digits: str) -> bool:
    """The check digit of Korea's resident and foreigner registration numbers, given out until October 2020."""
    total = sum(int(d) * w for d, w in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=False))
    offset = 2 if digits[6] in "5678" else 0
    return ((11 - total % 11) % 10 + offset) % 10 == int(digits[12])


def business_number(digits: str) -> bool:
    """The check digit of Korea's business registration numbers (National Tax Service)."""
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(int(d) * w for d, w in zip(digits, weights, strict=False)) + int(digits[8]) * 5 // 10
    return (10 - total % 10) % 10 == int(digits[9])


def corporate_number(digits: str) -> bool:
    """The check digit of Korea's corporate registration numbers (rules of the Supreme Court's registry)."""
    total = sum(int(d) * (1 + i % 2) for i, d in enumerate(digits[:12]))
    return (10 - total % 10) % 10 == int(digits[12])


def _national(digits: str) -> str:
    """A British number without what stands before it abroad (44) and at home (0)."""
    return re.sub(r"^(?:440?|0)", "", digits)


def _not_zeros(digits: str) -> bool:
    return not digits.startswith("000")


_DRAMA = ("1632960", "2079460", "7700900")
"""Ofcom's numbers for drama, which nobody has: no area, London, mobile."""
_RESIDENT = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NO_MONTH = ((2, "0"), (3, "0"))
_NO_REGISTRY = ((0, "0"), (1, "0"), (2, "0"), (3, "0"))
"""The fourth digit too: with another one a substitute can read like somebody's resident registration."""
_NO_OFFICE = ((0, "0"), (1, "0"), (2, "0"))

IDENTIFIERS: tuple[Identifier, ...] = (
    Identifier(
        "corporate_registration",
        rf"법인[ ]?(?:등록)?[ ]?번호{_GAP}[^\d\n]{{0,6}}(\d{{6}}[ ]?-?[ ]?\d{{7}})(?!\d)",
        "법인",
        _not_zeros,
        _NO_REGISTRY,
    ),
    Identifier(
        "foreigner_registration",
        rf"(?<![\d-])({_RESIDENT}[ ]?[-\u2013][ ]?[5-8]\d{{6}})(?![\d-])",
        r"\d{6} ?(?:-|–) ?\d{7}",
        reserved=_NO_MONTH,
    ),
    Identifier(
        "resident_registration",
        rf"(?<![\d-])({_RESIDENT}[ ]?[-\u2013][ ]?[01-49]\d{{6}})(?![\d-])",
        r"\d{6} ?(?:-|–) ?\d{7}",
        reserved=_NO_MONTH,
    ),
    Identifier(
        "resident_registration",
        rf"(?:주민|외국인)[ ]?(?:등록)?[ ]?번호{_GAP}[^\d\n]{{0,6}}(\d{{2}}(?!00)\d{{4}}[ ]?-?[ ]?\d{{7}})(?!\d)",
        "번호",
        reserved=_NO_MONTH,
    ),
    Identifier(
        "corporate_registration",
        r"(?<![\d-])(\d{6}-\d\d{6})(?![\d-])",
        r"\d{6}-\d{7}",
        lambda d: d[2:4] != "00" and _not_zeros(d) and corporate_number(d),
        _NO_REGISTRY,
    ),
    Identifier(
        "business_registration",
        rf"사업자[ ]?(?:등록)?[ ]?번호{_GAP}[^\d\n]{{0,6}}(\d{{3}}[ ]?-?[ ]?\d{{2}}[ ]?-?[ ]?\d{{5}})(?!\d)",
        "사업자",
        _not_zeros,
        _NO_OFFICE,
    ),
    Identifier(
        "business_registration",
        r"(?<![\d-])(\d{3}-\d{2}-\d{5})(?![\d-])",
        r"\d{3}-\d{2}-\d{5}",
        lambda d: _not_zeros(d) and business_number(d),
        _NO_OFFICE,
    ),
    Identifier(
        "passport",
        rf"(?:(?i:passport[ ]*(?:no\.?|number|#)?(?:[ ](?:is|was))?)|여권[ ]?(?:번호)?){_GAP}([A-Z]{{1,2}}\d{{7,8}}|[A-Z]\d{{3}}[A-Z]\d{{4}}|\d{{9}})(?!\w)",
        "[Pp]assport|PASSPORT|여권",
    ),
    Identifier(
        "social_security",
        r"(?<![\d-])((?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4})(?![\d-])",
        r"\d{3}-\d{2}-\d{4}",
        reserved=_NO_OFFICE,
    ),
    Identifier(
        "social_security",
        rf"(?i:social[ ]security(?:[ ](?:no\.?|number|#))?|\bSSN)(?:[ ](?:is|was|of))?{_GAP}((?!000)\d{{3}}[- ]?\d{{2}}[- ]?\d{{4}})(?!\d)",
        "ecurity|ECURITY|SSN",
        reserved=_NO_OFFICE,
    ),
    Identifier(
        "alien_registration",
        r"(?<![\w-])A(?:[ ]|#[ ]?|-)?((?!000)\d{3}[- ]\d{3}[- ]\d{3})(?![\d-])",
        r"A[ #-]{0,2}\d{3}[- ]\d{3}",
        reserved=_NO_OFFICE,
    ),
    Identifier(
        "alien_registration",
        rf"(?i:\balien[ ](?:registration[ ])?(?:no\.?|number|#)|\bA-(?:number|file)[ ]?(?:no\.?|#)?)(?:[ ](?:is|was))?{_GAP}A?[ -]?((?!000)\d{{2,3}}[- ]?\d{{3}}[- ]?\d{{3}})(?!\d)",
        "[Aa]lien|ALIEN|A-[nfNF]",
        reserved=_NO_OFFICE,
    ),
    Identifier(
        "national_insurance",
        r"(?<!\w)([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ ]?\d\d[ ]?\d\d[ ]?\d\d[ ]?[A-D])(?!\w)",
        r"[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]",
    ),
    Identifier(
        BIRTH_DATE,
        rf"(?:(?i:\bd\.?o\.?b\.?|\bdate[ ]of[ ]birth|\bbirth[ ]?date|\b(?:was|were|is)[ ]born)(?:[ ](?:is|was|on|of)){{0,2}}|생년월일|출생일자?){_GAP}({DATE})(?!\d)",
        "[Bb]irth|BIRTH|[Bb]orn|BORN|D\\.?O\\.?B|생년|출생",
    ),
    Identifier(
        "employer_identification",
        rf"(?i:\bF?EIN|employer[ ](?:identification|id)(?:[ ](?:no\.?|number|#))?|(?:federal[ ])?tax(?:payer)?[ ](?:id(?:entification)?)(?:[ ](?:no\.?|number|#))?)(?:[ ]\(F?EIN\))?(?:[ ](?:is|was|of))?{_GAP}((?!00)\d{{2}}-\d{{7}})(?!\d)",
        "EIN|dentification|DENTIFICATION|[Tt]ax|TAX|I[Dd]",
        reserved=((0, "0"), (1, "0")),
    ),
    Identifier(
        "bar_number",
        rf"(?i:(?:state[ ])?\bbar[ ]*(?:no\.?|number|#|id)|\bSBN|\battorney[ ](?:id|reg(?:istration|\.)?|licen[cs]e)[ ]*(?:no\.?|number|#)|\bARDC[ ]*(?:no\.?|#)?|roll[ ]no\.){_GAP}([A-Z]{{0,3}}\d{{4,9}})(?!\d)",
        "[Bb]ar|BAR|SBN|ttorney|TTORNEY|ARDC|[Rr]oll",
    ),
    Identifier("bar_number", rf"\bReg(?:istration|\.)[ ]*No\.{_GAP}(\d{{2}},\d{{3}})(?![\d,])", "Reg"),
    Identifier("bar_number", rf"변호사[ ]?(?:등록|자격)[ ]?번호{_GAP}(?:제[ ]?)?(\d{{3,6}})(?!\d)", "변호사"),
    Identifier(
        "driver_licence",
        rf"운전[ ]?면허[ ]?(?:증)?[ ]?번호{_GAP}((?:[가-힣]{{2}}[ ]?)?\d{{2}}-\d{{2}}-\d{{6}}-\d{{2}})(?!\d)",
        "운전",
    ),
    Identifier(
        "driver_licence",
        rf"(?i:driver'?s?'?[ ]licen[cs]e[ ]*(?:no\.?|number|#)){_GAP}([A-Z]{{0,2}}\d[\d-]{{5,13}}\d)(?!\d)",
        "[Dd]river|DRIVER",
    ),
    Identifier(
        "bank_account",
        rf"(?:계좌(?:[ ]?번호)?|예금[ ]?계좌){_GAP}[^\d\n]{{0,20}}?(\d{{2,6}}-\d{{2,6}}-\d{{2,8}}(?:-\d{{1,6}})?)(?!\d)",
        "계좌",
    ),
    Identifier(
        "bank_account",
        rf"(?i:(?:bank[ ])?account[ ]*(?:no\.?|number|#)){_GAP}(\d[\d-]{{5,17}}\d)(?!\d)",
        "ccount|CCOUNT",
    ),
    Identifier(
        "phone",
        r"(?<![\w.-])((?:\+82[-. ]?\(?0?\)?|0)(?:1[016-9]|2|[3-6][1-5]|70|80|50\d)[). -]{1,2}(?!0{3,4}[-. ])\d{3,4}[-. ]\d{4})(?![\d-])",
        r"\+82|\b0\d{1,3}[). -]{1,2}\d{3}",
    ),
    Identifier(
        "phone",
        r"(?<![\w.-])((?:\+44[ ]?(?:\(0\)[ ]?)?|0)(?:20[ ]\d{4}|2[3489][ ]\d{4}|1\d1[ ]\d{3}|1\d{3}[ ]\d{3}|7\d{3}[ ]\d{3}|[38]\d\d[ ]\d{3})[ ]?\d{3,4})(?![\d-])",
        r"\+44|\b0\d{2,4} \d{3}",
        lambda d: len(_national(d)) == 10 and not _national(d).startswith(_DRAMA),
    ),
    Identifier(
        "phone",
        r"(?<![\w.-])((?:\+?1[-. ])?(?:\([2-9]\d{2}\)[ ]?|[2-9]\d{2}[-.])(?!555[-.]01)[2-9]\d{2}[-. ]\d{4})(?![\d-])",
        r"\d{3}[-. ]\d{4}",
    ),
)

_COMPILED = tuple(re.compile(rule.expression) for rule in IDENTIFIERS)


@cache
def _signs() -> Signs:
    return Signs([rule.hint for rule in IDENTIFIERS])


def identifiers(text: str, substitutes: Substitutes) -> Iterator[Found]:
    """All of them, rule by rule: an earlier rule has the number that two find."""
    for number in _signs().found(text):
        rule = IDENTIFIERS[number]
        for found in _COMPILED[number].finditer(text):
            value = found[1]
            digits = "".join(character for character in value if character.isdigit())
            if rule.kind == BIRTH_DATE:
                if (year := first_of_january(value)) != value:
                    yield Found(*found.span(1), rule.kind, year)
            elif rule.check(digits) and (rule.reserved or not is_substitute(value)):
                yield Found(*found.span(1), rule.kind, _substitute(rule, value, digits, substitutes))


def _substitute(rule: Identifier, value: str, digits: str, substitutes: Substitutes) -> str:
    if rule.kind == "phone":
        return _phone(value, substitutes.secret("phone", digits))
    if not rule.reserved:
        return substitutes.secret(rule.kind, value)
    # Keyed by the digits alone: the number is the same with and without its hyphens.
    drawn = list(substitutes.secret(rule.kind, digits))
    for place, digit in rule.reserved:
        if -place <= len(drawn):
            drawn[place] = digit
    rest = iter(drawn)
    return "".join(next(rest) if character.isdigit() else character for character in value)


_BRITISH = re.compile(r"0(?:\d{10}|\d{2}[ ]\d{4}[ ]?\d{4}|\d{3}[ ]\d{3}[ ]?\d{4}|\d{4}[ ]\d{3}[ ]?\d{3})")


def _phone(value: str, drawn: str) -> str:
    """The number in its country and area at an exchange that has no lines: 0000 in Korea, 555-01xx in North America."""
    if value.startswith("+44") or _BRITISH.fullmatch(value):
        digits = "".join(filter(str.isdigit, value))
        national = _national(digits)
        head = next((drama for drama in _DRAMA if drama[0] == national[0]), _DRAMA[0])
        rest = iter(digits[: -len(national)] + head + drawn[-3:])
        return "".join(next(rest) if character.isdigit() else character for character in value)
    if value.startswith(("0", "+82")):
        found = re.search(r"(\d{3,4})([-. ])\d{4}$", value)
        return value[: found.start()] + "0" * len(found[1]) + found[2] + drawn[-4:] if found else value
    return value[:-8] + "555" + value[-5] + "01" + drawn[-2:]
