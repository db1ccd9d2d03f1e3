"""Text never becomes a special token."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.errors import FailedPrecondition
from codekiln.inference.model_files import ModelFiles
from codekiln.inference.tokenization import PromptTokenizer

from .material import SPECIAL_TOKENS, tokenizer

PIECES = st.lists(st.one_of(st.sampled_from(SPECIAL_TOKENS), st.text()), max_size=5)


@pytest.mark.parametrize("token", SPECIAL_TOKENS)
def test_text_that_looks_like_a_special_token_is_ordinary_text(files: ModelFiles, token: str) -> None:
    ids = files.tokenizer.encode(f"a{token}b")
    assert not files.tokenizer.special_ids & set(ids)
    assert files.tokenizer.decode(ids) == f"a{token}b"


@given(pieces=PIECES)
def test_any_text_comes_back_and_holds_no_special_id(files: ModelFiles, pieces: list[str]) -> None:
    text = "".join(pieces)
    ids = files.tokenizer.encode(text)
    assert files.tokenizer.decode(ids) == text
    assert not files.tokenizer.special_ids & set(ids)


def test_all_special_tokens_are_known(files: ModelFiles) -> None:
    made = tokenizer()
    assert files.tokenizer.special_ids == {made.token_to_id(token) for token in SPECIAL_TOKENS}


def test_a_token_that_codekiln_json_names_is_special_even_where_its_flag_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(tokenizer().to_str().replace('"special":true', '"special":false'))
    assert not PromptTokenizer(path).special_ids
    found = PromptTokenizer(path, SPECIAL_TOKENS)
    assert len(found.special_ids) == len(SPECIAL_TOKENS)
    assert not found.special_ids & set(found.encode("<|endoftext|>"))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"model": 3}'])
def test_a_file_that_is_no_tokenizer_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(FailedPrecondition, match=r"tokenizer\.json") as caught:
        PromptTokenizer(path)
    assert caught.value.reason == "TOKENIZER_UNREADABLE"
