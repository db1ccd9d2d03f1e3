"""Generates the gRPC stubs before the package is built; all else is in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithStubs(build_py):
    """Stubs lie beside the package's own modules, are never committed and always shipped."""

    def run(self) -> None:
        protos = sorted(str(path.relative_to(ROOT / "protos")) for path in (ROOT / "protos").rglob("*.proto"))
        out = "services"
        command = [sys.executable, "-m", "grpc_tools.protoc", "-I", "protos"]
        command += [f"--python_out={out}", f"--pyi_out={out}", f"--grpc_python_out={out}", *protos]
        subprocess.run(command, cwd=ROOT, check=True)
        super().run()


setup(cmdclass={"build_py": BuildWithStubs})
