"""Recognises licences by a few of their words, where their whole text is not there. Pure; sure of the common ones.

The phrases are those that a licence cannot lack and another does not have.
"""

from __future__ import annotations

import re

from codekiln.ingestion.license_expression import parse_expression, parse_free_text

_LONGEST = 400_000

PHRASES: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    # identifier, phrases that must be there, phrases that must not
    ("Apache-2.0", ("apache license version 2 0 january 2004",), ()),
    ("MIT-0", ("permission is hereby granted free of charge to any person obtaining a copy of this software",),
     ("permission notice", "redistributions of source code must retain")),
    ("NCSA", ("permission is hereby granted free of charge to any person obtaining a copy of this software",
              "redistributions of source code must retain the above copyright notice"), ()),
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
    ("Apache-2.0", ("under the apache license version 2 0", "not use this file except in compliance"), ()),
    ("MPL-2.0", ("subject to the terms of the mozilla public license v 2 0",), ()),
    # No licence of SPDX's: it takes the right to sell from the one beside it.
    ("LicenseRef-Commons-Clause", ("commons clause license condition",), ()),
]  # fmt: skip
STATED: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    # Names and beginnings of licences that SPDX lacks or people only point at. None of them is permissive.
    ("BUSL-1.1", ("business source license",), ()),
    ("SSPL-1.0", ("server side public license",), ()),
    ("Elastic-2.0", ("elastic license 2 0",), ()),
    ("EUPL-1.2", ("eupl version 1 2",), ()),
    ("EUPL-1.2", ("licensed under the eupl 1 2",), ()),
    ("EUPL-1.1", ("eupl version 1 1",), ()),
    ("EPL-1.0", ("eclipse public license v1 0",), ()),
    ("EPL-1.0", ("eclipse public license version 1 0",), ()),
    ("EPL-2.0", ("eclipse public license v2 0",), ()),
    ("EPL-2.0", ("eclipse public license version 2 0",), ()),
    ("EPL-2.0", ("eclipse public license 2 0",), ()),
    ("MPL-1.1", ("mozilla public license version 1 1",), ()),
    ("CDDL-1.0", ("common development and distribution license",), ()),
    ("LicenseRef-Llama", ("llama", "community license agreement"), ()),
    ("LicenseRef-RAIL", ("open rail",), ()),
    ("LicenseRef-RAIL", ("openrail",), ()),
    ("LicenseRef-RAIL", ("responsible ai license",), ()),
    ("Artistic-1.0-Perl OR GPL-1.0-or-later", ("the same terms as perl",), ()),
    ("Artistic-1.0-Perl OR GPL-1.0-or-later", ("the same terms as the perl 5 programming language",), ()),
]  # fmt: skip
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
_CC = re.compile(
    r"\b(?:creative commons|cc) (?:by|attribution)"
    r"( non ?commercial| nc)?( share ?alike| sa| no ?deriv(?:ative|ative work)?s| nd)? ?(?:v|version )?([1-4]) ([05])\b"
    r"|\bcreativecommons org licenses by( nc)?( sa| nd)? ([1-4]) ([05])\b"
)
_CHOICE = re.compile(
    r"\bchoice of (?:one of )?(?:two|three|the following|licenses)\b|\bdual licensed\b|\balternatively (?:this|the)\b"
    r"|\b(?:under|of) either (?:of )?(?:the|these|license|a)?\b|\bat your (?:choice|option) either\b"
)
_RESTRICTED = re.compile(
    r"\b(?:for|only|solely) (?:[a-z]+ ){0,3}non ?commercial\b"
    r"|\bnon ?commercial (?:[a-z]+ ){1,2}only\b"
    r"|\bcommercial (?:use|usage|purposes) (?:[a-z]+ ){0,4}(?:not|strictly|prohibited|forbidden|requires)\b"
    r"|\bnot (?:be used )?for (?:any )?commercial\b"
    r"|\b(?:academic|research|educational|evaluation) (?:use|purposes?) only\b"
    r"|\bonly for (?:academic|research|educational|evaluation)\b"
)
_FREE_EITHER_WAY = re.compile(r"\bcommercial (?:or|and) non ?commercial\b|\bnon ?commercial (?:or|and) commercial\b")
_PROPRIETARY = re.compile(
    r"\bproprietary (?:and )?confidential\b|\bconfidential (?:and )?proprietary\b|\bunauthori[sz]ed copying\b"
    r"|\bwithout (?:an |the )?(?:express|prior)(?: [a-z]+){1,8} is strictly prohibited\b"
    r"|\bthis (?:software|file|code) is proprietary\b"
)
PROPRIETARY = "LicenseRef-Proprietary"
OTHER_TERMS = "LicenseRef-Other-Terms"
"""Stands beside the licences of a text that goes on with terms of its own, such as an agreement with notices."""
_STATEMENT = re.compile(
    r"\b(?:licen[sc]ed|released|distributed|available|covered|governed|offered|published|redistributed?)\b"
    r"[^.;:]{0,60}?\b(?:under|by)\s+(?:the\s+)?(?:terms\s+(?:and\s+conditions\s+)?of\s+)?(?:either\s+(?:of\s+)?)?"
    r"(?:an?\s+|the\s+)?([^;:]{2,160})",
    re.I,
)
_FIELD = re.compile(
    r"^[^\w\n]*(?:@licen[sc]e|licen[sc]e[ \t]*:?)[ \t]+([^\n]{2,100})|\|[ \t]*([^|\n]{2,40}licen[sc]ed?)\b", re.M | re.I
)
"""A line of a header, or a part of the banner that minifiers keep: `/*! widgets 1.2 | MIT License | ... */`."""
_FIELD_END = re.compile(r"[ \t]*(?:[(|]|\*/|, see\b|; see\b)")
_LINK = re.compile(r"\[([^\]\n]{1,80})\]\([^)\n]{1,200}\)")
_ASIDE = re.compile(r"<[^<>]{1,200}>|\([^()]{1,200}\)|[\"'`*_]")
_VERSION = re.compile(r", (?=version\b)", re.I)
_ADDRESS = re.compile(
    r"\b(?:opensource|spdx)\.org/licenses?/([A-Za-z0-9.-]{2,40}?)(?:\.html|\.php)?(?=[^\w.-]|\.?\s|\.?$)"
)
_SENTENCE_END = re.compile(
    r"\.(?:\s|$)|\s*,?\s+(?:see|found|which|that|as|at|in|unless|license[sd]? terms)\b|\(|,\s+see\b|$"
)
_GOES_ON = re.compile(r"\s*(?:or|and|/|,|with|except|plus|but)\b", re.I)
_ANOTHER = re.compile(r"\b(?:and|or)\b|/", re.I)
_SHORT = 120
"""Words of a licence file that only names a licence. What is longer has terms."""


