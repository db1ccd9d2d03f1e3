"""Builds the images: `make images`, or some of them: `make images FAMILY="services data"`.

With docker, podman or buildah, whichever works here, or by the command in IMAGE_BUILD, where {context}, {dockerfile}
and {tag} are replaced and --build-arg and --label options are added. REGISTRY is put before the names, TAG is the tag
(else our version), BASE the base image (pin it by digest where a registry is at hand). An image whose inputs stayed
as they were is left alone: its label dev.codekiln.inputs says what it was made of. Ends with a table of sizes.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from tools.image_builder import LABEL, Builder, Image, choose_builder
from tools.image_families import FAMILIES, ROOT, Family, fingerprint, version
from tools.store_gateway import compile_gateway

LOGS = ROOT / "build" / "images"
BASE = "python:3.11-slim-bookworm"
SERVICES_BYTES = 250_000_000
"""A server starts on any node within seconds of its first pull; numpy, torch or pyarrow slipping in shows here."""


def main(names: list[str]) -> None:
    wanted = [FAMILIES[name] for name in names] if names else [each for each in FAMILIES.values() if each.by_default]
    builder = choose_builder(os.environ)
    LOGS.mkdir(parents=True, exist_ok=True)
    built: dict[str, Image | None] = {}
    for family in FAMILIES.values():
        if family in wanted or any(each.parent == family.name for each in wanted):
            built[family.name] = make(builder, family)
    print_sizes(built)


def make(builder: Builder, family: Family) -> Image | None:
    """The image as it lies with the builder; None where the builder cannot be asked."""
    base, tag = os.environ.get("BASE", BASE), tag_of(family)
    inputs = fingerprint(family, base)
    image = builder.inspect(tag)
    if image is not None and image.inputs == inputs:
        say(family, f"unchanged  {tag}")
        return image
    start = time.monotonic()
    if family.name == "store":
        compile_gateway()
    say(family, f"building   {tag}")
    command = builder.command(family.dockerfile, tag, arguments_of(family, base), labels_of(family, inputs))
    log = LOGS / f"{family.name}.log"
    if not run(command, log):
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        sys.exit(f"{tail}\nthe image {family.name} was not built; all of its output is in {log}")
    say(family, f"built      {tag}  ({time.monotonic() - start:.0f} s)")
    return builder.inspect(tag)


def tag_of(family: Family) -> str:
    """The image's name. A parent is named by its inputs: a new version of ours must not make its layers anew."""
    registry = os.environ.get("REGISTRY", "").rstrip("/")
    tag = fingerprint(family, os.environ.get("BASE", BASE)) if is_parent(family) else os.environ.get("TAG", version())
    return f"{registry}/codekiln/{family.name}:{tag}" if registry else f"codekiln/{family.name}:{tag}"


def arguments_of(family: Family, base: str) -> dict[str, str]:
    """What its Dockerfile declares: builders warn of others, or refuse them.

    REVISION comes after the layer of our package: a builder whose cache ignores arguments (buildah) gives a new commit
    with new content only, which is when the commit tells something.
    """
    arguments = {"BASE": base} if family.is_python else {}
    if family.parent:
        arguments["TORCH"] = tag_of(FAMILIES[family.parent])
    if family.has_package:
        arguments["REVISION"] = revision(family)
    return arguments


def labels_of(family: Family, inputs: str) -> dict[str, str]:
    """A parent has no label that changes when its inputs do not: what stands on it would be made anew."""
    if is_parent(family):
        return {LABEL: inputs}
    prefix = "org.opencontainers.image"
    return {f"{prefix}.version": version(), f"{prefix}.revision": revision(family), LABEL: inputs}


def is_parent(family: Family) -> bool:
    return any(each.parent == family.name for each in FAMILIES.values())


def revision(family: Family) -> str:
    """The commit that last changed what the image is made of."""
    command = ["git", "log", "-1", "--format=%H", "--", *(str(path) for path in family.inputs())]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip() or "unknown"


def run(command: list[str], log: Path) -> bool:
    with log.open("w") as output:
        print(shlex.join(command), file=output, flush=True)
        return subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT).returncode == 0


def print_sizes(images: dict[str, Image | None]) -> None:
    print(f"\n{'image':<16}{'MB unpacked':>12}{'own MB':>10}")
    for name, image in images.items():
        parent = images.get(FAMILIES[name].parent)
        if image is None:
            print(f"{name:<16}{'unknown':>12}")
            continue
        own = image.bytes - (parent.bytes if parent else 0)
        print(f"{name:<16}{image.bytes / 1e6:>12.0f}{own / 1e6:>10.0f}")
    services = images.get("services")
    if services is not None and services.bytes > SERVICES_BYTES:
        sys.exit(
            f"the services image has {services.bytes / 1e6:.0f} MB, more than {SERVICES_BYTES / 1e6:.0f}: "
            "see what requirements/images/services.in brought in"
        )


def say(family: Family, text: str) -> None:
    print(f"image        {family.name:<15} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in FAMILIES]
    if unknown:
        sys.exit(f"there is no image {', '.join(unknown)}: FAMILY is one or more of {', '.join(FAMILIES)}")
    main(sys.argv[1:])
