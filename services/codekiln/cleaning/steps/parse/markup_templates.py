"""Markup that a template language writes into by signs that HTML's grammar takes for its own.

Twirl and Razor write code after `@`, with quotes, `<` and `>` in brackets; FreeMarker, Mason and libraries of tags
(`<c:url/>` of JSP) have tags of their own, within attributes too. Jinja's, ERB's and PHP's code is letters already in
the grammar's row (`grammars.py`).
"""

from __future__ import annotations

import re

_AT_SIGN = re.compile(
    rb"""
    \A(?:\s|@\*.*?\*@)*@(?:\(|\{|(?:this|import|using|model|page|inherits|addTagHelper|layout)\b)
    | ^[ \t]*(?:\}[ \t]*)?@(?:if|for|foreach|while|switch|defining|main|form|section)\b[^\n]*(?:\{|\n[ \t]*\{)[ \t]*$
    | ^@(?:\([^\n]*\)|model\s+\S+|using\s+[\w.]+|import\s+[\w.{}]+)[ \t]*$
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_FREEMARKER = re.compile(rb"<#(?:--|(?:if|list|macro|include|import|assign|ftl|setting)\b)")
_FREEMARKER_CODE = re.compile(
    rb"""<\#--.*?--> | </?[\#@](?:"[^"]*"|'[^']*'|\([^()\n]*\)|[^<>"'()])*> | \$\{[^{}]{0,1000}\}""",
    re.VERBOSE | re.DOTALL,
)
_MASON = re.compile(rb"<&[|\s]*[\w/.$-]|</?%(?:args|init|perl|once|shared|attr|method|def)\b")
_MASON_CODE = re.compile(
    rb"""
    <%(?P<block>args|init|perl|once|shared|attr|doc|flags|filter|cleanup)>.*?</%(?P=block)>
    | </?%\w[^<>]*> | <&.*?&> | </&[^<>]*> | <%.*?%> | ^%[^\n]*
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_TAGGED = re.compile(rb"""=\s*(?:"[^"<>]*|'[^'<>]*)<[a-z]\w*:\w""")
_TAG = re.compile(rb"""<[a-z]\w*:[\w.-]+(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_CODE = re.compile(rb"@\*.*?\*@|@@|(?<![\w.])@(?=[A-Za-z_({])", re.DOTALL)
_NAME = re.compile(
    rb"(?:if|for|foreach|while|switch|using|defining|form)\b[ \t]*(?=\()"
    rb"|(?:functions|code)\b[ \t\r\n]*(?=\{)"
    rb"|(?:import|using|model|inherits|page|addTagHelper|layout|namespace|inject)\b[^\n({]*"
    rb"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
)
_MEMBER = re.compile(rb"(?:\??\.[A-Za-z_]\w*)+")
_TOKEN = re.compile(
    rb"(?P<open>[(\[{])|(?P<close>[)\]}])|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)'|@\*.*?\*@", re.DOTALL
)
_ARMS = tuple(
    re.compile(rb"%b(?:(?!%b).){0,4000}?%b" % (other, opening, ending), re.DOTALL)
    for opening, other, ending in (
        (
            rb"\{%-?\s*(?:if|unless)\b",
            rb"\{%-?\s*(?:else|elif|elsif|elseif)\b",
            rb"\{%-?\s*end(?:if|unless)\b[^{}]*%\}",
        ),
        (rb"\{\{~?\s*(?:#if|#unless|if)\b", rb"\{\{~?\s*else\b", rb"\{\{~?\s*(?:/if|/unless|end)\b[^{}]*\}\}"),
        (rb"<\w+:if\b", rb"<\w+:else(?:if)?\b", rb"<\w+:endif\s*/>"),
    )
)
"""What is between `else` and the end of a condition, where no other condition begins: of Jinja and Liquid, of
Handlebars and Go, of Roundcube."""
_MOST = 20_000
"""Bytes of one expression: what is longer is a bracket that nobody closed."""


def without_code(data: bytes) -> bytes:
    """The file with letters in place of such code, on the same lines; as given where it is no such template."""
    if _FREEMARKER.search(data):
        return _FREEMARKER_CODE.sub(lambda match: _letters(match[0]), data)
    if _MASON.search(data):
        return _MASON_CODE.sub(lambda match: _letters(match[0]), data)
    if _TAGGED.search(data):
        return _TAG.sub(lambda match: _letters(match[0]), data)
    return _without_at(data) if _AT_SIGN.search(data) else data


def first_arms(data: bytes) -> bytes:
    """The file with the first arm of each condition alone: each may open the same tag."""
    for pattern in _ARMS:
        before = b""
        while before != data:
            before, data = data, pattern.sub(lambda match: b"\n" * match[0].count(b"\n"), data)
    return data


def _without_at(data: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while match := _CODE.search(data, at):
        end = match.end() if len(match[0]) > 1 else _end(data, match.end())
        if end < 0:
            return data
        parts += [data[at : match.start()], _letters(data[match.start() : end])]
        at = end
    return b"".join([*parts, data[at:]])


def _end(data: bytes, at: int) -> int:
    """Where the expression after `@` ends: names, and brackets that follow without a space. -1 where one stays open."""
    name = _NAME.match(data, at)
    if name:
        at = name.end()
        if data[at - 1 : at] in b" \t\r\n" and data[at : at + 1] not in (b"(", b"{"):
            return at
    elif data[at : at + 1] == b"{":
        return _closed(data, at)
    code = name is not None and name[0].startswith((b"functions", b"code"))
    while at >= 0 and (data[at : at + 1] in (b"(", b"[") or (code and data[at : at + 1] == b"{")):
        at, code = _closed(data, at), False
        member = _MEMBER.match(data, at) if at >= 0 else None
        at = member.end() if member else at
    return at


def _closed(data: bytes, at: int) -> int:
    """Where the bracket that opens there is closed, -1 where it is not."""
    depth = 0
    for token in _TOKEN.finditer(data, at, at + _MOST):
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if not depth:
            return token.end()
    return -1


def _letters(text: bytes) -> bytes:
    return re.sub(rb"[^\n]", b"x", text)
