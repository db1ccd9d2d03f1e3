"""The command line as a person uses it: a real `codekiln` in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

CODEKILN = str(Path(sys.executable).with_name("codekiln"))


class Folder:
    """A working folder with a `.codekiln` of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings: dict[str, str] = {}
        """CODEKILN_* variables of every command."""

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("CODEKILN_")}
        environ |= self.settings
        return subprocess.Popen(
            [CODEKILN, *arguments],
            cwd=self.path,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            pytest.fail(f"codekiln {' '.join(arguments)} took over {timeout} s\n{out}\n{err}\n{self.logs()}")
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def result(self, *arguments: str, timeout: float = 600) -> dict[str, Any]:
        """The JSON line of a command that must succeed."""
        done = self.run(*arguments, "--json", timeout=timeout)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{self.logs()}"
        return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]

    def processes(self) -> list[psutil.Process]:
        """Everything that runs on behalf of this folder."""
        found = []
        for process in psutil.process_iter():
            try:
                if str(self.path) in process.environ().get("CODEKILN_HOME", "") and process.status() != "zombie":
                    found.append(process)
            except (psutil.AccessDenied, psutil.NoSuchProcess):
                continue
        return found

    def logs(self) -> str:
        folder = self.path / ".codekiln" / "logs"
        return "\n".join(f"== {log.name}\n{log.read_text()[-1500:]}" for log in sorted(folder.glob("*.log")))
