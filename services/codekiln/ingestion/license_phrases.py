"""Recognises licences by a few of their words, where their whole text is not there. Pure; sure of the common ones.

The phrases are those that a licence cannot lack and another does not have.
"""

from __future__ import annotations

import re

_LONGEST = 400_000

PHRASES: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    # identifier, phrases that must be there, phrases that must not
    ("Apache-2.0", ("apache license version 2 0 january 2004",), ()),
    ("MIT-0", ("permission is hereby granted free of charge to any person obtaining a copy of this software",),
     ("the above copyright notice and this permission notice",)),
    ("MIT", ("permission is hereby granted free of charge to any person obtaining a copy",
             "the above copyright notice and this permission notice"), ()),
    ("BSD-4-Clause", ("redistribution and use in source and binary forms", "all advertising materials mentioning"), ()),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "to endorse or promote products"),
     ("all advertising materials mentioning",)),
    ("BSD-2-Clause", ("redistribution and use in source and binary forms",
                      "redistributions in binary form must reproduce the above copyright notice"),
     ("to endorse or promote products", "all advertising materials mentioning")),
    ("ISC", ("permission to use copy modify and", "distribute this software for any purpose with or without fee is "
             "hereby granted provided that the above copyright notice"), ()),
    ("0BSD", ("distribute this software for any purpose with or without fee is hereby granted the software",), ()),
    ("MPL-2.0", ("mozilla public license version 2 0", "1 definitions"), ()),
    ("GPL-2.0-only", ("gnu general public license version 2 june 1991",), ()),
    ("GPL-3.0-only", ("gnu general public license version 3 29 june 2007",), ()),
    ("LGPL-2.0-only", ("gnu library general public license version 2 june 1991",), ()),
    ("LGPL-2.1-only", ("gnu lesser general public license version 2 1 february 1999",), ()),
    ("LGPL-3.0-only", ("gnu lesser general public license version 3 29 june 2007",), ()),
    ("AGPL-3.0-only", ("gnu affero general public license version 3 19 november 2007",), ()),
    ("Unlicense", ("this is free and unencumbered software released into the public domain",), ()),
    ("PSF-2.0", ("python software foundation license version 2",), ()),
    ("CC0-1.0", ("cc0 1 0 universal",), ()),
    ("Zlib", ("this software is provided as is without any express or implied warranty",
              "altered source versions must be plainly marked as such"), ()),
    ("BSL-1.0", ("boost software license version 1 0",), ()),
    ("EPL-2.0", ("eclipse public license v 2 0",), ()),
    ("EPL-1.0", ("eclipse public license v 1 0",), ()),
    ("Artistic-2.0", ("the artistic license 2 0",), ()),
    ("WTFPL", ("do what the fuck you want to public license",), ()),
    ("ZPL-2.1", ("zope public license zpl version 2 1",), ()),
    ("BUSL-1.1", ("business source license 1 1",), ()),
]  # fmt: skip
NOTICES: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    # How a file says that it is under a licence whose text is elsewhere.
    ("Apache-2.0", ("licensed under the apache license version 2 0", "not use this file except in compliance"), ()),
    ("MPL-2.0", ("subject to the terms of the mozilla public license v 2 0",), ()),
    # No licence of SPDX's: it takes the right to sell from the one beside it.
    ("LicenseRef-Commons-Clause", ("commons clause license condition",), ()),
]  # fmt: skip
_GNU = (
    # identifier without its ending, the family's name, the version as notices have it
    ("GPL-2.0", "gnu general public license", "version 2 of the license"),
    ("GPL-3.0", "gnu general public license", "version 3 of the license"),
    ("LGPL-2.1", "gnu lesser general public license", "version 2 1 of the license"),
    ("LGPL-3.0", "gnu lesser general public license", "version 3 of the license"),
    ("AGPL-3.0", "gnu affero general public license", "version 3 of the license"),
)


def by_phrases(text: str) -> set[str]:
    """Licences of which `text` has the decisive phrases, or else a notice."""
    words = _words(text)
    return _with(PHRASES, words) | _with(NOTICES, words) or _gnu(words)


def by_notices(text: str) -> set[str]:
    """Licences to which `text` refers by the notice that they ask for. Not GNU's: its own texts hold an example."""
    return _with(NOTICES, _words(text))


def _gnu(words: str) -> set[str]:
    """`either version 2 of the License, or (at your option) any later version`."""
    kind = "or-later" if "any later version" in words else "only"
    return {f"{name}-{kind}" for name, family, version in _GNU if family in words and version in words}


def _with(table: list[tuple[str, tuple[str, ...], tuple[str, ...]]], words: str) -> set[str]:
    return {
        id
        for id, needed, absent in table
        if all(phrase in words for phrase in needed) and not any(phrase in words for phrase in absent)
    }


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text[:_LONGEST].lower()))
