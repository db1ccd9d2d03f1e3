"""Characters: one form for what looks the same, and none for what nobody sees. Layout is tidying's work."""

from __future__ import annotations

import re
import unicodedata

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_DOTS = dict.fromkeys([0x318D, 0x30FB, 0xFF65, 0x2027, 0x22C5], "\u00b7")
"""Korean statutes join equals by a dot, which is written with five characters; the official one is U+318D."""
_UNSEEN = dict.fromkeys(
    [
        *(code for code in range(0x20) if code not in (9, 10, 12)),
        *range(0x7F, 0xA0),
        0xAD,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xFFF9, 0xFFFD),
    ]
)
_LIGATURES = {0xFB00 + i: text for i, text in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
_TABLE = {
    **_UNSEEN,
    **_FULL_WIDTH,
    **_SPACES,
    **_DOTS,
    **_LIGATURES,
    **dict.fromkeys((0x0B, 0x85, 0x2028), "\n"),
    0x2029: "\n\n",
    **dict.fromkeys((0x2010, 0x2011, 0xFE63), "-"),
    0x321C: "(주)",
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFFA0, 0xFFDD)},
}
_AFFECTED = re.compile("[" + "".join(re.escape(chr(code)) for code in _TABLE) + "]")
_SOFT_BREAK = re.compile(r"(?<=\w)[\u00ad\u00ac][ \t]*\n[ \t]*(?=\w)")
"""A word divided by a soft hyphen, or by the sign that OCR puts for one."""


def normalise(text: str) -> str:
    """Unicode NFC; line ends as `\\n`; half-width Latin, full-width Hangul; no ligatures, control characters, marks
    of direction. Tabs and form feeds stay: the layout is read by them. Normalising again changes nothing.
    """
    if text.isascii() and not _AFFECTED.search(text):
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\u00ad" in text or "\u00ac" in text:
        text = _SOFT_BREAK.sub("", text)
    if _AFFECTED.search(text):
        text = text.translate(_TABLE)
    return unicodedata.normalize("NFC", text)
