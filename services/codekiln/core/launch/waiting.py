"""Why a pod has not begun, or was never made, and what becomes of its job if that lasts. Pure.

Two patiences. A missing image or Secret is given a moment, since people create things in any order; a full cluster is
given as long as the settings say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codekiln.core.errors import CodekilnError, FailedPrecondition, ResourceExhausted
from codekiln.core.kube.api import Object

_IMAGE = (
    "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
    "RegistryUnavailable", "SignatureValidationFailed",
)  # fmt: skip
_CONFIG = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
_NODE_FAILED = ("FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox")
_MISSING = re.compile(r"(?i)\b(secret|configmap)\b.* (not found|non-existent)|find key .* in (secret|configmap)")


@dataclass(frozen=True)
class Waiting:
    """`text` stays the same while the cause does. `error`: what the job fails with. `brief`: the short patience.

    `normal`: how every start looks for some seconds.
    """

    text: str
    error: CodekilnError
    brief: bool = False
    normal: bool = False


def why_pending(pod: Object, events: Sequence[Object] = ()) -> Waiting | None:
    """Of a pod that has not ended; None where its worker runs. `events` are those of the pod."""
    if pod["status"].get("phase") != "Pending":
        return None
    name, where = pod["metadata"]["name"], pod["metadata"]["namespace"]
    for container in _containers(pod):
        waiting = container.get("state", {}).get("waiting") or {}
        if waiting.get("reason") in _IMAGE:
            return _no_image(name, container["image"], waiting)
        if waiting.get("reason") in _CONFIG:
            return _not_started(name, where, waiting)
    scheduled = next((c for c in pod["status"].get("conditions") or [] if c["type"] == "PodScheduled"), None)
    if scheduled is None or scheduled["status"] != "True":
        return _no_node(name, (scheduled or {}).get("message", ""))
    return _no_volume(name, where, events)


def why_absent(name: str, made: int, wanted: int, events: Sequence[Object]) -> Waiting:
    """Of an attempt that has fewer pods than it should; `events` are those of the object that makes them."""
    refused = _newest(events, lambda event: event.get("type") == "Warning" and "Create" in event.get("reason", ""))
    which = "its pod" if wanted == 1 else f"{wanted - made} of its {wanted} pods"
    if not refused:
        text = f"{name}: its controller has not made {which}"
        error = FailedPrecondition(
            f"{text}: is the controller of that kind running, and is the object suspended?",
            reason="NO_POD",
            object=name,
        )
        return Waiting(text, error, normal=True)
    # Each try is for another name, and a text that changes all the time would be written to the record all the time.
    message = re.sub(r'^.*pods "[^"]*" is forbidden: ', "", _one_line(refused))
    text = f"{name}: {which} may not be created: {message}"
    if "exceeded quota" in message:
        return Waiting(text, ResourceExhausted(f"{text}. Raise the quota, or end other work", reason="POD_REFUSED"))
    error = FailedPrecondition(
        f"{text}. Change the namespace's policy, or the worker's chart values, to fit each other",
        reason="POD_REFUSED",
        object=name,
    )
    return Waiting(text, error, brief=True)


def _no_image(pod: str, image: str, waiting: dict[str, str]) -> Waiting:
    text = f"pod {pod}: the image {image} cannot be pulled"
    error = FailedPrecondition(
        f"{text}: {_one_line(waiting.get('message') or waiting['reason'])}. Push it, or correct the chart "
        "values image.* and imagePullSecrets, and run again",
        reason="IMAGE_UNAVAILABLE",
        image=image,
        object=pod,
    )
    return Waiting(text, error, brief=True)


def _not_started(pod: str, namespace: str, waiting: dict[str, str]) -> Waiting:
    message = _one_line(waiting.get("message") or waiting["reason"])
    if _MISSING.search(message):
        return _no_secret(pod, namespace, message)
    text = f"pod {pod}: its container cannot be created: {message}"
    return Waiting(text, FailedPrecondition(text, reason="POD_NOT_STARTED", object=pod), brief=True)


def _no_secret(pod: str, namespace: str, message: str) -> Waiting:
    text = f"pod {pod}: something it needs is missing: {message}"
    error = FailedPrecondition(
        f"{text}. Create it in namespace {namespace}, or name another in the chart values, and run again",
        reason="SECRET_MISSING",
        object=pod,
        namespace=namespace,
    )
    return Waiting(text, error, brief=True)


def _no_node(pod: str, message: str) -> Waiting:
    said = _one_line(message)
    text = f"pod {pod}: no node takes it{f': {said}' if said else ''}"
    if "persistentvolumeclaim" in said.lower():
        return Waiting(text, _bad_volume(text, pod))
    error = ResourceExhausted(
        f"{text}. Add a node that fits, free one, or ask for less in the worker's chart values",
        reason="UNSCHEDULABLE",
        object=pod,
    )
    return Waiting(text, error, normal=not said)


def _no_volume(pod: str, namespace: str, events: Sequence[Object]) -> Waiting:
    failed = _newest(events, lambda event: event.get("reason") in _NODE_FAILED)
    if not failed:
        text = f"pod {pod}: its node pulls images, mounts volumes or runs init containers"
        return Waiting(text, FailedPrecondition(f"{text}, and does not end", reason="POD_NOT_STARTED"), normal=True)
    message = _one_line(failed)
    if _MISSING.search(message):
        return _no_secret(pod, namespace, message)
    text = f"pod {pod}: its node cannot prepare it: {message}"
    return Waiting(text, _bad_volume(text, pod))


def _bad_volume(text: str, pod: str) -> CodekilnError:
    return FailedPrecondition(
        f"{text}. Look at the claims and the driver of its volumes", reason="VOLUME_NOT_READY", object=pod
    )


def _containers(pod: Object) -> list[Object]:
    status = pod["status"]
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def _newest(events: Sequence[Object], fits: Callable[[Object], bool]) -> str:
    """The message of the last event that fits; empty without one."""
    fitting = sorted((event for event in events if fits(event)), key=_when)
    return str(fitting[-1].get("message", "")) if fitting else ""


def _when(event: Object) -> str:
    series = event.get("series") or {}
    times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return next((time for time in times if time), event["metadata"].get("creationTimestamp") or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
