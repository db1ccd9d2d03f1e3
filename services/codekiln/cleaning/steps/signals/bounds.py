"""What a signal is at most, or at least, at a fraction of what the signal itself costs.

Most files are far from every threshold. Where already the bound passes, the signal passes, and is not measured. Shares
of lines of code are only asked for where there are such lines.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from codekiln.cleaning.document import SPACE, WORDS, Document
from codekiln.cleaning.openings import Keyword, keywords
from codekiln.cleaning.placeholders import TODO
from codekiln.cleaning.steps.signals import strings
from codekiln.cleaning.steps.signals.groups import group_of
from codekiln.cleaning.steps.signals.structure import DEFINITIONS, IMPORTS, PRINTS

_BEGINNING = 512
"""Bytes in which nearly all files have said more than the least that is asked of them."""
_BLANK = np.uint8(32)
"""All white space is at most that."""
_PART = 0.4
"""Of the head: as a rule its lines alone are more different ones than is asked of all."""

Bound = Callable[[Document], float]


def characters(document: Document) -> float:
    """At least: those of the beginning."""
    return len(document.head[:_BEGINNING].translate(None, SPACE))


def words(document: Document) -> float:
    """At least: those of the beginning; one that is cut counts, as the whole one would."""
    return len(document.data[:_BEGINNING].translate(WORDS).split())


def whitespace_share(document: Document) -> float:
    """At most: as if control characters were white space."""
    head = document.head
    return 1 - np.count_nonzero(np.frombuffer(head, np.uint8) > _BLANK) / max(1, len(head))


def repeated_line_share(document: Document) -> float:
    """At most: as if no line of the rest were a new one, and none were empty."""
    head = document.head
    distinct = set(head[: int(_PART * len(head))].split(b"\n"))
    distinct.discard(b"")
    # The last may be the beginning of another one.
    return 1 - max(0, len(distinct) - 1) / (document.newlines + 1)


def top_2gram_share(document: Document) -> float:
    """At most: no n-gram weighs more than all of its kind."""
    return document.kinds.heaviest(2)


def top_3gram_share(document: Document) -> float:
    """The same for three words in a row."""
    return document.kinds.heaviest(3)


def top_4gram_share(document: Document) -> float:
    """The same for four words in a row."""
    return document.kinds.heaviest(4)


def todo_share(document: Document) -> float:
    """At most: as if every such word of the head stood in a comment."""
    if TODO.name not in document.hits:
        return 0.0
    head = document.head.lower()
    return sum(map(head.count, TODO.words)) / max(1, document.openings.lines)


def long_string_share(document: Document) -> float:
    """At most: as if all strings were lines of the least length that counts."""
    found = document.scan.string_bytes / (2 * strings.LONG_STRING + 1)
    return found / max(1, found + document.openings.lines)


def import_share(document: Document) -> float:
    """At most: every line that begins with the letter of one. So for the others."""
    return _possible(document, IMPORTS.get(group_of(document.language), ()))


def print_share(document: Document) -> float:
    """Lines that may print, of all."""
    return _possible(document, PRINTS.get(group_of(document.language), ()))


def definition_share(document: Document) -> float:
    """Lines that may begin a function, of all."""
    return _possible(document, DEFINITIONS.get(group_of(document.language), ()))


def trivial_function_share(document: Document) -> float:
    """A function and its return: no more than may begin one, and no more than may return."""
    return min(definition_share(document), _possible(document, _RETURN))


def pass_share(document: Document) -> float:
    """Lines that may be `pass` or `...`, of all."""
    return _possible(document, _PASS)


def zero_share(document: Document) -> float:
    """Equal signs, against lines of code."""
    return document.scan.code.count(b"=") / max(1, document.openings.lines)


_RETURN, _PASS = keywords("return"), keywords("pass", "...")


def _possible(document: Document, words: tuple[Keyword, ...]) -> float:
    return document.openings.possible(words) / max(1, document.openings.lines) if words else 0.0


_ALL: tuple[Bound, ...] = (
    characters,
    words,
    whitespace_share,
    repeated_line_share,
    top_2gram_share,
    top_3gram_share,
    top_4gram_share,
    todo_share,
    long_string_share,
    import_share,
    print_share,
    definition_share,
    trivial_function_share,
    pass_share,
    zero_share,
)
BOUNDS: dict[str, Bound] = {bound.__name__: bound for bound in _ALL}
"""By the name of the signal, which passes every threshold that its bound passes."""
