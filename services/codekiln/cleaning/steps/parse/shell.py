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
    rb"\A\#!.*zsh|\A\#(?:compdef|autoload)|\$\{\(|\$\+|=~~|^\(\)[ ]*\{|"
    rb"^[ \t]*(?:autoload|zstyle|setopt|unsetopt|emulate|compdef|zmodload|bindkey|zle|add-zsh-hook)\b",
    re.M,
)


def check(data: bytes) -> str:
    """What is wrong, empty where nothing is."""
    share, problem = tree.share("Shell", data)
    if not share and not problem:
        return _broken(data, only_prose=True)
    zsh = _ZSH.search(data) is not None
    if zsh or share <= _MOST:
        return _broken(data)
    return problem


def _broken(data: bytes, *, only_prose: bool = False) -> str:
    try:
        Reader(data, zsh=_ZSH.search(data) is not None).read()
    except BrokenError as error:
        if not only_prose or error.what == "prose":
            return told(data, min(error.at, len(data)), error.what)
    except RecursionError:
        return "nested too deeply"
    return ""
