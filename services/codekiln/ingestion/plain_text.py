"""The text of files that people save in many ways: UTF-8 with or without a mark, UTF-16, HTML. Pure."""

from __future__ import annotations

import html
import re

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_TAG = re.compile(r"<(?:script|style)\b.{0,100000}?</(?:script|style)>|<[a-zA-Z/!][^<>]{0,1000}>", re.I | re.S)


def decoded(content: bytes) -> str:
    """By the mark that it begins with, else UTF-8. What is no text becomes `\N{REPLACEMENT CHARACTER}`."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    return content.decode(encoding, "replace")


def without_markup(text: str) -> str:
    """The words of a page of HTML."""
    return html.unescape(_TAG.sub(" ", text))
