"""Recognises licences by the words of their texts and by SPDX headers. Pure; sure of the common ones, silent on others.

The phrases are those that a licence cannot lack and another does not have. A GNU text alone does not say "or later", so
it counts as `-only`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from codekiln.ingestion.license_expression import parse_expression

_LONGEST = 400_000
_HEADER_BYTES = 2048
_HEADER = re.compile(rb"^[^\w\n]{0,12}SPDX-License-Identifier:[ \t]*([^\r\n]{1,200})", re.M)
_FILE_NAME = re.compile(
    r"(un)?licen[cs]es?([-._].*)?|copying([-._].*)?|copyright([-._](txt|md|rst))?|mit-license.*", re.I
)
_SOURCE_SUFFIX = re.compile(r"\.(py|pyi|js|ts|c|h|cpp|cc|go|rs|java|rb|sh|json|html?|css)$", re.I)

_ALL_PHRASES: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    # identifier, phrases that must be there, phrases that must not
    ("Apache-2.0", ("apache license version 2 0 january 2004",), ()),
    ("Apache-2.0", ("licensed under the apache license version 2 0", "not use this file except in compliance"), ()),
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
    ("MPL-2.0", ("subject to the terms of the mozilla public license v 2 0",), ()),
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


@dataclass(frozen=True)
class Licenses:
    """What is known of a file's licence: SPDX identifiers, and what said so (see core.corpus)."""

    ids: tuple[str, ...] = ()
    evidence: str = ""
    score: float | None = None


UNKNOWN = Licenses()


def match_text(text: str) -> tuple[str, ...]:
    """Identifiers of every licence whose text is in `text`, sorted."""
    words = " ".join(re.findall(r"[a-z0-9]+", text[:_LONGEST].lower()))
    found = {
        id
        for id, needed, absent in _ALL_PHRASES
        if all(phrase in words for phrase in needed) and not any(phrase in words for phrase in absent)
    }
    found.update(header_ids(text[:_HEADER_BYTES].encode("utf-8", "replace")))
    return tuple(sorted(found))


def match_bytes(content: bytes) -> tuple[str, ...]:
    """As `match_text`, of a file."""
    return match_text(content[:_LONGEST].decode("utf-8", "replace"))


def header_ids(content: bytes) -> tuple[str, ...]:
    """Identifiers of the SPDX lines among a file's first 2 KB."""
    head = content[:_HEADER_BYTES]
    if b"SPDX-License-Identifier" not in head:
        return ()
    ids: set[str] = set()
    for match in _HEADER.finditer(head):
        expression = re.sub(r"\s*(\*+/|-->|\*\)|--}|#}|\"\"\").*$", "", match.group(1).decode("utf-8", "replace"))
        ids.update(parse_expression(expression.strip(), known_only=False))
    return tuple(sorted(ids))


def is_license_file(path: str) -> bool:
    """Whether a file's name says that it holds a licence."""
    name = posixpath.basename(path)
    return bool(_FILE_NAME.fullmatch(name)) and not _SOURCE_SUFFIX.search(name)


class LicenseTree:
    """Licences by folder: a licence file speaks for its folder and all below, up to the next one.

    Where the nearest file is not recognised, or there is none, `otherwise` speaks (the source's specification).
    """

    def __init__(self, otherwise: str = "") -> None:
        self._folders: dict[str, set[str]] = {}
        self._otherwise = Licenses(parse_expression(otherwise), "source spec") if otherwise else UNKNOWN

    def add(self, path: str, content: bytes) -> None:
        """Takes note of one licence file."""
        folder = posixpath.dirname(path)
        if posixpath.basename(folder).lower() in ("licenses", "licences"):
            # REUSE and friends keep texts in a folder of their own, for what lies beside it.
            folder = posixpath.dirname(folder)
        ids = match_bytes(content)
        self._folders.setdefault(folder, set()).update(ids)

    def of(self, path: str) -> Licenses:
        """The licences of a file by where it lies."""
        folder = posixpath.dirname(path)
        while True:
            if folder in self._folders:
                ids = tuple(sorted(self._folders[folder]))
                return Licenses(ids, "file") if ids else self._otherwise
            if not folder:
                return self._otherwise
            folder = posixpath.dirname(folder)
