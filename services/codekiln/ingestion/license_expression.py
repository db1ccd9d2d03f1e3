"""The free texts people write instead of SPDX expressions, and how identifiers are spelled. Pure; knows no files.

A corpus keeps a list of what all must be allowed: identifiers, and choices such as `Apache-2.0 OR MIT` as they are.
"""

from __future__ import annotations

import re
from functools import cache

from codekiln.core import spdx
from codekiln.ingestion.license_texts import known_licenses

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
"""The usual identifiers; those of all texts that we know are known too, others pass where the field promises SPDX."""

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
    "GPL-2.0-or-later": ("gplv2 or later", "gpl 2 or later", "gplv2+", "gpl 2+", "gnu general public 2 or later"),
    "GPL-3.0-only": ("gplv3", "gpl 3", "gnu general public 3", "gnu general public gplv3"),
    "GPL-3.0-or-later": ("gplv3 or later", "gpl 3 or later", "gplv3+", "gpl 3+", "gnu general public 3 or later"),
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
    "Apache-1.1": ("apache 1 1", "apache software 1 1"),
    "MulanPSL-2.0": ("mulan psl 2", "mulan psl 2 0"),
    "Vim": ("vim",),
    "NCSA": ("ncsa", "university illinois open source", "university illinois ncsa open source"),
    "EPL-1.0": ("epl 1 0", "eclipse public 1 0", "eclipse public epl 1 0"),
    "EPL-2.0": ("epl 2 0", "eclipse public 2 0", "eclipse public epl 2 0"),
}
_NOISE = frozenset({"a", "an", "the", "license", "licence", "licensed", "licenses", "under", "version", "v", "of"})
_LONGEST = 2000
_LATER = re.compile(r"\b([AL]?GPL)[ -]?v?(\d(?:\.\d)?)(?:-only)?,? or (?:any )?(?:later|newer)(?: version)?\s*$", re.I)
"""`AGPL-3.0 or later` is no choice between two."""


def parse_expression(text: str, *, known_only: bool = True) -> tuple[str, ...]:
    """What an SPDX expression asks for, sorted: identifiers and choices (`A OR B`); empty where `text` is none.

    `known_only=False` lets identifiers pass that we have never heard of.
    """
    expression = spdx.parse(text, lambda token: _identifier(token, known_only))
    return () if expression is None else spdx.parts(expression)


def parse_free_text(text: str) -> tuple[str, ...]:
    """What people write into a licence field: an expression, a usual name, several joined by `/`, `or`, `,`, `and`."""
    if len(text) > _LONGEST:
        return ()
    text = _LATER.sub(r"\1-\2+", text)
    if ids := parse_expression(text):
        return ids
    if id := _alias(text):
        return (id,)
    either, both = (re.split(pattern, text) for pattern in (r"/| or |\bOR\b", r"[,;]| and |\bAND\b"))
    if len(either) > 1 and len(both) > 1:
        # `A, B or C`: who knows.
        pieces, word = re.split(r"[/,;]| or | and |\bOR\b|\bAND\b", text), "AND"
    else:
        pieces, word = (either, "OR") if len(either) > 1 else (both, "AND")
    pieces = [piece for piece in pieces if piece.strip()]
    found = [parse_expression(piece) or ((alias,) if (alias := _alias(piece)) else ()) for piece in pieces]
    if len(found) < 2 or not all(found):
        return ()
    return parse_expression(f" {word} ".join(f"({' AND '.join(ids)})" for ids in found), known_only=False)


def _alias(text: str) -> str | None:
    return _BY_WORDS.get(_words(text))


def _words(text: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z0-9]+\+?", text.lower())
    words = [word[1:] if re.fullmatch(r"v\d", word) else word for word in words if word not in _NOISE]
    return tuple(sorted(words))


@cache
def _with_texts() -> dict[str, str]:
    """The licences whose texts we know, by lower-case name."""
    return {name.lower(): name for name in known_licenses()}


_BY_WORDS = {_words(alias): id for id, aliases in _ALIASES.items() for alias in aliases}


def _identifier(token: str, known_only: bool) -> str | None:
    fold = token.lower()
    for name in (fold, fold.removesuffix("+")):
        if known := _BY_FOLD.get(name) or _with_texts().get(name):
            return known
    if not known_only or token.startswith(("LicenseRef-", "DocumentRef-")):
        return token
    return None
