"""What builds images here and can say what it has built: docker, podman, buildah, or a command from IMAGE_BUILD."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LABEL = "dev.codekiln.inputs"
OPTIONS = "{options}"
"""Where a command takes its options: at the end unless it says so, and buildah wants them before the context."""


@dataclass(frozen=True)
class Image:
    """An image that the builder has."""

    inputs: str
    bytes: int
    """Of its layers, unpacked."""
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Builder:
    """`build` makes an image, `program` is asked what there is. Either may stand alone."""

    build: tuple[str, ...]
    program: str

    def command(self, dockerfile: Path, tag: str, arguments: Mapping[str, str], labels: Mapping[str, str]) -> list[str]:
        """Labels are options and no build arguments: buildah's cache does not see that an argument changed."""
        words = {"{context}": ".", "{dockerfile}": str(dockerfile), "{tag}": tag}
        options = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
        options += [word for name, value in labels.items() for word in ("--label", f"{name}={value}")]
        place = self.build.index(OPTIONS) if OPTIONS in self.build else len(self.build)
        before, after = self.build[:place], self.build[place + 1 :]
        return [words.get(word, word) for word in (*before, *options, *after)]

    def inspect(self, tag: str) -> Image | None:
        """None where there is no such image, or nothing that could be asked."""
        if self.program == "buildah":
            return _from_buildah(_answer("buildah", "inspect", "--type", "image", tag))
        if self.program:
            return _from_docker(_answer(self.program, "image", "inspect", tag))
        return None


def choose_builder(environ: Mapping[str, str]) -> Builder:
    """IMAGE_BUILD where it is set, else the first of docker, podman and buildah that works. Exits where none does."""
    program = next((name for name in ("docker", "podman", "buildah") if _works(name)), "")
    if template := environ.get("IMAGE_BUILD"):
        words = shlex.split(template)
        missing = [word for word in ("{context}", "{dockerfile}", "{tag}") if word not in words]
        if missing:
            sys.exit(f"IMAGE_BUILD lacks {', '.join(missing)}: give it as `builder {{context}} {{dockerfile}} {{tag}}`")
        return Builder(tuple(words), program)
    if not program:
        sys.exit(
            "no image builder works here: start docker, install podman or buildah, or set IMAGE_BUILD to a command"
        )
    verb = ("bud", "--layers") if program == "buildah" else ("build",)
    return Builder((program, *verb, "--file", "{dockerfile}", "--tag", "{tag}", OPTIONS, "{context}"), program)


def _works(program: str) -> bool:
    """docker is often installed without a daemon that answers."""
    return shutil.which(program) is not None and subprocess.run([program, "info"], capture_output=True).returncode == 0


def _answer(*command: str) -> Any:
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def _from_docker(answer: Any) -> Image | None:
    if not answer:
        return None
    labels = answer[0].get("Config", {}).get("Labels") or {}
    return Image(labels.get(LABEL, ""), answer[0]["Size"], tuple(answer[0]["RootFS"]["Layers"]))


def _from_buildah(answer: Any) -> Image | None:
    if not answer:
        return None
    labels = answer["OCIv1"]["config"].get("Labels") or {}
    layers = json.loads(answer["Manifest"])["layers"]
    return Image(
        labels.get(LABEL, ""), sum(layer["size"] for layer in layers), tuple(layer["digest"] for layer in layers)
    )
