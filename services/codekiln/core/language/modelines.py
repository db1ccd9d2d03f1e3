"""The language that a line for Vim or Emacs names: `# vim: set ft=ruby:`, `-*- mode: c++ -*-`."""

from __future__ import annotations

import re

from codekiln.core.language.tables import BY_ALIAS

_LINES = 5
"""Looked at, from either end of a file, as linguist and Vim do."""
_BYTES = 4096
"""Those lines are looked for within."""
_EMACS = re.compile(rb"-\*-([^\r\n]{1,1000}?)-\*-")
_VIM = re.compile(rb"(?:(?:^|[ \t])(?:vi|[vV]im(?:[<=>]?\d+)?)|[ \t]ex):([^\r\n]*)", re.M)
_VIM_SET = re.compile(rb"[ \t]*set?[ \t]([^:]*):")
_VIM_OPTION = re.compile(rb"(?:[^\\\s:]|\\.)+")
_VIM_TYPE = re.compile(rb"(?:filetype|ft|syntax)=(\w+)")
_EMACS_MODE = re.compile(r"(?:^|[ \t;])mode[ \t]*:[ \t]*([^:;\s]+)", re.I)


def by_modeline(content: bytes) -> str:
    """The language's name, or the empty string."""
    head, tail = content[:_BYTES], content[-_BYTES:]
    if b"-*-" not in head and not _may_be_vim(head) and b"-*-" not in tail and not _may_be_vim(tail):
        return ""
    first = b"\n".join(head.splitlines()[:_LINES])
    if b"UseVimball" in first:
        # The line then speaks of the files inside.
        return ""
    lines = first + b"\n" + b"\n".join(tail.splitlines()[-_LINES:])
    return BY_ALIAS.get((_emacs_mode(lines) or _vim_type(lines)).lower(), "")


def _may_be_vim(part: bytes) -> bool:
    return (b"vi" in part and (b"ft" in part or b"filetype" in part or b"syntax" in part)) or b" ex:" in part


def _emacs_mode(lines: bytes) -> str:
    """`-*- ruby -*-` or `-*- mode: ruby; coding: utf-8 -*-`."""
    for match in _EMACS.finditer(lines):
        variables = match.group(1).decode("ascii", "replace").strip()
        if variables and not re.search(r"[:;\s]", variables):
            return variables
        if mode := _EMACS_MODE.search(variables):
            return mode.group(1)
    return ""


def _vim_type(lines: bytes) -> str:
    """`vim: ft=ruby` or `vim: set ft=ruby:`."""
    for match in _VIM.finditer(lines):
        options = match.group(1)
        if re.match(rb"[ \t]*set?[ \t]", options):
            until_colon = _VIM_SET.match(options)
            options = until_colon.group(1) if until_colon else b""
        words = _VIM_OPTION.findall(re.sub(rb"[ \t]+=", b"=", options))
        if types := [named.group(1) for word in words if (named := _VIM_TYPE.fullmatch(word))]:
            return str(types[-1].decode("ascii", "replace"))
    return ""
