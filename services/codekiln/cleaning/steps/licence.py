"""Licence filter: every licence that was found in a file's repository must be allowed. Detecting licences is ingestion's work."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import re
from collections.abc import Iterable

from codekiln.cleaning.document import Document, Drop

PERMISSIVE = frozenset(
    """
    0BSD AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 Apache-1.0 Apache-1.1 Apache-2.0 Artistic-2.0 BlueOak-1.0.0
    BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-2-Clause-Views BSD-3-Clause BSD-3-Clause-Attribution
    BSD-3-Clause-Clear BSD-3-Clause-LBNL BSD-3-Clause-Modification BSD-3-Clause-Open-MPI BSD-4-Clause
    BSD-4-Clause-UC BSD-Source-Code BSL-1.0 CC0-1.0 CC-BY-3.0 CC-BY-4.0 CNRI-Python curl ECL-2.0 EFL-2.0 FSFAP FTL
    HPND HPND-sell-variant ICU IJG ImageMagick Info-ZIP Intel ISC JasPer-2.0 Libpng libpng-2.0 libtiff MIT MIT-0
    MIT-advertising MIT-CMU MIT-feh MIT-Modern-Variant MITNFA MS-PL MulanPSL-1.0 MulanPSL-2.0 Naumen NCSA Net-SNMP
    NIST-PD NTP OLDAP-2.8 OFL-1.1 OpenSSL PHP-3.0 PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 Python-2.0.1 Ruby SGI-B-2.0
    SSH-OpenSSH TCL TCP-wrappers Unicode-3.0 Unicode-DFS-2015 Unicode-DFS-2016 Unlicense UPL-1.0 Vim W3C WTFPL X11
    Xnet Zend-2.0 Zlib zlib-acknowledgement ZPL-2.0 ZPL-2.1
    """.split()
)
"""Licences that ask for no more than notice: after the Blue Oak Council's list and SPDX's public-domain dedications."""

_WORDS = re.compile(r"[()]|[^\s()]+")


class LicenceStep:
    """Keeps files whose licences are all allowed."""

    name = "licence"

    def __init__(self, allowed: Iterable[str] = (), keep_unlicensed: bool = False) -> None:
        self._allowed = frozenset(name.lower() for name in (tuple(allowed) or PERMISSIVE))
        self._keep_unlicensed = keep_unlicensed

    def apply(self, document: Document) -> Document | Drop:
        if not document.licenses:
            return document if self._keep_unlicensed else Drop("licence_unknown")
        for expression in document.licenses:
            if not self.allows(expression):
                return Drop("licence_not_allowed", expression)
        return document

    def allows(self, expression: str) -> bool:
        """Whether an SPDX expression can be met with allowed licences: one side of OR, both sides of AND.

        An exception (`WITH ...`) only adds permissions, so it is not looked at.
        """
        words = list(_WORDS.findall(expression))
        value, rest = self._any(words)
        return value and not rest

    def _any(self, words: list[str]) -> tuple[bool, list[str]]:
        value, words = self._all(words)
        while words and words[0].upper() == "OR":
            other, words = self._all(words[1:])
            value = value or other
        return value, words

    def _all(self, words: list[str]) -> tuple[bool, list[str]]:
        value, words = self._one(words)
        while words and words[0].upper() == "AND":
            other, words = self._one(words[1:])
            value = value and other
        return value, words

    def _one(self, words: list[str]) -> tuple[bool, list[str]]:
        if not words:
            return False, []
        if words[0] == "(":
            value, words = self._any(words[1:])
            return value and words[:1] == [")"], words[1:]
        value, words = words[0].lower() in self._allowed, words[1:]
        return value, words[2:] if words and words[0].upper() == "WITH" else words
