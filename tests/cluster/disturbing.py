"""Trouble while something is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def while_running(work: Callable[[], Any], disturb: Callable[[], None]) -> Any:
    """What `work` returns, disturbed while it goes on. What goes wrong with the disturbance fails the test."""
    trouble: list[BaseException] = []

    def guarded() -> None:
        try:
            disturb()
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=guarded)
    thread.start()
    result = work()
    thread.join()
    if trouble:
        raise trouble[0]
    return result
