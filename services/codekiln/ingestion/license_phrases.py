"""Recognises licences by a few of their words, where their whole text is not there. Pure; sure of the common ones.

The phrases are those that a licence cannot lack and another does not have.
"""

from __future__ import annotations

import re

from codekiln.ingestion.license_expression import parse_expression, parse_free_text
from codekiln.ingestion.license_gnu import gnu
from codekiln.ingestion.license_wording import NOTICES, PHRASES, STATED

_LONGEST = 400_000

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
    found = _with(PHRASES, words) | _with(NOTICES, words) or gnu(words) or _named(words)
    if not found and len(words.split()) <= _SHORT:
        found = by_statement(text) or by_address(text) or _title(text)
    return _restricted(found, words) or _proprietary(words)


def by_notice(comment: str) -> set[str]:
    """The licences of a file by the comment at its top: of its phrases, notices and statements all count.

    Where the comment leaves a choice between several, they are one entry: `A OR B`.
    """
    words = _words(comment)
    found = _with(PHRASES, words) | _with(NOTICES, words) | gnu(words) | _named(words) or by_statement(comment)
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
    return gnu(words) | _named(words)


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
