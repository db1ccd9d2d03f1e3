"""Finds the texts of SPDX's licences in a file, whole or side by side, with a score. Pure but for one data file.

Texts are compared by their pairs of words in a row, as askalono does it: the score is Sørensen and Dice's, twice what a
passage and a licence have in common over the sum of both. The passage is where a licence's pairs lie dense, so a text
is found inside a longer file too. Of those that fit a passage the closest counts, and its words are then taken.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from heapq import heapify, heappop, heappush
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).with_name("license_texts.xz")
THRESHOLD = 0.9
"""Score from which a text counts as a licence. askalono's own is 0.8 and warns that it is low."""
_LONGEST = 400_000
_TERMS = 250
"""Words of a stretch that may be an agreement of its own. LLVM's exceptions to Apache-2.0 have 130."""
_LEGAL = frozenset(
    (
        *("agreement", "copyright", "damages", "grant", "granted", "grants", "hereby", "herein", "law", "laws"),
        *("liability", "licensed", "licensee", "licensor", "license", "licenses", "obligations", "party", "patent"),
        *("permitted", "prohibited", "redistribute", "rights", "shall", "sublicense", "terminate", "termination"),
        *("terms", "warranties", "warranty"),
    )
)
_TAKEN = 0
"""Stands where a pair was that a licence has taken."""
_WORD = re.compile(r"[a-z0-9]+")
# A line that names a holder, as far as the next line: not part of a licence's text.
_HOLDERS = re.compile(
    r"^[^\w\n]*(?:portions )?(?:copyright(?:ed)?\b|\(c\)|©)(?! (?:notice|holder|owner|law|licen))[^\n]*", re.M
)
# Apache-2.0's advice to those who use it: no terms.
_ADVICE = re.compile(
    r"\bappendix: how to apply the apache license\b.{0,2000}?\blimitations\s+under\s+the\s+license\.", re.S
)
_RESERVED = re.compile(r"\ball rights reserved\b\.?")


class Match(NamedTuple):
    """A licence whose text is there, and the best score of its passages: 0.9 to 1."""

    license: str
    score: float


class Found(NamedTuple):
    """The licences of a text, by name, and whether it has further terms: long, and of no licence that we know."""

    matches: tuple[Match, ...]
    other_terms: bool


class _Passage(NamedTuple):
    """Where a licence fits best: pairs from `start` to before `stop`. `gain` is less for a closer one: for the heap."""

    gain: float
    license: int
    start: int
    stop: int
    score: float


class _Table(NamedTuple):
    names: list[str]
    sizes: list[int]
    """Distinct pairs of each licence."""
    holders: dict[int, array[int]]
    """Pair -> numbers of the licences that have it."""


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: without lines of copyright holders, case, punctuation and spelling."""
    text = _ADVICE.sub(" ", text[:_LONGEST].lower())
    text = _RESERVED.sub(" ", _HOLDERS.sub(" ", text))
    return _WORD.findall(text.replace("licence", "license").replace("https", "http"))


def pairs_of(words: list[str]) -> list[int]:
    """CRC-32 of every two words in a row."""
    return [zlib.crc32(f"{a} {b}".encode()) for a, b in pairwise(words)]


def known_licenses() -> Sequence[str]:
    """SPDX identifiers of all texts that can be found, sorted."""
    head, _, _ = lzma.LZMADecompressor().decompress(PATH.read_bytes(), max_length=1 << 16).partition(b"\n")
    return list(json.loads(head)["names"])


@lru_cache(maxsize=128)
def find_licenses(text: str) -> Found:
    """Licences whose texts are in the first 400,000 characters. The same text is often asked for again."""
    words = words_of(text)
    pairs = pairs_of(words)
    shared = _shared(set(pairs))
    passages = [passage for n, common in shared.items() for passage in _passages(n, common, pairs, 0, len(pairs))]
    heapify(passages)
    scores: dict[int, float] = {}
    while passages:
        passage = heappop(passages)
        n, start, stop = passage.license, passage.start, passage.stop
        if all(pairs[start:stop]):
            scores[n] = max(scores.get(n, 0.0), passage.score)
            pairs[start:stop] = [_TAKEN] * (stop - start)
            continue
        # A closer one took some of it.
        for rest in _passages(n, shared[n], pairs, start, stop):
            heappush(passages, rest)
    matches = tuple(sorted(Match(_table().names[n], score) for n, score in scores.items()))
    return Found(matches, _has_terms(words, pairs))


def _has_terms(words: list[str], pairs: list[int]) -> bool:
    """Whether a long stretch that no licence has taken speaks as one: there, every 25th word is a lawyer's."""
    at = 0
    for taken, stretch in groupby(pairs, lambda pair: pair == _TAKEN):
        length = len(list(stretch))
        if not taken and length >= _TERMS:
            legal = sum(word in _LEGAL for word in words[at : at + length])
            if 25 * legal >= length:
                return True
        at += length
    return False


