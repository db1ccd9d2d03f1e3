from __future__ import annotations

import pytest

from codekiln.core.errors import InvalidArgument
from codekiln.core.spec import from_json, from_message, to_json
from codekiln.trainer.spec import ModelShape, TrainerSpec
from codekiln.v1 import artifact_pb2, trainer_pb2

TOKENS = artifact_pb2.ArtifactRef(kind=artifact_pb2.ARTIFACT_KIND_TOKENS, digest="0" * 32)


def test_what_is_left_out_has_the_documented_default() -> None:
    spec = from_message(TrainerSpec, trainer_pb2.TrainerSpec(tokens=TOKENS))
    assert (spec.steps, spec.sequence_length, spec.batch_size, spec.checkpoint_steps) == (300, 256, 16, 50)
    assert (spec.learning_rate, spec.warmup_steps, spec.decay_share, spec.weight_decay) == (0.003, 20, 0.4, 0.1)
    assert (spec.clip_norm, spec.fim_rate, spec.processes) == (1.0, 0.5, 1)
    assert spec.shape == ModelShape(6, 256, 4, 2, 64, 704, 1024)
    assert from_json(TrainerSpec, to_json(spec)) == spec


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"steps": 0}, "spec.steps"),
        ({"fim_rate": 1.5}, "spec.fim_rate"),
        ({"learning_rate": float("nan")}, "spec.learning_rate"),
        ({"batch_size": 16, "processes": 3}, "spec.batch_size"),
        ({"sequence_length": 2048}, "spec.sequence_length"),
        ({"shape": trainer_pb2.ModelShape(heads=4, kv_heads=3)}, "spec.shape.kv_heads"),
        ({"shape": trainer_pb2.ModelShape(head_dim=63)}, "spec.shape.head_dim"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(fields: dict[str, object], where: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        from_message(TrainerSpec, trainer_pb2.TrainerSpec(tokens=TOKENS, **fields))  # type: ignore[arg-type]
    assert [violation.field for violation in caught.value.violations] == [where]


def test_how_it_is_run_does_not_change_which_model_it_is() -> None:
    one, other = TrainerSpec(checkpoint_steps=5, processes=1), TrainerSpec(checkpoint_steps=50, processes=4)
    assert one.parameters() == other.parameters() != TrainerSpec(seed=1).parameters()
