"""Which language a text is in, by the share of its scripts: two languages with two scripts need no more."""

from __future__ import annotations

import re

_HANGUL = re.compile("[\uac00-\ud7a3\u3131-\u318e]+")
_HAN = re.compile("[\u3400-\u9fff]+")
_LATIN = re.compile("[A-Za-z]+")
_OTHER = re.compile("[\u00c0-\u024f\u0370-\u1fff\u3040-\u30ff]+")
MIXED_SHARE = 0.15
"""Letters of the lesser script from which a text counts as mixed."""


def letters(text: str) -> dict[str, int]:
    """How many letters each script has."""
    counts = {"latin": _count(_LATIN, text), "hangul": 0, "han": 0, "other": 0}
    if not text.isascii():
        counts |= {"hangul": _count(_HANGUL, text), "han": _count(_HAN, text), "other": _count(_OTHER, text)}
    return counts


def language(counts: dict[str, int]) -> str:
    """`en`, `ko`, `mixed`, or the empty string for neither. Hanja count as Korean where there is Hangul."""
    total = sum(counts.values())
    korean = counts["hangul"] + (counts["han"] if 4 * counts["hangul"] > counts["han"] else 0)
    english = counts["latin"]
    if not total or english + korean < 0.7 * total:
        return ""
    if min(english, korean) >= MIXED_SHARE * total:
        return "mixed"
    return "ko" if korean > english else "en"


def _count(script: re.Pattern[str], text: str) -> int:
    return sum(map(len, script.findall(text)))
