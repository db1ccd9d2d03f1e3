"""Writes what is in each image to dist/sbom/NAME.json, as CycloneDX 1.6: `make sbom`.

The environment of an image is made again here from the same hash-checked requirements (seconds, with a warm cache)
and read by cyclonedx-py, licences and all. A test that runs the images holds their distributions to the same list. The
store's modules are those that its binary names.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

from tools.image_families import FAMILIES, ROOT, Family, version
from tools.store_gateway import BINARY, compile_gateway

OUT = ROOT / "dist" / "sbom"
ENVIRONMENTS = ROOT / "build" / "sbom"
UV = str(ROOT / ".venv" / "bin" / "uv")
WRITER = [UV, "run", "-q", "--no-project", "--isolated", "--with-requirements", str(ROOT / "requirements" / "sbom.txt")]


def main(names: list[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for family in FAMILIES.values():
        if family.name in names or (not names and family.by_default):
            target = OUT / f"{family.name}.json"
            target.write_text(json.dumps(bill(family), indent=1) + "\n")
            print(f"sbom         {target.relative_to(ROOT)}", flush=True)


def bill(family: Family) -> dict[str, Any]:
    """The bill of one image, itself as the main component."""
    found = from_binary() if family.name == "store" else from_environment(family)
    found["metadata"]["component"] = {
        "type": "container",
        "bom-ref": "image",
        "name": f"codekiln/{family.name}",
        "version": version(),
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    return found


def from_environment(family: Family) -> dict[str, Any]:
    environment = ENVIRONMENTS / family.name
    run(UV, "venv", "-q", "--clear", "--python", "3.11", str(environment))
    python = str(environment / "bin" / "python")
    run(UV, "pip", "sync", "-q", "--python", python, "--require-hashes", str(ROOT / family.requirements))
    read = ["cyclonedx-py", "environment", "--output-reproducible", "--sv", "1.6", python]
    answer: dict[str, Any] = json.loads(run(*WRITER, *read))
    shutil.rmtree(environment)
    return answer


def from_binary() -> dict[str, Any]:
    """Go writes the modules that a binary was linked from, with their hashes, into it."""
    compile_gateway()
    lines = [line.split() for line in run("go", "version", "-m", str(BINARY)).splitlines()]
    modules = [(words[1], words[2]) for words in lines if words and words[0] in ("mod", "dep")]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {},
        "components": [golang(name, number) for name, number in sorted(modules)],
    }


def golang(name: str, number: str) -> dict[str, str]:
    address = f"pkg:golang/{name}@{number}"
    return {"type": "library", "bom-ref": address, "name": name, "version": number, "purl": address}


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"sbom failed at: {' '.join(command)}")
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
