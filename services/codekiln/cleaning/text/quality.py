"""Quality of prose: too short, another language, garbage of OCR, repetition, no grammar.

Repetition and symbols after Gopher's rules (Rae et al. 2021, arXiv 2112.11446, table A1 and section A.1.1), looser
where legal texts repeat by form: claims begin alike, statutes enumerate.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from codekiln.cleaning.document import Document, Drop, Tally
from codekiln.cleaning.text.script import language, letters
from codekiln.cleaning.words import Hashes, ngrams, words


@dataclass(frozen=True)
class Thresholds:
    """All numbers of this step."""

    min_letters: int = 100
    """A short section of a statute has more. Gopher asks for 50 words."""
    min_letter_share: float = 0.5
    """Of what is not white space."""
    max_mean_word: float = 20.0
    """Characters. Gopher: 3 to 10, of English; a text without spaces is far above."""
    max_garbage_share: float = 0.1
    """Words without sense: signs inside, vowels or case at odds. Good scans are below 0.02."""
    max_symbol_share: float = 0.1
    """Gopher: `#` and ellipses to words."""
    max_repeated_line_share: float = 0.3
    """Gopher, of lines of some length; here of characters too."""
    max_repeated_paragraph_share: float = 0.3
    """Gopher."""
    max_top_gram_share: float = 0.24
    """Characters in the most frequent run of 4 words. Gopher: 0.16."""
    max_repeated_gram_share: float = 0.45
    """Words inside a run of 10 that occurs before. Gopher: 0.10; sets of claims, and of similar sections, reach 0.4."""
    min_words_for_grams: int = 200
    min_english_function_words: int = 2
    """Gopher: different ones of eight."""
    min_particle_share: float = 0.15
    """Korean words that end in a particle or an ending. Prose is above 0.5, word lists are near 0."""


THRESHOLDS = Thresholds()
_FUNCTION_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})
_WORD = re.compile(r"\S+")
_ENGLISH = re.compile(r"[A-Za-z]+")
_KOREAN = re.compile(r"[\uac00-\ud7a3]{2,}")
_PARTICLE = re.compile(
    r"(?:은|는|이|가|을|를|의|에|에서|에게|으로|로|와|과|도|만|부터|까지|다|고|며|여|아|어|한|할|된|될|인|하는|되는|거나|경우|수|것|및|등)$"
)
_GARBAGE = re.compile(
    r"(?<!\S)(?:[^\w\s]*[A-Za-z]+[^\w\s'\u2019\-/.,&@:()\[\]]+[A-Za-z]+\S*"  # th^e
    r"|(?=\S*[A-Za-z])(?=\S*[|~^\\{}<>=_*#]{1})(?!\S*(?:://|www\.))\S{2,}"  # |nv~ntion
    r"|[a-z]+[A-Z]{2,}[a-z]\S*|[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{6,}\S*"
    r"|(?=[A-Za-z]*\d[A-Za-z]+\d)[A-Za-z0-9]{5,}(?=[.,;]?(?:\s|$))"  # w0rd5s
    r"|[^\w\s.\-\u2013\u2014\u2026\"'()\[\]]{3,}|[\ufffd\u25a1]+\S*|[\u3131-\u318e]{2,}\S*)(?!\S)"
)
_SYMBOL = re.compile(r"#+|\.{3,}|\u2026+")
_LONG_LINE = 20


class TextQualityStep:
    """Drops texts with little to learn from, and notes the language of those that stay."""

    name = "quality"

    def __init__(self, thresholds: Thresholds = THRESHOLDS) -> None:
        self._limits = thresholds

    def apply(self, document: Document) -> Document | Drop:
        text = document.text
        scripts = letters(text)
        spoken = language(scripts)
        drop = (
            self._short(text, sum(scripts.values()))
            or (
                None
                if spoken
                else Drop("other_language", f"{scripts['latin']:,} Latin letters, {scripts['hangul']:,} of Hangul")
            )
            or self._garbage(text)
            or self._repeated_lines(text)
            or self._repeated_grams(document.data)
            or self._grammar(text, spoken)
        )
        return drop or document.noted(Tally("language", spoken))

    def _short(self, text: str, count: int) -> Drop | None:
        if count < self._limits.min_letters:
            return Drop("too_small", f"{count} letters")
        solid = len("".join(text.split()))
        if count < self._limits.min_letter_share * solid:
            return Drop("few_letters", f"{100 * count / solid:.0f} % letters")
        return None

    def _garbage(self, text: str) -> Drop | None:
        count = len(text.split())
        garbage = sum(1 for _ in _GARBAGE.finditer(text))
        if len(text) > self._limits.max_mean_word * count:
            return Drop("no_words", f"{len(text):,} characters in {count:,} words")
        if garbage > self._limits.max_garbage_share * count:
            return Drop("garbage", f"{100 * garbage / count:.0f} % of its words make no sense")
        symbols = len(_SYMBOL.findall(text))
        if symbols > self._limits.max_symbol_share * count:
            return Drop("symbols", f"{symbols:,} signs to {count:,} words")
        return None

    def _repeated_lines(self, text: str) -> Drop | None:
        lines = [line for line in text.split("\n") if len(line) >= _LONG_LINE]
        share = _repeated(lines)
        if len(lines) >= 4 and share > self._limits.max_repeated_line_share:
            return Drop("repeated_lines", f"{100 * share:.0f} % of its lines occur before")
        paragraphs = [paragraph for paragraph in text.split("\n\n") if len(paragraph) >= _LONG_LINE]
        share = _repeated(paragraphs)
        if len(paragraphs) >= 4 and share > self._limits.max_repeated_paragraph_share:
            return Drop("repeated_paragraphs", f"{100 * share:.0f} % of its paragraphs occur before")
        return None

    def _repeated_grams(self, data: bytes) -> Drop | None:
        hashes = words(data.lower()).hashes
        if len(hashes) < self._limits.min_words_for_grams:
            return None
        _, counts = np.unique(ngrams(hashes, 4), return_counts=True)
        top = 4 * int(counts.max()) / len(hashes) if counts.max() > 1 else 0.0
        if top > self._limits.max_top_gram_share:
            return Drop("repeated_words", f"the same 4 words are {100 * top:.0f} % of it")
        share = _covered(ngrams(hashes, 10), 10) / len(hashes)
        if share > self._limits.max_repeated_gram_share:
            return Drop("repeated_words", f"{100 * share:.0f} % of its words are in runs that occur before")
        return None

    def _grammar(self, text: str, spoken: str) -> Drop | None:
        if spoken == "en":
            found = len(_FUNCTION_WORDS & {word.lower() for word in _ENGLISH.findall(text)})
            if found < self._limits.min_english_function_words:
                return Drop("no_prose", "no words such as `the`, `of` and `to`")
        if spoken == "ko":
            eojeols = _KOREAN.findall(text)
            endings = sum(1 for word in eojeols if _PARTICLE.search(word))
            if endings < self._limits.min_particle_share * len(eojeols):
                return Drop("no_prose", f"{endings} of {len(eojeols)} words end in a particle or an ending")
        return None


def _repeated(pieces: list[str]) -> float:
    """Share of the characters that are in pieces that occur before."""
    counts = Counter(pieces)
    total = sum(map(len, pieces))
    return sum((count - 1) * len(piece) for piece, count in counts.items()) / max(1, total)


def _covered(grams: Hashes, size: int) -> int:
    """Words inside a run that occurs before."""
    _, first = np.unique(grams, return_index=True)
    again = np.ones(len(grams), bool)
    again[first] = False
    edges = np.zeros(len(grams) + size, np.int64)
    at = np.flatnonzero(again)
    np.add.at(edges, at, 1)
    np.add.at(edges, at + size, -1)
    return int((np.cumsum(edges) > 0).sum())
