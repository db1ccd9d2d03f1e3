"""Text to token ids, for prompts only: special tokens are placed by templates and never come from text.

Detokenizing is the engine's work, which knows how to hold back half a UTF-8 sequence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer

from codekiln.core.errors import FailedPrecondition


class PromptTokenizer:
    """A model's `tokenizer.json`, with its special tokens as ordinary text."""

    def __init__(self, path: Path, special_tokens: Iterable[str] = ()) -> None:
        """Raises FailedPrecondition (TOKENIZER_UNREADABLE)."""
        try:
            description = json.loads(path.read_bytes())
            named = set(special_tokens)
            added = description.get("added_tokens") or []
            for token in added:
                # What codekiln.json names is special, whatever the flag says.
                token["special"] = token["special"] or token["content"] in named
            self.special_ids = frozenset(int(token["id"]) for token in added if token["special"])
            self._tokenizer = Tokenizer.from_str(json.dumps(description))
        # tokenizers raises plain Exception for everything.
        except Exception as error:
            raise FailedPrecondition(
                f"{path.name} of the model cannot be read ({error}): publish the model again with its tokenizer",
                reason="TOKENIZER_UNREADABLE",
            ) from error
        # The switch means: the text of a special token is encoded like any other text.
        self._tokenizer.encode_special_tokens = True
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    @property
    def vocab_size(self) -> int:
        return int(self._tokenizer.get_vocab_size(with_added_tokens=True))

    def encode(self, text: str, *, beginning: bool = False) -> list[int]:
        """Token ids of a text. `beginning` adds what the tokenizer puts before a document, where it does that."""
        return list(self._tokenizer.encode(text, add_special_tokens=beginning).ids)

    def decode(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=False))
