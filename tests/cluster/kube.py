"""kubectl and helm as tests use them: on the cluster that KUBECONFIG names. An error shows what the tool said."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

RESTRICTED = "pod-security.kubernetes.io/enforce=restricted"


def missing() -> str:
    """What the tests lack here, empty where they can run."""
    if not os.environ.get("KUBECONFIG"):
        return "KUBECONFIG names no cluster"
    lacking = [tool for tool in ("kubectl", "helm") if shutil.which(tool) is None]
    return f"{' and '.join(lacking)} not on the PATH" if lacking else ""


def kubectl(*arguments: str, stdin: str = "", check: bool = True, timeout: float = 300) -> str:
    """What it printed. With `check` off, also what it complained of."""
    return run("kubectl", *arguments, stdin=stdin, check=check, timeout=timeout)


def helm(*arguments: str, check: bool = True, timeout: float = 900) -> str:
    return run("helm", *arguments, check=check, timeout=timeout)


def run(*command: str, stdin: str = "", check: bool = True, timeout: float = 300) -> str:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout)
    if check:
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-3000:]} {done.stderr[-3000:]}"
        return done.stdout
    return done.stdout + done.stderr


def get(kind: str, namespace: str, *, name: str = "", labels: str = "") -> Any:
    """The object of that name, else the list of those with the labels."""
    select = [name] if name else (["-l", labels] if labels else [])
    found = json.loads(kubectl("get", kind, *select, "-n", namespace, "-o", "json"))
    return found if name else found["items"]


def until(look: Callable[[], T], what: str, timeout: float = 120) -> T:
    """The first true answer of `look`, asked twice a second. Fails with `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not within {timeout:.0f} s"
        time.sleep(0.5)
    return found


def names(objects: list[Any]) -> set[str]:
    return {item["metadata"]["name"] for item in objects}


def unfinished(pods: list[Any]) -> list[Any]:
    """Pods that have not ended and are not being deleted."""
    return [
        pod
        for pod in pods
        if pod["status"].get("phase") in ("Pending", "Running") and "deletionTimestamp" not in pod["metadata"]
    ]


def make_namespace(name: str) -> None:
    """A namespace in which Pod Security refuses what is not restricted; an old one of that name goes first."""
    kubectl("delete", "namespace", name, "--ignore-not-found", "--wait", "--timeout=180s")
    kubectl("create", "namespace", name)
    kubectl("label", "namespace", name, RESTRICTED)


@contextlib.contextmanager
def forwarded(namespace: str, target: str, port: int) -> Iterator[int]:
    """A local port that leads to a port of `service/NAME` or `pod/NAME` until the end of the block."""
    command = ["kubectl", "port-forward", "-n", namespace, target, f":{port}", "--address=127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        assert found, f"{' '.join(command)}: {line}"
        yield int(found[1])
    finally:
        process.terminate()
        process.communicate(timeout=10)
