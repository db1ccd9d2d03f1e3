"""kubectl as a subprocess: the command line needs no Kubernetes library, and logs in as the user's kubectl does."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from codekiln.core.errors import FailedPrecondition

_SECONDS = 30.0


@dataclass(frozen=True)
class Kubectl:
    """kubectl for one cluster and namespace: what the user's configuration chooses where these are empty."""

    context: str = ""
    namespace: str = ""

    def command(self, *arguments: str) -> list[str]:
        chosen = [f"--context={self.context}"] if self.context else []
        chosen += [f"--namespace={self.namespace}"] if self.namespace else []
        return ["kubectl", *chosen, *arguments]

    def get(self, kind: str, labels: str, *, everywhere: bool = False) -> list[dict[str, Any]]:
        """Objects with these labels. Raises FailedPrecondition (KUBECTL_MISSING, KUBECTL_FAILED)."""
        scope = ["--all-namespaces"] if everywhere else []
        answer = self._run("get", kind, f"--selector={labels}", "--output=json", "--request-timeout=15s", *scope)
        items: list[dict[str, Any]] = json.loads(answer)["items"]
        return items

    def current_namespace(self) -> str:
        """The one that commands are about."""
        if self.namespace:
            return self.namespace
        return self._run("config", "view", "--minify", "--output=jsonpath={..namespace}") or "default"

    def _run(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                self.command(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS
            )
        except FileNotFoundError:
            raise FailedPrecondition(
                "kubectl is not on the PATH: install it (https://kubernetes.io/docs/tasks/tools) and run again",
                reason="KUBECTL_MISSING",
            ) from None
        except subprocess.TimeoutExpired:
            raise failed(arguments, f"no answer within {_SECONDS:.0f} s") from None
        if done.returncode:
            raise failed(arguments, done.stderr)
        return done.stdout


def failed(arguments: tuple[str, ...], said: str) -> FailedPrecondition:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = lines[-1].removeprefix("error: ") if lines else "it said nothing"
    verb = " ".join(argument for argument in arguments[:2] if not argument.startswith("-"))
    return FailedPrecondition(
        f"`kubectl {verb}` failed: {reason}. Check --context and --namespace, and that `kubectl get pods` works",
        reason="KUBECTL_FAILED",
    )
