"""What people and generators write at the top of a file that a program wrote, in a comment or docstring.

Code that merely speaks of generated files stays: in its strings, in quotes, further down.
"""

# ruff: noqa: E501
from __future__ import annotations

import re

from codekiln.cleaning.patterns import every

PHRASE_LINES = 40

_NOT = rb"(?:do not|don't|dont|never) (?:hand[- ]?|manually )?(?:edit|modify|change|touch)"
_THIS = rb"(?:this|the following) (?:source |header |include )?(?:file|code|module|class|script|package|header|document|source)"

PHRASE = re.compile(
    rb"auto-?generated|automatically generated|generated automatically"
    rb"|" + _THIS + rb" (?:is|was|has been) (?:a |an )?(?:auto-?|machine[- ]|automatically )?generated"
    rb"|(?:machine[- ]generated|generated (?:file|code|by|from|with)\b[^\n]{0,200}[\n\r#*/ -]{0,12})[^\n]{0,80}\b"
    + _NOT
    + rb"|"
    + _NOT
    + rb"\b[^\n]{0,120}[\n\r#*/ -]{0,12}[^\n]{0,80}\b(?:generated|(?:created|produced|written) by)\b"
    rb"|(?:changes|edits|modifications)(?: made| done)? (?:to|in) (?:this|the generated) (?:file|code|class)\b[^\n]{0,40}\b(?:will|may|might|can) (?:be|get) (?:lost|overwritten|discarded|undone)"
    rb"|"
    + b"(?:Diese Datei|Dieser Code|Diese Klasse|Dieses Modul)[^\n]{0,40}(?:automatisch|maschinell|von einem \\w+) (?:generiert|erzeugt|erstellt)"
    + "|(?:ce fichier|ce code|cette classe)[^\n]{0,40}(?:généré|generé|genere)[^\n]{0,20}automatiquement".encode()
    + "|(?:este|esta) (?:archivo|fichero|código|clase|arquivo|ficheiro)[^\n]{0,40}(?:generad[oa]|gerad[oa])[^\n]{0,20}autom".encode()
    + b"|questo (?:file|codice)[^\n]{0,40}generato automaticamente"
    + "|(?:файл|код|класс)[^\n]{0,60}(?:сгенерирован|создан)[^\n]{0,20}автоматически|(?:файл|код|класс)[^\n]{0,60}автоматически (?:сгенерирован|создан)".encode()
    + "|(?:本|此|该|這個|这个)(?:文件|代码|类|檔案|程式)[^\n]{0,60}(?:自动|自動)(?:生成|产生|產生)|(?:自动|自動)生成[^\n]{0,60}(?:请勿|請勿|不要|勿)".encode()
    + "|このファイルは[^\n]{0,60}自動(?:的に)?生成|自動生成[^\n]{0,80}(?:編集|変更)しない".encode()
    + "|이 (?:파일|코드)[^\n]{0,60}자동(?:으로)? ?생성".encode(),
    re.IGNORECASE,
)
"""Lower-case words of StarCoder2's five phrases are among them."""

