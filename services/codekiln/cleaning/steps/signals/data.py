"""Signals of files that are data, or documents, by the name of code."""

from __future__ import annotations

import html
import posixpath
import re

from codekiln.cleaning.document import Document
from codekiln.cleaning.openings import keywords

# A string is taken out of the code, so what follows it begins the line: a comma, a colon, the end of a bracket.
_LITERALS = b"0123456789-+,:[](){}"
_BARE_WORD = re.compile(rb"^[ \t]*[A-Z]?[a-z'-]+[ \t\r]*$", re.MULTILINE)
_LONG_WORDS = 40
"""Bytes of a line with its indentation, above which words one a line would be no words."""
_INSERTS = keywords(
    *(each for word in ("INSERT", "VALUES", "REPLACE INTO") for each in (word, word.lower(), word.title()))
)
_XML_HEAD = 100
_TEXT_NAMES = ("readme", "notes", "todo", "description", "cmakelists")
# What is opened and never closed takes the rest of the page, as in a browser.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[a-z/!?][^>]*(?:>|\Z)", re.IGNORECASE | re.DOTALL
)


def lines(document: Document) -> float:
    """Lines of the file; a last line that is empty does not count."""
    return document.data.count(b"\n") + (not document.data.endswith(b"\n"))


def literal_line_share(document: Document) -> float:
    """Lines of code that begin with a string, a number or a bracket, of all lines of code."""
    return document.openings.beginning(_LITERALS) / max(1, document.openings.lines)


def bare_word_share(document: Document) -> float:
    """Lines of code that are one plain word and nothing else, of all lines of code; 0 where brackets and equal signs
    are more than a fifth of the lines, or lines are long in the mean.
    """
    code, lines = document.scan.code, document.openings.lines
    if len(code) > _LONG_WORDS * lines or code.count(b"(") + code.count(b"=") > 0.2 * lines:
        return 0.0
    return len(_BARE_WORD.findall(code)) / max(1, lines)


def insert_share(document: Document) -> float:
    """Lines that insert into a table or are rows of one, of all lines of code."""
    openings = document.openings
    return (openings.count(_INSERTS) + openings.beginning(_LITERALS)) / max(1, openings.lines)


def xml_start(document: Document) -> float:
    """1 where the first 100 bytes have an XML declaration."""
    return float(b"<?xml version=" in document.data[:_XML_HEAD])


def visible_characters(document: Document) -> float:
    """Characters of a page that are no markup, script or style; white space counts, as with StarCoder."""
    return len(visible_text(document.text))


def visible_share(document: Document) -> float:
    """The same, of all characters."""
    return len(visible_text(document.text)) / max(1, len(document.text))


def unknown_text_name(document: Document) -> float:
    """1 for a text that is neither a list of requirements nor a readme, notes, todo, description or CMakeLists."""
    name = posixpath.basename(document.path).lower()
    return float("requirement" not in name and name.partition(".")[0] not in _TEXT_NAMES)


def visible_text(page: str) -> str:
    """What a page shows: its text without tags, comments, scripts and styles; references resolved."""
    return html.unescape(_MARKUP.sub("", page))
