"""Whether a text reads as words or as random characters, by its pairs of letters. No dictionary: code makes its own."""

from __future__ import annotations

import re

# Pairs of letters in 20,210 parts of identifiers, found four times or more in 6,000 files of Python, Go and Rust: row
# after row the letter before (first the beginning of a part), column after column the letter after (last its end). `q`
# is as likely as chance; each letter of the alphabet further is half a bit more.
_PAIRS = (
    "rqsrrqpprlmqrqpslrtrqopmija",
    "kqsrkmqiqfmtrtgqetsuonlmnhr",
    "topotnmitnjuolsncrrnsjggoht",
    "tlpntmjtqcsrnlunhqptpliembs",
    "rnmpvnljujionmqmhqqmpllilaw",
    "qlrtoonilfiqptlolutrkolplgu",
    "snppssliuhisnmtnfrrpqfjhnbu",
    "qjmkuloqrbhpnqqmisrmpjihjhx",
    "ukmovjihtaloomtldqoqqjmdoiu",
    "qosrqpqfiejrrvspgpsshpgmapp",
    "udnnvoldrmolnkuodisotjodkdt",
    "qlmowmmmtjipmonninspoknhmaw",
    "tlmpullguglslktnakqqplhcrgu",
    "upmnvmkitaknqkstilroqjiijct",
    "rkrsspukrinnlnrmhlsuonifkeu",
    "oorqlooininrrvpreurqrpqljgr",
    "tlomumlpralsmksrhuqrpkkhoet",
    "nlnpmlmincmrmomojoqmylnchiu",
    "tlppvmnftcnnposnfprromkgodu",
    "piqltllqsdmnmlpqjmruqklhnjw",
    "sjolumiquaiomkrndsrppjkkpgu",
    "qrqoqoofqbgsrumrbttthhcldhp",
    "ulomxnkluefnolqmfmomifhjiet",
    "ukmptmkrueloossojsrnkhkjaht",
    "rnrptqjnsaioolotknoumliongv",
    "ololpmmhpgfoprnuanrqiklgjky",
    "tcklylhktccmnkrkckmommihlou",
)
_CHANCE = ord("q")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DIGITS = re.compile(r"[0-9]+")
_EDGE = 96
"""One below `a`: where a part begins."""


def is_wordy(value: str) -> bool:
    """Whether it is an identifier, a sentence or a path, and not a random string.

    Of random letters and digits 0.6 % pass for words at 12 characters and 0.1 % at 20; of real string literals without
    brackets and slashes 96 % do.
    """
    parts = _PARTS.findall(value)
    letters = sum(map(len, parts))
    bits = sum(_bits(part) for part in parts) - 1.5 * max(0, len(_DIGITS.findall(value)) - 1)
    return bits > 0 and letters >= 0.5 * sum(character.isalnum() for character in value)


def _bits(part: str) -> float:
    """How many bits likelier as a part of an identifier than as random letters."""
    if len(part) < 3:
        return -1.0 - len(part)  # says nothing by itself, and is rare in words
    codes = part.lower().encode()
    ends = [*codes, 123]
    pairs = zip([_EDGE, *codes], ends, strict=True)
    return sum(ord(_PAIRS[before - _EDGE][after - 97]) - _CHANCE for before, after in pairs) / 2
