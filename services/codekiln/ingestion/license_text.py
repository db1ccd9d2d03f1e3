"""What files say of licences: SPDX headers, licence files and where they speak, texts with a score. Knows no store.

A GNU text alone does not say "or later", so it counts as `-only`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from codekiln.ingestion.license_declarations import Declaration, declared, is_declaration
from codekiln.ingestion.license_expression import parse_expression
from codekiln.ingestion.license_phrases import by_notices, by_phrases
from codekiln.ingestion.license_texts import find_licenses

_LONGEST = 400_000
_HEADER_BYTES = 2048
_HEADER = re.compile(rb"^[^\w\n]{0,12}SPDX-License-Identifier:[ \t]*([^\r\n]{1,200})", re.M)
_FILE_NAME = re.compile(
    r"(un)?licen[cs]es?([-._].*)?|copying([-._].*)?|copyright([-._](txt|md|rst))?|mit-license.*", re.I
)
_SOURCE_SUFFIX = re.compile(r"\.(py|pyi|js|ts|c|h|cpp|cc|go|rs|java|rb|sh|json|html?|css)$", re.I)


@dataclass(frozen=True)
class Licenses:
    """What is known of a file's licence: SPDX identifiers, and what said so (see core.corpus)."""

    ids: tuple[str, ...] = ()
    evidence: str = ""
    score: float | None = None


UNKNOWN = Licenses()


OTHER_TERMS = "LicenseRef-Other-Terms"
"""Stands beside the licences of a text that goes on with long terms of its own, such as an agreement with notices."""


def match_licenses(text: str) -> Licenses:
    """The licences whose texts, notices or SPDX headers are in `text`. The score is that of the text least alike."""
    found, other_terms = find_licenses(text)
    ids = {match.license for match in found}
    ids |= by_notices(text) if found else by_phrases(text)
    ids |= set(header_ids(text[:_HEADER_BYTES].encode("utf-8", "replace")))
    if not ids:
        return UNKNOWN
    if found and other_terms:
        ids.add(OTHER_TERMS)
    return Licenses(tuple(sorted(ids)), "file", min((match.score for match in found), default=None))


def match_text(text: str) -> tuple[str, ...]:
    """The identifiers that `match_licenses` finds."""
    return match_licenses(text).ids


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
    """Whether a `LicenseTree` wants to see a file: one that holds a licence, or that declares some (see `declared`)."""
    folder, name = posixpath.split(path)
    if is_declaration(path) or (_is_texts(folder) and name.lower().endswith((".txt", ".md"))):
        return True
    return bool(_FILE_NAME.fullmatch(name)) and not _SOURCE_SUFFIX.search(name)


def _is_texts(folder: str) -> bool:
    """REUSE and friends keep texts in a folder of their own, for what lies beside it."""
    return posixpath.basename(folder).lower() in ("licenses", "licences")


class LicenseTree:
    """Licences by folder. What speaks for a path, the first that there is on the way up from its folder:

    paths declared by REUSE or Debian files, licence files, the folder `LICENSES`, package metadata. A licence file that
    is not recognised and has no metadata beside it ends the search: `otherwise` speaks (the source's specification).
    """

    def __init__(self, otherwise: str = "") -> None:
        self._files: dict[str, list[Licenses]] = {}
        self._texts: dict[str, list[Licenses]] = {}
        self._declared: dict[str, list[Declaration]] = {}
        self._otherwise = Licenses(parse_expression(otherwise), "source spec") if otherwise else UNKNOWN

    def add(self, path: str, content: bytes) -> None:
        """Takes note of one file that `is_license_file` wants."""
        if is_declaration(path):
            base, found = declared(path, content)
            self._declared.setdefault(base, []).extend(found)
            return
        folder = posixpath.dirname(path)
        known, folder = (self._texts, posixpath.dirname(folder)) if _is_texts(folder) else (self._files, folder)
        known.setdefault(folder, []).append(match_licenses(content[:_LONGEST].decode("utf-8", "replace")))

    def of(self, path: str) -> Licenses:
        """The licences of a file by where it lies."""
        folder = posixpath.dirname(path)
        while True:
            if (found := self._in(folder, path)) is not None:
                return found
            if not folder:
                return self._otherwise
            folder = posixpath.dirname(folder)

    def _in(self, folder: str, path: str) -> Licenses | None:
        """What a folder says of a path: None where it says nothing."""
        declarations = self._declared.get(folder, ())
        inside = path[len(folder) + 1 :] if folder else path
        # The last that fits counts: so REUSE and Debian have it.
        for declaration in reversed(declarations):
            if declaration.paths is not None and declaration.paths.fullmatch(inside):
                return Licenses(declaration.ids, "metadata")
        found = self._files.get(folder) or self._texts.get(folder) or []
        if licenses := together(found):
            return licenses
        if ids := {id for declaration in declarations if declaration.paths is None for id in declaration.ids}:
            return Licenses(tuple(sorted(ids)), "metadata")
        return self._otherwise if found else None


def together(found: list[Licenses]) -> Licenses | None:
    """The licences of several files that all speak for the same; None where none of them holds one."""
    ids = {id for licenses in found for id in licenses.ids}
    scores = [licenses.score for licenses in found if licenses.score is not None]
    return Licenses(tuple(sorted(ids)), "file", min(scores, default=None)) if ids else None
