"""What files say of licences: SPDX headers, licence files and where they speak, texts with a score. Knows no store.

A GNU text alone does not say "or later", so it counts as `-only`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from codekiln.ingestion.license_declarations import Declaration, declared, is_declaration
from codekiln.ingestion.license_expression import parse_expression
from codekiln.ingestion.license_headers import header_ids, header_of
from codekiln.ingestion.license_phrases import OTHER_TERMS, beside, by_notices, by_phrases, leaves_a_choice, restricts
from codekiln.ingestion.license_texts import find_licenses
from codekiln.ingestion.plain_text import decoded, without_markup

_LONGEST = 400_000
_HEADER_BYTES = 2048
_KNOWN = r"(?:mit|bsd|[al]?gpl|apache|mpl|isc|zlib|epl|ofl|artistic|boost|cc0)"
_FILE_NAME = re.compile(
    r"(un)?licen[cs]es?([-._].*)?|copying(v?\d)?([-._].*)?|copyright([-._](txt|md|rst))?"
    rf"|{_KNOWN}[-_.v\d]*[-_]licen[cs]e.*"
    # Texts that lie about by the name of the licence alone: `gpl-3.0.txt`.
    rf"|[al]?gpl([-_ ]?v?\d(\.\d)?)?(\.(txt|md|rst))?|{_KNOWN}[-_]v?\d(\.\d)?\.txt",
    re.I,
)
_SOURCE_SUFFIX = re.compile(r"\.(py|pyi|js|ts|c|h|cpp|cc|go|rs|java|rb|sh|json|css)$", re.I)
_PAGE = (".html", ".htm")
_OF_OTHERS = re.compile(r"third[-_. ]?part|3rd[-_. ]?part|bundled", re.I)
"""Such a list speaks of what was taken from others, which has its licence in its own folder."""
# fmt: off
_PLAIN = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause", "BSL-1.0", "ISC", "MIT", "MIT-0", "NCSA",
    "PSF-2.0", "Unlicense", "X11", "Zlib",
})
# fmt: on
"""Texts that neither name others nor know of purposes: where that is found beside them, it was added.

LLVM's exceptions to Apache-2.0 do speak of GNU's.
"""
_SIDECAR = ".license"


@dataclass(frozen=True)
class Licenses:
    """What is known of a file's licence: SPDX identifiers, and what said so (see core.corpus)."""

    ids: tuple[str, ...] = ()
    evidence: str = ""
    score: float | None = None
    precedence: str = ""
    """`override` and `aggregate` where REUSE.toml says how it goes together with the file's own header."""


UNKNOWN = Licenses()


def match_licenses(text: str) -> Licenses:
    """The licences whose texts, notices or SPDX headers are in `text`. The score is that of the text least alike."""
    found, other_terms = find_licenses(text)
    ids = {match.license for match in found}
    ids |= by_notices(text) if found else by_phrases(text)
    if found and ids <= _PLAIN - {"Apache-2.0"} and (others := beside(text)):
        # `The library is under the LGPL, and this license is for its examples:`
        ids |= others
        ids = set(parse_expression(" OR ".join(f"({id})" for id in sorted(ids)))) if leaves_a_choice(text) else ids
    ids |= set(header_ids(text[:_HEADER_BYTES].encode("utf-8", "replace")))
    if not ids:
        return UNKNOWN
    if found and (other_terms or _is_narrowed(ids, text)):
        ids.add(OTHER_TERMS)
    return Licenses(tuple(sorted(ids)), "file", min((match.score for match in found), default=None))


def match_text(text: str) -> tuple[str, ...]:
    """The identifiers that `match_licenses` finds."""
    return match_licenses(text).ids


def licenses_of_file(content: bytes, elsewhere: Licenses) -> Licenses:
    """A file's licences by its own header, or else what was said of it `elsewhere`."""
    if elsewhere.precedence == "override":
        return elsewhere
    header = header_of(content)
    if not header.ids:
        return elsewhere
    both = header.of_parts or elsewhere.precedence == "aggregate"
    ids = {*header.ids, *elsewhere.ids} if both else set(header.ids)
    return Licenses(tuple(sorted(ids)), "header")


