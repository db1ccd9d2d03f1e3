"""Auto-generated files: told by their name, by a phrase in their first lines, or by the look of their content.

generated_rules.py has the names and texts, generated_phrases.py the phrases; looks are here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.patterns import every
from codekiln.cleaning.steps.generated_phrases import by_phrase, is_quoted
from codekiln.cleaning.steps.generated_rules import RULES

HEAD_BYTES = 2048
"""How much of a file counts as its head: licence headers come before the phrase."""

_PATHS = every([(number, rule.path) for number, rule in enumerate(RULES) if rule.path])
_HEADS = every([(number, f"(?m){rule.head}") for number, rule in enumerate(RULES) if rule.head])


class GeneratedStep:
    """Drops files that a program wrote."""

    name = "generated"

    def apply(self, document: Document) -> Document | Drop:
        head = document.data[:HEAD_BYTES]
        rule = _by_rule(document.path, head) or by_phrase(head) or _by_look(document)
        return Drop("generated", rule) if rule else document


def _by_rule(path: str, head: bytes) -> str:
    """The first rule whose path and head, as far as it has them, both fit."""
    named, headed = _PATHS(path.encode(errors="replace")), _HEADS(head)
    for number in sorted(named | headed):
        rule = RULES[number]
        if (not rule.path or number in named) and (not rule.head or (number in headed and _says(number, head))):
            return rule.name
    return ""


@cache
def _head_of(number: int) -> re.Pattern[bytes]:
    return re.compile(RULES[number].head.encode(), re.MULTILINE)


def _says(number: int, head: bytes) -> bool:
    """Whether the head says so itself: a generator has the same words in its strings."""
    return not all(is_quoted(head, found.start()) for found in _head_of(number).finditer(head))


def _minified(document: Document) -> bool:
    """Few and long lines in a language that is served to browsers: linguist's rule, 110 bytes in the mean line."""
    if document.language not in ("JavaScript", "CSS"):
        return False
    return len(document.data) / len(document.lines) > 110


def _recorded(document: Document) -> bool:
    """A cassette of the library VCR says so in its last line but one."""
    return document.path.endswith((".yml", ".yaml")) and b"\nrecorded_with: VCR" in document.data[-400:]


def _has_source_map(document: Document) -> bool:
    """A reference to a source map in the last two lines: the source is elsewhere."""
    if document.language not in ("JavaScript", "CSS"):
        return False
    return b"# sourceMappingURL=" in document.data[-400:] or b"@ sourceMappingURL=" in document.data[-400:]


_ANNOTATION = re.compile(rb"^@(?:ja[\w.]+\.)?Generated\(", re.MULTILINE)


def _annotated(document: Document) -> bool:
    """Java's annotation of a whole class, which stands behind its imports."""
    if document.language not in ("Java", "Kotlin") or b"Generated(" not in document.data:
        return False
    return _ANNOTATION.search(document.data) is not None


_FOOTER = re.compile(
    rb"(?:[Gg]enerated|[Cc]reated|[Pp]owered)\b[^<\n]{0,40}<a\b[^>\n]*>\s*"
    rb"(?:JSDoc|TypeDoc|Sphinx|[Yy][Aa][Rr][Dd]|RDoc|LDoc|istanbul|[Dd]oxygen|pdoc|MkDocs|javadoc|ESDoc|JaCoCo)"
)


def _documentation(document: Document) -> bool:
    """A page of documentation names its tool in the last line."""
    return document.language == "HTML" and _FOOTER.search(document.data[-2048:]) is not None


_LOOKS: tuple[tuple[str, Callable[[Document], bool]], ...] = (
    ("minified", _minified),
    ("reference to a source map", _has_source_map),
    ("recorded traffic", _recorded),
    ("annotated as generated", _annotated),
    ("page of a documentation tool", _documentation),
)


def _by_look(document: Document) -> str:
    for name, look in _LOOKS:
        if look(document):
            return name
    return ""
