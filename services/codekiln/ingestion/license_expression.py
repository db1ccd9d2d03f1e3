"""SPDX licence expressions and the free texts people write instead of them. Pure; knows no files.

A list of identifiers is all that a corpus keeps: every licence that an expression names, be it joined by AND or by OR,
and the base licence of `X WITH exception`. A policy that asks for all of them to be allowed is then on the safe side.
"""

from __future__ import annotations

import re

# fmt: off
SPDX_IDS = (
    "0BSD", "AFL-3.0", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-1.1", "Apache-2.0", "Artistic-1.0",
    "Artistic-2.0", "BlueOak-1.0.0", "BSD-1-Clause", "BSD-2-Clause", "BSD-2-Clause-Patent", "BSD-3-Clause",
    "BSD-3-Clause-Clear", "BSD-4-Clause", "BSL-1.0", "BUSL-1.1", "bzip2-1.0.6", "CC-BY-3.0", "CC-BY-4.0",
    "CC-BY-NC-4.0", "CC-BY-SA-4.0", "CC0-1.0", "CDDL-1.0", "CECILL-2.1", "CNRI-Python", "CPL-1.0", "curl", "ECL-2.0",
    "EPL-1.0", "EPL-2.0", "EUPL-1.2", "FSFAP", "FTL", "GPL-1.0-only", "GPL-2.0-only", "GPL-2.0-or-later",
    "GPL-3.0-only", "GPL-3.0-or-later", "HPND", "ICU", "IJG", "ISC", "LGPL-2.0-only", "LGPL-2.0-or-later",
    "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "Libpng", "MIT", "MIT-0", "MIT-CMU",
    "MPL-1.1", "MPL-2.0", "MS-PL", "MulanPSL-2.0", "NCSA", "OFL-1.1", "OpenSSL", "PostgreSQL", "PSF-2.0",
    "Python-2.0", "Python-2.0.1", "Ruby", "SSPL-1.0", "TCL", "Unicode-3.0", "Unicode-DFS-2016", "Unlicense",
    "UPL-1.0", "Vim", "W3C", "WTFPL", "X11", "Zlib", "ZPL-2.1",
)
# fmt: on
"""Identifiers whose spelling we correct; others pass where the field promises SPDX."""

_BY_FOLD = {id.lower(): id for id in SPDX_IDS}
for _gnu in ("GPL-2.0", "GPL-3.0", "LGPL-2.0", "LGPL-2.1", "LGPL-3.0", "AGPL-3.0"):
    # Deprecated spellings.
    _BY_FOLD[_gnu.lower()] = f"{_gnu}-only"
    _BY_FOLD[f"{_gnu}+".lower()] = f"{_gnu}-or-later"

# Free texts, as bags of words without "the", "license", "version" and the like: see `_words`.
_ALIASES: dict[str, tuple[str, ...]] = {
    "MIT": ("mit", "expat", "mit expat", "mit x11", "mit style"),
    "Apache-2.0": ("apache 2", "apache 2 0", "apache software", "apache software 2 0", "asl 2 0", "apache", "apache2"),
    "BSD-3-Clause": (
        "bsd 3 clause",
        "bsd 3",
        "bsd new",
        "bsd modified",
        "bsd 3 clause new",
        "bsd 3 clause modified",
        "bsd revised",
    ),
    "BSD-2-Clause": ("bsd 2 clause", "bsd 2", "bsd simplified", "bsd 2 clause simplified", "freebsd"),
    "ISC": ("isc", "isc iscl", "iscl"),
    "MPL-2.0": ("mpl 2 0", "mpl 2", "mozilla public 2 0", "mozilla public 2 0 mpl", "mpl2"),
    "PSF-2.0": ("psf", "psf 2", "psf 2 0", "python software foundation", "psfl", "python software foundation psfl"),
    "Unlicense": ("unlicense", "unlicense unlicense"),
    "GPL-2.0-only": ("gplv2", "gpl 2", "gnu general public 2", "gnu general public gplv2"),
    "GPL-2.0-or-later": ("gplv2 or later", "gpl 2 or later", "gplv2+", "gnu general public 2 or later"),
    "GPL-3.0-only": ("gplv3", "gpl 3", "gnu general public 3", "gnu general public gplv3"),
    "GPL-3.0-or-later": ("gplv3 or later", "gpl 3 or later", "gplv3+", "gnu general public 3 or later"),
    "LGPL-2.1-only": ("lgplv2 1", "lgpl 2 1", "gnu lesser general public 2 1"),
    "LGPL-2.1-or-later": ("lgplv2 1 or later", "lgpl 2 1 or later", "lgplv2+", "lgplv2 1+"),
    "LGPL-3.0-only": ("lgplv3", "lgpl 3", "gnu lesser general public 3"),
    "LGPL-3.0-or-later": ("lgplv3 or later", "lgpl 3 or later", "lgplv3+"),
    "AGPL-3.0-only": ("agplv3", "agpl 3", "gnu affero general public 3"),
    "AGPL-3.0-or-later": ("agplv3 or later", "agplv3+"),
    "Zlib": ("zlib", "zlib libpng"),
    "CC0-1.0": ("cc0", "cc0 1 0", "cc0 1 0 universal"),
    "HPND": ("hpnd", "historical permission notice and disclaimer"),
    "ZPL-2.1": ("zpl 2 1", "zope public 2 1"),
    "BSL-1.0": ("boost software 1 0", "boost"),
    "WTFPL": ("wtfpl",),
}
_NOISE = frozenset({"a", "an", "the", "license", "licence", "licensed", "licenses", "under", "version", "v", "of"})
_TOKEN = re.compile(r"\s*([()]|[A-Za-z0-9][A-Za-z0-9.+-]*(?::[A-Za-z0-9][A-Za-z0-9.-]*)?)")
_LONGEST = 2000


