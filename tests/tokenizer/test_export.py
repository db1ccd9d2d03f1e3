"""What others load: transformers reads our files as we mean them, and exports that differ are never published."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from codekiln.core.errors import Internal
from codekiln.tokenizer import export
from codekiln.tokenizer.spec import SPECIAL_TOKENS

from .material import Trained, standard_library

PROMPT = "def add ( a , b ) :\n    return a + b  # don 't , it is n't\n"


def test_transformers_reads_the_same_ids_and_gives_the_text_back(trained: Trained, tmp_path: Path) -> None:
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    for name, content in export.files(trained.tokenizer, trained.vocabulary).items():
        (tmp_path / name).write_bytes(content)
    for loaded in (AutoTokenizer.from_pretrained(tmp_path), PreTrainedTokenizerFast.from_pretrained(tmp_path)):
        ids = loaded(PROMPT)["input_ids"]
        assert ids == trained.vocabulary.encoding.encode_ordinary(PROMPT)
        assert loaded.decode(ids) == PROMPT
        assert loaded.eos_token == "<|endoftext|>" and loaded.eos_token_id == trained.vocabulary.end_of_text
        assert loaded.bos_token is None and loaded.unk_token is None
        assert set(loaded.all_special_tokens) == set(SPECIAL_TOKENS)
        assert len(loaded) == trained.vocabulary.size
        assert loaded("<|fim_prefix|>x")["input_ids"][0] == trained.vocabulary.special_ids["<|fim_prefix|>"]
        assert loaded.decode(list(trained.vocabulary.special_ids.values()), skip_special_tokens=True) == ""


def test_special_tokens_are_the_last_ids_in_the_agreed_order(trained: Trained) -> None:
    description = json.loads(export.files(trained.tokenizer, trained.vocabulary)["codekiln.json"])
    assert description["special_tokens"] == {token: 1993 + number for number, token in enumerate(SPECIAL_TOKENS)}
    assert description["vocab_size"] == 2000
    assert description["fim"]["order"] == ["prefix", "suffix", "middle"]
    assert description["fim"]["middle"] == {"token": "<|fim_middle|>", "id": 1995}


def test_equal_exports_pass_the_check(trained: Trained) -> None:
    files = export.files(trained.tokenizer, trained.vocabulary)
    texts = [document.text for document in standard_library(200_000)]
    export.check_equal(files["tokenizer.json"], trained.vocabulary, [*texts, "<|endoftext|> as text", ""])


def test_exports_that_differ_are_refused(trained: Trained) -> None:
    tokens = list(trained.vocabulary.tokens)
    tokens[300], tokens[301] = tokens[301], tokens[300]
    other = dataclasses.replace(trained.vocabulary, tokens=tuple(tokens))
    with pytest.raises(Internal) as caught:
        export.check_equal(
            trained.tokenizer.to_str().encode(), other, [document.text for document in standard_library(100_000)]
        )
    assert caught.value.reason == "EXPORTS_DIFFER"
