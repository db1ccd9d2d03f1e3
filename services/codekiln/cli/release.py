"""A release of our chart as kubectl shows it: which Services it has, and why pods do not run. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from codekiln.client.addresses import SERVICES
from codekiln.core.errors import FailedPrecondition, NotFound

Object = dict[str, Any]

OURS = "app.kubernetes.io/name=codekiln"
_INSTANCE = "app.kubernetes.io/instance"
_COMPONENT = "app.kubernetes.io/component"


def of_release(release: str) -> str:
    """Labels of all that belongs to it."""
    return f"{OURS},{_INSTANCE}={release}"


def service_names(services: Iterable[Object]) -> dict[str, str]:
    """Name of the Service by the name of ours."""
    found = {_labels(item).get(_COMPONENT, ""): str(item["metadata"]["name"]) for item in services}
    return {name: found[name] for name in SERVICES if name in found}


def no_such_release(release: str, namespace: str, services: Iterable[Object]) -> NotFound:
    """`services` are all of ours on the cluster, whatever their release."""
    found = sorted({(str(item["metadata"]["namespace"]), _labels(item).get(_INSTANCE, "")) for item in services})
    listed = ", ".join(f"`{name}` in namespace {place}" for place, name in found)
    advice = (
        f"there is {listed}: choose with --release and --namespace"
        if found
        else "none was found elsewhere: `helm install codekiln charts/codekiln` installs one"
    )
    return NotFound(f"there is no release `{release}` in namespace {namespace}; {advice}", reason="RELEASE_NOT_FOUND")


def check_pods(names: Iterable[str], pods: Sequence[Object]) -> None:
    """Raises FailedPrecondition where one of these services has no pod that runs, with the reason of each."""
    troubles = [trouble for name in names if (trouble := _trouble(name, pods))]
    if troubles:
        raise FailedPrecondition(
            f"not ready yet: {'; '.join(troubles)}. `kubectl get pods` shows more; run again once they run",
            reason="PODS_NOT_READY",
        )


def _trouble(name: str, pods: Sequence[Object]) -> str:
    own = [pod for pod in pods if _labels(pod).get(_COMPONENT) == name and "deletionTimestamp" not in pod["metadata"]]
    if any(_runs(pod) for pod in own):
        return ""
    if not own:
        return f"{name} has no pod"
    return f"{own[0]['metadata']['name']}: {_why(own[0].get('status', {}))}"


def _runs(pod: Object) -> bool:
    """Not that it is ready: inference is not while it loads a model, and can be asked how far it is."""
    states = pod.get("status", {}).get("containerStatuses", [])
    return bool(states) and all("running" in state["state"] for state in states)


def _why(status: Object) -> str:
    for state in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        for kind in ("waiting", "terminated"):
            if (found := state["state"].get(kind)) and found.get("reason") != "Completed":
                last = state.get("lastState", {}).get("terminated", {}).get("reason", "")
                said = found.get("message") or (f"it ended before with {last}" if last else "")
                return f"{found.get('reason', kind)}{f' ({said.strip()})' if said else ''}"
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] != "True":
            return f"{condition.get('reason', 'not scheduled')} ({condition.get('message', 'no node yet')})"
    return str(status.get("phase", "it has just been made"))


def _labels(item: Object) -> dict[str, str]:
    labels: dict[str, str] = item["metadata"].get("labels") or {}
    return labels