_OPENED = re.compile(
    rb"^[#/*;%!{(<\"' \t-]*(?:dnl |@?rem )?"
    rb"(?:(?:this|the) )?(?:(?:\S+ )?(?:code|file|loader|source|bindings?|parser|lexer|header|stubs?) )?"
    rb"(?:(?:is|was|has been|were) )?(?:generated|auto-?generated|machine-generated)\b"
    rb"(?:[:.]?$| (?!by (?:this|the(?! \S+ (?:\S+ ){0,3}(?:compiler|generator|plugin|tool)\b)|a|an|our|you|default|hand|calling|running)\b)(?:by|with|using|from|on|via|at|in|\d|mon|tue|wed|thu|fri|sat|sun))",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that begins so is only in the opening comment a statement about the file."""

_SCAFFOLD = re.compile(
    rb"startproject|startapp|scaffold|cookiecutter|create-\w+-app|django-admin|rails new", re.IGNORECASE
)
_HANDS_OFF = re.compile(
    rb"(?:\b"
    + _NOT
    + rb" this (?:file|code)\b|this file (?:must|should) not be (?:edited|modified|changed))(?! unless| without| if| directly after)",
    re.IGNORECASE,
)
"""Who may not edit a file has something that writes it."""

_DIRECTIVE = rb"(?![ \t]*(?:define|include|import|if|ifdef|ifndef|elif|else|endif|undef|pragma|error|warning|line)\b)"
_COMMENT = re.compile(
    rb"^[ \t]*(?:#" + _DIRECTIVE + rb"|//|/\*|\*|--|;|%|<!--|\"\"\"|'''|\.\.|dnl\b|REM\b|!|@|r\"\"\"|'|\{-|\(\*)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rb"(?:\s+|<\?php|<\?xml[^>]*>|<!DOCTYPE[^>]*>|['\"]use strict['\"];?|(?:#"
    + _DIRECTIVE
    + rb"|//|--|;|%|!|'(?!'')|\"(?!\"\")|@?rem\b|dnl\b)[^\n]*"
    rb"|/\*.*?\*/|<!--.*?-->|\{-.*?-\}|\(\*.*?\*\)|[rRuU]?\"\"\".*?\"\"\"|[rRuU]?'''.*?''')*",
    re.DOTALL | re.IGNORECASE,
)
_BLOCKS = (b"/*", b"<!--", b"{-", b"(*", b'"""', b"'''", b'r"""')
_MARKS = b" \t#/*;%!<-'\"`({@"


_SIGHTS = every(
    [
        (0, f"(?i){PHRASE.pattern.decode()}"),
        (1, r"(?im)^[#/*;%!{(<\"' \t-]*(?:[\w@+/#-]+ ){0,4}(?:auto-?|machine-)?generated\b"),
        (2, r"(?i)(?:edit|modify|change|touch) this (?:file|code)|this file (?:must|should) not be"),
    ]
)
"""One pass that says what is worth a closer look: the expressions above are slow, and look at little of what they are given."""


def by_phrase(head: bytes) -> str:
    """What the head says of the file's making, as the name of a rule; nothing if it says nothing."""
    sights = _SIGHTS(head)
    if not sights:
        return ""
    for found in PHRASE.finditer(head) if 0 in sights else ():
        if head.count(b"\n", 0, found.start()) >= PHRASE_LINES:
            break
        if _in_string(head, found.start()):
            continue
        start = head.rfind(b"\n", 0, found.start()) + 1
        commented = _COMMENT.match(head[start:]) or _in_opening_text(head, found.start())
        if commented and not is_quoted(head, found.start()) and not is_quoted(head, found.end()):
            return _named(found[0])
    if sights == {0}:
        return ""
    opening = _opening(head)
    for phrase in (_OPENED, _HANDS_OFF):
        said = phrase.search(opening)
        if said and not is_quoted(head, said.end() - 1) and not (phrase is _OPENED and _goes_on(opening, said.start())):
            return _named(said[0].lstrip(_MARKS + b"\n"))
    return ""


def _goes_on(opening: bytes, at: int) -> bool:
    """Whether the line at `at` goes on with a sentence of the line before, or is of a scaffold, which is for people to edit."""
    before = opening[:at].rstrip(b"\n").rpartition(b"\n")[2].strip(_MARKS + b"\r")
    words = opening[at:].lstrip(_MARKS)[:1]
    line = opening[at:].partition(b"\n")[0]
    return bool((words.islower() and before and before[-1:].isalnum()) or _SCAFFOLD.search(line))


def is_quoted(head: bytes, at: int) -> bool:
    """Whether `at` lies in a string or in quotes: what stands there is spoken of, not said."""
    before = head[head.rfind(b"\n", 0, at) + 1 : at].lstrip(_MARKS[:10])
    return bool(before.lstrip(b'"').count(b'"') % 2 or before.count(b"`") % 2) if before else False


def _named(words: bytes) -> str:
    """The detail goes into the report: nobody's address may go with it."""
    return (
        "phrase: "
        + b" ".join(word if b"@" not in word else b"..." for word in words.split()).decode(errors="replace")[:80]
    )


def _opening(head: bytes) -> bytes:
    """Comments and docstring that stand before the first code; a block that the head cuts is all comment."""
    found = _OPENING.match(head)
    end = found.end() if found else 0
    return head if head[end:].lower().startswith(_BLOCKS) else head[:end]


def _in_string(head: bytes, at: int) -> bool:
    """Whether `at` lies in a text of three quotes that does not open the file."""
    return any(head.count(quotes, 0, at) % 2 for quotes in (b'"""', b"'''")) and not _in_opening_text(head, at)


def _in_opening_text(head: bytes, at: int) -> bool:
    """Whether `at` lies in a docstring or block comment that opens the file."""
    before = head[:at].lstrip()
    for opening, closing in ((b'"""', b'"""'), (b"'''", b"'''"), (b"/*", b"*/"), (b"<!--", b"-->")):
        if before.startswith(opening):
            return closing not in before[len(opening) :]
    return False
