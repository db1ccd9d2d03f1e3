"""Which encoding a text that is not UTF-8 was written in: the one in which it reads as words of some language.

    guess("Größe".encode("cp1252"))    # "cp1252"

Source files are ASCII but for a few words of comments, too few for detectors that count bytes of whole texts. So each
encoding is tried, and what is not ASCII is read: letters have to be of one script and in the case that words have,
those that a language uses often count most, and signs inside words count nothing. The alphabets are in alphabets.py.
"""

from __future__ import annotations

import re
from collections import Counter

from codekiln.cleaning.steps.alphabets import (
    BOXES,
    CANDIDATES,
    FREQUENT,
    HANDICAPS,
    INSIDE_WORDS,
    LATIN,
    MARKS,
    RAISED,
    SIGNS,
    Alphabet,
    common_characters,
)

LEAST = 0.5
"""Of the mean weight of what is not ASCII: below it the text reads as nothing."""
_OFTEN, _SELDOM, _FOREIGN, _ODD = 1.0, 0.5, 0.3, 0.1
"""Weights of a letter that the language has often, seldom, never, and of what no text has."""
_EVERYDAY = 0.7
"""Of a character of two bytes that is not rare."""
_SIGN, _RAISED = 0.8, 0.4
"""Of a common sign, and of a small raised one after a letter."""
_ALONE, _CAPITALS = 0.6, 0.9
"""Words of one letter, and words in capitals, weigh less: in the wrong encoding there is little else."""
_ENOUGH = 8 << 10
"""Characters of lines that are not ASCII which tell it."""
_WORD = re.compile(r"[^\W\d_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_THRICE = re.compile(r"([^\x00-\x7f])\1\1")
_WIDE_RUN = re.compile(r"[^\x00-\x7f]+")
_HALF_WIDTH = range(0xFF61, 0xFFA0)


def guess(data: bytes) -> str | None:
    """The name that Python has for the encoding; None where the text reads as nothing in any."""
    seen = b"\n".join(line for line in data.split(b"\n") if not line.isascii())
    best, least = None, LEAST
    for encoding, alphabets in CANDIDATES.items():
        try:
            text = seen.decode(encoding)[:_ENOUGH]
        except UnicodeDecodeError:
            continue
        weight = _wide(text, encoding) if not alphabets else _narrow(text, alphabets)
        weight *= HANDICAPS.get(encoding, 1.0)
        if weight > least:
            best, least = encoding, weight
    return best


def _wide(text: str, encoding: str) -> float:
    """Of encodings with two bytes a character: those of every day, and those that are frequent most."""
    common, frequent = common_characters(encoding), FREQUENT[encoding]
    total, count = 0.0, 0
    for run in _WIDE_RUN.findall(text):
        weight = sum(_OFTEN if c in frequent else _EVERYDAY if c in common else 0.0 for c in run)
        # One that stands alone may be a letter of another encoding, and the ASCII letter after it.
        total += weight * (_ALONE if len(run) == 1 else 1.0) - sum(ord(c) in _HALF_WIDTH for c in run)
        count += len(run)
    return total / count if count else 0.0


def _narrow(text: str, alphabets: tuple[Alphabet, ...]) -> float:
    """The best that one of the languages makes of it."""
    words = Counter(word for word in _WORD.findall(text) if not word.isascii())
    signs = [_sign(text, found.start()) for found in _NOT_ASCII.finditer(text) if not found[0].isalpha()]
    count = len(signs) + sum(times * sum(c > "\x7f" for c in word) for word, times in words.items())
    if not count:
        return 0.0
    read = (sum(times * _word(word, alphabet) for word, times in words.items()) for alphabet in alphabets)
    return (max(read) + sum(signs)) / count


def _word(word: str, alphabet: Alphabet) -> float:
    """The weight of all its letters that are not ASCII."""
    small = word.lower()
    own = [character for character in small if character > "\x7f"]
    cased = word in (small, word.upper()) or word[1:] == small[1:]
    latin = alphabet.script is LATIN
    whole = 2 * len(own) <= len(word) + 1 if latin else len(own) == len(word)
    if not (cased and whole and alphabet.script.issuperset(own)) or _THRICE.search(small):
        return _ODD * len(own)
    if alphabet.impossible and alphabet.impossible.search(small):
        return _ODD * len(own)
    weight = sum(_OFTEN if c in alphabet.often else _SELDOM if c in alphabet.seldom else _FOREIGN for c in own)
    return weight * (_ALONE if len(word) == 1 else _CAPITALS if word != small and word.isupper() else 1.0)


def _sign(text: str, place: int) -> float:
    """The weight of the character there, which is neither ASCII nor a letter."""
    sign, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if sign in MARKS:
        return _OFTEN if before > "\x7f" and (before in MARKS or before.isalpha()) else _ODD
    if sign in BOXES:
        # A line of a frame repeats itself; words in the wrong encoding do not.
        return _OFTEN if sign in (before, after) else _RAISED if before in BOXES or after in BOXES else _ODD
    if sign not in SIGNS or (before.isalpha() and after.isalpha() and sign not in INSIDE_WORDS):
        return _ODD
    return _RAISED if before.isalpha() and sign in RAISED else _SIGN
