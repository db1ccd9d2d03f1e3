"""A Debian source package: the .dsc names its tarballs, debian/changelog says the date. Pure.

Formats 3.0 (quilt) and 3.0 (native), and 1.0 without its .diff.gz: patches are not applied.
"""

from __future__ import annotations

import email.utils
import re
from dataclasses import dataclass

from codekiln.ingestion.sources.inflating import Broken

DEBIAN_FOLDER = "debian/"
_TARBALL = re.compile(r"\.tar\.(gz|bz2|xz|zst)$")
_TRAILER = re.compile(rb"^ -- [^\n]{1,300}?>  ([^\n]{10,60})$", re.M)


@dataclass(frozen=True)
class Tarball:
    """A file that the .dsc names, and the folder of the source tree that its content goes to, with its slash."""

    name: str
    bytes: int
    folder: str


@dataclass(frozen=True)
class SourcePackage:
    """What a .dsc says."""

    name: str
    version: str
    tarballs: tuple[Tarball, ...]


def parse_dsc(content: bytes) -> SourcePackage:
    """Raises Broken. The signature around it is not checked."""
    paragraphs = _paragraphs(content.decode("utf-8", "replace"))
    fields = next((p for p in paragraphs if "source" in p and "files" in p), None)
    if fields is None:
        raise Broken("it names no `Source` and `Files`")
    tarballs = []
    for line in fields["files"].splitlines():
        words = line.split()
        if len(words) != 3 or not words[1].isdigit() or len(words[1]) > 18 or not re.fullmatch(r"[\w.+~-]+", words[2]):
            if line.strip():
                raise Broken("its `Files` are not three words a line")
            continue
        if _TARBALL.search(words[2]):
            tarballs.append(Tarball(words[2], int(words[1]), _folder(words[2])))
    if not tarballs:
        raise Broken("it names no tarball")
    # Upstream's own first, debian/ last: it counts where both have a file.
    tarballs.sort(key=lambda tarball: (tarball.folder == DEBIAN_FOLDER, tarball.folder))
    return SourcePackage(fields["source"].strip(), fields.get("version", "").strip(), tuple(tarballs))


def changelog_date(content: bytes) -> int | None:
    """When the newest entry of debian/changelog was written, in seconds since 1970."""
    match = _TRAILER.search(content)
    try:
        return (
            int(email.utils.parsedate_to_datetime(match[1].decode("ascii", "replace")).timestamp()) if match else None
        )
    except (ValueError, TypeError, OverflowError):
        return None


def _folder(name: str) -> str:
    if re.search(r"\.debian\.tar\.\w+$", name):
        return DEBIAN_FOLDER
    component = re.search(r"\.orig-([\w-]+)\.tar\.\w+$", name)
    return f"{component[1]}/" if component else ""


def _paragraphs(text: str) -> list[dict[str, str]]:
    """Deb822: fields of paragraphs, names in lower case. A signature's lines are no fields and end nothing."""
    found: list[dict[str, str]] = [{}]
    last = ""
    for line in text.splitlines():
        if not line.strip():
            found.append({}) if found[-1] else None
        elif line[0] in " \t":
            if last in found[-1]:
                found[-1][last] += "\n" + line.strip()
        elif match := re.match(r"([A-Za-z0-9-]+):[ \t]*(.*)", line):
            last = match[1].lower()
            found[-1][last] = match[2]
    return found
