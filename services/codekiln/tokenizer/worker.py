"""The tokenizer service's jobs: `python -m codekiln.tokenizer.worker JOB_ID ATTEMPT`.

`tokenizer` trains a vocabulary on a dataset, `tokens` packs a dataset with one. What is heavy is imported when work
begins.
"""

from __future__ import annotations

from codekiln.core.artifacts import Key, Manifest
from codekiln.core.jobs.worker import Context, Stage, run_worker
from codekiln.tokenizer.spec import TokenizerSpec, TokensSpec

TOKENIZER_CODE_VERSION = 1
"""Raise it when the same dataset and parameters would give another vocabulary."""
TOKENS_CODE_VERSION = 1
"""Raise it when the same dataset, vocabulary and parameters would give other shards."""


def identify_tokenizer(spec: TokenizerSpec, context: Context) -> Key:
    return Key("tokenizer", TOKENIZER_CODE_VERSION, spec.parameters(), (spec.dataset,))


def identify_tokens(spec: TokensSpec, context: Context) -> Key:
    return Key("tokens", TOKENS_CODE_VERSION, spec.parameters(), (spec.dataset, spec.tokenizer))


def work_on_tokenizer(spec: TokenizerSpec, key: Key, context: Context) -> Manifest:
    from codekiln.tokenizer.train_stage import train_tokenizer

    return train_tokenizer(spec, key, context)


def work_on_tokens(spec: TokensSpec, key: Key, context: Context) -> Manifest:
    from codekiln.tokenizer.pack_stage import pack_tokens

    return pack_tokens(spec, key, context)


STAGES = [
    Stage("tokenizer", TokenizerSpec, identify_tokenizer, work_on_tokenizer),
    Stage("tokens", TokensSpec, identify_tokens, work_on_tokens),
]

if __name__ == "__main__":
    run_worker("tokenizer", STAGES)
