"""SQL by its structure: strings, comments and brackets closed, every statement begins with a word of SQL.

tree-sitter's grammar rejects four of five files of well-kept projects: there are as many dialects as databases. This
reads what they share, and the ways out of it: psql's commands and data, MySQL's DELIMITER, T-SQL's GO, templates.
"""

from __future__ import annotations

import re

from codekiln.cleaning.steps.parse.place import sentence, told

_TOKEN = re.compile(
    rb"""
    (?P<comment>--[^\n]*|\#(?![\w>-])[^\n]*|/\*.*?\*/)
    | (?P<string>(?<=[\s.(,])\[[A-Za-z_][^\]\n]*\]|'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`
        |\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<copy>^[ ]*copy\b[^;]{1,2000}\bstdin\b[^;]{0,200};.*?^\\\.[ \t]*$)
    | (?P<command>^[ \t]*\\[^\n]*|^\#include\b[^\n]*
        |^[ \t]*(?:delimiter|prompt|spool|set\s+\w+\s+(?:on|off)|go|exit|quit|/)\b[^\n]*$|^/[ \t]*$)
    | (?P<template>\{\{.{0,1000}?\}\}|\{%.{0,1000}?%\}|<%.{0,1000}?%>|\$\{[^}\n]{0,200}\})
    | (?P<open>\() | (?P<close>\)) | (?P<end>;|//|\$\$) | (?P<bad>'|/\*)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_FIRST = frozenset(
    b"""
    abort alter analyze analyse attach audit backup begin break call case checkpoint close cluster comment
    commit connect continue copy create cursor database deallocate declare delete deny desc describe detach
    disable discard disconnect do drop dump else elseif elsif enable end exception exec execute exists exit
    explain export fetch flush for foreach forall from function get go goto grant handler if import index
    insert install into is iterate kill leave leave_loop let listen load lock loop merge move notify null on
    open optimize order over pivot pragma prepare print procedure purge raise raiserror reassign refresh
    reindex release rename repeat replace replication reset resignal restore return revoke rollback savepoint
    security select set show shutdown signal start stop table throw trigger truncate type union unlink
    unlisten unlock until unpivot update upsert use using vacuum values view waitfor when where while with
    within xa immutable stable volatile language as returns cost strict parallel public primary foreign unique
    constraint key perform elsif assert alias package body pipe exit rem whenever define undefine variable var
    accept col column ttitle
    """.split()
)
_BEGINS = re.compile(rb"\s*(?:<<\s*\w+\s*>>\s*|\w+\s*:\s*(?!=))?([A-Za-z_]+)")
_OTHER = re.compile(
    rb"""
    \s*(?:
        \(+\s*(?:select|with|values|table)\b             # a query in brackets
        | [\w."\[\]@:$]+\s*(?:\([^()]*\)\s*)?(?::=|=|\()  # an assignment or a call
        | @\w | :
        | \w+\s+[\w.%"]+(?:\s*\([\d, ]*\))?\s*(?:$|:=|default\b|not\ null)  # a variable's declaration
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def check(data: bytes) -> str:
    """What is wrong, empty where nothing is."""
    opened: list[int] = []
    text, start = b"", 0
    for token in _TOKEN.finditer(data):
        kind, at = token.lastgroup, token.start()
        if kind == "string":
            text, start = text + data[start:at] + b"''", token.end()
        elif kind == "bad":
            return told(data, at, "a comment or string without its end")
        elif kind == "open":
            opened.append(at)
        elif kind == "close":
            if not opened:
                return told(data, at, "`)` without the other half")
            opened.pop()
        elif kind in ("comment", "template", "copy", "command"):
            text, start = text + data[start:at] + b" ", token.end()
            if kind in ("copy", "command"):
                text = b""
        elif kind == "end":
            if opened:
                return told(data, opened[-1], "`(` without the other half")
            if not _is_statement(text + data[start:at]):
                return told(data, at, "not understood")
            text, start = b"", token.end()
    if opened:
        return told(data, opened[-1], "`(` without the other half")
    return "" if _is_statement(text + data[start:]) else told(data, len(data), "not understood")


def _is_statement(text: bytes) -> bool:
    if not text.strip():
        return True
    match = _BEGINS.match(text)
    if match and match[1].lower() in _FIRST:
        return sentence(text, 0, len(text)) < 0
    return _OTHER.match(text) is not None
