"""The first of several nodes: calls the others together, trains with them, and finds out whose fault a failure was."""

from __future__ import annotations

import contextlib
import time

from codekiln.core.artifacts import Ref
from codekiln.core.errors import CodekilnError, Retryable, Unavailable
from codekiln.core.jobs.worker import Context, Stopped
from codekiln.trainer import failure
from codekiln.trainer.gang import Call, Gang
from codekiln.trainer.node import Node
from codekiln.trainer.plan import Plan
from codekiln.trainer.supervision import run_ranks

_LOOK_SECONDS = 1.0
"""Between two looks into the store."""
_LAST_WORDS_SECONDS = 10.0
"""Of nodes that lose each other, how long the leader waits for the one that knows why."""


class Leader:
    """Leads one attempt."""

    def __init__(self, gang: Gang, node: Node, context: Context) -> None:
        self._gang, self._node, self._context = gang, node, context
        self._next_look, self._echo_since = 0.0, 0.0

    def call(self, checkpoint: Ref | None) -> None:
        """Tells the followers where to go on from, so that they fetch it while this node fetches its own."""
        self._gang.call(Call(self._node.count, checkpoint))

    def train(self, plan: Plan) -> None:
        """Trains once all have come. Raises the error of the node that failed first; Stopped where one was stopped."""
        self._gather()
        try:
            run_ranks(plan, self._context, self._node, self._look)
        except CodekilnError as error:
            raise self._cause(plan, error) from None
        with contextlib.suppress(Retryable):
            self._gang.clear()

    def _gather(self) -> None:
        """Raises Unavailable (NODES_MISSING) where not all come in time."""
        others, seconds = self._node.count - 1, self._context.settings.pending_seconds
        deadline = time.monotonic() + seconds
        while (here := self._gang.arrived()) < others:
            self._context.progress("waiting for nodes", here, others, "nodes")
            self._look()
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"{others - here} of {self._node.count} nodes did not come within {seconds:g} seconds: "
                    "look at their pods (a node that is full, an image that is missing) and at their logs",
                    reason="NODES_MISSING",
                )
            time.sleep(_LOOK_SECONDS)

    def _look(self) -> None:
        """Raises what a follower ended with, which our ranks may notice late or never."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_SECONDS
        ended = self._ended()
        if not ended:
            return
        worst = min(ended, key=_blame)
        self._echo_since = self._echo_since or now
        # Our own ranks are about to say why it lost us.
        if worst.reason != failure.PEER_LOST or now > self._echo_since + _LAST_WORDS_SECONDS:
            raise worst

    def _cause(self, plan: Plan, error: CodekilnError) -> CodekilnError:
        """The error to report: whoever only lost a peer knows less than the peer."""
        known = [error, *([failure.read(plan.failure)] if plan.failure.exists() else [])]
        deadline = time.monotonic() + _LAST_WORDS_SECONDS
        while all(one.reason == failure.PEER_LOST for one in known) and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
            known += self._ended()
        return min(known, key=_blame)

    def _ended(self) -> list[CodekilnError]:
        """Last words of followers; Stopped where one was asked to stop, for then all are to go on later."""
        try:
            ended = self._gang.ended().values()
        except Retryable:
            # A store that is away for a moment must not cost the work done so far.
            return []
        if None in ended:
            # From here on a signal finds nothing to stop.
            self._context.stopping.set()
            raise Stopped
        return [error for error in ended if error]


def _blame(error: CodekilnError) -> int:
    """0 for what no other attempt can survive, 2 for a mere echo."""
    return 1 + (error.reason == failure.PEER_LOST) if isinstance(error, Retryable) else 0
