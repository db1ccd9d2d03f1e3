"""An answer of the API server that is no success, as an error of ours. Pure.

403 and 404 and the like say what to change; 409, 429, 5xx and no answer at all may pass, and are tried again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from codekiln.core.errors import (
    AlreadyExists,
    CodekilnError,
    Conflict,
    FailedPrecondition,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unavailable,
)
from codekiln.core.kube.api import Resource


@dataclass(frozen=True)
class Call:
    """What was asked: `create jobs.batch x in namespace y`."""

    verb: str
    resource: Resource
    namespace: str = ""
    name: str = ""
    sub: str = ""

    def __str__(self) -> str:
        kind = self.resource.full_name + (f"/{self.sub}" if self.sub else "")
        where = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.verb} {kind}{f' {self.name}' if self.name else ''}{where}"


def from_answer(call: Call, status: int, body: str) -> CodekilnError:
    """`body` is the server's Status object, or whatever a proxy before it has said."""
    reason, message = _status(body)
    said = f": {message}" if message else ""
    metadata = {
        "verb": call.verb,
        "resource": call.resource.full_name,
        "namespace": call.namespace,
        "object": call.name,
    }
    if status == 403 and "exceeded quota" in message:
        text = f"a quota does not let us {call}{said}. Raise the quota, or wait until other work has ended"
        return ResourceExhausted(text, reason="QUOTA_EXCEEDED", **metadata)
    if status == 403 and "being terminated" in message:
        return FailedPrecondition(f"cannot {call}{said}", reason="NAMESPACE_ENDING", **metadata)
    if status == 403 and "denied the request" in message:
        # An admission webhook or policy (Kueue, Gatekeeper, an operator's own): no right that we could be given.
        return FailedPrecondition(f"the cluster refuses to {call}{said}", reason="KUBE_REFUSED", **metadata)
    if status == 403:
        text = (
            f"we may not {call}{said}. Give our ServiceAccount that verb in a Role of the namespace, as the chart does"
        )
        return PermissionDenied(text, reason="KUBE_FORBIDDEN", **metadata)
    if status == 404:
        return NotFound(f"cannot {call}{said or ': not found'}", reason="KUBE_NOT_FOUND", **metadata)
    if status == 409 and reason == "AlreadyExists":
        return AlreadyExists(f"cannot {call}{said}", reason="KUBE_ALREADY_EXISTS", **metadata)
    if status == 409:
        return Conflict(f"cannot {call}{said}. It will be tried again", reason="KUBE_CONFLICT", **metadata)
    if status == 401:
        # A token that is being renewed, or an authenticator that is away: jobs must not fail for it.
        text = f"the API server does not accept our token for: {call}{said}. It will be tried again"
        return Unavailable(text, reason="KUBE_UNAUTHENTICATED", **metadata)
    if status == 429:
        text = f"the API server is too busy to {call}{said}. It will be tried again"
        return Unavailable(text, reason="KUBE_BUSY", **metadata)
    if status >= 500 or status == 0:
        return no_answer(call, f"status {status}{said}")
    return FailedPrecondition(f"the API server refuses to {call}{said}", reason="KUBE_REFUSED", **metadata)


def no_answer(call: Call, why: str) -> Unavailable:
    """The server was not reached, did not answer in time, or answered with a fault of its own."""
    return Unavailable(
        f"the API server could not {call} ({why}). It will be tried again",
        reason="KUBE_UNAVAILABLE",
        **_metadata(call),
    )


def _metadata(call: Call) -> dict[str, str]:
    return {
        "verb": call.verb,
        "resource": call.resource.full_name,
        "namespace": call.namespace,
        "object": call.name,
    }


def _status(body: str) -> tuple[str, str]:
    """Reason and message of a Status object; the first line of anything else."""
    try:
        status = json.loads(body)
        return str(status.get("reason", "")), str(status.get("message", ""))
    except (ValueError, AttributeError):
        return "", body.strip().partition("\n")[0][:200]
