"""The inference server as a process with settings of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType


class ServerProcess:
    """Runs until the `with` ends. Health for probes listens too."""

    def __init__(self, home: Path, **settings: str) -> None:
        self._record, self._log = home / "address.json", home / "log"
        values = {
            "home": str(home), "address_file": str(self._record), "health_listen": "127.0.0.1:0", **settings
        }  # fmt: skip
        variables = {name: value for name, value in os.environ.items() if not name.startswith("CODEKILN_")}
        variables |= {f"CODEKILN_{name.upper()}": value for name, value in values.items()}
        variables |= {"PYTHONPATH": os.pathsep.join(sys.path)}
        with self._log.open("wb") as file:
            command = [sys.executable, "-m", "codekiln.inference.server"]
            self.process = subprocess.Popen(command, env=variables, stderr=file)

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def addresses(self) -> dict[str, str]:
        """Once it listens."""
        while not self._record.exists():
            assert self.process.poll() is None, self.log
            time.sleep(0.02)
        return dict(json.loads(self._record.read_text()))

    def __enter__(self) -> ServerProcess:
        assert self.addresses
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
