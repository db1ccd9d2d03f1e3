"""Linguist's order of evidence: modeline, file name, interpreter, extension, XML and manual pages, heuristics.

Each kind narrows what those before it left, until one language is left.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from codekiln.core.language.heuristics import by_heuristic
from codekiln.core.language.interpreters import by_interpreter
from codekiln.core.language.modelines import by_modeline
from codekiln.core.language.tables import BINARY_EXTENSIONS, BY_EXTENSION, BY_FILENAME, DEFAULTS, GENERIC

_MANUAL = re.compile(r"\.(?:[1-9](?![0-9])[a-z_0-9]*|0p|n|man|mdoc)(?:\.in)?$")
_BINARY_HEAD = 8000
"""Bytes among which a NUL says that a file is no text: git's rule. UTF-16 is text all the same."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Detection(NamedTuple):
    """A file's language and what decided. Both are empty where nothing says."""

    language: str = ""
    """Linguist's name."""
    rule: str = ""
    """`modeline`, `filename`, `interpreter`, `extension`, `xml`, `heuristic .h` or, where all that was looked at leaves
    several, `default .h` or (without an extension) `default`: the more common one."""


UNKNOWN = Detection()


def candidates(path: str) -> tuple[str, ...] | None:
    """Languages that the path allows: one, several, none; None where only the content can say.

    A modeline or an interpreter line in the content may still name another.
    """
    name = posixpath.basename(path)
    if name in BY_FILENAME:
        return BY_FILENAME[name]
    key, languages = _by_extension(name)
    if languages and key not in GENERIC:
        return languages
    return () if name.rpartition(".")[2].lower() in BINARY_EXTENSIONS else None


def detect(path: str, content: bytes) -> Detection:
    """The language of a file. Looks at its name, at five lines of either end and at the first 50 KiB."""
    if language := by_modeline(content):
        return Detection(language, "modeline")
    name = posixpath.basename(path)
    found = BY_FILENAME.get(name, ())
    if len(found) == 1:
        return Detection(found[0], "filename")
    if scripts := by_interpreter(content):
        found = _common(found, scripts)
        if len(found) == 1:
            return Detection(found[0], "interpreter")
    key, languages = _by_extension(name)
    if languages and key not in GENERIC:
        found = _common(found, languages)
        if len(found) == 1:
            return Detection(found[0], "extension")
    return _by_content(name, key, found, content)


def _by_content(name: str, key: str, found: tuple[str, ...], content: bytes) -> Detection:
    if b"\0" in content[:_BINARY_HEAD] and not content.startswith(_UTF_16):
        # Compiled messages of gettext end in `.mo` as Modelica does, MPEG streams in `.ts`.
        return UNKNOWN
    if not found:
        if b"<?xml version=" in b"\n".join(content[:1024].splitlines()[:2]):
            return Detection("XML", "xml")
        if key not in GENERIC and _MANUAL.search(name.lower()):
            key, found = "man", ("Roff Manpage", "Roff")
    named = by_heuristic(key, content)
    if len(named) == 1:
        return Detection(named[0], f"heuristic .{key}")
    found = named or found
    if not found:
        return UNKNOWN
    default = DEFAULTS.get(key, "")
    return Detection(default if default in found else found[0], f"default .{key}" if key else "default")


def _common(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    """What both allow; what one allows where the other says nothing or something else."""
    return tuple(name for name in before if name in now) or before or now


def _by_extension(name: str) -> tuple[str, tuple[str, ...]]:
    """The longest known ending and its languages: of `a.html.erb` it is `html.erb`."""
    _, dot, rest = name.lower().partition(".")
    last = rest.rpartition(".")[2]
    while dot:
        if rest in BY_EXTENSION:
            return rest, BY_EXTENSION[rest]
        _, dot, rest = rest.partition(".")
    return last, ()
