"""Asks a Python interpreter where its standard library and packages lie. Starts it once, isolated."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from codekiln.core.errors import FailedPrecondition, NotFound

_QUESTION = (
    "import json, platform, sys, sysconfig; print(json.dumps({'implementation': sys.implementation.name, "
    "'version': platform.python_version(), 'standard_library': sysconfig.get_path('stdlib'), "
    "'search_path': [p for p in sys.path if p]}))"
)
_SECONDS = 60


@dataclass(frozen=True)
class Interpreter:
    """What an interpreter says of itself."""

    implementation: str
    version: str
    standard_library: Path
    search_path: tuple[str, ...]


def ask(python: str) -> Interpreter:
    """`python` is a path or a command; the interpreter that runs us when empty.

    Raises NotFound where there is none, and FailedPrecondition where it does not answer.
    """
    program = shutil.which(python or sys.executable)
    if program is None:
        raise NotFound(
            f"there is no Python interpreter `{python}`: give the path of one, such as `.venv/bin/python`",
            reason="PYTHON_NOT_FOUND",
            python=python,
        )
    try:
        # -I: PYTHONPATH, the user's own packages and the current folder are not part of the environment.
        answer = subprocess.run(
            [program, "-I", "-c", _QUESTION],
            capture_output=True,
            check=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
        return _parse(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise FailedPrecondition(
            f"{program} does not answer as a Python interpreter ({_cause(error)}): name another in `python`",
            reason="PYTHON_UNUSABLE",
            python=program,
        ) from error


def _parse(output: bytes) -> Interpreter:
    # Only the last line is ours: a .pth file may print.
    data = json.loads(output.decode("utf-8", "replace").strip().splitlines()[-1] if output.strip() else "")
    return Interpreter(
        data["implementation"], data["version"], Path(data["standard_library"]), tuple(data["search_path"])
    )


def _cause(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"it ended with status {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it took more than {_SECONDS} seconds"
    return error.strerror or str(error) if isinstance(error, OSError) else "its output is not ours"
