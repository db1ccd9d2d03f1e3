"""Auto-generated files: told by their name, by a phrase in their first lines, or by the look of their content.

generated_rules.py has the names and texts; phrases and looks are here.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Callable

from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.patterns import every
from codekiln.cleaning.steps.generated_rules import RULES

HEAD_BYTES = 2048
"""How much of a file counts as its head: licence headers come before the phrase."""
PHRASE_LINES = 40


PHRASE = re.compile(
    rb"auto-?generated|automatically generated|generated automatically"
    rb"|(?:this|the following) (?:file|code|module|class|script) (?:is|was|has been) (?:auto-?|machine[- ]|automatically )?generated"
    rb"|(?:machine[- ]generated|generated (?:file|code|by|from|with)\b[^\n]{0,200}[\n\r#*/ -]{0,12})[^\n]{0,80}\b(?:do not|don't|dont) (?:edit|modify|change)"
    rb"|(?:do not|don't|dont) (?:edit|modify|change)\b[^\n]{0,120}[\n\r#*/ -]{0,12}[^\n]{0,80}\bgenerated\b",
    re.IGNORECASE,
)
"""What people and generators write at the top. Lower-case words of StarCoder2's five phrases are among them."""

_COMMENT = re.compile(rb"^[ \t]*(?:#|//|/\*|\*|--|;|%|<!--|\"\"\"|'''|\.\.|dnl\b|REM\b|!|@|r\"\"\")", re.IGNORECASE)

_PATHS = every([(number, rule.path) for number, rule in enumerate(RULES) if rule.path])
_HEADS = every([(number, f"(?m){rule.head}") for number, rule in enumerate(RULES) if rule.head])


class GeneratedStep:
    """Drops files that a program wrote."""

    name = "generated"

    def apply(self, document: Document) -> Document | Drop:
        head = document.data[:HEAD_BYTES]
        rule = _by_rule(document.path, head) or _by_phrase(head) or _by_look(document)
        return Drop("generated", rule) if rule else document


def _by_rule(path: str, head: bytes) -> str:
    """The first rule whose path and head, as far as it has them, both fit."""
    named, headed = _PATHS(path.encode(errors="replace")), _HEADS(head)
    for number in sorted(named | headed):
        rule = RULES[number]
        if (not rule.path or number in named) and (not rule.head or number in headed):
            return rule.name
    return ""


def _by_phrase(head: bytes) -> str:
    """A phrase in a comment or docstring near the top: code that merely speaks of generated files stays."""
    if b"enerated" not in head and b"ENERATED" not in head:
        return ""
    found = PHRASE.search(head)
    if found is None or head.count(b"\n", 0, found.start()) >= PHRASE_LINES:
        return ""
    start = head.rfind(b"\n", 0, found.start()) + 1
    if not _COMMENT.match(head[start:]) and not _in_opening_text(head, found.start()):
        return ""
    # The detail goes into the report: nobody's address may go with it.
    words = [word if b"@" not in word else b"..." for word in found[0].split()]
    return "phrase: " + b" ".join(words).decode(errors="replace")[:80]


def _in_opening_text(head: bytes, at: int) -> bool:
    """Whether `at` lies in a docstring or block comment that opens the file."""
    before = head[:at].lstrip()
    for opening, closing in ((b'"""', b'"""'), (b"'''", b"'''"), (b"/*", b"*/"), (b"<!--", b"-->")):
        if before.startswith(opening):
            return closing not in before[len(opening) :]
    return False


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


_LOOKS: tuple[tuple[str, Callable[[Document], bool]], ...] = (
    ("minified", _minified),
    ("reference to a source map", _has_source_map),
    ("recorded traffic", _recorded),
)


def _by_look(document: Document) -> str:
    for name, look in _LOOKS:
        if look(document):
            return name
    return ""
