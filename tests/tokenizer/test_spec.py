"""What may be asked for, checked at the edge with the path of what is wrong."""

from __future__ import annotations

import pytest

from codekiln.core.errors import InvalidArgument
from codekiln.core.spec import from_json, from_message, to_json
from codekiln.tokenizer.spec import TokenizerSpec, TokensSpec
from codekiln.v1 import artifact_pb2, tokenizer_pb2

DATASET = artifact_pb2.ArtifactRef(kind=artifact_pb2.ARTIFACT_KIND_DATASET, digest="a" * 32)
TOKENIZER = artifact_pb2.ArtifactRef(kind=artifact_pb2.ARTIFACT_KIND_TOKENIZER, digest="b" * 32)


def test_what_is_left_unset_takes_the_documented_default() -> None:
    spec = from_message(TokenizerSpec, tokenizer_pb2.TokenizerSpec(dataset=DATASET))
    assert (spec.vocab_size, spec.max_bytes, spec.seed) == (32768, 0, 0)
    packing = from_message(TokensSpec, tokenizer_pb2.TokensSpec(dataset=DATASET, tokenizer=TOKENIZER))
    assert (packing.held_out_share, packing.shard_tokens, packing.seed) == (0.02, 8388608, 0)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"vocab_size": 262}, "spec.vocab_size"),
        ({"vocab_size": 300_000}, "spec.vocab_size"),
        ({"max_bytes": -1}, "spec.max_bytes"),
        ({"max_bytes": 9_000_000_000}, "spec.max_bytes"),
        ({"dataset": TOKENIZER}, "spec.dataset"),
    ],
)
def test_a_field_out_of_bounds_is_named(fields: dict[str, object], path: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        from_message(TokenizerSpec, tokenizer_pb2.TokenizerSpec(**{"dataset": DATASET, **fields}))
    assert [violation.field for violation in caught.value.violations] == [path]


@pytest.mark.parametrize("share", [0.0, 0.6, float("nan")])
def test_a_share_that_leaves_one_side_empty_is_refused(share: float) -> None:
    message = tokenizer_pb2.TokensSpec(dataset=DATASET, tokenizer=TOKENIZER, held_out_share=share)
    with pytest.raises(InvalidArgument, match=r"spec\.held_out_share"):
        from_message(TokensSpec, message)


def test_a_spec_survives_the_job_record() -> None:
    spec = from_message(TokensSpec, tokenizer_pb2.TokensSpec(dataset=DATASET, tokenizer=TOKENIZER, seed=7))
    assert from_json(TokensSpec, to_json(spec)) == spec
