"""Shell: tree-sitter's grammar of bash, and by its structure what that does not know, zsh above all.

The structure is what a shell has to find closed: strings, here documents, substitutions, brackets, and words such as
`if` and `fi` where a command may begin.
"""

from __future__ import annotations

import re

from codekiln.cleaning.steps.parse import tree
from codekiln.cleaning.steps.parse.place import told
from codekiln.cleaning.steps.parse.shell_structure import BrokenError, Reader

_MOST = 0.02
"""Share of bytes in errors of the grammar that are borne where the structure is whole; in zsh it is not asked."""
_ZSH = re.compile(
    rb"\A\#!.*zsh|^\#.*\b(?:mode|ft|filetype)[:=][ ]*zsh\b|\A\#(?:compdef|autoload)|\$\{\(|\$\+|=~~|^\(\)[ ]*\{|"
    rb"^[ \t]*(?:autoload|zstyle|setopt|unsetopt|emulate|compdef|zmodload|bindkey|zle|add-zsh-hook)\b(?![ \t]+sh\b)",
    re.M,
)
_MENDS = (
    # Two subshells in one place, which the grammar takes for arithmetic.
    (re.compile(rb"(\$?\()\((?=\.{0,2}/|[a-z_][\w-]*[ \t]+[-\w./\"'$])"), rb"\1 ("),
    (re.compile(rb"\$\[[^\[\]\n]*\]"), b"1"),
    (re.compile(rb"\$\{[^{}\"'`\n\\()]*\}"), b"$x"),
    (re.compile(rb"\\[\[\]<>]"), b"x"),
    # What Python fills in.
    (re.compile(rb"%\(\w+\)s"), b"x"),
    (re.compile(rb"(?<=\*)\[![^\s\[\]]{1,20}\]"), b"x"),
)


def check(data: bytes) -> str:
    """What is wrong, empty where nothing is."""
    share, problem = tree.share("Shell", data)
    if not share and not problem:
        return _broken(data, Reader(data, zsh=_ZSH.search(data) is not None), only_prose=True)
    zsh = _ZSH.search(data) is not None
    reader = Reader(data, zsh=zsh)
    broken = _broken(data, reader)
    if broken or zsh or share <= _MOST:
        return broken
    return problem if tree.share("Shell", _mended(data, reader))[0] > _MOST else ""


def _broken(data: bytes, reader: Reader, *, only_prose: bool = False) -> str:
    try:
        reader.read()
    except BrokenError as error:
        if not only_prose or error.what == "prose":
            return told(data, min(error.at, len(data)), error.what)
    except RecursionError:
        return "nested too deeply"
    return ""


def _mended(data: bytes, reader: Reader) -> bytes:
    """The script without the texts in it, and with what the grammar lacks in other words; lines stay where they are."""
    parts, at = [], 0
    for start, end, instead in sorted(reader.texts):
        if start >= at:
            parts += [data[at:start], instead]
            at = end
    data = b"".join([*parts, data[at:]])
    for pattern, replacement in _MENDS:
        data = pattern.sub(replacement, data)
    return data
