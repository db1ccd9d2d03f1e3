"""Files of several languages, Vue, Svelte and HTML: scripts and styles each by the check of their own language."""

from __future__ import annotations

import re

from codekiln.cleaning.steps.parse import markup_templates, stylesheet, tree

_BLOCK = re.compile(rb"<!--.*?-->|<(script|style)\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>(.*?)</\1\s*>", re.S | re.I)
_ATTRIBUTE = re.compile(rb"\b(lang|type)\s*=\s*[\"']?(?:text/)?([\w./+-]+)")
_MARKUP = re.compile(rb"\A---|^@|<(?:[A-Za-z/]|!doctype|!--)", re.I | re.M)
"""A tag, or the sign of a site generator or of Razor and Twirl."""
_TEMPLATED = re.compile(rb"\{\{|\{%|<%|<\?|\$\{|^[ \t]*%[A-Z][A-Z_]+%[ \t]*$", re.M)
_HIDDEN = re.compile(rb"\A\s*<!--|(?://|/\*)?[ \t]*-->\s*\Z")
"""What hid a style from browsers that knew none."""
_WHOLE = re.compile(rb"(?:>|%\}|\}\})\s*\Z")
"""How a part of a page ends, whose elements another file may open or close: what was cut off ends in a word."""
_SCRIPTS = {
    b"": "JavaScript",
    b"js": "JavaScript",
    b"javascript": "JavaScript",
    b"module": "JavaScript",
    b"application/javascript": "JavaScript",
    b"babel": "JavaScript",
    b"jsx": "JavaScript",
    b"ts": "TypeScript",
    b"typescript": "TypeScript",
    b"tsx": "TSX",
}
"""Grammars by `lang` or `type`; other types are data or templates."""
_STYLES = {b"": False, b"css": False, b"postcss": True, b"scss": True, b"less": True}
"""Whether `//` begins a comment, by `lang` or `type`; other languages have no brackets (Sass, Stylus)."""


def check_vue(data: bytes) -> str:
    """A single-file component: its scripts and styles, and its template as HTML."""
    problem = _blocks(data) if _MARKUP.search(data) else _NO_MARKUP
    if problem:
        return problem
    return "" if re.search(rb"<template\b[^>]*\blang=[\"']?pug", data) else tree.check("Vue", _emptied(data))


_NO_MARKUP = "no markup"


def check_php(data: bytes) -> str:
    """PHP: what has no `<?` is text that a server would send as it is."""
    return tree.check("PHP", data) if b"<?" in data else "no `<?php`"


def check_svelte(data: bytes) -> str:
    """A component of Svelte."""
    return _blocks(data) or tree.check("Svelte", _emptied(data))


def check_html(data: bytes) -> str:
    """HTML; its scripts and styles where no template language writes into them."""
    templated = _TEMPLATED.search(data)
    if not templated and not _MARKUP.search(data):
        return _NO_MARKUP
    code_out = markup_templates.without_code(data)
    if not templated and code_out == data:
        problem = _blocks(data)
        if problem:
            return problem
    texts = list(dict.fromkeys((data, code_out, markup_templates.first_arms(code_out))))
    problem = ""
    for text in texts:
        found = tree.check("HTML", _emptied(text))
        if not found:
            return ""
        problem = problem or found
    if _WHOLE.search(data) and not _is_page(data):
        return tree.check("HTML", b"<rest-of-page>" + _emptied(texts[-1]) + b"</rest-of-page>") and problem
    return problem


def _is_page(data: bytes) -> bool:
    """Whether a page begins and ends in the file."""
    lower = data.lower()
    return 0 <= lower.find(b"<html") < lower.rfind(b"</html")


def _blocks(data: bytes) -> str:
    """What is wrong in the scripts and styles."""
    for match in _BLOCK.finditer(data):
        if match[1] is None:  # a comment, which may have half a script in it
            continue
        kind, inside = match[1].lower(), match[3]
        language = next((value.lower() for _, value in _ATTRIBUTE.findall(match[2])), b"")
        if not inside.strip():
            continue
        problem = _script(language, inside) if kind == b"script" else _style(language, inside)
        if problem:
            return _moved(problem, data.count(b"\n", 0, match.start(3)))
    return ""


def _script(language: bytes, inside: bytes) -> str:
    grammar = _SCRIPTS.get(language)
    return tree.check(grammar, inside) if grammar else ""


def _style(language: bytes, inside: bytes) -> str:
    comments = _STYLES.get(language)
    return "" if comments is None else stylesheet.check(_HIDDEN.sub(_lines, inside), line_comments=comments)


def _emptied(data: bytes) -> bytes:
    """The file with nothing in its scripts and styles, on the same lines."""
    return _BLOCK.sub(_without_inside, data)


def _lines(match: re.Match[bytes]) -> bytes:
    return b"\n" * match[0].count(b"\n")


def _without_inside(match: re.Match[bytes]) -> bytes:
    if match[1] is None:
        return match[0]
    return b"<%b%b>%b</%b>" % (match[1], match[2], b"\n" * match[3].count(b"\n"), match[1])


def _moved(problem: str, lines: int) -> str:
    """The problem with its line counted from the start of the file."""
    return re.sub(r"^line (\d+)", lambda match: f"line {int(match[1]) + lines}", problem)
