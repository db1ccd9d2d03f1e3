"""How a pod ended, from its JSON. Pure."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from codekiln.core.kube.api import Object

_OURS = ("worker", "pytorch", "node")
"""What the kinds call our container."""
_STOPPED, _KILLED = 128 + signal.SIGTERM, 128 + signal.SIGKILL


@dataclass(frozen=True)
class Ending:
    """`stopped`: it was asked to. `failed`: it was not, and ended badly. `at` orders endings."""

    detail: str
    stopped: bool = False
    failed: bool = True
    at: str = ""


def has_ended(pod: Object) -> bool:
    """Whether none of its processes runs any more."""
    return pod.get("status", {}).get("phase") in ("Succeeded", "Failed")


def ending(pod: Object, service: str) -> Ending:
    """Of a pod that has ended."""
    status, name = pod["status"], pod["metadata"]["name"]
    if status.get("reason") == "Evicted":
        return Ending(f"pod {name} was evicted: {_sentence(status)}", at=_last_change(status))
    if status.get("reason") == "DeadlineExceeded":
        return Ending(f"pod {name} took longer than it may: {_sentence(status)}", at=_last_change(status))
    container = _worker_status(status)
    end = container.get("state", {}).get("terminated")
    if end is None:
        said = _sentence(status) or status.get("reason")
        if not said and (asked := _asked_to_stop(pod)):
            return Ending(f"pod {name} was deleted before its worker began", stopped=True, failed=False, at=asked)
        said = said or "the node does not say why"
        return Ending(f"pod {name} ended before its worker began: {said}", at=_last_change(status))
    code, at = end["exitCode"], end.get("finishedAt") or ""
    if end.get("reason") == "OOMKilled":
        limit = _memory_limit(pod, container["name"])
        return Ending(
            f"pod {name} was killed for want of memory (OOMKilled, {limit}): give the worker more memory, "
            f"chart value {service}.worker.resources",
            at=at,
        )
    if end.get("reason") in ("StartError", "ContainerCannotRun"):
        return Ending(f"pod {name} could not start its worker: {_one_line(end.get('message', ''))}", at=at)
    if code == _KILLED and _time_ran_out(pod, at):
        return Ending(f"pod {name}: asked to stop, and killed since it did not in time", True, False, at)
    return Ending(f"pod {name}: {_describe(code)}", code == _STOPPED, code not in (0, _STOPPED), at)


def first(endings: list[Ending]) -> Ending:
    """The one that explains the others: pods of a gang end after each other, and what follows the first is its echo.

    Of those in the same second one that was asked to stop counts first, and one that ended well last.
    """
    return min(endings, key=lambda end: (not end.failed and not end.stopped, end.at, end.failed))


def is_failure(endings: list[Ending]) -> bool:
    """Whether a gang of which these have ended has failed, whatever becomes of the rest."""
    return bool(endings) and first(endings).failed


def _worker_status(status: dict[str, Any]) -> dict[str, Any]:
    containers = status.get("containerStatuses") or []
    return next((container for container in containers if container["name"] in _OURS), {})


def _memory_limit(pod: Object, container: str) -> str:
    spec = next(known for known in pod["spec"]["containers"] if known["name"] == container)
    limit = ((spec.get("resources") or {}).get("limits") or {}).get("memory")
    return f"limit {limit}" if limit else "no limit of its own"


def _describe(code: int) -> str:
    # An exit status above 128 is by convention that of a process that a signal ended.
    if code - 128 in set(signal.Signals):
        return f"killed by {signal.Signals(code - 128).name}"
    return f"exit status {code}"


def _sentence(status: dict[str, Any]) -> str:
    return _one_line(status.get("message") or "")


def _last_change(status: dict[str, Any]) -> str:
    return max((c.get("lastTransitionTime") or "" for c in status.get("conditions") or []), default="")


def _asked_to_stop(pod: Object) -> str:
    """When its deletion was asked for, empty if it was not."""
    if "deletionTimestamp" not in pod["metadata"]:
        return ""
    asked = _time_to_end(pod) - timedelta(seconds=pod["metadata"].get("deletionGracePeriodSeconds") or 0)
    return asked.isoformat(timespec="seconds").replace("+00:00", "Z")


def _time_ran_out(pod: Object, at: str) -> bool:
    """Whether it ended when a pod that is deleted is killed."""
    return bool(at and _asked_to_stop(pod)) and datetime.fromisoformat(at) >= _time_to_end(pod)


def _time_to_end(pod: Object) -> datetime:
    """What a deleted pod has: its deletionTimestamp is not when it was deleted."""
    return datetime.fromisoformat(pod["metadata"]["deletionTimestamp"])


def _one_line(text: str) -> str:
    return " ".join(text.split())
