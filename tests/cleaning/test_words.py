"""Word numbers: equal words have equal numbers wherever they stand, different words different ones."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning.words import ngrams, ngrams_of_each, word, words
from tests.cleaning.material import stdlib

SPELLING = re.compile(rb"[A-Za-z0-9_\x80-\xff]+")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_words_are_those_of_the_slow_definition(data: bytes) -> None:
    found = words(data)
    assert found.starts.tolist() == [match.start() for match in SPELLING.finditer(data)]
    numbers: dict[bytes, int] = {}
    for match, number in zip(SPELLING.finditer(data), found.hashes.tolist(), strict=True):
        assert numbers.setdefault(match[0], number) == number
    assert len(set(numbers.values())) == len(numbers)


def test_words_of_every_length_differ_and_are_the_same_wherever_they_stand() -> None:
    long = [b"x" * length for length in range(1, 200)] + [b"x" * (length - 1) + b"y" for length in range(2, 200)]
    numbers = words(b"-" + b" (".join(long)).hashes.tolist()
    assert len(set(numbers)) == len(long)
    assert numbers == [word(text.decode()) for text in long]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8), st.integers(1, 6))
def test_ngrams_of_many_texts_are_those_of_each(texts: list[bytes], size: int) -> None:
    together = ngrams_of_each(texts, size)
    assert [grams.tolist() for grams in together] == [ngrams(words(text).hashes, size).tolist() for text in texts]


def test_a_million_words_do_not_collide() -> None:
    data = b" ".join(b"w%d" % i for i in range(300_000))
    assert len(np.unique(words(data).hashes)) == 300_000
    real = b"\n".join(path.read_bytes() for path in stdlib("*.py", 200))
    assert len(set(words(real).hashes.tolist())) == len(set(SPELLING.findall(real)))


def test_ngrams_tell_order_and_length() -> None:
    one, other = words(b"a b c d e f").hashes, words(b"b a c d e f").hashes
    assert len(ngrams(one, 5)) == 2
    assert set(ngrams(one, 5)) != set(ngrams(other, 5))
    assert len(ngrams(one, 10)) == 1
    assert len(ngrams(one[:0], 5)) == 0
    assert word("return") == words(b"x return").hashes[1]


def test_numbers_are_the_same_on_every_machine() -> None:
    assert word("codekiln") == NUMBER
    assert int(ngrams(words(b"a b c d e").hashes, 5)[0]) == GRAM


NUMBER = 17337041866464514335
GRAM = 4529420601548470107
