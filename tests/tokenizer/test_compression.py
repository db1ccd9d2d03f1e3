"""Bytes per token are bytes over tokens, by language and over all."""

from __future__ import annotations

import tiktoken

from codekiln.tokenizer.compression import measure

BYTES = tiktoken.Encoding(
    "bytes",
    pat_str=r"[\s\S]",
    mergeable_ranks={bytes([byte]): byte for byte in range(256)},
    special_tokens={"<|x|>": 256},
)


def test_every_byte_a_token_is_one_byte_per_token() -> None:
    result = measure([("Go", "aé<|x|>"), ("C", "x" * 200_000), ("Go", "b")], {"ours": BYTES})
    assert result.all.bytes == 200_009 and result.all.documents == 3
    assert result.all.bytes_per_token("ours") == 1.0
    assert list(result.languages) == ["C", "Go"]
    assert result.languages["Go"].to_json() == {"documents": 2, "bytes": 9, "bytes_per_token": {"ours": 1.0}}


def test_no_documents_are_zero_and_no_error() -> None:
    assert measure([], {"ours": BYTES}).all.bytes_per_token("ours") == 0.0
