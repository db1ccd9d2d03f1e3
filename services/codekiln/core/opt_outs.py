"""What people have withdrawn: repositories, paths in them, contents. Ingestion and cleaning leave it out. Pure.

acme/widgets                        a repository, or many: acme/*
acme/widgets:src/legacy/*           files of a repository by path; `*` matches slashes too
blob:9daeafb9864cf43055ae93beb0afd6c7d144bfa4    a content by git's hash (`git hash-object FILE`)
sha256:6ae8a75555209fd6c44157c0aed8016e763ff435a19cf186f76863140143ff72
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Callable, Iterable

from codekiln.core.errors import Violation

REASON = "opted_out"
"""Why a file is left out, in ingestion's counts and cleaning's report."""
_HASH = re.compile(r"(?:blob:[0-9a-f]{40}|sha256:[0-9a-f]{64})")


class OptOuts:
    """A list of entries that `check` accepts. Repositories are compared without regard to case."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        entries = set(entries)
        hashes = {entry for entry in entries if _HASH.fullmatch(entry)}
        self._blobs = {entry.removeprefix("blob:") for entry in hashes if entry.startswith("blob:")}
        self._sha256 = {entry.removeprefix("sha256:") for entry in hashes if entry.startswith("sha256:")}
        self._plain: set[str] = set()
        self._paths: dict[str, list[re.Pattern[str]]] = {}
        self._globs: list[tuple[re.Pattern[str], re.Pattern[str] | None]] = []
        for entry in sorted(entries - hashes):
            name, colon, path = entry.lower().partition(":")[0], ":" in entry, entry.partition(":")[2]
            # A path begins at the repository's root, with or without a slash.
            paths = _glob(path.lstrip("/")) if colon else None
            if _is_glob(name):
                self._globs.append((_glob(name), paths))
            elif paths is None:
                self._plain.add(name)
            else:
                self._paths.setdefault(name, []).append(paths)

    def __bool__(self) -> bool:
        return bool(self._plain or self._paths or self._globs or self._blobs or self._sha256)

    @property
    def needs_content(self) -> bool:
        """Whether a content's bytes have to be hashed for an answer."""
        return bool(self._sha256)

    def cover(self, repository: str, path: str, blob_id: Callable[[], str], content: Callable[[], bytes]) -> bool:
        """Whether a file is withdrawn. What costs something is asked for only where an entry needs it."""
        name = repository.lower()
        if name in self._plain:
            return True
        # By name first: a list of many thousands costs a file no more than one entry.
        if any(paths.fullmatch(path) for paths in self._paths.get(name, ())):
            return True
        if any(names.fullmatch(name) and (paths is None or paths.fullmatch(path)) for names, paths in self._globs):
            return True
        if self._blobs and blob_id() in self._blobs:
            return True
        return bool(self._sha256) and hashlib.sha256(content()).hexdigest() in self._sha256


def check(entries: Iterable[str], path: str) -> list[Violation]:
    """Entries that are none, each under its own path."""
    found = []
    for i, entry in enumerate(entries):
        name, colon, rest = entry.partition(":")
        if not entry.strip() or entry != entry.strip() or not name or (colon and not rest):
            found.append(Violation(f"{path}[{i}]", f"`{entry}` is no repository, `REPOSITORY:PATH` or hash"))
        elif name in ("blob", "sha256") and not _HASH.fullmatch(entry):
            digits = 40 if name == "blob" else 64
            found.append(Violation(f"{path}[{i}]", f"`{name}:` needs {digits} lower-case hexadecimal digits"))
    return found


def _is_glob(text: str) -> bool:
    return any(mark in text for mark in "*?[")


def _glob(text: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(text))
