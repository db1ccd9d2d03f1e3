"""Brackets without their other half, in files whose tree has errors.

A tree's own tokens tell brackets of code from those in strings and comments. C and C++ are read by a small lexer
instead: what their macros hide from the parser makes its tokens wrong.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from codekiln.cleaning.steps.parse import conditionals

_OPENS = {"(": "(", "[": "[", "{": "{", "\\(": "(", "$(": "(", "${": "{", "#{": "{", "#[": "["}
"""Tokens that open, interpolation in strings too."""
_CLOSES = {")": "(", "]": "[", "}": "{"}
_OTHER = {opening: closing for closing, opening in _CLOSES.items()}


def of_tree(language: Any, root: Any) -> str:
    """Which bracket is left over, empty where none is or the grammar has none as tokens."""
    import tree_sitter

    query = _query(language)
    if query is None:
        return ""
    depth = dict.fromkeys(_OTHER, 0)
    for node in tree_sitter.QueryCursor(query).captures(root).get("bracket", []):
        if not node.is_missing:
            if node.type in _OPENS:
                depth[_OPENS[node.type]] += 1
            else:
                depth[_CLOSES[node.type]] -= 1
    return _left(depth)


@cache
def _query(language: Any) -> Any:
    import tree_sitter

    signs = [sign for sign in (*_OPENS, *_CLOSES) if language.id_for_node_kind(sign, False) is not None]
    escaped = (sign.replace("\\", "\\\\") for sign in signs)
    return (
        tree_sitter.Query(language, "[" + " ".join(f'"{sign}"' for sign in escaped) + "] @bracket") if signs else None
    )


def _left(depth: dict[str, int]) -> str:
    for opening, count in depth.items():
        if count:
            return f"{abs(count)} `{opening if count > 0 else _OTHER[opening]}` without the other half"
    return ""


_NOT_BRACKETS = re.compile(
    rb"""
    //(?:\\\r?\n|[^\n])* | /\*.*?(?:\*/|\Z)
    | (?:\bu8|\b[uUL])?R"(?P<tag>[^ ()\\\n]{0,16})\(.*?\)(?P=tag)"
    | "(?:[^"\\\n]|\\.)*" | (?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+'
    | ^[ \t]*\#[ \t]*(?P<conditional>if|el|endif)?
        (?:\\\r?\n|//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"|[^\n])*
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
"""A comment without its end takes the rest: to look for an end from every `/*` would take a time that is quadratic."""


def of_c(data: bytes) -> str:
    """Which bracket is left over, in the first arms of `#if`: brackets may open in each and close once."""
    code = conditionals.first_arms(code_of_c(data))
    return _left({opening: _difference(code, opening) for opening in _OTHER})


def code_of_c(data: bytes) -> bytes:
    """Without comments, strings and directives, but for those of `#if`."""
    return _NOT_BRACKETS.sub(_directive, data)


def hidden(data: bytes, mended: bytes) -> bool:
    """Whether other words for macros hide a bracket that is left over: what they blank may hold it."""
    if all(_difference(data, opening) == _difference(mended, opening) for opening in _OTHER):
        return False
    return bool(of_c(data)) and not of_c(mended)


def _difference(data: bytes, opening: str) -> int:
    return data.count(opening.encode()) - data.count(_OTHER[opening].encode())


def _directive(match: re.Match[bytes]) -> bytes:
    conditional: bytes = match["conditional"]
    return b"#" + conditional if conditional else b" "
