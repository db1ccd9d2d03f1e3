"""Parse check: a file that its own language's parser rejects teaches mistakes.

`PARSERS` says which language is read by what. Languages without a parser here pass, and are counted as not checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from codekiln.cleaning.document import Document, Drop, Tally
from codekiln.cleaning.steps.parse import components, data, isolation, python, shell, sql, stylesheet, tree
from codekiln.cleaning.steps.parse.grammars import GRAMMARS
from codekiln.cleaning.steps.parse.place import conflict, told


class ParseStep:
    """Drops files that do not parse."""

    name = "parse"

    def apply(self, document: Document) -> Document | Drop:
        if document.language not in PARSERS:
            return document.noted(Tally("parse", f"not checked: {document.language}"))
        found = problem(document)
        if found:
            return Drop("parse_error", f"{document.language}, {found}")
        return document.noted(Tally("parse", f"checked: {document.language}"))


def problem(document: Document) -> str:
    """What the parser says, empty where it accepts the file or there is none for its language.

    Lines end alike for all: expressions of ours and some grammars know one kind of end.
    """
    language, content = document.language, document.data
    if language not in PARSERS:
        return ""
    return _binary(language, content) or conflict(content) or _parsed(language, content.replace(b"\r\n", b"\n"))


def _parsed(language: str, content: bytes) -> str:
    # The interpreter's own parser neither hangs nor aborts, but takes 400 bytes of memory for one of dense code.
    if language == "Python" and len(content) <= _MAX_HERE:
        return python.check(content)
    return isolation.ISOLATED.check(language, content)


_MAX_HERE = 500_000
_CONTROL = bytes({*range(0x20), 0x7F} - set(b"\t\n\v\f\r\x1b"))
_MAX_CONTROL = 2
"""Control characters that no language has outside of strings. Of 24,000 files of well-kept projects one had two."""
_BITS = re.compile(rb"(?<=')[\x01-\x08\x0e-\x1f]{1,8}(?=')")
"""Values of bits in a dump of MySQL: whole strings."""


def _binary(language: str, content: bytes) -> str:
    # Counting what `translate` deletes is ten times faster than an expression.
    count = len(content) - len(content.translate(None, _CONTROL))
    if count > _MAX_CONTROL and PARSERS[language] is sql.check:
        count -= sum(map(len, _BITS.findall(content)))
    if count <= _MAX_CONTROL:
        return ""
    first = min(at for at in (content.find(character) for character in _CONTROL) if at >= 0)
    return told(content, first, f"{count} control characters")


PARSERS: dict[str, Callable[[bytes], str]] = {
    **{language: partial(tree.check, language) for language in GRAMMARS},
    "Python": python.check,
    "Shell": shell.check,
    "PHP": components.check_php,
    "Vue": components.check_vue,
    "Svelte": components.check_svelte,
    "HTML": components.check_html,
    "CSS": partial(stylesheet.check, line_comments=False),
    "SCSS": partial(stylesheet.check, line_comments=True),
    "Less": partial(stylesheet.check, line_comments=True),
    **dict.fromkeys(("SQL", "PLSQL", "PLpgSQL", "SQLPL", "TSQL"), sql.check),
    **dict.fromkeys(("JSON", "JSON with Comments"), data.check_json),
    "YAML": data.check_yaml,
    "TOML": data.check_toml,
}
"""By linguist's name of the language."""
