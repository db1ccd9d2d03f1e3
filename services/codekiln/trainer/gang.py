"""What the nodes of one attempt tell each other through the store, under `work/gang/<job>-<attempt>/`.

    call.json             the leader, once: how many nodes it expects and the checkpoint to go on from
    arrived/<node>.json   a follower that has all it needs
    ended/<node>.json     a follower that cannot go on: its error, or null where it was asked to stop

Every object is created at most once, so what a node finds of its own is the trace of a predecessor that died.
"""

from __future__ import annotations

import contextlib
import json
import socket
from dataclasses import dataclass
from pathlib import PurePosixPath

from codekiln.core.artifacts import Ref
from codekiln.core.errors import AlreadyExists, CodekilnError, NotFound, Unavailable, from_json
from codekiln.core.store import ObjectStore


@dataclass(frozen=True)
class Call:
    """What all nodes must have in common before they start. `checkpoint`: None at the start of a training."""

    nodes: int
    checkpoint: Ref | None


class Gang:
    """The nodes of one attempt."""

    def __init__(self, store: ObjectStore, job: str, attempt: int) -> None:
        self._store = store
        self._of_job = f"work/gang/{job}-"
        self._prefix = f"{self._of_job}{attempt}/"

    def call(self, call: Call) -> None:
        """The leader's first word. Raises Unavailable where this attempt had a leader before."""
        text = json.dumps({"nodes": call.nodes, "checkpoint": call.checkpoint and str(call.checkpoint)})
        try:
            self._store.create(f"{self._prefix}call.json", text.encode())
        except AlreadyExists:
            raise _started_twice("the first node") from None

    def called(self) -> Call | None:
        """What the leader said; None while it has not."""
        try:
            data = json.loads(self._store.get(f"{self._prefix}call.json"))
        except NotFound:
            return None
        return Call(data["nodes"], Ref.parse(data["checkpoint"]) if data["checkpoint"] else None)

    def arrive(self, node: int) -> None:
        """A follower is ready. Raises Unavailable where one of this rank was before: its peers wait for that one."""
        try:
            self._store.create(f"{self._prefix}arrived/{node}.json", b"{}")
        except AlreadyExists:
            raise _started_twice(f"node {node}") from None

    def arrived(self) -> int:
        """How many followers are ready."""
        return sum(1 for _ in self._store.list(f"{self._prefix}arrived/"))

    def end(self, node: int, error: CodekilnError | None) -> None:
        """A follower's last word; only its first counts."""
        data = error and error.to_json() | {"message": f"node {node} ({socket.gethostname()}): {error.message}"}
        with contextlib.suppress(AlreadyExists):
            self._store.create(f"{self._prefix}ended/{node}.json", json.dumps(data).encode())

    def ended(self) -> dict[int, CodekilnError | None]:
        """Last words by node."""
        found: dict[int, CodekilnError | None] = {}
        for info in self._store.list(f"{self._prefix}ended/"):
            data = json.loads(self._store.get(info.key))
            found[int(PurePosixPath(info.key).stem)] = from_json(data) if data else None
        return found

    def clear(self) -> None:
        """Removes it and what earlier attempts of the job left, once nobody needs any of it."""
        for info in list(self._store.list(self._of_job)):
            self._store.delete(info.key)


def _started_twice(who: str) -> Unavailable:
    return Unavailable(
        f"{who} of this attempt was started twice, and the others wait for the one that is gone; "
        "training goes on from its last checkpoint",
        reason="NODE_RESTARTED",
    )
