"""How a legal document is laid out: what begins a paragraph, what ends a sentence. Expressions only."""

from __future__ import annotations

import re

STARTS = re.compile(
    r"\s*(?:"
    r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5}|[\uac00-\ud7a3])[.)](?:\s|$)"  # 1.  (a)  iv)  \uac00.
    r"|\(\d{1,3}\)|\[\d{2,5}\]|[\u2460-\u2473\u3260-\u327b]"  # (1)  [0012]  a number in a circle
    r"|[-\u2013\u2014*\u2022\u25a0\u25a1\u25cf\u25cb\u25e6\u203b\u25b6\u25c6\u25c7\u2605\u00b7]\s"
    r"|\u00a7+\s*\d|제\s*\d+\s*(?:조|장|절|편|관|항|호)"  # 제3조
    r"|[\[\u3010\u3014<][^\]\u3011\u3015>\n]{1,40}[\]\u3011\u3015>]"  # \u3010청구항 1\u3011
    r"|(?:Section|SECTION|Sec\.|Article|ARTICLE|Art\.|Chapter|CHAPTER|Part|PART|Title|TITLE|Claim|CLAIM|Rule|RULE|Count|COUNT"
    r"|Exhibit|EXHIBIT|Schedule|SCHEDULE|Appendix|APPENDIX|Example|EXAMPLE|Table|TABLE|Fig\.|FIG\.|Figure|FIGURE|Step)"
    r"\s+(?:\d+[A-Za-z]?|[IVX]+|[A-Z])(?=\s*(?:$|[.:(\u2013\u2014-]|[A-Z]))"  # and not "FIG. 2 shows"
    r"|(?:청구항|실시예|도|표|별표|부칙|주문|이유|목차|청구취지)(?:\s|$|\d)"
    r")"
)
"""A line that begins something: an item, a heading, a numbered paragraph, an article of a statute."""

ENDS = re.compile(r"[.!?:;\u3002](?:[\"'\u201d\u2019)\]]{0,3})\s*$|[\]\u3011>]\s*$")
"""A line at which a sentence or a heading ends."""

CONTINUES, JOINS = "\x1f", "\x1e"
"""Set at the end of a line by a rule that knows that the next one goes on with it, after a space or without; joining
lines takes it away. No text has them: normalising drops control characters."""


def starts(line: str) -> bool:
    """Whether something begins with this line."""
    return STARTS.match(line) is not None


def ends(line: str) -> bool:
    """Whether something ends with this line."""
    return ENDS.search(line) is not None
