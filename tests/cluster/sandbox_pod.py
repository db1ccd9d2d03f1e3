"""The chart's sandbox alone in a namespace of its own, and means to look into its pod and to start others beside it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from codekiln.core.settings import Settings
from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.sandbox.remote import RemoteSandbox
from tests.cluster import kube

NAMESPACE = "codekiln-sandbox-test"
CHART = Path(__file__).parents[2] / "charts" / "codekiln"
TEMPLATES = ("sandbox", "serviceaccounts", "networkpolicy")
OUTSIDE = Path("/tmp/outside")
"""In the pod: a folder of the sandbox's own user, with a secret."""

LOOK = f"""
import json, os, pathlib, sys

outside = pathlib.Path({str(OUTSIDE)!r})
outside.mkdir(exist_ok=True)
(outside / "token").write_text("secret")

def process(pid):
    try:
        parent = int(pathlib.Path(f"/proc/{{pid}}/stat").read_text().rpartition(")")[2].split()[1])
        return int(pid), parent, "sandbox.start" in pathlib.Path(f"/proc/{{pid}}/cmdline").read_text()
    except (OSError, ValueError):
        return None

for line in sys.stdin:
    files = {{str(p): [p.read_text(), p.stat().st_mode] for p in sorted(outside.rglob("*"))}}
    print(json.dumps([files, [p for p in map(process, filter(str.isdigit, os.listdir("/proc"))) if p]]), flush=True)
"""
"""Runs in the pod, beside the sandbox: for each line that it reads, the files outside and all processes."""


def rendered() -> str:
    version = json.loads(kube.kubectl("version", "-o", "json"))["serverVersion"]["gitVersion"]
    chosen = {"registry": "TEST_IMAGE_REGISTRY", "tag": "TEST_IMAGE_TAG"}
    values = [f"--set-string=image.{key}={os.environ[name]}" for key, name in chosen.items() if os.environ.get(name)]
    shown = [f"--show-only=templates/{name}.yaml" for name in TEMPLATES]
    return kube.helm("template", "codekiln", str(CHART), "-n", NAMESPACE, "--kube-version", version, *shown, *values)


def reached(port: int, limits: Limits) -> RemoteSandbox:
    return RemoteSandbox(f"127.0.0.1:{port}", Settings(), limits)


class Watch:
    """A process in the pod that looks around, one line for one line."""

    def __init__(self, pod: str) -> None:
        command = ["kubectl", "exec", "-i", "-n", NAMESPACE, pod, "--", "python", "-u", "-c", LOOK]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def look(self) -> tuple[dict[str, Any], list[tuple[int, int, bool]]]:
        """Files outside, and processes: id, parent, whether its command line is a runner's."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(file=self._process.stdin, flush=True)
        files, processes = json.loads(self._process.stdout.readline())
        return files, [tuple(process) for process in processes]

    def end(self) -> None:
        """Whether or not the other end still answers."""
        self._process.terminate()
        self._process.communicate(timeout=30)


def ended(name: str) -> bool:
    return kube.get("pod", NAMESPACE, name=name)["status"]["phase"] in ("Succeeded", "Failed")


def logs(name: str) -> str:
    return kube.kubectl("logs", "-n", NAMESPACE, name, check=False)


def start(like: str, name: str, command: list[str], labels: dict[str, str]) -> None:
    """A pod with the image and the security context of another."""
    spec = kube.get("pod", NAMESPACE, name=like)["spec"]
    container = {key: spec["containers"][0][key] for key in ("image", "securityContext")}
    container |= {"name": name, "command": command}
    made = {
        "containers": [container],
        "securityContext": spec["securityContext"],
        "enableServiceLinks": False,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "restartPolicy": "Never",
    }
    metadata = {"name": name, "labels": labels}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": made}
    kube.kubectl("apply", "-n", NAMESPACE, "-f", "-", stdin=json.dumps(pod))


def said(pod: str, code: str) -> str:
    return kube.kubectl("exec", "-n", NAMESPACE, pod, "--", "python", "-c", code).strip()
