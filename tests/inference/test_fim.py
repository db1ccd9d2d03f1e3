"""Infill prompts, token by token."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.errors import DataLoss
from codekiln.inference.fim import FimTemplate, fim_template
from codekiln.inference.model_files import ModelFiles

TOKENS = st.lists(st.integers(0, 99), max_size=20)


def test_the_prompt_is_prefix_suffix_middle_each_behind_its_token() -> None:
    template = FimTemplate(prefix=101, suffix=102, middle=103)
    assert template.prompt([1, 2], [3]) == [101, 1, 2, 102, 3, 103]


def test_a_tokenizer_may_want_the_suffix_first() -> None:
    template = FimTemplate(prefix=101, suffix=102, middle=103, order=("suffix", "prefix", "middle"))
    assert template.prompt([1, 2], [3]) == [102, 3, 101, 1, 2, 103]


def test_the_ids_are_those_that_the_model_s_tokenizer_recorded(files: ModelFiles) -> None:
    assert files.fim is not None
    tokens = files.fim.prompt(files.tokenizer.encode("def add(a"), files.tokenizer.encode("return a"))
    expected = "<|fim_prefix|>def add(a<|fim_suffix|>return a<|fim_middle|>"
    assert files.tokenizer.decode(tokens) == expected
    assert len(tokens) == len(files.tokenizer.encode("def add(a")) + len(files.tokenizer.encode("return a")) + 3


@given(TOKENS, TOKENS)
def test_each_special_token_is_there_once_and_the_pieces_are_whole(prefix: list[int], suffix: list[int]) -> None:
    prompt = FimTemplate(prefix=101, suffix=102, middle=103).prompt(prefix, suffix)
    cut = prompt.index(102)
    assert (prompt[0], prompt[1:cut], prompt[cut + 1 : -1], prompt[-1]) == (101, prefix, suffix, 103)


def test_a_tokenizer_without_the_tokens_has_no_template() -> None:
    assert fim_template({}) is None
    assert fim_template({"fim": None}) is None


@pytest.mark.parametrize(
    "fim",
    [
        {"prefix": 1, "suffix": 2},
        {"prefix": "<|fim_prefix|>", "suffix": 2, "middle": 3},
        {"prefix": 1, "suffix": 2, "middle": -3},
        {"prefix": 1, "suffix": 2, "middle": 3, "order": ["middle", "prefix", "suffix"]},
        {"prefix": 1, "suffix": 2, "middle": 3, "order": ["prefix"]},
        "psm",
    ],
)
def test_a_template_that_makes_no_sense_is_refused(fim: Any) -> None:
    with pytest.raises(DataLoss) as caught:
        fim_template({"fim": fim})
    assert caught.value.reason == "FIM_UNREADABLE"