def by_phrases(text: str) -> set[str]:
    """Licences of which `text` has the decisive phrases, or else a notice, or else its name in a few words."""
    words = _words(text)
    found = _with(PHRASES, words) | _with(NOTICES, words) or _gnu(words) or _named(words)
    if not found and len(words.split()) <= _SHORT:
        found = by_statement(text) or by_address(text) or _title(text)
    return _restricted(found, words) or _proprietary(words)


def by_notice(comment: str) -> set[str]:
    """The licences of a file by the comment at its top: of its phrases, notices and statements all count.

    Where the comment leaves a choice between several, they are one entry: `A OR B`.
    """
    words = _words(comment)
    found = _with(PHRASES, words) | _with(NOTICES, words) | _gnu(words) | _named(words) or by_statement(comment)
    if not found:
        return _proprietary(words)
    if len(found) > 1 and _CHOICE.search(words):
        found = set(parse_expression(" OR ".join(f"({id})" for id in sorted(found)), known_only=False))
    return _restricted(found, words)


def by_notices(text: str) -> set[str]:
    """Licences to which `text` refers by the notice that they ask for. Not GNU's: its own texts hold an example."""
    return _with(NOTICES, _words(text))


def by_statement(text: str) -> set[str]:
    """`Released under the MIT license.`, `either of Apache License, Version 2.0 or MIT license`, `License: MIT`."""
    for match in _FIELD.finditer(text):
        if ids := parse_free_text(_FIELD_END.split(match[1] or match[2], maxsplit=1)[0].strip(" \t*/.-")):
            return set(ids)
    text = _ASIDE.sub(" ", _LINK.sub(r"\1", text))
    text = " ".join(re.sub(r"(?m)^[^\w\n]+", " | ", text).split())
    listed = re.search(
        r"\beither(?: of)?(?: the following)?(?: licen[sc]es)?:? \|(.{1,300}?)(?: \| at|,? at your)\b", text
    )
    if listed and (ids := parse_free_text(_VERSION.sub(" ", listed[1].replace(" |", " or ")))):
        return set(ids)
    text = _VERSION.sub(" ", text.replace(" |", ""))
    for match in _STATEMENT.finditer(text) if "under" in text or "by" in text else ():
        stated = match.group(1)
        whole = _SENTENCE_END.split(stated, maxsplit=1)[0]
        first = re.match(r".{0,60}?\blicen[sc]e\b", whole, re.I)
        if ids := parse_free_text(whole):
            return set(ids)
        if not first or _GOES_ON.match(stated[first.end() :]) or _ANOTHER.search(whole, first.end()):
            continue
        if ids := parse_free_text(first.group()):
            return set(ids)
    return set()