def _shared(pairs: set[int]) -> dict[int, set[int]]:
    """Licences of which enough is there to reach the threshold -> which of their pairs."""
    table = _table()
    pairs.discard(_TAKEN)
    counts = [0] * len(table.names)
    held = [(pair, numbers) for pair in pairs if (numbers := table.holders.get(pair))]
    for _, numbers in held:
        for n in numbers:
            counts[n] += 1
    # 2m / (m + size) must reach the threshold even if the passage has nothing else.
    least = THRESHOLD / (2 - THRESHOLD)
    shared: dict[int, set[int]] = {n: set() for n, count in enumerate(counts) if count >= least * table.sizes[n]}
    for pair, numbers in held:
        for n in numbers:
            if n in shared:
                shared[n].add(pair)
    return shared


def _passages(n: int, common: set[int], pairs: list[int], start: int, stop: int) -> Iterator[_Passage]:
    """Passages between `start` and `stop`, none overlapping, that are close enough to a licence."""
    size = _table().sizes[n]
    while start < stop:
        start, end, going_on = _dense(common, pairs, start, stop, THRESHOLD / (2 - THRESHOLD) * size)
        passage = set(pairs[start:end])
        matched = len(passage & common)
        score = 2 * matched / (len(passage) + size)
        if score >= THRESHOLD:
            wrong = len(passage) + size - 2 * matched
            yield _Passage(2 * wrong - matched, n, start, end, score)
        start = going_on


def _dense(common: set[int], pairs: list[int], start: int, stop: int, least: float) -> tuple[int, int, int]:
    """The next run that has more of `common` than of all else, `least` at the least, and where to look on behind it.

    Kadane's algorithm, but a pair counts once: a second copy of a licence is a second run.
    """
    seen: set[int] = set()
    best = total = 0
    end = start
    i = start
    while i < stop:
        pair = pairs[i]
        i += 1
        if pair in common:
            if pair not in seen:
                seen.add(pair)
                total += 1
                if total > best:
                    best, end = total, i
        elif pair and total > 1:
            total -= 1
        elif best >= least:
            break
        else:
            seen.clear()
            best = total = 0
            start = end = i
        if best >= least and i - end > least:
            break
    return (start, end, end) if best >= least else (stop, stop, stop)


@cache
def _table() -> _Table:
    head, _, body = lzma.decompress(PATH.read_bytes()).partition(b"\n")
    facts = json.loads(head)
    names: list[str] = facts["names"]
    pairs, counts, numbers = array("I"), array("H"), array("H")
    ends = [4 * facts["pairs"], 6 * facts["pairs"], 6 * facts["pairs"] + 2 * facts["numbers"]]
    for values, start, end in zip((pairs, counts, numbers), [0, *ends], ends, strict=False):
        values.frombytes(body[start:end])
        if sys.byteorder != "little":
            values.byteswap()
    sizes = [0] * len(names)
    for n in numbers:
        sizes[n] += 1
    holders, at = {}, 0
    for pair, count in zip(pairs, counts, strict=True):
        holders[pair] = numbers[at : at + count]
        at += count
    return _Table(names, sizes, holders)
