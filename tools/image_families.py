"""Which images there are, what each is made of, and the fingerprint of that."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GATEWAY_VERSION = "v1.8.0"
"""Of the Versity S3 gateway, the whole of the store image."""

_PACKAGE = ("LICENSE", "README.md", "pyproject.toml", "setup.py", "protos/codekiln", "services/codekiln")


@dataclass(frozen=True)
class Family:
    """One Dockerfile, one image."""

    name: str
    parent: str = ""
    has_package: bool = True
    is_python: bool = True
    by_default: bool = True

    @property
    def dockerfile(self) -> Path:
        return Path("docker") / f"{self.name}.Dockerfile"

    @property
    def requirements(self) -> Path:
        return Path("requirements/images") / f"{self.name}.txt"

    def inputs(self) -> list[Path]:
        """Files and folders, relative to the repository, whose change makes the image anew."""
        found = [self.dockerfile, Path(".dockerignore")]
        if self.is_python:
            found += [self.requirements, Path("requirements/bootstrap.txt")]
        if self.has_package:
            found += [Path("requirements/images/build.txt"), *(Path(name) for name in _PACKAGE)]
        return found


FAMILIES = {
    family.name: family
    for family in (
        Family("services"),
        Family("data"),
        Family("sandbox"),
        Family("store", has_package=False, is_python=False),
        Family("torch", has_package=False),
        Family("trainer", parent="torch"),
        Family("inference-cpu", parent="torch"),
        # For clusters with GPUs: large, and of no use to a laptop. Built when it is asked for.
        Family("inference-cuda", parent="torch", by_default=False),
    )
}
"""By name, each after its parent."""


def fingerprint(family: Family, base: str, root: Path = ROOT) -> str:
    """The same for the same inputs, wherever and whenever it is taken."""
    digest = hashlib.sha256(base.encode())
    if family.parent:
        digest.update(fingerprint(FAMILIES[family.parent], base, root).encode())
    if family.name == "store":
        digest.update(GATEWAY_VERSION.encode())
    for path in files_of(family, root):
        content = (root / path).read_bytes()
        digest.update(f"{path} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def files_of(family: Family, root: Path = ROOT) -> list[Path]:
    """What of the inputs reaches a build: neither byte code nor generated stubs, as .dockerignore has it."""
    found: list[Path] = []
    for entry in family.inputs():
        whole = root / entry
        inside = [path for path in whole.rglob("*") if path.is_file()] if whole.is_dir() else [whole]
        found += [path.relative_to(root) for path in inside if not _is_generated(path)]
    return sorted(found)


def version() -> str:
    found = re.search(r'^__version__ = "(.+)"$', (ROOT / "services/codekiln/__init__.py").read_text(), re.MULTILINE)
    assert found is not None, "services/codekiln/__init__.py states no __version__"
    return found[1]


def _is_generated(path: Path) -> bool:
    return path.suffix == ".pyc" or (path.parent.name == "v1" and "_pb2" in path.name)