def parse_expression(text: str, *, known_only: bool = True) -> tuple[str, ...]:
    """The identifiers of an SPDX expression, sorted, each once; empty where `text` is not one.

    `known_only=False` lets identifiers pass that we have never heard of.
    """
    tokens = _tokens(text)
    ids: set[str] = set()
    rest = _any_of(tokens, 0, ids, known_only) if tokens else None
    return tuple(sorted(ids)) if tokens and rest == len(tokens) else ()


def parse_free_text(text: str) -> tuple[str, ...]:
    """Identifiers of what people write into a licence field: an expression, a usual name, or several joined by `/,`."""
    if len(text) > _LONGEST:
        return ()
    if ids := parse_expression(text):
        return ids
    if id := _alias(text):
        return (id,)
    pieces = [piece for piece in re.split(r"[/,;]| or | and |\bOR\b|\bAND\b", text) if piece.strip()]
    found = [parse_expression(piece) or ((alias,) if (alias := _alias(piece)) else ()) for piece in pieces]
    return tuple(sorted({id for ids in found for id in ids})) if len(found) > 1 and all(found) else ()


def _alias(text: str) -> str | None:
    return _BY_WORDS.get(_words(text))


def _words(text: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z0-9]+\+?", text.lower())
    words = [word[1:] if re.fullmatch(r"v\d", word) else word for word in words if word not in _NOISE]
    return tuple(sorted(words))


_BY_WORDS = {_words(alias): id for id, aliases in _ALIASES.items() for alias in aliases}


def _tokens(text: str) -> list[str]:
    tokens, at, text = [], 0, text.strip()
    if len(text) > _LONGEST:
        return []
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            return []
        tokens.append(match.group(1))
        at = match.end()
    return tokens


def _any_of(tokens: list[str], at: int, ids: set[str], known_only: bool) -> int | None:
    """Terms joined by AND or OR from token `at` on. The index behind them, or None where they do not parse."""
    depth, expect_term = 0, True
    while at < len(tokens):
        token = tokens[at]
        word = token.upper()
        if expect_term:
            if token == "(":
                depth += 1
            elif (id := _identifier(token, known_only)) is not None:
                ids.add(id)
                expect_term = False
            else:
                return None
        elif token == ")" and depth:
            depth -= 1
        elif word in ("AND", "OR"):
            expect_term = True
        elif word == "WITH" and at + 1 < len(tokens) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", tokens[at + 1]):
            at += 1
        else:
            return None
        at += 1
    return at if depth == 0 and not expect_term else None


def _identifier(token: str, known_only: bool) -> str | None:
    if token in "()" or token.upper() in ("AND", "OR", "WITH"):
        return None
    if known := _BY_FOLD.get(token.lower()) or _BY_FOLD.get(token.lower().removesuffix("+")):
        return known
    if not known_only or token.startswith(("LicenseRef-", "DocumentRef-")):
        return token
    return None
