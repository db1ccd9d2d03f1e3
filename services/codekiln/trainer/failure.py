"""A failed rank in one sentence: the first to fail writes it as JSON, and the worker raises it as an error of ours."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path

from codekiln.core.errors import CodekilnError, Internal, ResourceExhausted, Unavailable, from_json

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
"""What torch says: on a GPU, in its CPU allocator, and elsewhere."""
_DISK_FULL = "no space left"
"""In an OSError, and in safetensors' own error around one."""
PEER_LOST = "PEER_LOST"
"""Reason of an error that is the echo of another one: a process or node that trained with this one is gone."""
_PEERS = ("gloo", "connection closed by peer", "connection reset by peer", "broken pipe")
"""What Gloo says of a peer that is gone."""
_LITTLE = 1 << 16
"""Bytes; a disk with less had no room for the record of its own failure."""


def record(path: Path, error: BaseException, rank: int) -> None:
    """Writes the error, unless another rank was first. What only tells of a lost peer gives way to its cause."""
    shown = describe(error, rank)
    beside = path.with_name(f"{path.name}.{rank}")
    beside.write_text(json.dumps(shown.to_json()))
    with contextlib.suppress(FileExistsError):
        os.link(beside, _echo(path) if shown.reason == PEER_LOST else path)


def describe(error: BaseException, rank: int) -> CodekilnError:
    """The error of our tree that fits."""
    if isinstance(error, CodekilnError):
        return error
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    if isinstance(error, MemoryError) or any(words in str(error).lower() for words in _OUT_OF_MEMORY):
        return ResourceExhausted(
            f"training ran out of memory ({text[:200]}): lower batch_size or sequence_length, or take a smaller shape",
            reason="OUT_OF_MEMORY",
            rank=rank,
        )
    if _DISK_FULL in str(error).lower():
        return ResourceExhausted(f"the disk is full ({text[:200]}): free some and run again", reason="DISK_FULL")
    if _lost_peer(error):
        return Unavailable(
            f"a training process lost its peers ({text[:200]}); training goes on from its last checkpoint",
            reason=PEER_LOST,
            rank=rank,
        )
    return Internal(
        f"training process {rank} failed with {type(error).__name__}: {text[:300]}. The worker's log has the trace",
        reason="TRAINING_FAILED",
        rank=rank,
    )


def read(path: Path) -> CodekilnError:
    """The recorded error. Without a record a rank was killed, which the next attempt may survive."""
    for recorded in (path, _echo(path)):
        if recorded.exists():
            return from_json(json.loads(recorded.read_text()))
    if shutil.disk_usage(path.parent).free < _LITTLE:
        return ResourceExhausted(f"no space left in {path.parent}: free some and run again", reason="DISK_FULL")
    return Unavailable(
        "a training process died without a word, killed from outside or for want of memory; "
        "training goes on from its last checkpoint",
        reason="RANK_DIED",
    )


def _echo(path: Path) -> Path:
    return path.with_name(f"{path.name}.echo")


def _lost_peer(error: BaseException) -> bool:
    """Whether it comes from the connection between ranks. By name: torch is not imported here."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    return "DistError" in kinds or ("RuntimeError" in kinds and any(word in str(error).lower() for word in _PEERS))
