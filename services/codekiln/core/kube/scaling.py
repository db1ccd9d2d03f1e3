"""Keeps a Deployment at one of two sizes: many replicas while there is work, few while there is none.

Level-triggered: what is there is compared again and again, so that a server that was away, a rollout or a person are
put right, and any number of servers may do it at once. Trouble is logged and counted, and never raised: jobs go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from codekiln.core.errors import CodekilnError
from codekiln.core.kube.api import Api
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import logger

_AGAIN_SECONDS = 30.0
_AFTER_TROUBLE_SECONDS = 5.0


class Scaling:
    """Of one Deployment, between `least` and `most` replicas. For one thread."""

    def __init__(
        self,
        api: Api,
        namespace: str,
        deployment: str,
        least: int,
        most: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api, self._namespace, self._deployment = api, namespace, deployment
        self._least, self._most, self._clock = least, most, clock
        self._busy: bool | None = None
        self._due = 0.0
        self._log = logger("scaling", deployment=deployment)

    def tell(self, busy: bool) -> None:
        """Call as often as you like: asks the API server on a change, and twice a minute."""
        now = self._clock()
        if busy == self._busy and now < self._due:
            return
        self._busy, self._due = busy, now + _AGAIN_SECONDS
        wanted = self._most if busy else self._least
        metrics.SCALE_WANTED.labels(self._deployment).set(wanted)
        try:
            self._compare(wanted, busy)
        except CodekilnError as error:
            metrics.SCALE_ERRORS.labels(self._deployment).inc()
            self._log.warning("not scaled", reason=error.reason, error=error.message)
            self._due = now + _AFTER_TROUBLE_SECONDS

    def _compare(self, wanted: int, busy: bool) -> None:
        found = self._api.get_scale(self._namespace, self._deployment)
        if found == wanted or (busy and found > wanted):  # who works is not sent away
            return
        self._api.patch_scale(self._namespace, self._deployment, wanted)
        self._log.info("scaled", before=found, after=wanted)
