"""The sandbox elsewhere: asks the sandbox service for each verdict, several at a time. The only file that calls it.

Behind one address may be several servers, which take turns. A program is judged again, by whichever answers, where a
server went away with it: that does no harm, since a verdict depends on nothing else.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from codekiln.core.errors import CodekilnError, FailedPrecondition, Retryable, Unavailable
from codekiln.core.rpc.channel import open_channel, translated
from codekiln.core.rpc.status import Cancelled
from codekiln.core.settings import Settings
from codekiln.evaluation.sandbox.interface import in_order
from codekiln.evaluation.sandbox.messages import judge_request, read_response
from codekiln.evaluation.sandbox.outcome import Verdict
from codekiln.evaluation.sandbox.program import Limits, Program
from codekiln.v1 import sandbox_pb2, sandbox_pb2_grpc

BUSY = "SANDBOX_BUSY"
_TLS = "tls://"
_ABOUT_SECONDS = 15.0
_QUEUE_SECONDS = 900.0
"""Of one call, waiting for other programs included; its own time comes on top, twice, should it be judged twice."""
_PAUSE_SECONDS = 0.5
_IN_HAND = 2
"""Programs underway for each that is judged: the next is there when one ends."""


class RemoteSandbox:
    """A Sandbox behind `host:port`, or `tls://host:port`, one with a certificate that `tls_ca_file` vouches for.

    `patience_seconds`: how long a program may find nobody who judges it.
    """

    def __init__(
        self, endpoint: str, settings: Settings, limits: Limits | None = None, patience_seconds: float = 60.0
    ) -> None:
        """Opens no connection yet. Raises FailedPrecondition where TLS is asked for and no authority is known."""
        self.limits = limits or Limits()
        self._endpoint = endpoint.removeprefix(_TLS)
        self._patience = patience_seconds
        # No token goes along, and no key of the other services is expected there: untrusted programs run beside it, so
        # it must not have what opens other doors.
        tls = settings if endpoint.startswith(_TLS) else Settings()
        if endpoint.startswith(_TLS) and tls.tls_ca_file is None:
            raise FailedPrecondition(
                f"{endpoint} asks for TLS: name the authorities of its certificate by CODEKILN_TLS_CA_FILE",
                reason="NO_AUTHORITIES",
            )
        self._channel = open_channel(
            self._endpoint, ca_file=tls.tls_ca_file, cert_file=tls.tls_cert_file, key_file=tls.tls_key_file
        )
        self._stub: Any = sandbox_pb2_grpc.SandboxServiceStub(self._channel)
        self._about = sandbox_pb2.GetSandboxResponse()
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        try:
            self._about = self._ask(self._stub.GetSandbox, sandbox_pb2.GetSandboxRequest(), _ABOUT_SECONDS)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends all calls."""
        self._closed.set()
        self._channel.close()

    def about(self) -> dict[str, Any]:
        wall = {"landlock_abi": self._about.landlock_abi, "seccomp": self._about.seccomp}
        return {"remote": True, **wall, **self.limits._asdict()}

    @property
    def programs_at_once(self) -> int:
        """Of the server that answered first."""
        count: int = self._about.programs_at_once
        return count

    def judge(self, programs: Sequence[Program]) -> Iterator[Verdict]:
        return in_order(self.judge_one, programs, _addresses(self._endpoint) * self.programs_at_once * _IN_HAND)

    def judge_one(self, program: Program) -> Verdict:
        seconds = _QUEUE_SECONDS + 2 * self.limits.wall_seconds
        return read_response(self._ask(self._stub.Judge, judge_request(program, self.limits), seconds))

    def _ask(self, call: Callable[..., Any], request: Any, seconds: float) -> Any:
        """Asks until there is an answer: up to `seconds` while servers are busy, up to our patience while none is up.

        Raises Unavailable, and what the server raises.
        """
        deadline, lost_since = time.monotonic() + seconds, 0.0
        while True:
            asked = time.monotonic()
            if self._closed.is_set():
                raise Unavailable("the sandbox was closed before there was a verdict", reason="SANDBOX_CLOSED")
            try:
                with translated(self._endpoint):
                    return call(request, timeout=max(1.0, deadline - asked))
            except ValueError:
                self._closed.wait()  # a channel raises it that is just being closed
            except (Retryable, Cancelled) as error:
                now = time.monotonic()
                if error.reason == BUSY:
                    lost_since = 0.0
                    if now > deadline:
                        raise
                else:
                    lost_since = lost_since or asked
                    if now - lost_since > self._patience:
                        raise self._unreachable(error) from error
            self._closed.wait(_PAUSE_SECONDS)

    def _unreachable(self, error: CodekilnError) -> Unavailable:
        details = getattr(error.__cause__, "details", None)
        return Unavailable(
            f"no sandbox answers at {self._endpoint} ({details() if details else error.message}): programs of a model "
            "are run nowhere else. Look whether its pods are ready, or set CODEKILN_SANDBOX_ENDPOINT to where "
            "`python -m codekiln.evaluation.sandbox.server` listens",
            reason="SANDBOX_UNREACHABLE",
            endpoint=self._endpoint,
        )


def _addresses(endpoint: str) -> int:
    """Servers behind a name, such as pods of a Service that is headless. At least one."""
    host, _, port = endpoint.rpartition(":")
    try:
        return (
            len({address for *_, address in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)}) or 1
        )
    except (OSError, UnicodeError):
        return 1
