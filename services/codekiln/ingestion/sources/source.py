"""What every source gives: repositories, and from each a stream with one item per file, kept or skipped.

A stream can start again in its middle: a `Cursor` says how many items were taken before. The same repository gives the
same items, so a killed worker goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from codekiln.ingestion.license_text import Licenses, licenses_of_file
from codekiln.ingestion.selection import LIMIT, Selection


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that enters the corpus, its bytes as they were found."""

    path: str
    repository: str
    revision: str
    language: str
    licenses: Licenses
    content: bytes
    source: str = ""
    language_rule: str = ""
    stars: int | None = None
    date: int | None = None
    """The last three and `source`: as in Origin."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where files come from: what every row of a repository says."""

    repository: str
    revision: str = ""
    source: str = ""
    """Kind of the source and what it was opened at, without where on a machine it lies."""
    stars: int | None = None
    date: int | None = None
    """Of the revision, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """One file that does not, and why: a word of selection.py."""

    reason: str


@dataclass(frozen=True)
class Share:
    """How much of a repository is wanted: `bytes` at most, all of it when None. `seed` chooses where it must be cut."""

    bytes: int | None
    seed: int = 0


@dataclass(frozen=True)
class Cursor:
    """Where in a repository's stream to start: before a file that is kept. Items before it, and bytes kept of them."""

    items: int = 0
    bytes: int = 0


class Repository(Protocol):
    """One package, folder, git repository, archive or file of rows: what is cut as a whole when bytes are limited."""

    @property
    def name(self) -> str:
        """Places it in the seeded order; it stays the same while the source does."""
        ...

    def size(self, wanted: Selection) -> int:
        """Bytes of the files that are wanted, as far as a listing can tell."""
        ...

    def expected(self, wanted: Selection) -> int:
        """As `size`, but at no cost, so less exactly: progress is measured against it."""
        ...

    def files(self, wanted: Selection, share: Share, start: Cursor) -> Iterator[SourceFile | Skipped]:
        """One item per file, from `start` on."""
        ...


class Source(Protocol):
    """One entry of the specification's `sources`."""

    def fingerprint(self, wanted: Selection) -> dict[str, Any]:
        """What changes when the source does; takes seconds at most. Raises where there is nothing to read."""
        ...

    def repositories(self) -> Sequence[Repository]:
        """In an order that depends on the source only."""
        ...

    def remarks(self) -> dict[str, Any]:
        """What a person should know of it, for the corpus's summary; mostly nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a listing. `locator` finds it again; `skip` says why it is not even a candidate."""

    path: str
    bytes: int
    locator: str
    skip: str = ""
    changed: int | str = 0
    """Time of the last change in nanoseconds, or the store's word for the version, where the source has one."""


class ListedRepository(ABC):
    """A repository that can be listed before anything is read."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin

    @property
    def name(self) -> str:
        return self.origin.repository

    @property
    def revision(self) -> str:
        return self.origin.revision

    @abstractmethod
    def entries(self) -> Sequence[Entry]:
        """All files, in an order that does not change."""

    @abstractmethod
    def read(self, entries: Sequence[Entry], limit: int) -> Iterator[bytes | Skipped]:
        """One item per entry, in their order. What turns out larger than `limit` is skipped unread."""

    @abstractmethod
    def licensing(self) -> Callable[[str], Licenses]:
        """The licences of a file by its path."""

    def size(self, wanted: Selection) -> int:
        return sum(e.bytes for e in self.entries() if not refusal(e, wanted) and not wanted.is_doubtful(e.path))

    def expected(self, wanted: Selection) -> int:
        return self.size(wanted)

    def files(self, wanted: Selection, share: Share, start: Cursor) -> Iterator[SourceFile | Skipped]:
        entries = self.entries()
        reasons = [refusal(entry, wanted) for entry in entries]
        if share.bytes is not None:
            _cut(entries, reasons, share, wanted)
        reasons = reasons[start.items :]
        entries = entries[start.items :]
        chosen = [entry for entry, reason in zip(entries, reasons, strict=True) if not reason]
        licenses_of = self.licensing() if chosen else None
        contents = self.read(chosen, wanted.max_file_bytes)
        for entry, reason in zip(entries, reasons, strict=True):
            if reason or licenses_of is None:
                yield Skipped(reason)
                continue
            content = next(contents)
            if isinstance(content, Skipped):
                yield content
            else:
                yield judged_file(self.origin, entry.path, content, wanted, licenses_of)


def judged_file(
    origin: Origin,
    path: str,
    content: bytes,
    wanted: Selection,
    licenses_of: Callable[[str], Licenses],
    given_language: str = "",
) -> SourceFile | Skipped:
    """The file if it is wanted. A language that the source itself names is believed."""
    found, reason = wanted.judge(path, content, given_language)
    if reason:
        return Skipped(reason)
    licenses = licenses_of_file(content, licenses_of(path))
    return SourceFile(
        path,
        origin.repository,
        origin.revision,
        found.language,
        licenses,
        content,
        origin.source,
        found.rule,
        origin.stars,
        origin.date,
    )


def refusal(entry: Entry, wanted: Selection) -> str:
    """Why an entry is not read, or the empty string."""
    return entry.skip or wanted.refuse(entry.path, entry.bytes)


def seeded(seed: int, *words: str) -> bytes:
    """Sorts things in an order that depends on the seed and on each thing alone."""
    return hashlib.blake2b("\0".join((str(seed), *words)).encode("utf-8", "replace"), digest_size=16).digest()


def digest_of_entries(entries: Sequence[Entry]) -> str:
    """32 hexadecimal digits that change with any path, size or time of change."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(
            f"{entry.path}\0{entry.bytes}\0{entry.changed}\0{entry.skip}\n".encode("utf-8", "surrogateescape")
        )
    return digest.hexdigest()[:32]


def _cut(entries: Sequence[Entry], reasons: list[str], share: Share, wanted: Selection) -> None:
    """Marks what does not fit into the share. Files are taken in a seeded order: a cut repository is a fair sample.

    Doubtful files come last: what they took would be missing where they turn out to be of no language.
    """
    candidates = [i for i, reason in enumerate(reasons) if not reason]
    limit = share.bytes or 0
    if sum(entries[i].bytes for i in candidates) <= limit:
        return
    for i in sorted(
        candidates, key=lambda i: (wanted.is_doubtful(entries[i].path), seeded(share.seed, entries[i].path))
    ):
        if entries[i].bytes <= limit:
            limit -= entries[i].bytes
        else:
            reasons[i] = LIMIT
