"""Archives: zip and tar files, and what packages come in (wheels, sdists, npm, crates, Go modules, Debian sources).

One archive, or the three of a Debian source package, is one repository. Its files come in the archive's order, straight
from the stream: nothing is unpacked, and archives inside archives stay closed.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codekiln.core.errors import FailedPrecondition
from codekiln.core.hashing import digest_of
from codekiln.core.settings import Settings
from codekiln.core.telemetry.logs import logger
from codekiln.ingestion import selection
from codekiln.ingestion.license_text import Licenses, LicenseTree, is_license_file, is_sidecar
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.archive_kind import SUFFIXES, Kind, classify, is_telling, newest_date
from codekiln.ingestion.sources.bundles import Bundle, bundles, unreadable
from codekiln.ingestion.sources.debian import DEBIAN_FOLDER, changelog_date
from codekiln.ingestion.sources.inflating import Broken
from codekiln.ingestion.sources.members import Listing, Member, list_members, read_members
from codekiln.ingestion.sources.place import data_files, listed
from codekiln.ingestion.sources.source import (
    Cursor,
    Entry,
    ListedRepository,
    Origin,
    Repository,
    Share,
    Skipped,
    SourceFile,
)
from codekiln.ingestion.spec import Archive


class ArchiveSource:
    """One archive, or all below a folder or prefix in the order of their names."""

    def __init__(self, spec: Archive, settings: Settings) -> None:
        """Raises NotFound where there is none, FailedPrecondition where a .dsc cannot be read."""
        self._license = spec.license
        files = data_files(spec.path, SUFFIXES, settings)
        self._alone = len(files) == 1 and files[0].name == posixpath.basename(spec.path.rstrip("/"))
        self._bundles = bundles(files, self._alone, posixpath.dirname(spec.path) or ".", settings)

    def fingerprint(self, wanted: Selection) -> dict[str, Any]:
        files = [file for bundle in self._bundles for file, _ in bundle.parts]
        return {"archive": len(self._bundles), "license": self._license, "listing": digest_of(listed(files))}

    def repositories(self) -> Sequence[Repository]:
        return [ArchiveRepository(bundle, self._license, self._alone) for bundle in self._bundles]

    def remarks(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class _Scan:
    """What reading an archive once tells."""

    origin: Origin
    entries: list[Entry]
    licenses_of: Callable[[str], Licenses]


class ArchiveRepository(ListedRepository):
    """What one archive holds. Nothing of it stays in memory between `size` and `files`, or after."""

    def __init__(self, bundle: Bundle, license: str, alone: bool) -> None:
        """A damaged archive that is `alone` is an error; among others it is skipped and counted."""
        self._bundle, self._license, self._alone = bundle, license, alone
        self._known: _Scan | None = None

    @property
    def name(self) -> str:
        """The archive's: what it calls its content is not known before it was read."""
        return self._bundle.name

    @property
    def origin(self) -> Origin:  # type: ignore[override]
        return self._scan().origin

    def expected(self, wanted: Selection) -> int:
        return 4 * sum(file.bytes for file, _ in self._bundle.parts)

    def size(self, wanted: Selection) -> int:
        try:
            return super().size(wanted)
        except Broken as broken:
            if self._alone:
                raise self._unreadable(broken) from broken
            return 0
        finally:
            self._known = None

    def files(self, wanted: Selection, share: Share, start: Cursor) -> Iterator[SourceFile | Skipped]:
        try:
            self._scan()
        except Broken as broken:
            if self._alone:
                raise self._unreadable(broken) from broken
            logger("worker").warning("archive skipped", archive=f"{self.name!a}", cause=str(broken))
            yield Skipped(selection.ARCHIVE_UNREADABLE)
            return
        try:
            yield from super().files(wanted, share, start)
        except Broken as broken:
            raise self._unreadable(broken) from broken
        finally:
            self._known = None

    def entries(self) -> Sequence[Entry]:
        return self._scan().entries

    def licensing(self) -> Callable[[str], Licenses]:
        return self._scan().licenses_of

    def read(self, entries: Sequence[Entry], limit: int) -> Iterator[bytes | Skipped]:
        for part, group in itertools.groupby(entries, key=lambda entry: int(entry.locator.partition(" ")[0])):
            numbers = [int(entry.locator.partition(" ")[2]) for entry in group]
            yield from read_members(self._bundle.parts[part][0], numbers, limit)

    def _scan(self) -> _Scan:
        if self._known is None:
            self._known = _scan(self._bundle, self._license)
        return self._known

    def _unreadable(self, broken: Broken) -> FailedPrecondition:
        return unreadable(self.name, broken)


