"""Signals from comments: too many, or such as only mark where code should be."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from codekiln.cleaning.document import Document
from codekiln.cleaning.patterns import Pattern, expression
from codekiln.cleaning.placeholders import PROMPT, TODO

_HALF, _SOME = 0.5, 20
_STATEMENT = re.compile(rb"[;{}][ \t\r]*(?:\*/)?$", re.MULTILINE)


def comment_share(document: Document) -> float:
    """Bytes of comments, Python's docstrings among them, of all bytes."""
    return document.scan.comment_share


def todo_share(document: Document) -> float:
    """Comments that say TODO, FIXME or XXX, against lines of code."""
    return _said(document, TODO)


def prompt_comment_share(document: Document) -> float:
    """Comments that ask for code, as `your code here`, against lines of code."""
    return _said(document, PROMPT)


def commented_code_share(document: Document) -> float:
    """Lines of comments that end as statements do (`;`, `{`, `}`), of these and the lines of code; 0 where they are
    fewer than 20, or comments are less than half of the file.
    """
    if document.scan.comment_share < _HALF:
        return 0.0
    found = sum(len(_STATEMENT.findall(comment)) for comment in document.scan.comments)
    return found / (found + document.openings.lines) if found >= _SOME else 0.0


def _said(document: Document, words: Pattern) -> float:
    if words.name not in document.hits:
        return 0.0
    compiled = _compiled(words)
    found = sum(len(compiled.findall(comment)) for comment in document.scan.comments)
    return found / max(1, document.openings.lines)


@cache
def _compiled(words: Pattern) -> Any:
    return expression(words.expression, caseless=words.caseless)
