"""Every pair of documents that is similar enough, found exactly and without any of our code.

Similarity is the Jaccard index of the sets of 5 words in a row, of all words where there are fewer. A word is either a
run of letters, digits, underscores and bytes above 127, as codekiln cuts, or of the first three alone, as BigCode cut.
Prefix filtering finds all pairs: two sets of similarity t share one of their n - ceil(t n) + 1 rarest elements.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict

CUTS = {"words": re.compile(rb"[A-Za-z0-9_\x80-\xff]+"), "plain": re.compile(rb"[A-Za-z0-9_]+")}
Pairs = dict[tuple[int, int], float]


def shingles(data: bytes, cut: str) -> frozenset[int]:
    """Python's own hashes of 5 words in a row."""
    words = CUTS[cut].findall(data)
    size = min(5, len(words))
    if not size:
        return frozenset()
    return frozenset(map(hash, zip(*(words[i:] for i in range(size)), strict=False)))


def similarity(one: frozenset[int], other: frozenset[int]) -> float:
    common = len(one & other)
    return common / max(1, len(one) + len(other) - common)


def similar_pairs(sets: list[frozenset[int]], threshold: float) -> Pairs:
    """(lower, higher number) -> similarity."""
    often = Counter(element for found in sets for element in found)
    holders: dict[int, list[int]] = defaultdict(list)
    pairs: Pairs = {}
    for number in sorted(range(len(sets)), key=lambda i: len(sets[i])):
        own = sets[number]
        if not own:
            continue
        rarest = sorted(own, key=lambda element: (often[element], element))
        rarest = rarest[: len(own) - math.ceil(threshold * len(own)) + 1]
        for other in {holder for element in rarest for holder in holders[element]}:
            if len(sets[other]) >= threshold * len(own):
                found = similarity(own, sets[other])
                if found >= threshold:
                    pairs[min(number, other), max(number, other)] = found
        for element in rarest:
            if often[element] > 1:
                holders[element].append(number)
    return pairs
