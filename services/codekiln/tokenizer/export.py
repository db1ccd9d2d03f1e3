"""The files of a `tokenizer` artifact, and the proof that both encoders read the same ids out of them.

`tokenizer.json` with `tokenizer_config.json` is what transformers and vLLM load; `ranks.tiktoken` with `codekiln.json`
is what packing loads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tokenizers import Tokenizer

from codekiln.core.errors import Internal
from codekiln.tokenizer.vocabulary import DESCRIPTION, RANKS, Vocabulary

_MODEL_MAX_LENGTH = 1 << 30
"""No limit of its own: context length is the model's affair, and a smaller number makes transformers warn."""


def files(tokenizer: Tokenizer, vocabulary: Vocabulary) -> dict[str, bytes]:
    """Content by part name."""
    return {
        "tokenizer.json": tokenizer.to_str(pretty=True).encode(),
        "tokenizer_config.json": _json(_config(vocabulary)),
        RANKS: vocabulary.ranks(),
        DESCRIPTION: _json(vocabulary.description()),
    }


def check_equal(tokenizer_json: bytes, vocabulary: Vocabulary, texts: Iterable[str]) -> None:
    """Raises Internal where the two encoders give different ids, or ids do not decode to the text they came from."""
    tokenizer = Tokenizer.from_buffer(tokenizer_json)
    ids_of_specials = {token: tokenizer.token_to_id(token) for token in vocabulary.special_tokens}
    if ids_of_specials != vocabulary.special_ids or tokenizer.get_vocab_size() != vocabulary.size:
        raise Internal("the two exports have different special tokens or sizes", reason="EXPORTS_DIFFER")
    tokenizer.encode_special_tokens = True  # what looks like a special token in a document is text
    encoding = vocabulary.encoding
    for number, text in enumerate(texts):
        ids = encoding.encode_ordinary(text)
        if ids != tokenizer.encode(text).ids or encoding.decode_bytes(ids) != text.encode():
            raise Internal(
                f"tokenizer.json and {RANKS} disagree on document {number} of the check, which begins "
                f"{text[:40]!r}. Nothing was published; please report this",
                reason="EXPORTS_DIFFER",
            )


def _config(vocabulary: Vocabulary) -> dict[str, Any]:
    end, pad = "<|endoftext|>", "<|fim_pad|>"
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": _MODEL_MAX_LENGTH,
        "bos_token": None,
        "eos_token": end,
        "pad_token": pad,
        "unk_token": None,
        "additional_special_tokens": [token for token in vocabulary.special_tokens if token not in (end, pad)],
        "added_tokens_decoder": {
            str(id): {
                "content": token, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False,
                "special": True,
            }
            for token, id in vocabulary.special_ids.items()
        },
    }  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"
