"""Reads the CODEKILN_* variables of containers as the process in them will, and checks that their paths are mounted."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from codekiln.core.errors import CodekilnError
from codekiln.core.settings import PREFIX, Settings, load_settings
from tests.chart.objects import Pod, environment_of
from tests.chart.rendering import Object

WRITTEN_HERE = {"home", "address_file"}
"""Paths that the process makes itself: they must be on something writable."""

OF_THE_POD = {"fieldRef", "resourceFieldRef"}
"""Where a variable may come from besides the manifest; Secrets are files, so that they can be renewed."""

SECRET_NAME = re.compile(
    r"(?i)(^|[_-])(password|passwd|token|secret|secret[_-]key|access[_-]key|api[_-]key|credentials?)$"
)
PRIVATE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]{10,}\.[\w-]{10,}\.|\bAKIA[0-9A-Z]{16}\b")
WITH_PASSWORD = re.compile(r"\w+://[^/\s:@]+:[^/\s@]+@")


def faults(pod: Pod) -> list[str]:
    """What would stop a process at its start or mislead it, a sentence each."""
    return [f"{container['name']}: {fault}" for container in pod.containers for fault in _of_container(pod, container)]


def settings_of(container: Object) -> Settings:
    """Raises InvalidArgument like the process would. A value that only the kubelet knows is taken to be 1."""
    written = environment_of(container)
    names = [entry["name"] for entry in container.get("env") or []]
    return load_settings("any", {name: written.get(name, "1") for name in names if name.startswith(PREFIX)})


def is_mounted(container: Object, path: Path) -> bool:
    """Whether the path is on a volume of this container."""
    return any(PurePosixPath(path).is_relative_to(mount) for mount in _mounts(container))


def secrets_in(where: str, text: str, key: str = "") -> Iterator[str]:
    """What looks like a secret in a text that anyone may read. A path is none; nor is the name of a Secret object."""
    if PRIVATE.search(text) or WITH_PASSWORD.search(text):
        yield f"{where} looks like a secret"
    elif SECRET_NAME.search(key) and text and not text.startswith("/"):
        yield f"{where} is named like a secret and has a value"


def _of_container(pod: Pod, container: Object) -> Iterator[str]:
    for entry in container.get("env") or []:
        if entry["name"].startswith(PREFIX) and not set(entry.get("valueFrom") or {}) <= OF_THE_POD:
            yield f"{entry['name']} comes from {list(entry['valueFrom'])}"
    for source in container.get("envFrom") or []:
        yield f"envFrom {source} gives variables that nobody reads here"
    names = [entry["name"] for entry in container.get("env") or []]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} is given twice"
    try:
        settings = settings_of(container)
    except CodekilnError as error:
        yield str(error)
        return
    yield from _of_paths(pod, container, settings)


def _of_paths(pod: Pod, container: Object, settings: Settings) -> Iterator[str]:
    read_only = {name: kind for name, kind in _kinds(pod).items() if kind in ("configMap", "secret", "projected")}
    mounts = _mounts(container)
    for field in dataclasses.fields(Settings):
        path = getattr(settings, field.name)
        if not isinstance(path, Path) or path == field.default:
            continue
        variable = PREFIX + field.name.upper()
        holding = [mount for mount in mounts if PurePosixPath(path).is_relative_to(mount)]
        if not path.is_absolute():
            yield f"{variable} is {path}, which depends on where the process starts"
        elif not holding:
            yield f"{variable} is {path}, where nothing is mounted"
        elif field.name in WRITTEN_HERE and mounts[max(holding, key=len)] in read_only:
            yield f"{variable} is {path}, which cannot be written"


def _mounts(container: Object) -> dict[str, str]:
    """Volume by mount path."""
    return {mount["mountPath"]: mount["name"] for mount in container.get("volumeMounts") or []}


def _kinds(pod: Pod) -> dict[str, str]:
    """Kind by name of volume."""
    return {volume["name"]: next(iter(set(volume) - {"name"}), "emptyDir") for volume in pod.spec.get("volumes") or []}
