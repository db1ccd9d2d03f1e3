"""Resolves requirements/images/*.in again, one file an image: `make requirements`.

For the images' Python and platform alone, with versions held to those of requirements/development.txt, so that an image
runs what the tests ran. What dependencies declare and our processes never load is dropped: unused.txt for all but
inference, unused-NAME.txt for one. Hashes, and no address of a registry.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements" / "images"
OPTIONS = [
    *("--quiet", "--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_36"),
    *("--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"),
    *("--only-binary", ":all:", "--override", "requirements/overrides.txt"),
]
TESTED = ["requirements/development.txt"]
CUDA = ["requirements/images/torch.txt", "requirements/images/services.txt"]
"""vLLM for GPUs asks for other versions of some libraries: held are the torch image and what our own code uses."""


def main() -> None:
    for source in sorted(FOLDER.glob("*.in"), key=lambda path: (path.stem == "inference-cuda", path.stem)):
        print(f"requirements {source.stem}", flush=True)
        compile_one(source)


def compile_one(source: Path) -> None:
    dropped = [FOLDER / f"unused-{source.stem}.txt"]
    if not source.stem.startswith("inference"):
        dropped.append(FOLDER / "unused.txt")
    held = [word for path in (CUDA if source.stem == "inference-cuda" else TESTED) for word in ("--constraint", path)]
    held += [word for path in dropped if path.exists() for word in ("--override", str(path))]
    target = source.with_suffix(".txt")
    command = [".venv/bin/uv", "pip", "compile", *OPTIONS, *held, str(source), "--output-file", str(target)]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
