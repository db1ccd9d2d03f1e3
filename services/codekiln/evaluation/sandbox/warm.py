"""Imports what is often used, before the fork that would else repeat it."""

from __future__ import annotations

import gc
import importlib
import random
import sys

OFTEN_USED = (
    "math re collections collections.abc itertools functools heapq typing string copy datetime random statistics "
    "bisect hashlib json decimal fractions operator dataclasses enum abc numbers time contextlib binascii"
)
"""By programs. Others of the standard library are imported by whoever needs them, inside the jail, if they need no
shared library from outside of it: binascii brings in zlib, without which there is no base64."""
USED_BY_TESTS = "math random copy typing string collections itertools functools"


def warm_up(modules: str) -> None:
    """Imports, seeds `random`, and keeps the collector away from all that is there, so that forks share it."""
    sys.modules["_hashlib"] = None  # type: ignore[assignment]  # OpenSSL is large; hashlib's own code does without
    for module in modules.split():
        importlib.import_module(module)
    random.seed(0)
    gc.collect()
    gc.freeze()
