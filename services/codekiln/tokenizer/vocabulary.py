"""A trained vocabulary: ordinary tokens by id, then the special ones; and its two descriptions on disk.

`ranks.tiktoken` is tiktoken's own form, one `base64 id` a line. `codekiln.json` says the rest, so that trainer and
inference guess nothing: split expression, special tokens, fill-in-the-middle template.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from codekiln.core.artifacts import Manifest, read_part
from codekiln.core.errors import DataLoss
from codekiln.core.store import ObjectStore
from codekiln.tokenizer.spec import SPECIAL_TOKENS

if TYPE_CHECKING:
    from tiktoken import Encoding

RANKS = "ranks.tiktoken"
DESCRIPTION = "codekiln.json"


@dataclass(frozen=True)
class Vocabulary:
    """`tokens[i]` are the bytes of id i, in the order in which they were merged; special tokens follow."""

    tokens: tuple[bytes, ...]
    pattern: str
    special_tokens: tuple[str, ...] = SPECIAL_TOKENS

    @property
    def size(self) -> int:
        return len(self.tokens) + len(self.special_tokens)

    @property
    def special_ids(self) -> dict[str, int]:
        return {token: len(self.tokens) + number for number, token in enumerate(self.special_tokens)}

    @property
    def end_of_text(self) -> int:
        return self.special_ids["<|endoftext|>"]

    @cached_property
    def encoding(self) -> Encoding:
        """tiktoken's encoder of this vocabulary."""
        from tiktoken import Encoding

        ranks = {token: id for id, token in enumerate(self.tokens)}
        return Encoding(
            "codekiln", pat_str=self.pattern, mergeable_ranks=ranks, special_tokens=self.special_ids,
            explicit_n_vocab=self.size,
        )  # fmt: skip

    def ranks(self) -> bytes:
        """The content of `ranks.tiktoken`."""
        return b"".join(b"%s %d\n" % (base64.b64encode(token), id) for id, token in enumerate(self.tokens))

    def description(self) -> dict[str, Any]:
        """The content of `codekiln.json`."""
        ids = self.special_ids

        def special(name: str) -> dict[str, Any]:
            return {"token": f"<|{name}|>", "id": ids[f"<|{name}|>"]}

        return {
            "pattern": self.pattern,
            "vocab_size": self.size,
            "special_tokens": ids,
            "end_of_text": special("endoftext"),
            "fim": {
                # In training and in a prompt: prefix token, text before, suffix token, text after, middle token.
                "order": ["prefix", "suffix", "middle"],
                "prefix": special("fim_prefix"),
                "suffix": special("fim_suffix"),
                "middle": special("fim_middle"),
                "pad": special("fim_pad"),
            },
        }


def load(store: ObjectStore, manifest: Manifest) -> Vocabulary:
    """The vocabulary of a `tokenizer` artifact. Raises DataLoss where a part is missing or cannot be read."""
    ranks, description = (read_part(store, manifest.part(name)) for name in (RANKS, DESCRIPTION))
    try:
        fields = json.loads(description)
        pattern, special_ids = fields["pattern"], fields["special_tokens"]
        vocabulary = Vocabulary(parse_ranks(ranks), pattern, tuple(sorted(special_ids, key=special_ids.__getitem__)))
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(manifest, str(error)) from error
    if vocabulary.special_ids != special_ids:
        raise _unreadable(manifest, f"{DESCRIPTION} and {RANKS} do not fit together")
    return vocabulary


def parse_ranks(data: bytes) -> tuple[bytes, ...]:
    """Tokens by id, from a file in tiktoken's form. Raises ValueError."""
    tokens = []
    for number, line in enumerate(data.splitlines()):
        token, id = line.split()
        if int(id) != number:
            raise ValueError(f"line {number + 1} of {RANKS} has id {int(id)}, expected {number}")
        tokens.append(base64.b64decode(token, validate=True))
    return tuple(tokens)


def _unreadable(manifest: Manifest, why: str) -> DataLoss:
    return DataLoss(
        f"{manifest.ref} cannot be read: {why}. Train it again", reason="TOKENIZER_UNREADABLE", artifact=manifest.ref
    )
