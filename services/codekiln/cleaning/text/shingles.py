"""What of two texts is compared: words of Latin script, syllables of Hangul."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codekiln.cleaning.document import SHINGLE, Document
from codekiln.cleaning.words import Hashes, ngrams, words

SYLLABLES = 8
"""Three words of Korean or so. They carry particles and are spaced by taste: shingles of words miss what is alike."""
MIN_HANGUL_SHARE = 0.3
"""Of the characters: above, a document is compared by syllables."""
_FIRST, _LAST = 0xAC00, 0xD7A3
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def text_shingles(documents: Sequence[Document]) -> list[Hashes]:
    """Of each document the numbers of every 5 words in a row, case aside; of every 8 syllables, digits and letters
    where it is Korean.
    """
    return [_shingles(document) for document in documents]


def _shingles(document: Document) -> Hashes:
    if not document.data.isascii():
        codes = np.frombuffer(document.text.lower().encode("utf-32-le"), "<u4")
        hangul = (codes >= _FIRST) & (codes <= _LAST)
        if hangul.mean() >= MIN_HANGUL_SHARE:
            digits = (codes >= 48) & (codes <= 57)
            latin = (codes >= 97) & (codes <= 122)
            solid = codes[hangul | digits | latin].astype(np.uint64)
            return ngrams(solid * _SPREAD, SYLLABLES)
    return ngrams(words(document.data.lower()).hashes, SHINGLE)
