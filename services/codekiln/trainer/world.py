"""The processes of one training: who this one is, which device it has, and the few things that all do together."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

_TIMEOUT = timedelta(minutes=10)
"""A peer that dies closes its connections and is missed at once; one whose machine vanished is missed after this time.
Not less: while the first rank uploads a checkpoint, the others wait in the next step's sum."""


@dataclass(frozen=True)
class World:
    """This process among `size`; alone it never opens a process group."""

    rank: int
    size: int
    device: torch.device

    @property
    def leads(self) -> bool:
        """Whether this process writes what only one may write."""
        return self.rank == 0

    def precision(self) -> contextlib.AbstractContextManager[object]:
        """bfloat16 for what multiplies on a GPU; float32 on the CPU."""
        if self.device.type == "cuda":
            half: contextlib.AbstractContextManager[object] = torch.autocast("cuda", torch.bfloat16)
            return half
        return contextlib.nullcontext()

    def parallel(self, model: nn.Module) -> nn.Module:
        """The model with gradients averaged over all processes."""
        if self.size == 1:
            return model
        return DistributedDataParallel(model, [self.device.index] if self.device.type == "cuda" else None)

    def sum(self, values: Tensor) -> Tensor:
        """Element by element over all processes, in place."""
        if self.size > 1:
            dist.all_reduce(values)
        return values


@contextlib.contextmanager
def joined() -> Iterator[World]:
    """The world that torchrun's variables describe, left again at the end."""
    rank, size = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        torch.cuda.set_device(device)
    if size > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=_TIMEOUT)
    try:
        yield World(rank, size, device)
    finally:
        if size > 1:
            dist.destroy_process_group()
