"""The pod that a worker runs in: read from the template file that the chart mounts, made that of one attempt.

The template is a PodTemplateSpec (`metadata`, `spec`); its container `worker` is ours, others are kept. Environment,
resources, volumes and scheduling are those of the template; we add the command, labels and what a batch pod needs.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from codekiln.core.errors import FailedPrecondition
from codekiln.core.launch.command import worker_command
from codekiln.core.launch.interface import WorkerSpec

WORKER = "worker"
"""Name of our container in the template."""
LABEL_JOB = "codekiln.dev/job"
LABEL_ATTEMPT = "codekiln.dev/attempt"
ANNOTATION_PODS = "codekiln.dev/pods"
"""How many pods the attempt has: one that is missing is noticed."""


def read_template(path: Path) -> dict[str, Any]:
    """Read anew at each submit, so that a changed ConfigMap counts. Raises FailedPrecondition naming what is wrong."""
    try:
        template = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise _bad(path, f"cannot be read: {why}") from error
    except yaml.YAMLError as error:
        raise _bad(path, f"is not YAML: {' '.join(str(error).split())}") from error
    wrong = _wrong(template)
    if wrong:
        raise _bad(path, wrong)
    return {"metadata": template.get("metadata") or {}, "spec": template["spec"]}


def attempt_pod(template: dict[str, Any], spec: WorkerSpec, pods: int, *, container: str = WORKER) -> dict[str, Any]:
    """The template as the pod of one attempt; `container` is what the kind wants ours to be called. Pure."""
    pod = copy.deepcopy(template)
    metadata, body = pod["metadata"], pod["spec"]
    metadata["labels"] = {**(metadata.get("labels") or {}), **labels(spec)}
    metadata["annotations"] = {
        # A sidecar that goes on after the worker has ended would keep the pod, and so the job, from ending.
        "sidecar.istio.io/inject": "false",
        **(metadata.get("annotations") or {}),
        ANNOTATION_PODS: str(pods),
    }
    worker = worker_container(pod)
    worker["command"] = worker_command("python", spec)
    worker.pop("args", None)
    worker["name"] = container
    body["restartPolicy"] = "Never"
    _share_memory(body, worker)
    return pod


def worker_container(pod: dict[str, Any]) -> dict[str, Any]:
    """Ours among the containers of a valid template."""
    return next(container for container in pod["spec"]["containers"] if container["name"] == WORKER)


def labels(spec: WorkerSpec) -> dict[str, str]:
    return {LABEL_JOB: spec.job, LABEL_ATTEMPT: str(spec.attempt)}


def _share_memory(body: dict[str, Any], worker: dict[str, Any]) -> None:
    """Ranks of one pod talk over /dev/shm, of which a container has 64 MiB (pytorch#16979)."""
    mounts = worker.setdefault("volumeMounts", [])
    if any(mount["mountPath"].rstrip("/") == "/dev/shm" for mount in mounts):
        return
    mounts.append({"name": "shm", "mountPath": "/dev/shm"})
    body.setdefault("volumes", []).append({"name": "shm", "emptyDir": {"medium": "Memory"}})


def _wrong(template: Any) -> str:
    """The first thing that is wrong, with its path; empty where nothing is. The API server checks the rest."""
    if not isinstance(template, dict):
        return "is no mapping: it needs `metadata` and `spec`"
    unknown = sorted(set(template) - {"metadata", "spec"})
    if unknown:
        return f"has `{unknown[0]}`: it may have `metadata` and `spec` only, as a pod template does"
    for path, kind in (("metadata", dict), ("metadata.labels", dict), ("metadata.annotations", dict), ("spec", dict)):
        value = _at(template, path)
        if not isinstance(value, kind | None):
            return f"has a `{path}` that is no mapping"
    containers = _at(template, "spec.containers")
    if not isinstance(containers, list) or not containers:
        return "has no `spec.containers`: it needs one container, named `worker`"
    for i, container in enumerate(containers):
        if not isinstance(container, dict) or not isinstance(container.get("name"), str):
            return f"has no name at `spec.containers[{i}]`"
        if not isinstance(container.get("volumeMounts", []), list):
            return f"has a `spec.containers[{i}].volumeMounts` that is no list"
    names = [container["name"] for container in containers]
    if names.count(WORKER) != 1:
        return f"has containers {', '.join(names)} in `spec.containers`: exactly one must be named `{WORKER}`"
    if not containers[names.index(WORKER)].get("image"):
        return f"has no `spec.containers[{names.index(WORKER)}].image`"
    return ""


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _bad(path: Path, what: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"the worker's pod template {path} {what}. CODEKILN_POD_TEMPLATE_FILE names it; the chart renders it into the "
        "ConfigMap that ends in -worker",
        reason="BAD_POD_TEMPLATE",
        file=str(path),
    )
