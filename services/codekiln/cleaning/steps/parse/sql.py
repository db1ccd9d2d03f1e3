"""SQL by its structure: strings, comments and brackets closed, every statement begins with a word of SQL.

tree-sitter's grammar rejects four of five files of well-kept projects: there are as many dialects as databases. This
reads what they share, and the ways out of it: psql's commands and data, MySQL's DELIMITER, T-SQL's GO, templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, reduce

from codekiln.cleaning.steps.parse.place import sentence, told
from codekiln.cleaning.steps.parse.sql_words import is_statement, unfinished

_HASH = r"|(?<![\w\#])\#+(?![\w\#>-])[^\n]*"
_TOKEN = r"""
    (?P<comment>--[^\n]*HASH|COMMENT)
    | (?P<string>(?<=[\s.(,=:])\[NAME(?:[^\]\n]|\]\])*\]|\b[eE]'(?:[^'\\]|''|\\.)*'|\b[nN]?[qQ]'(?:
            \[.*?\]|\(.*?\)|\{.*?\}|<.*?>|(?P<delimiter>[^\s\w\[({<]).*?(?P=delimiter))'
        |STRINGS|`[^`]*`
        DOLLAR)
    | (?P<copy>^[ ]*\\?copy\b[^;]{1,2000}?\bstdin\b[^;\n]{0,200}[;\n].*?^\\\.[ \t]*$)
    CLIENT
    | (?P<command>\\g[^\n]*|^\#include\b[^\n]*|^\.[a-z]+\b[^\n]*|^/[ \t]*$|^[ \t]*set[ \t]+term\b[^\n]*
        |^[ \t]*(?:
            @@?["\w./~&$-]+\.(?:sql|pk[sb]|tp[sb]|prc|fnc|plb|vw|trg)\b[^\n]*
            |(?:rem|remark|prompt|pause|spool)(?:[ \t][^\n]*)?
            |(?:delimiter|source)[ \t]+[^\s,()=]+[ \t]*;?[ \t]*|set\s+\w+\s+(?:on|off)\b(?![ \t]*,)[^\n]*
            |(?:go|exit(?![ \t]+(?:\w+[ \t]+)?when\b)|quit)(?![\w(.=:,])[^\n]*)$)
    | (?P<template>\{\{.{0,4000}?\}\}|\{%.{0,4000}?%\}|\{\#.{0,4000}?\#\}ERB|<\?[a-z].{0,1000}?\?>|\$\{[^}\n]{0,200}\})
    | (?P<client>\\(?!;)[^\n]*)
    | (?P<inquiry>\$\$INQUIRY\w+)
    | (?P<open>[(\[]) | (?P<close>[)\]])
    | (?P<end>;(?:[ \t\n]*\n[ \t]+/[ \t]*$)?|\\;SLASHES|\$\$DELIMITER) | (?P<bad>'|/\*)
"""
_ERB = r"|<%[\s=\#@-].{0,1000}?%>"
_DOLLAR = r"|\$(?P<tag>(?!\d)\w*)\$(?!plsql_).*?\$(?P=tag)\$"
_COMMENT = r"/\*.*?\*/"
_NAME = r"(?:[A-Za-z_\#@/]|--)"
_SLASHES = r"|(?<!:)//"
_FLAGS = re.VERBOSE | re.DOTALL | re.MULTILINE | re.IGNORECASE
_PLAIN = "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
_BACKSLASHES = r"'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\"\"|\\.)*\""


def _tokens(strings: str = _PLAIN, **parts: str) -> re.Pattern[bytes]:
    """The tokens of one way to read: `parts` are put where their names stand."""
    usual = {
        "HASH": _HASH,
        "ERB": _ERB,
        "DOLLAR": _DOLLAR,
        "COMMENT": _COMMENT,
        "NAME": _NAME,
        "SLASHES": _SLASHES,
        "INQUIRY": "plsql_",
        "CLIENT": "",
        "DELIMITER": "",
    }
    text = _TOKEN
    for name, part in {**usual, **parts, "STRINGS": strings}.items():
        text = text.replace(name, part)
    return re.compile(text.encode(), _FLAGS)


_STANDARD = _tokens()
_ESCAPED = _tokens(_BACKSLASHES)
"""As MySQL and BigQuery read strings: a backslash takes the next character. For all others it is a character."""
_OPERATORS = _tokens(HASH="", ERB="")
"""As PostgreSQL reads `#` and `<%`: operators. For MySQL `#` begins a comment, and `<%` a template's code."""
_HASHES = _tokens(_BACKSLASHES, HASH=r"|\#[^\n]*")
"""As MySQL reads `#word`, which names a table of SQL Server elsewhere."""
_HASHED = re.compile(rb"(?:^|;)[ \t]*#\w", re.MULTILINE)
_COMPILED = _tokens(DOLLAR="", INQUIRY="")
"""As Oracle reads `$if $$name $then`; two dollars begin a text elsewhere."""
_THEN = re.compile(rb"\$then\b", re.IGNORECASE)
_DEFINED = re.compile(rb"\boperator\s+(?:\w+\.)?[!<>=|&~@*+%^/-]*(?:\#|<%)", re.IGNORECASE)
_INFIX = re.compile(rb"[\w)'\"][ \t]+#+[ \t]+[\w('\"]")
_CLIENT = r"""
    | (?P<line>
        ^[ \t]*\*[ \t]*(?:
            (?:if|while)[ \t]*\(|foreach\b|forrows\b|end[ \t]+(?:if|while|foreach|forrows)\b|\(\(
            |(?:break|continue|return|else|list|listvalues|dump|load|prepare)\b
            |\*?[\w.:?]+[ \t]*(?:=|:|[_~][ \t]*$))[^\n]*
        |^[ \t]*/[ \t]*(?:[=:]|\w+[ \t]*\(|\w+[^\n*]*;[ \t]*$)[^\n]*
        |^(?::|>{1,2}(?:[ \t]|$))[^\n]*
        |^[ \t]*\\\.[ \t]*\n.*?^\.;?[ \t]*$)
"""
"""Lines of HSQLDB's client: assignments and loops behind `*`, macros behind `/`, a text between a line with a backslash
and a dot and one with a dot. And results that a test of H2 expects, behind `>`."""
_LINES = _tokens(CLIENT=_CLIENT)
_LINE = re.compile(
    rb"^(?:>>?[ \t]\S|[ \t]*(?:\*[ \t]*(?:if[ \t]*\(|foreach\b|\(\(|\*?\w+[ \t]*[=~])|/[ \t]*=|\\\.[ \t]*$))",
    re.MULTILINE,
)
_NESTED = _tokens(COMMENT=reduce(lambda inside, _: rf"/\*(?:[^*/]|\*(?!/)|/(?!\*)|{inside})*+\*/", range(4), r"(?!)"))
"""As PostgreSQL and SQL Server read comments: one may be in another."""
_NEST = re.compile(rb"/\*(?:[^*/]|\*(?!/)|/(?!\*))*+/\*")
_CLIENTS = "connect|tables|columns|set|run|script|record|outputformat|use|ok|plan|if|go|quit"
_COMMAND = rf"^(?:[!$][ \t]+[a-z]|!(?:{_CLIENTS})\b)[^\n]*$"
_COMMANDS = _tokens(CLIENT=rf"| (?P<line>{_COMMAND})")
"""Lines for the shell that SQL*Plus runs in, and commands of Calcite's and Hive's clients."""
_COMMANDED = re.compile(_COMMAND.encode(), re.MULTILINE | re.IGNORECASE)
_DIVISIONS = _tokens(NAME="(?!)", SLASHES="")
"""As DuckDB reads `//`: an operator."""
_DIVIDED = re.compile(rb"[\w)\]][ \t]*//[ \t]*(?:\d+\b|\()")
_LISTS = _tokens(NAME="(?!)")
"""As most read `[`: a list's beginning. For SQL Server it is that of a name."""
_LIST = re.compile(rb"\[[A-Za-z_][^\]\n]*[\[\n]")
_OTHERS = (
    (_INFIX, _OPERATORS),
    (_LINE, _LINES),
    (_HASHED, _HASHES),
    (_THEN, _COMPILED),
    (_NEST, _NESTED),
    (_COMMANDED, _COMMANDS),
    (_DIVIDED, _DIVISIONS),
    (_LIST, _LISTS),
)
"""Signs, and the reading to try where one is in a file that no other accepts."""
_MARK = b"\xef\xbb\xbf"
"""Of a file's start, which stays within scripts that were put together; clients pass over it."""
_SEPARATED = re.compile(rb"\b(?:do(?:\s+(?:also|instead))?|openrowset)\s*\Z", re.IGNORECASE)
"""Before brackets with statements in them, or with arguments that `;` separates."""
_PAIRS = {b"(": b")", b"[": b"]"}
_UNKNOWN = 0.02
"""Share of a file's bytes in statements that begin with no word that we know: dialects have many."""


def check(data: bytes) -> str:
    """What is wrong, empty where nothing is."""
    data = data.replace(_MARK, b"   ")
    problem = ""
    for tokens in _readings(data):
        found = _check(data, tokens)
        if not found:
            return ""
        problem = problem or found
    return problem


_DELIMITER = re.compile(rb"^[ \t]*delimiter[ \t]+(?!;|//|\$\$)([^\s\w]{1,4})[ \t]*$", re.MULTILINE | re.IGNORECASE)
"""MySQL's, where it is one that ends no statement elsewhere."""


@cache
def _delimited(delimiter: str) -> re.Pattern[bytes]:
    return _tokens(_BACKSLASHES, DELIMITER=rf"|{re.escape(delimiter)}(?=[ \t]*$)")


def _readings(data: bytes) -> Iterator[re.Pattern[bytes]]:
    """Ways to read it, one at a time: a file that is accepted is not searched for signs of others."""
    yield _OPERATORS if _DEFINED.search(data) else _STANDARD
    if b"\\" in data:
        yield _ESCAPED
    delimiter = _DELIMITER.search(data)
    if delimiter:
        yield _delimited(delimiter[1].decode())
    yield from (tokens for sign, tokens in _OTHERS if sign.search(data))


def _check(data: bytes, tokens: re.Pattern[bytes]) -> str:
    opened: list[tuple[bytes, int]] = []
    statements: list[tuple[bytes, int]] = []
    parts: list[bytes] = []
    start, templated = 0, False
    for token in tokens.finditer(data):
        kind, at = token.lastgroup, token.start()
        if kind == "bad":
            return told(data, at, "a comment or string without its end")
        if kind == "open":
            opened.append((token[0], at))
        elif kind == "close":
            if not opened or _PAIRS[opened.pop()[0]] != token[0]:
                return told(data, at, f"`{token[0].decode()}` without the other half")
        elif kind == "end" and opened:
            if len(opened) == 1 and _SEPARATED.search(data, max(0, opened[0][1] - 40), opened[0][1]):
                continue
            return told(data, opened[-1][1], f"`{opened[-1][0].decode()}` without the other half")
        else:
            templated = templated or kind == "template"
            parts += [data[start:at], b" " if kind in ("comment", "command", "client", "line") else b"''"]
            start = token.end()
            if kind in ("end", "copy", "command", "line"):
                parts.pop()
                statements.append((b"".join(parts), at))
                parts = []
    if opened:
        return told(data, opened[-1][1], f"`{opened[-1][0].decode()}` without the other half")
    statements.append((b"".join([*parts, data[start:]]), len(data)))
    return _statements(data, statements, templated=templated)


def _statements(data: bytes, statements: list[tuple[bytes, int]], *, templated: bool) -> str:
    """Whether they are of SQL; with templates in them they may be parts of statements."""
    unknown, first, known = 0, -1, True
    for number, (text, end) in enumerate(statements):
        if sentence(text, 0, len(text)) >= 0:
            return told(data, end, "prose")
        known = templated or is_statement(text, ended=number < len(statements) - 1)
        if not known:
            unknown, first = unknown + len(text), end if first < 0 else first
    # The last may be a word that was cut off.
    if not known or unknown > _UNKNOWN * len(data):
        return told(data, first, "not understood")
    if not templated and unfinished(b";".join(text for text, _ in statements)):
        return told(data, len(data), "`begin` or `case` without `end`")
    return ""
