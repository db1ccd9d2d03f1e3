"""Trains the merges: byte-level BPE of `tokenizers` over an iterator of documents, in one stage.

The same texts in any order and on any number of threads give the same vocabulary: pieces are counted first, and ties
between pairs are broken by their ids.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from codekiln.core.errors import FailedPrecondition
from codekiln.tokenizer.split import PATTERN
from codekiln.tokenizer.vocabulary import Vocabulary

_LEAST_COUNT = 2
"""A pair that occurs once is a memory of one place, not a pattern."""
_CHUNK = 1 << 18
"""Characters handed over at once: while it splits, `tokenizers` holds some thirty bytes for each byte of text."""
_LONGEST_PIECE = 2000
"""Merging inside one piece takes time with the square of its length, so a text with longer lines or runs of line
breaks is cut everywhere."""


def train(texts: Iterable[str], vocab_size: int) -> tuple[Tokenizer, Vocabulary]:
    """The trained tokenizer, special tokens included, and its vocabulary.

    Raises FailedPrecondition (VOCAB_TOO_LARGE) where the texts give fewer entries than were asked for.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    empty = Vocabulary((), PATTERN)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - empty.size,
        min_frequency=_LEAST_COUNT,
        initial_alphabet=sorted(_BYTE_OF),
        show_progress=False,
    )
    tokenizer.train_from_iterator(itertools.chain.from_iterable(map(chunks, texts)), trainer)
    vocabulary = Vocabulary(_tokens(tokenizer), PATTERN)
    if vocabulary.size < vocab_size:
        raise FailedPrecondition(
            f"the training text gives {vocabulary.size} entries (special tokens included), not the {vocab_size} asked "
            f"for: set `vocab_size` to at most {vocabulary.size}, or give it more text (`max_bytes`, more sources)",
            reason="VOCAB_TOO_LARGE",
            entries=vocabulary.size,
            vocab_size=vocab_size,
        )
    tokenizer.add_special_tokens(list(vocabulary.special_tokens))
    return tokenizer, vocabulary


def chunks(text: str, size: int = _CHUNK, longest: int = _LONGEST_PIECE) -> Iterator[str]:
    """The text in pieces of bounded length, cut after line breaks where there are any."""
    if max(map(len, text.split("\n"))) > longest or re.search(rf"[\r\n]{{{longest}}}", text):
        size = longest
    start = 0
    while len(text) - start > size:
        end = text.rfind("\n", start, start + size) + 1
        if end <= start:
            end = start + size
        yield text[start:end]
        start = end
    yield text[start:]


def _tokens(tokenizer: Tokenizer) -> tuple[bytes, ...]:
    ids = tokenizer.get_vocab(with_added_tokens=False)
    return tuple(bytes(map(_BYTE_OF.__getitem__, token)) for token in sorted(ids, key=ids.__getitem__))


def _byte_alphabet() -> dict[str, int]:
    """The characters that stand for bytes in byte-level BPE, as GPT-2 chose them.

    A byte that prints in Latin-1 stands for itself; the others take the code points from 256 on.
    """
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = itertools.count(256)
    return {chr(byte if byte in printable else next(others)): byte for byte in range(256)}


_BYTE_OF = _byte_alphabet()
