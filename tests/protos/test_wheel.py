"""What users install: the wheel has the stubs, and nothing that is not the package's."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("protos", "services", "pyproject.toml", "setup.py", "README.md", "LICENSE")


@pytest.mark.slow
def test_the_wheel_ships_the_stubs_although_they_are_not_committed(tmp_path: Path) -> None:
    for name in SOURCES:
        source, target = ROOT / name, tmp_path / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*_pb2*", "*.egg-info", ".mypy_cache")
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    uv = str(Path(sys.executable).with_name("uv"))
    build = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", "dist", "."]
    subprocess.run(build, cwd=tmp_path, check=True)
    wheel = next((tmp_path / "dist").glob("*.whl"))
    names = set(zipfile.ZipFile(wheel).namelist())
    for proto in (ROOT / "protos" / "codekiln" / "v1").glob("*.proto"):
        for ending in ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py"):
            assert f"codekiln/v1/{proto.stem}{ending}" in names
    assert "codekiln/py.typed" in names
    assert {name.split("/")[0] for name in names} == {
        "codekiln",
        next(n for n in names if "dist-info" in n).split("/")[0],
    }
