#!/usr/bin/env python3
"""Makes the one virtual environment that everything runs in: `python3 tools/environment.py`. Needs only Python >= 3.11.

uv is installed from a hash-checked pin into a small environment of its own, then installs the pinned requirements, all
hash-checked, and this project in place. A second run finds it ready and ends at once. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BOOTSTRAP = ROOT / ".tools" / "bootstrap"
REQUIREMENTS = ROOT / "requirements" / "development.txt"
STAMP = VENV / "codekiln.stamp"
PROTOS = ROOT / "protos"


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is what tells users of an older Python)
        sys.exit(f"codekiln needs Python 3.11 or newer, this is {sys.version.split()[0]}: set PYTHON=python3.11")
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    start = time.monotonic()
    say("setting up .venv: about 6 GB, once")
    uv = install_uv()
    if not is_for_this_python():
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV))
    python = str(VENV / "bin" / "python")
    run(uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", "--compile-bytecode", str(REQUIREMENTS))
    run(uv, "pip", "install", "--quiet", "--python", python, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    STAMP.write_text(wanted)
    say(f"ready after {time.monotonic() - start:.0f} s")


def fingerprint() -> str:
    """Changes when requirements, packaging or protos change, or the interpreter does."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (REQUIREMENTS, ROOT / "pyproject.toml", ROOT / "setup.py", *sorted(PROTOS.rglob("*.proto"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_for_this_python() -> bool:
    """Whether the environment is there and was made for the version that runs this."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text().splitlines()
    except FileNotFoundError:
        return False
    version = next((line.partition("=")[2].strip() for line in lines if line.startswith("version")), "")
    return version.split(".")[:2] == [str(number) for number in sys.version_info[:2]]


def install_uv() -> str:
    """The path of uv, installed by pip from a hash-checked pin where it is not yet."""
    uv = BOOTSTRAP / "bin" / "uv"
    if uv.exists():
        return str(uv)
    pin = ["--quiet", "--require-hashes", "-r", str(ROOT / "requirements" / "bootstrap.txt")]
    shutil.rmtree(BOOTSTRAP, ignore_errors=True)
    # Debian has venv and pip in packages of their own: either will do.
    if succeeds(sys.executable, "-m", "venv", str(BOOTSTRAP)):
        run(str(BOOTSTRAP / "bin" / "pip"), "install", *pin)
    elif succeeds(sys.executable, "-m", "pip", "--version"):
        shutil.rmtree(BOOTSTRAP, ignore_errors=True)
        run(sys.executable, "-m", "pip", "install", "--target", str(BOOTSTRAP), *pin)
    else:
        shutil.rmtree(BOOTSTRAP, ignore_errors=True)
        sys.exit(f"{sys.executable} has neither venv nor pip. On Debian and Ubuntu: apt-get install python3-venv")
    return str(uv)


def succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


def run(*command: str) -> None:
    # One environment variable of the caller's must not lead uv to another environment.
    environ = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "UV_PYTHON")}
    done = subprocess.run(command, env=environ)
    if done.returncode != 0:
        sys.exit(f"set-up failed at: {' '.join(command)}\nRun `make setup` again once what it names is mended.")


def say(text: str) -> None:
    print(f"setup        {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
