"""GNU licences as notices and sentences name them, with their versions and `or later`. Pure."""

from __future__ import annotations

import re

_GNU = (
    # identifier without its ending, the family's name, the version as notices have it
    ("GPL-2.0", "gnu general public license", "version 2 of the license"),
    ("GPL-3.0", "gnu general public license", "version 3 of the license"),
    ("LGPL-2.0", "gnu library general public license", "version 2 of the license"),
    ("LGPL-2.0", "gnu lesser general public license", "version 2 of the license"),
    ("LGPL-2.1", "gnu lesser general public license", "version 2 1 of the license"),
    ("LGPL-3.0", "gnu lesser general public license", "version 3 of the license"),
    ("AGPL-3.0", "gnu affero general public license", "version 3 of the license"),
)
# `GNU Affero General Public License v3.0`, `GNU General Public License version 2 as published by ...`
_GNU_NAMED = re.compile(
    r"\bgnu (?:(lesser|library|affero) )?general public license (?:as published by the free software foundation )?"
    r"(?:\w?gpl )?(?:either )?(?:version )?(?:v ?)?([123])(?: ([01])\b)?"
    r"( or later| or newer| or any later| or at your option)?"
)
_GNU_FAMILIES = {"a": "AGPL", "l": "LGPL", "": "GPL", "lesser": "LGPL", "library": "LGPL", "affero": "AGPL"}
_GNU_VERSIONS = frozenset({"GPL-1.0", "GPL-2.0", "GPL-3.0", "LGPL-2.0", "LGPL-2.1", "LGPL-3.0", "AGPL-3.0"})
_GNU_SHORT = re.compile(
    r"\b(?:under|terms of) (?:the )?(?:terms of (?:the )?)?(?:gnu )?([al])?gpl"
    r" ?(?:license )?(?:version )?(?:v ?)?([123])?(?: ([01])\b)?"
    r"( or later| or newer| or any later| or at your option)?\b"
)
"""`licensed under the GPLv2 or later`. Without a version any may be chosen: so GPL 2 says, section 9."""
_GNU_UNNAMED = re.compile(
    r"\bterms (?:and conditions )?of the gnu (?:(lesser|library|affero) )?general public license\b"
)
_GNU_FIRST = {"GPL": "GPL-1.0", "LGPL": "LGPL-2.0", "AGPL": "AGPL-3.0"}


def gnu(words: str) -> set[str]:
    """Of lower-case words: `either version 2 of the License, or (at your option) any later version`."""
    if "general public license" not in words and "gpl" not in words:
        return set()
    words = words.replace("lesser gnu general", "gnu lesser general")
    later = "any later version" in words
    found = {
        f"{name}-{'or-later' if later else 'only'}"
        for name, family, version in _GNU
        if family in words and version in words
    }
    for pattern in (_GNU_NAMED, _GNU_SHORT):
        if found:
            break
        for match in pattern.finditer(words):
            family = _GNU_FAMILIES[match[1] or ""]
            name = f"{family}-{match[2]}.{match[3] or '0'}"
            if name in _GNU_VERSIONS:
                found.add(f"{name}-{'or-later' if later or match[4] else 'only'}")
            elif not match[2]:
                found.add(f"{_GNU_FIRST[family]}-or-later")
    return found or {f"{_GNU_FIRST[_GNU_FAMILIES[match[1] or '']]}-or-later" for match in _GNU_UNNAMED.finditer(words)}
