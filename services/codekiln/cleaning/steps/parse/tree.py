"""Languages that tree-sitter parses: a tree without an error is accepted, one with errors judged by its grammar's row.

Grammars lag behind their languages and know no macros, so some files that compile have error nodes. Two things help:
what a grammar is known to lack is put in other words before it is asked again (`mends`), and a share of bytes in errors
is borne (`borne`), unless the errors look like what breaks files: brackets without their other half, or prose.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from codekiln.cleaning.steps.parse import brackets, conditionals
from codekiln.cleaning.steps.parse.grammars import GRAMMARS, Grammar
from codekiln.cleaning.steps.parse.place import sentence, told

_CHUNK = 16384
_READS = 64
"""Reads a chunk before the parser is stopped: real files need up to 12 (C++), since it goes back where a text can be
read in several ways. Counted and not timed, so that the same file is judged alike on every machine."""
_FIRST_READS = 10_000
"""And reads of a file however small: going back within one chunk counts too."""
_LIST = re.compile(rb"(?:\s|//[^\n]*|/\*.*?\*/|#[^\n]*)*+(?:[{\d\"]|[A-Z_][A-Z0-9_]*\s*,)", re.S)
"""A file of C that is included within the brackets of a list."""
_UNKNOWN = "not understood"
_ERRORS = 2000
"""Errors looked at; a file with more is not of this language."""


@dataclass(frozen=True)
class Error:
    """Bytes that are in no rule of the grammar, or a token that is missing (`start == end`)."""

    start: int
    end: int
    line: int
    what: str


def check(language: str, data: bytes) -> str:
    """What is wrong with a file of linguist's `language`, empty where it is accepted."""
    grammar = GRAMMARS[language]
    problem = _judge(grammar, data)
    for other in grammar.others if problem else ():
        if other.applies(data):
            mended = other.mended(data)
            if not _judge(GRAMMARS[other.language], mended) and not (grammar.macros and brackets.hidden(data, mended)):
                return ""
    if problem and grammar.dialect and grammar.dialect.search(data):
        return brackets.of_c(data) or _prose_of_c(data)
    return problem


def share(language: str, data: bytes) -> tuple[float, str]:
    """The share of bytes in errors, and the first error: for languages whose files are then judged by other means."""
    root = _root(GRAMMARS[language], data)
    if root is None:
        return 1.0, "takes too long to parse"
    if not root.has_error:
        return 0.0, ""
    found = errors(root)
    return covered(found) / len(data), f"line {found[0].line}: {found[0].what}"


def _judge(grammar: Grammar, data: bytes) -> str:
    problem = ""
    for text in _texts(grammar, data):
        root = _root(grammar, text)
        if root is None:
            return "takes too long to parse"
        problem = _weighed(grammar, root, text) if root.has_error else ""
        if not problem:
            return ""
    return problem


def _texts(grammar: Grammar, data: bytes) -> Iterator[bytes]:
    """The file, with what the grammar lacks in other words, and as a preprocessor may leave it; each once."""
    yield data
    mended = grammar.mended(data)
    if grammar.macros and brackets.hidden(data, mended):
        return
    if mended != data:
        yield mended
    if grammar.macros and _LIST.match(data):
        yield b"int list[] = {" + mended + b"\n};"
    if grammar.conditional and b"#if" in data:
        yield conditionals.first_arms(mended)
        yield conditionals.last_arms(mended)


def _weighed(grammar: Grammar, root: Any, data: bytes) -> str:
    """What is wrong with a file whose tree has errors, empty where they are borne."""
    found = errors(root)
    first = f"line {found[0].line}: {found[0].what}"
    # A macro hides tokens; else one that is missing is a mistake.
    missing = not grammar.macros and any(
        error.start == error.end and not (grammar.loses_ends and error.what == _UNKNOWN) for error in found
    )
    if missing or len(found) > _ERRORS or covered(found) > grammar.borne * len(data):
        return first
    left = _unbalanced(grammar, root, data)
    return f"line {found[0].line}: {left}" if left else _prose(found, data)


def _root(grammar: Grammar, data: bytes) -> Any:
    """The tree's root; None where the parser went back too often."""
    data += b"\n"  # Kotlin's scanner never returns from `@name` at the end of a file
    left = _FIRST_READS + _READS * (len(data) // _CHUNK)
    # The binding never gives up what a read returned (py-tree-sitter 0.26, parser_read_wrapper), so that it would hold
    # every file: a view can be taken back.
    views: list[memoryview] = []

    def read(offset: int, _: Any) -> memoryview | bytes:
        nonlocal left
        left -= 1
        if left <= 0:
            return b""
        views.append(memoryview(data)[offset : offset + _CHUNK])
        return views[-1]

    tree = _parser(grammar).parse(read)
    for view in views:
        view.release()
    return tree.root_node if left > 0 else None


def errors(root: Any) -> list[Error]:
    """The errors in order, `_ERRORS` and one at the most: a walk into those nodes alone that have one.

    Of an error node count the tokens that stand alone: where the parser gives up, one node spans the file and holds
    whole functions that it understood.
    """
    found: list[Error] = []
    cursor = root.walk()
    in_error = [False]
    while len(found) <= _ERRORS:
        node = cursor.node
        if node.is_missing:
            found.append(Error(node.start_byte, node.start_byte, node.start_point[0] + 1, f"`{node.type}` is missing"))
        elif in_error[-1] and not node.child_count and not node.is_extra:
            _extend(found, node)
        elif node.has_error and cursor.goto_first_child():
            in_error.append(node.is_error)
            continue
        elif node.is_error:
            _extend(found, node)
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                # A missing token that the grammar hides is in no node that can be seen.
                return found or [Error(root.end_byte, root.end_byte, root.end_point[0] + 1, _UNKNOWN)]
            in_error.pop()
    return found


def _extend(found: list[Error], node: Any) -> None:
    """Adds a token; one that follows the last on its line is of the same error."""
    line = node.start_point[0] + 1
    if found and found[-1].line == line and found[-1].what == _UNKNOWN:
        found[-1] = replace(found[-1], end=node.end_byte)
    else:
        found.append(Error(node.start_byte, node.end_byte, line, _UNKNOWN))


def _unbalanced(grammar: Grammar, root: Any, data: bytes) -> str:
    if grammar.macros:
        return brackets.of_c(data)
    return brackets.of_tree(_language(grammar), root) if grammar.paired else ""


def covered(found: list[Error]) -> int:
    """Bytes in errors."""
    return sum(error.end - error.start for error in found)


def _prose(found: list[Error], data: bytes) -> str:
    """The first sentence on a line with an error, outside of comments and strings."""
    for error in found:
        start, end = data.rfind(b"\n", 0, error.start) + 1, data.find(b"\n", error.end)
        at = sentence(data, start, end if end >= 0 else len(data))
        if at >= 0 and not any(sign in data[data.rfind(b"\n", 0, at) + 1 : at] for sign in (b"//", b"*", b"#", b'"')):
            return told(data, at, "prose")
    return ""


def _prose_of_c(data: bytes) -> str:
    """The first sentence outside of comments, strings and directives."""
    code = brackets.code_of_c(data)
    at = sentence(code, 0, len(code))
    return told(data, max(0, data.find(code[at : at + 30])), "prose") if at >= 0 else ""


@cache
def _parser(grammar: Grammar) -> Any:
    import tree_sitter

    return tree_sitter.Parser(_language(grammar))


@cache
def _language(grammar: Grammar) -> Any:
    import tree_sitter

    make: Callable[[], object] = getattr(importlib.import_module(grammar.module), grammar.function)
    return tree_sitter.Language(make())
