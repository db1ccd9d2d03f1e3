"""Parse check: a file that its own language's parser rejects teaches mistakes.

`PARSERS` says which language is read by what. Languages without a parser here pass, and are counted as not checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from codekiln.cleaning.document import Document, Drop, Tally
from codekiln.cleaning.steps.parse import components, data, isolation, python, sql, stylesheet, tree
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
    """What the parser says, empty where it accepts the file or there is none for its language."""
    language, content = document.language, document.data
    if language not in PARSERS:
        return ""
    return _binary(content) or conflict(content) or _parsed(language, content)


def _parsed(language: str, content: bytes) -> str:
    # The interpreter's own parser neither hangs nor aborts.
    return python.check(content) if language == "Python" else isolation.ISOLATED.check(language, content)


_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROL = 2
"""Control characters that no language has outside of strings. Of 24,000 files of well-kept projects one had two."""


def _binary(content: bytes) -> str:
    found = _CONTROL.findall(content)
    if len(found) <= _MAX_CONTROL:
        return ""
    return told(content, content.index(found[0]), f"{len(found)} control characters")


PARSERS: dict[str, Callable[[bytes], str]] = {
    **{language: partial(tree.check, language) for language in GRAMMARS},
    "Python": python.check,
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
