from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from codekiln.core.store import ObjectStore
from codekiln.trainer import inputs
from codekiln.trainer.bits import byte_lengths, evaluate
from codekiln.trainer.model import Decoder
from codekiln.trainer.shards import Shards
from codekiln.trainer.world import World

from .material import TINY, VOCAB_SIZE, new_spec, publish_tokens, special_tokens, texts, tokenizer

ALONE = World(0, 1, torch.device("cpu"))


@pytest.fixture
def here(store: ObjectStore, tmp_path: Path) -> inputs.Inputs:
    return inputs.fetch(new_spec(publish_tokens(store)), store, tmp_path / "cache", lambda done, total: None)


def test_the_tokens_of_a_text_spell_its_bytes(here: inputs.Inputs) -> None:
    lengths = byte_lengths(here.ranks, VOCAB_SIZE)
    for text in (*texts()[:3], "naïve ∑ 한국어 🙂"):
        assert lengths[tokenizer().encode(text).ids].sum() == len(text.encode())
    assert not lengths[list(special_tokens().values())].any()


def test_a_model_that_knows_nothing_needs_the_bits_of_a_uniform_guess(here: inputs.Inputs) -> None:
    model = Decoder(TINY, VOCAB_SIZE)
    with torch.no_grad():
        model.model.embed_tokens.weight.zero_()
    lengths = byte_lengths(here.ranks, VOCAB_SIZE)
    shards = Shards(here.validation, here.dtype, 32)
    score = evaluate(model, shards, [0, 5, 9], torch.from_numpy(lengths), ALONE)
    targets = np.concatenate([shards.window(number)[1:] for number in (0, 5, 9)])
    assert score.bytes == lengths[targets].sum() and score.tokens == np.count_nonzero(lengths[targets])
    assert score.loss == pytest.approx(math.log(VOCAB_SIZE))
    assert score.bits_per_byte == pytest.approx(math.log2(VOCAB_SIZE) * score.tokens / score.bytes)


def test_windows_shared_out_over_processes_are_all_scored(here: inputs.Inputs) -> None:
    model = Decoder(TINY, VOCAB_SIZE)
    model.initialize(0)
    lengths = torch.from_numpy(byte_lengths(here.ranks, VOCAB_SIZE))
    shards = Shards(here.validation, here.dtype, 32)
    whole = evaluate(model, shards, list(range(20)), lengths, ALONE)
    parts = [evaluate(model, shards, list(range(20))[rank::2], lengths, ALONE) for rank in range(2)]
    assert sum(part.tokens for part in parts) == whole.tokens
    assert sum(part.loss * part.tokens for part in parts) / whole.tokens == pytest.approx(whole.loss)
