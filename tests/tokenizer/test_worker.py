"""Naming a job's artifact is quick and depends on what changes the output, nothing else."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from codekiln.core.artifacts import Ref
from codekiln.core.jobs.worker import Context
from codekiln.tokenizer.spec import TokenizerSpec, TokensSpec
from codekiln.tokenizer.worker import identify_tokenizer, identify_tokens

DATASET, TOKENIZER = Ref("dataset", "a" * 32), Ref("tokenizer", "b" * 32)


def test_a_cache_hit_needs_nothing_heavy() -> None:
    program = (
        "import sys, codekiln.tokenizer.worker;"
        "print([m for m in ('tokenizers', 'tiktoken', 'pyarrow', 'numpy', 'dask', 'grpc') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "change", [{"vocab_size": 300}, {"max_bytes": 5}, {"seed": 1}, {"dataset": Ref("dataset", "c" * 32)}]
)
def test_every_parameter_of_a_vocabulary_enters_its_identity(context: Context, change: dict[str, object]) -> None:
    spec = TokenizerSpec(DATASET)
    assert identify_tokenizer(spec, context) == identify_tokenizer(TokenizerSpec(DATASET), context)
    assert identify_tokenizer(spec, context).ref != identify_tokenizer(dataclasses.replace(spec, **change), context).ref


@pytest.mark.parametrize("change", [{"held_out_share": 0.1}, {"shard_tokens": 2048}, {"seed": 1}])
def test_every_parameter_of_a_packing_enters_its_identity(context: Context, change: dict[str, object]) -> None:
    spec = TokensSpec(DATASET, TOKENIZER)
    assert identify_tokens(spec, context).inputs == (DATASET, TOKENIZER)
    assert identify_tokens(spec, context).ref != identify_tokens(dataclasses.replace(spec, **change), context).ref
