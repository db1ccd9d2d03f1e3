"""Parse check: a file that its own language's parser rejects teaches mistakes.

Python is read by the interpreter's own parser and symbol table, without building Python objects for the tree;
JavaScript and TypeScript by tree-sitter. Languages without a parser here pass, and are counted as not checked.
"""

from __future__ import annotations

import symtable
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

from codekiln.cleaning.document import Document, Drop, Tally


class ParseStep:
    """Drops files that do not parse."""

    name = "parse"

    def apply(self, document: Document) -> Document | Drop:
        check = PARSERS.get(document.language)
        if check is None:
            return document.noted(Tally("parse", f"not checked: {document.language}"))
        problem = check(document)
        if problem:
            return Drop("parse_error", problem)
        return document.noted(Tally("parse", f"checked: {document.language}"))


def problem(document: Document) -> str:
    """What the parser says, empty where it accepts the file or there is none for its language."""
    check = PARSERS.get(document.language)
    return check(document) if check else ""


def _python(document: Document) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            symtable.symtable(document.text, "<file>", "exec")
        except SyntaxError as error:
            return f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg)
        except (RecursionError, MemoryError):
            return "nested too deeply"
        except (ValueError, OverflowError) as error:
            return str(error)
    return ""


def _tree_sitter(grammar: str) -> Callable[[Document], str]:
    def check(document: Document) -> str:
        root = _parser(grammar).parse(document.data).root_node
        if not root.has_error:
            return ""
        return _first_error(root)

    return check


def _first_error(root: Any) -> str:
    """Where the first error is, without recursion: trees of hostile files are deep."""
    cursor = root.walk()
    while True:
        node = cursor.node
        if node.is_missing:
            return f"line {node.start_point[0] + 1}: `{node.type}` is missing"
        if node.is_error:
            return f"line {node.start_point[0] + 1}: not understood"
        if node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return "not understood"


@cache
def _parser(grammar: str) -> Any:
    import tree_sitter
    import tree_sitter_javascript
    import tree_sitter_typescript

    languages = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }
    return tree_sitter.Parser(tree_sitter.Language(languages[grammar]()))


PARSERS: dict[str, Callable[[Document], str]] = {
    "Python": _python,
    "JavaScript": _tree_sitter("javascript"),
    "TypeScript": _tree_sitter("typescript"),
    "TSX": _tree_sitter("tsx"),
}
"""By linguist's name of the language."""
