"""Utilization counts as the literature does, scales with what it should, and leaves training as it is."""

from __future__ import annotations

import pytest
import torch

from codekiln.core.artifacts import Ref
from codekiln.trainer.spec import ModelShape, TrainerSpec
from codekiln.trainer.utilization import Utilization
from codekiln.trainer.world import World

SPEC = TrainerSpec(Ref("tokens", "0" * 32), ModelShape(layers=2, heads=3, kv_heads=1, head_dim=8), sequence_length=16)
ALONE = World(0, 1, torch.device("cpu"))


def test_operations_of_a_token_are_six_a_weight_and_twelve_an_attended_position() -> None:
    assert Utilization(SPEC, 1000, ALONE).operations_per_token == 6 * 1000 + 12 * 2 * 3 * 8 * 16


def test_the_share_grows_with_speed_and_falls_with_processes() -> None:
    alone = Utilization(SPEC, 10**6, ALONE)
    assert alone.of(2000.0) == pytest.approx(2 * alone.of(1000.0))
    # Of an unknown device the peak is measured, each time anew: thousandfold stands out of the noise.
    crowd = Utilization(SPEC, 10**6, World(0, 1000, torch.device("cpu")))
    assert 0 < crowd.of(1000.0) < alone.of(1000.0)


def test_no_random_number_is_drawn() -> None:
    torch.manual_seed(7)
    untouched = torch.rand(3)
    torch.manual_seed(7)
    Utilization(SPEC, 1000, ALONE)
    assert torch.equal(torch.rand(3), untouched)