def _scan(bundle: Bundle, license: str) -> _Scan:
    """Raises Broken."""
    entries: list[Entry] = []
    telling: dict[str, bytes] = {}
    dates: list[int] = []
    kind = Kind("debian", bundle.package.name, bundle.package.version) if bundle.package else None
    for part, (file, folder) in enumerate(bundle.parts):
        listing = list_members(file, is_telling)
        inside = [member.path for member in listing.members if member.skip != selection.OUTSIDE]
        own = classify(file.name, inside, listing.telling, listing.comment)
        # Below a Debian source package the tarballs are no packages of their own.
        kind = kind or own
        prefix = _top(inside) if bundle.package else own.prefix
        entries += [_entry(member, part, prefix, folder, own.hidden) for member in listing.members]
        if folder == DEBIAN_FOLDER:
            entries = [_replaced(entry) if entry.locator.startswith("0 ") else entry for entry in entries]
        telling |= _renamed(listing, prefix, folder)
        dates += [member.date for member in listing.members]
    assert kind is not None  # a bundle has at least one part
    date = changelog_date(telling.get("debian/changelog", b"")) if bundle.package else None
    origin = Origin(kind.name, kind.version, f"archive {kind.kind} {bundle.name}", date=date or newest_date(dates))
    return _Scan(origin, _without_duplicates(entries), _licensing(kind, telling, license))


def _entry(member: Member, part: int, prefix: str, folder: str, hidden: str) -> Entry:
    path = folder + member.path.removeprefix(prefix)
    skip = member.skip or (selection.METADATA if hidden and member.path.startswith(hidden) else "")
    return Entry(path, member.bytes, f"{part} {member.number}", skip)


def _replaced(entry: Entry) -> Entry:
    """What upstream has in debian/ goes when a package has one of its own; dpkg-source removes it too."""
    upstreams = entry.path.startswith(DEBIAN_FOLDER) and not entry.skip
    return replace(entry, skip=selection.DUPLICATE_NAME) if upstreams else entry


def _renamed(listing: Listing, prefix: str, folder: str) -> dict[str, bytes]:
    return {folder + path.removeprefix(prefix): content for path, content in listing.telling.items()}


def _top(paths: Sequence[str]) -> str:
    return classify("", paths, {}, "").prefix


def _without_duplicates(entries: list[Entry]) -> list[Entry]:
    """Of several files with one path the last counts, as when an archive is unpacked."""
    last = {entry.path: i for i, entry in enumerate(entries) if not entry.skip}
    if len(last) == sum(not entry.skip for entry in entries):
        return entries
    return [
        entry if entry.skip or last[entry.path] == i else Entry(entry.path, 0, entry.locator, selection.DUPLICATE_NAME)
        for i, entry in enumerate(entries)
    ]


def _licensing(kind: Kind, telling: dict[str, bytes], license: str) -> Callable[[str], Licenses]:
    """The first of what folders further down and debian/copyright say, metadata, what the top says, and `license`.

    Metadata goes before the text at the top because it says which of several apply, and how.
    """
    inside, everywhere = LicenseTree(), LicenseTree(license)
    for path, content in telling.items():
        if is_license_file(path):
            everywhere.add(path, content)
            if "/" in path or is_sidecar(path):
                inside.add(path, content)

    def of(path: str) -> Licenses:
        found = (inside.of(path), kind.licenses)
        return next((licenses for licenses in found if licenses.ids), everywhere.of(path))

    return of
