"""Artifacts: immutable results, published once by a manifest that is written last.

An artifact's digest is the hash of its kind, code version, parameters and inputs, so equal work has an equal digest and
is done once. Readers follow manifests, never listings. Layout in the store:

    artifacts/<kind>/<digest>/manifest.json      written last, only if absent
    artifacts/<kind>/<digest>/<attempt>/<part>   written by whoever tried; the manifest names the winner's
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codekiln.core.errors import AlreadyExists, DataLoss, InvalidArgument, NotFound
from codekiln.core.hashing import digest_of
from codekiln.core.store.interface import ObjectStore

KINDS = ("corpus", "dataset", "tokenizer", "tokens", "checkpoint", "model", "report", "benchmark")
_DIGEST = re.compile(r"[0-9a-f]{32}")
_CHUNK = 1 << 20


@dataclass(frozen=True, order=True)
class Ref:
    """Points to one artifact; written `kind:digest`."""

    kind: str
    digest: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.digest}"

    @staticmethod
    def parse(text: str) -> Ref:
        """Raises InvalidArgument unless `text` is `kind:` and 32 hexadecimal digits."""
        kind, _, digest = text.partition(":")
        if kind not in KINDS or not _DIGEST.fullmatch(digest):
            raise InvalidArgument(
                f"`{text}` is not an artifact reference: write `kind:digest` with one of {', '.join(KINDS)} "
                "and 32 hexadecimal digits",
                reason="BAD_REFERENCE",
            )
        return Ref(kind, digest)

    @staticmethod
    def from_message(message: Any) -> Ref:
        """From a `codekiln.v1.ArtifactRef`. Raises InvalidArgument."""
        kind = KINDS[message.kind - 1] if 1 <= message.kind <= len(KINDS) else ""
        return Ref.parse(f"{kind}:{message.digest}")


@dataclass(frozen=True)
class Key:
    """What makes an artifact what it is. `ref` is its identity before any work is done."""

    kind: str
    code_version: int
    parameters: dict[str, Any]
    inputs: tuple[Ref, ...] = ()

    @property
    def ref(self) -> Ref:
        inputs = [str(ref) for ref in self.inputs]
        return Ref(self.kind, digest_of([self.kind, self.code_version, self.parameters, inputs]))


@dataclass(frozen=True)
class Part:
    """One object of an artifact: its name inside it, its key in the store, bytes and SHA-256."""

    name: str
    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """All that is known of an artifact. `summary` fits a screen; `licenses` counts source files by SPDX identifier."""

    ref: Ref
    code_version: int
    parameters: dict[str, Any]
    inputs: tuple[Ref, ...]
    parts: tuple[Part, ...]
    summary: dict[str, Any] = field(default_factory=dict)
    licenses: dict[str, int] = field(default_factory=dict)
    created: float = 0.0

    def part(self, name: str) -> Part:
        """Raises DataLoss where the artifact has no such part."""
        for part in self.parts:
            if part.name == name:
                return part
        raise DataLoss(f"{self.ref} has no part `{name}`", reason="PART_MISSING", artifact=self.ref, part=name)

    def parts_under(self, prefix: str) -> list[Part]:
        """Parts whose name begins with `prefix`, in order."""
        return [part for part in self.parts if part.name.startswith(prefix)]

    def to_json(self) -> dict[str, Any]:
        return {
            "ref": str(self.ref),
            "code_version": self.code_version,
            "parameters": self.parameters,
            "inputs": [str(ref) for ref in self.inputs],
            "parts": [vars(part) for part in self.parts],
            "summary": self.summary,
            "licenses": self.licenses,
            "created": self.created,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Manifest:
        return Manifest(
            ref=Ref.parse(data["ref"]),
            code_version=data["code_version"],
            parameters=data["parameters"],
            inputs=tuple(Ref.parse(text) for text in data["inputs"]),
            parts=tuple(Part(**part) for part in data["parts"]),
            summary=data["summary"],
            licenses=data["licenses"],
            created=data["created"],
        )


class Draft:
    """An artifact in the making. Add parts, then `publish`; nothing exists for readers before."""

    def __init__(self, store: ObjectStore, key: Key) -> None:
        self._store = store
        self.key = key
        self._prefix = f"artifacts/{key.kind}/{key.ref.digest}/{secrets.token_hex(6)}"
        self._parts: dict[str, Part] = {}

    def add_bytes(self, name: str, data: bytes) -> Part:
        """Writes a part. The same name again replaces it."""
        key = f"{self._prefix}/{name}"
        self._store.put(key, data)
        return self._remember(Part(name, key, len(data), hashlib.sha256(data).hexdigest()))

    def add_json(self, name: str, value: Any) -> Part:
        return self.add_bytes(name, json.dumps(value, indent=1, ensure_ascii=False).encode())

    def add_file(self, name: str, path: Path) -> Part:
        """Writes a part from a file of any size."""
        key = f"{self._prefix}/{name}"
        self._store.put_file(key, path)
        return self._remember(Part(name, key, path.stat().st_size, sha256_of_file(path)))

    def adopt(self, part: Part) -> Part:
        """Takes over an object that was written elsewhere in the store, by an earlier attempt or a worker."""
        return self._remember(part)

    def publish(self, *, summary: dict[str, Any] | None = None, licenses: dict[str, int] | None = None) -> Manifest:
        """Makes it exist. Where another attempt was first, returns that one."""
        manifest = Manifest(
            ref=self.key.ref,
            code_version=self.key.code_version,
            parameters=self.key.parameters,
            inputs=self.key.inputs,
            parts=tuple(self._parts.values()),
            summary=summary or {},
            licenses=dict(sorted((licenses or {}).items())),
            created=time.time(),
        )
        try:
            self._store.create(manifest_key(manifest.ref), json.dumps(manifest.to_json(), indent=1).encode())
        except AlreadyExists:
            return open_artifact(self._store, manifest.ref)
        return manifest

    def _remember(self, part: Part) -> Part:
        self._parts[part.name] = part
        return part


def manifest_key(ref: Ref) -> str:
    return f"artifacts/{ref.kind}/{ref.digest}/manifest.json"


def open_artifact(store: ObjectStore, ref: Ref) -> Manifest:
    """Raises NotFound where nothing was published under this reference."""
    try:
        data = store.get(manifest_key(ref))
    except NotFound:
        raise NotFound(
            f"there is no {ref}: `codekiln artifacts` lists what there is", reason="ARTIFACT_NOT_FOUND", artifact=ref
        ) from None
    try:
        manifest = Manifest.from_json(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, InvalidArgument) as error:
        raise DataLoss(
            f"the manifest of {ref} cannot be read: {error}", reason="MANIFEST_UNREADABLE", artifact=ref
        ) from error
    if manifest.ref != ref:
        raise DataLoss(f"the manifest of {ref} says it is {manifest.ref}", reason="MANIFEST_MISMATCH", artifact=ref)
    return manifest


def find(store: ObjectStore, ref: Ref) -> Manifest | None:
    """The manifest, or None where it was not published."""
    try:
        return open_artifact(store, ref)
    except NotFound:
        return None


def read_part(store: ObjectStore, part: Part) -> bytes:
    """The whole part, its digest checked. Raises DataLoss where bytes differ from what was published."""
    try:
        data = store.get(part.key)
    except NotFound:
        raise DataLoss(f"part `{part.name}` is gone from the store", reason="PART_MISSING", part=part.name) from None
    _verify(part, len(data), hashlib.sha256(data).hexdigest())
    return data


def fetch_part(store: ObjectStore, part: Part, path: Path) -> Path:
    """The part in a local file, its digest checked. Keeps a file that is there already and has the right digest."""
    if path.exists() and path.stat().st_size == part.bytes and sha256_of_file(path) == part.sha256:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    # Under a name of its own until it is known to be right: several processes may fetch the same part.
    arriving = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        store.get_file(part.key, arriving)
        _verify(part, arriving.stat().st_size, sha256_of_file(arriving))
        arriving.replace(path)
    except NotFound:
        raise DataLoss(f"part `{part.name}` is gone from the store", reason="PART_MISSING", part=part.name) from None
    finally:
        arriving.unlink(missing_ok=True)
    return path


def sha256_of_file(path: Path) -> str:
    """64 hexadecimal digits of a file's SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def list_refs(store: ObjectStore, kind: str = "") -> Iterator[Ref]:
    """Published artifacts, in order of kind and digest."""
    for info in store.list(f"artifacts/{kind}/" if kind else "artifacts/"):
        pieces = info.key.split("/")
        if len(pieces) == 4 and pieces[3] == "manifest.json" and pieces[1] in KINDS:
            yield Ref(pieces[1], pieces[2])


def lineage(store: ObjectStore, ref: Ref) -> list[Manifest]:
    """The artifact and all that it was made from, breadth first, each once. Raises NotFound."""
    queue, seen, found = [ref], {ref}, []
    while queue:
        manifest = open_artifact(store, queue.pop(0))
        found.append(manifest)
        for parent in manifest.inputs:
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)
    return found


def _verify(part: Part, size: int, sha256: str) -> None:
    if size != part.bytes or sha256 != part.sha256:
        raise DataLoss(
            f"part `{part.name}` was changed after it was published: {size} bytes with SHA-256 {sha256[:12]}..., "
            f"the manifest says {part.bytes} bytes with {part.sha256[:12]}...",
            reason="PART_CHANGED",
            part=part.name,
        )