def _is_narrowed(ids: set[str], text: str) -> bool:
    """Whether a short clause among known words takes back what the licence gives: `for non-commercial use only`."""
    return ids <= _PLAIN and restricts(text)


def is_license_file(path: str) -> bool:
    """Whether a `LicenseTree` wants to see a file: one that holds a licence, or that declares some (see `declared`)."""
    folder, name = posixpath.split(path)
    if is_declaration(path) or (_is_texts(folder) and name.lower().endswith((".txt", ".md"))):
        return True
    if is_sidecar(path):
        return True
    return bool(_FILE_NAME.fullmatch(name)) and not _SOURCE_SUFFIX.search(name) and not _OF_OTHERS.search(name)


def is_sidecar(path: str) -> bool:
    """Whether a file may speak for the one beside it: REUSE's `data.json.license`."""
    return path.endswith(_SIDECAR) and "." in posixpath.basename(path).removesuffix(_SIDECAR)


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
        self._sidecars: dict[str, Licenses] = {}
        self._otherwise = Licenses(parse_expression(otherwise), "source spec") if otherwise else UNKNOWN

    def add(self, path: str, content: bytes) -> None:
        """Takes note of one file that `is_license_file` wants."""
        if is_declaration(path):
            base, found = declared(path, content)
            self._declared.setdefault(base, []).extend(found)
            return
        if is_sidecar(path):
            if ids := header_ids(content):
                self._sidecars[path.removesuffix(_SIDECAR)] = Licenses(ids, "metadata", precedence="override")
            return
        folder = posixpath.dirname(path)
        known, folder = (self._texts, posixpath.dirname(folder)) if _is_texts(folder) else (self._files, folder)
        text = decoded(content[:_LONGEST])
        page = path.lower().endswith(_PAGE)
        licenses = match_licenses(without_markup(text) if page else text)
        if licenses.ids or not page:
            # Not every page of that name is a licence.
            known.setdefault(folder, []).append(licenses)

    def of(self, path: str) -> Licenses:
        """The licences of a file by where it lies."""
        if sidecar := self._sidecars.get(path):
            return sidecar
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
                return Licenses(declaration.ids, "metadata", precedence=declaration.precedence)
        found = self._files.get(folder) or self._texts.get(folder) or []
        stated = {id for declaration in declarations if declaration.paths is None for id in declaration.ids}
        if licenses := together(found):
            return _as_stated(licenses, stated)
        if stated:
            return Licenses(tuple(sorted(stated)), "metadata")
        return self._otherwise if found else None


def together(found: list[Licenses]) -> Licenses | None:
    """The licences of several files that all speak for the same; None where none of them holds one."""
    ids = {id for licenses in found for id in licenses.ids}
    # Notices say `or later` and the text beside them cannot; LGPL 3 is written as an addition to GPL 3's text.
    ids -= {id for id in ids if id.endswith("-only") and f"{id.removesuffix('-only')}-or-later" in ids}
    if ids & {"LGPL-3.0-only", "LGPL-3.0-or-later"}:
        ids.discard("GPL-3.0-only")
    scores = [licenses.score for licenses in found if licenses.score is not None]
    return Licenses(tuple(sorted(ids)), "file", min(scores, default=None)) if ids else None


def _as_stated(licenses: Licenses, stated: set[str]) -> Licenses:
    """Where metadata names the very licences whose texts lie there, it knows how they go together: a choice, or later.

    `LICENSE-MIT` and `LICENSE-APACHE` do not say by themselves that one of them is enough.
    """
    named = {word for id in stated for word in re.findall(r"[A-Za-z0-9.+-]+", id)} - {"OR", "AND"}
    same = stated and {_family(id) for id in named} == {_family(id) for id in licenses.ids}
    return Licenses(tuple(sorted(stated)), licenses.evidence, licenses.score) if same else licenses


def _family(id: str) -> str:
    return id.removesuffix("-only").removesuffix("-or-later")