def by_address(text: str) -> set[str]:
    """`https://opensource.org/licenses/MIT`."""
    found = {id for match in _ADDRESS.finditer(text) for id in parse_expression(match.group(1).rstrip("."))}
    return found | ({"Apache-2.0"} if "apache.org/licenses/LICENSE-2.0" in text else set())


def _title(text: str) -> set[str]:
    """A text whose first line is a licence's name and that says little more."""
    line = next((line for line in text.split("\n") if line.strip()), "")
    return set(parse_free_text(_ASIDE.sub(" ", line).strip(" \t#=.-:"))) if len(text.split()) <= 30 else set()


def beside(text: str) -> set[str]:
    """GNU licences and others that are never permissive to which a text refers, other than by their own texts."""
    words = _words(text)
    return _gnu(words) | _named(words)


def leaves_a_choice(text: str) -> bool:
    """Whether one of several licences is enough."""
    return _CHOICE.search(_words(text)) is not None


def restricts(text: str) -> bool:
    """Whether a text allows some purposes only, as in a permissive licence that was made non-commercial."""
    return _is_restricted(_words(text))


def _is_restricted(words: str) -> bool:
    if not any(word in words for word in ("commercial", "academic", "research", "educational", "evaluation")):
        return False
    return _RESTRICTED.search(_FREE_EITHER_WAY.sub(" ", words)) is not None


def _restricted(found: set[str], words: str) -> set[str]:
    return found | {OTHER_TERMS} if found and "CC-BY-NC" not in "".join(found) and _is_restricted(words) else found


def _proprietary(words: str) -> set[str]:
    if not any(word in words for word in ("proprietary", "unauthori", "strictly prohibited")):
        return set()
    return {PROPRIETARY} if _PROPRIETARY.search(words) else set()


def _gnu(words: str) -> set[str]:
    """`either version 2 of the License, or (at your option) any later version`."""
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


def _named(words: str) -> set[str]:
    """Licences that a text only names: those of `STATED` and Creative Commons'."""
    found = _with(STATED, words)
    for match in _CC.finditer(words) if "commons" in words or "cc by" in words else ():
        groups = match.groups()
        commercial, kind, major, minor = groups[:4] if groups[2] else groups[4:]
        ending = "" if not kind else "-SA" if kind.strip()[0] == "s" else "-ND"
        found.add(f"CC-BY{'-NC' if commercial else ''}{ending}-{major}.{minor}")
    return found


def _with(table: list[tuple[str, tuple[str, ...], tuple[str, ...]]], words: str) -> set[str]:
    return {
        id
        for id, needed, absent in table
        if all(phrase in words for phrase in needed) and not any(phrase in words for phrase in absent)
    }


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text[:_LONGEST].lower()))
