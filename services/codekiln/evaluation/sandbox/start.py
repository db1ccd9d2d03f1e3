"""The first module of a runner's process: clears the way before anything else is imported.

`random`, `threading` and others register functions that run in every forked child. They would cost a run more than the
fork itself, and seed `random` anew from the system, while a program should do the same in every run.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """`python -c 'import sys; sys.path.insert(0, ROOT); from ... import main; main()'`."""
    os.register_at_fork = _ignore
    from codekiln.evaluation.sandbox import runner

    del sys.path[0]  # from here on, only the standard library can be imported
    runner.main()


def _ignore(**functions: object) -> None:
    pass
