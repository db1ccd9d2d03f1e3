from __future__ import annotations

import errno
from pathlib import Path

import pytest
import torch

from codekiln.core.errors import CodekilnError, DataLoss, FailedPrecondition, Internal, ResourceExhausted, Unavailable
from codekiln.trainer import failure


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (FailedPrecondition("diverged", reason="LOSS_NOT_FINITE"), FailedPrecondition, "LOSS_NOT_FINITE"),
        (DataLoss("changed", reason="PART_CHANGED"), DataLoss, "PART_CHANGED"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), ResourceExhausted, "OUT_OF_MEMORY"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), ResourceExhausted, "OUT_OF_MEMORY"),
        (MemoryError(), ResourceExhausted, "OUT_OF_MEMORY"),
        (OSError(errno.ENOSPC, "No space left on device", "/scratch/x"), ResourceExhausted, "DISK_FULL"),
        (RuntimeError("I/O error: No space left on device (os error 28)"), ResourceExhausted, "DISK_FULL"),
        (RuntimeError("mat1 and mat2\nand much more"), Internal, "TRAINING_FAILED"),
    ],
)
def test_every_failure_of_a_rank_comes_back_as_one_sentence(
    tmp_path: Path, error: Exception, kind: type[CodekilnError], reason: str
) -> None:
    failure.record(tmp_path / "failure.json", error, rank=1)
    found = failure.read(tmp_path / "failure.json")
    assert type(found) is kind and found.reason == reason
    assert "\n" not in found.message


def test_the_first_rank_to_fail_is_the_one_reported(tmp_path: Path) -> None:
    failure.record(tmp_path / "failure.json", DataLoss("the cause", reason="PART_CHANGED"), rank=1)
    failure.record(tmp_path / "failure.json", RuntimeError("connection reset by peer"), rank=0)
    assert failure.read(tmp_path / "failure.json").message == "the cause"


def test_a_rank_that_was_killed_is_tried_again(tmp_path: Path) -> None:
    found = failure.read(tmp_path / "failure.json")
    assert isinstance(found, Unavailable) and found.reason == "RANK_DIED"


GLOO = RuntimeError("[/gloo/transport/tcp/pair.cc:537] Read error [127.0.0.1]:5: Connection reset by peer")


@pytest.mark.parametrize("echo", [GLOO, torch.distributed.DistBackendError("NCCL error: remote process exited")])
def test_a_lost_peer_is_worth_another_try(tmp_path: Path, echo: Exception) -> None:
    failure.record(tmp_path / "failure.json", echo, rank=0)
    found = failure.read(tmp_path / "failure.json")
    assert isinstance(found, Unavailable) and found.reason == failure.PEER_LOST


def test_a_cause_that_comes_after_its_echo_is_the_one_reported(tmp_path: Path) -> None:
    failure.record(tmp_path / "failure.json", GLOO, rank=0)
    failure.record(tmp_path / "failure.json", DataLoss("the cause", reason="PART_CHANGED"), rank=1)
    assert failure.read(tmp_path / "failure.json").message == "the cause"
