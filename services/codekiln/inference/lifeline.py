"""What vLLM's processes run first: a thread that ends the process as soon as the server has gone.

Without it a SIGKILL of the server would leave the engine behind with its memory. `spawned_with_lifeline` makes
multiprocessing import this module, instead of the server's, as the child's main module, before anything else; so the
thread is there from the first instant and the child does not load gRPC. Children of the child inherit the arrangement.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import select
import sys
import threading
from collections.abc import Iterator

_SERVER = "INFERENCE_SERVER_PID"


def exit_with(pid: int) -> None:
    """Ends this process when that one ends, however it ends."""
    try:
        server = os.pidfd_open(pid)
    except ProcessLookupError:
        os._exit(1)

    def wait() -> None:
        select.select([server], [], [])
        os._exit(1)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


@contextlib.contextmanager
def spawned_with_lifeline() -> Iterator[None]:
    """Processes that multiprocessing spawns inside end with this one."""
    main = sys.modules["__main__"]
    before = main.__spec__
    os.environ[_SERVER] = str(os.getpid())
    main.__spec__ = importlib.util.find_spec("codekiln.inference.lifeline")
    try:
        yield
    finally:
        main.__spec__ = before


if __name__ == "__mp_main__":
    exit_with(int(os.environ[_SERVER]))
