"""The sandbox service: `python -m codekiln.evaluation.sandbox.server`. No store, no jobs, no credentials.

It proves its wall before it listens, and does not start where the wall does not hold. Programs are judged several at
once; a bounded number waits, and more are sent away. On SIGTERM those that wait are sent away too, to be judged
elsewhere, and those that run may end within CODEKILN_DRAIN_SECONDS.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from codekiln import __version__
from codekiln.core.errors import FailedPrecondition, Unavailable
from codekiln.core.rpc.listening import Listener, run, stop_event
from codekiln.core.settings import PREFIX, Settings
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import logger
from codekiln.evaluation.sandbox.counting import count
from codekiln.evaluation.sandbox.messages import BOUNDS, judge_response, read_request
from codekiln.evaluation.sandbox.outcome import Verdict
from codekiln.evaluation.sandbox.pool import Caller, LocalSandbox
from codekiln.evaluation.sandbox.program import Limits, Program
from codekiln.v1 import sandbox_pb2, sandbox_pb2_grpc

_MOST_WAITING = 256
_LARGEST_BYTES = 32 << 20
"""Of one request. A runner takes less (codec.py), and says so better."""
_LONGEST_SECONDS = 900 + 2 * BOUNDS["cpu_seconds"][1] * BOUNDS["wall_factor"][1]
"""Of one call: the wait, and a program of the longest limits that has to be judged twice."""
_SECRETS = ("auth_token_file", "store_access_key_file", "store_secret_key_file")


class Judging(sandbox_pb2_grpc.SandboxServiceServicer):
    """Hands programs to the runners of this machine, first come, first served."""

    def __init__(self, sandbox: LocalSandbox) -> None:
        self._sandbox = sandbox
        self._threads = ThreadPoolExecutor(sandbox.at_once)
        self._underway: set[Future[Verdict]] = set()
        self._draining = False

    async def Judge(self, request: sandbox_pb2.JudgeRequest, context: Any) -> sandbox_pb2.JudgeResponse:
        caller = Caller()
        future = self._submit(*read_request(request), caller)
        try:
            return judge_response(await asyncio.wrap_future(future))
        except asyncio.CancelledError:
            if self._draining and future.cancelled():
                raise _stopping() from None
            caller.leave()
            raise

    async def GetSandbox(self, request: sandbox_pb2.GetSandboxRequest, context: Any) -> sandbox_pb2.GetSandboxResponse:
        return sandbox_pb2.GetSandboxResponse(
            programs_at_once=self._sandbox.at_once,
            landlock_abi=self._sandbox.landlock_abi,
            seccomp=True,
            kernel=os.uname().release,
            version=__version__,
        )

    def drain(self) -> None:
        """What waits ends with Unavailable; what runs goes on."""
        self._draining = True
        for future in list(self._underway):
            future.cancel()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _submit(self, program: Program, limits: Limits, caller: Caller) -> Future[Verdict]:
        if self._draining:
            raise _stopping()
        if len(self._underway) >= self._sandbox.at_once + _MOST_WAITING:
            raise _elsewhere(f"{_MOST_WAITING} programs wait here already", "SANDBOX_BUSY")
        future = self._threads.submit(self._sandbox.judge_one, program, limits, caller)
        loop = asyncio.get_running_loop()
        self._underway.add(future)
        self._count()
        future.add_done_callback(lambda done: loop.call_soon_threadsafe(self._forget, done))
        return future

    def _forget(self, future: Future[Verdict]) -> None:
        self._underway.discard(future)
        self._count()

    def _count(self) -> None:
        metrics.SANDBOX_WAITING.set(max(0, len(self._underway) - self._sandbox.at_once))


def _stopping() -> Unavailable:
    return _elsewhere("this sandbox is being stopped", "SANDBOX_STOPPING")


def _elsewhere(why: str, reason: str) -> Unavailable:
    return Unavailable(f"{why}: ask again, or another sandbox", reason=reason)


async def serve(settings: Settings) -> None:
    """Returns after SIGTERM or SIGINT. Raises FailedPrecondition where it must not or cannot judge anything."""
    _refuse_secrets(settings)
    log, stop = logger("server"), stop_event()
    with _scratch() as scratch:
        sandbox = LocalSandbox(scratch, runners=settings.workers, count=count)
        await asyncio.to_thread(sandbox.__enter__)
        judging = Judging(sandbox)
        try:
            listener = Listener(settings, longest_seconds=_LONGEST_SECONDS, largest_bytes=_LARGEST_BYTES)
            sandbox_pb2_grpc.add_SandboxServiceServicer_to_server(judging, listener.server)
            await listener.start(["codekiln.v1.SandboxService"])
            listener.write_addresses()
            log.info("listening", landlock_abi=sandbox.landlock_abi, at_once=sandbox.at_once, **listener.addresses)
            await stop.wait()
            await listener.drain()
            judging.drain()
            await listener.stop()
        finally:
            judging.close()
            await asyncio.to_thread(sandbox.close)
    log.info("stopped")


def _refuse_secrets(settings: Settings) -> None:
    """Programs that nobody trusts run beside this process: it must have nothing that they could want."""
    held = [PREFIX + name.upper() for name in _SECRETS if getattr(settings, name) is not None]
    if held:
        raise FailedPrecondition(
            f"{' and '.join(held)} must not be set: a sandbox holds no secrets. Keep strangers out by a network "
            "policy, or by certificates (CODEKILN_TLS_CLIENT_CA_FILE)",
            reason="SANDBOX_HOLDS_SECRETS",
        )


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for what programs write, gone afterwards. Not in CODEKILN_HOME: in a pod, /tmp may lie in memory."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="codekiln-sandbox-"))
    except OSError as error:
        raise FailedPrecondition(
            f"there is no folder for temporary files ({error.strerror}): name one that can be written by TMPDIR",
            reason="NO_SCRATCH",
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    run("sandbox", serve)
