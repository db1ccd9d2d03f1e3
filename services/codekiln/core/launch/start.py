"""What keeps attempts from beginning, and for how long it has.

Time is counted from when a cause is first seen here: clocks of machines differ, and a server that starts again may be
patient again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from codekiln.core.errors import CodekilnError
from codekiln.core.kube.api import EVENTS, Api, Object
from codekiln.core.launch.ending import has_ended
from codekiln.core.launch.kinds import KindChoice
from codekiln.core.launch.pod import ANNOTATION_PODS
from codekiln.core.launch.waiting import Waiting, why_absent, why_pending
from codekiln.core.settings import Settings

_BRIEF_SECONDS = 60.0
"""For what people create beside an installation: images, Secrets, quotas."""
_NORMAL_SECONDS = 10.0
"""Every pod waits for its node and its image a little: not worth a word, nor a look at events."""
_EVENTS_SECONDS = 5.0
"""Between two looks at the same object's events."""


@dataclass
class _Wait:
    """Of one attempt: since when it waits at all, and since when for this reason."""

    first: float
    reason: str = ""
    since: float = 0.0


class Starts:
    """Of all attempts of one server."""

    def __init__(self, api: Api, settings: Settings, choice: KindChoice) -> None:
        self._api, self._settings, self._choice = api, settings, choice
        self._waits: dict[str, _Wait] = {}
        self._events: dict[str, tuple[float, list[Object]]] = {}

    def look(self, name: str, pods: list[Object]) -> tuple[str, CodekilnError | None]:
        """What is waited for, empty where nothing is or it is not worth a word; and the error, where it is hopeless."""
        now = time.monotonic()
        wait = self._waits.setdefault(name, _Wait(first=now))
        long = now - wait.first >= _NORMAL_SECONDS
        cause = self._cause(name, pods, ask=long)
        if cause is None:
            self.forget(name)
            return "", None
        if cause.error.reason != wait.reason:
            wait.reason, wait.since = cause.error.reason, now
        patience = _BRIEF_SECONDS if cause.brief else self._settings.pending_seconds
        hopeless = now - wait.since >= patience
        return (cause.text if long or not cause.normal else ""), (cause.error if hopeless else None)

    def forget(self, name: str) -> None:
        self._waits.pop(name, None)
        for known in [known for known in self._events if known.startswith(name)]:
            self._events.pop(known)

    def _cause(self, name: str, pods: list[Object], ask: bool) -> Waiting | None:
        """The most telling one. `ask`: whether to look at events too."""
        pending = [(pod, cause) for pod in pods if not has_ended(pod) and (cause := why_pending(pod)) is not None]
        telling = next((cause for _, cause in pending if not cause.normal), None)
        if telling is not None:
            return telling
        if pending:
            pod, cause = pending[0]
            return why_pending(pod, self._events_of(pod["metadata"]["name"])) if ask else cause
        wanted = max((_wanted(pod) for pod in pods), default=1)
        if len(pods) >= wanted:
            return None
        makers = [kind.maker(name) for kind in self._choice.known()] if ask else []
        events = [event for maker in dict.fromkeys(makers) for event in self._events_of(maker)]
        return why_absent(name, len(pods), wanted, events)

    def _events_of(self, object: str) -> list[Object]:
        """Events of different kinds that share a name are told apart by what they say."""
        now = time.monotonic()
        when, events = self._events.get(object, (-_EVENTS_SECONDS, []))
        if now - when >= _EVENTS_SECONDS:
            events = self._api.list(EVENTS, self._settings.namespace, fields=f"involvedObject.name={object}")
            self._events[object] = (now, events)
        return events


def _wanted(pod: Object) -> int:
    """A pod of a TrainJob does not say: its runtime made it."""
    return int((pod["metadata"].get("annotations") or {}).get(ANNOTATION_PODS, "1"))
