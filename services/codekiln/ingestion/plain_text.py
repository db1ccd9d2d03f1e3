"""The text of files that people save in many ways: UTF-8 with or without a mark, UTF-16, HTML. Pure."""

from __future__ import annotations

import html
import re

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_CODE = re.compile(r"<(?P<open>script|style)\b|</(?:script|style)>", re.I)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,1000}>")


def decoded(content: bytes) -> str:
    """By the mark that it begins with, else UTF-8. What is no text becomes `\N{REPLACEMENT CHARACTER}`."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    return content.decode(encoding, "replace")


def without_markup(text: str) -> str:
    """The words of a page of HTML."""
    return html.unescape(_TAG.sub(" ", _without_code(text)))


def _without_code(text: str) -> str:
    """Without scripts and styles. One pass: an expression would look for the end of each that has none."""
    parts, at, inside = [], 0, False
    for mark in _CODE.finditer(text):
        if mark["open"] and not inside:
            parts.append(text[at : mark.start()])
            at, inside = mark.start(), True
        elif not mark["open"] and inside:
            at, inside = mark.end(), False
    return " ".join([*parts, text[at:]])
