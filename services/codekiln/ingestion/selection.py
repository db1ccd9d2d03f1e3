"""Which files are wanted: by language, size and what the listing says, before and after their bytes are read. Pure."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from codekiln.core.language import Detection, candidates, detect

# Reasons why a file is left out, as they appear in the corpus's summary.
ARCHIVE_UNREADABLE = "archive_unreadable"
"""A whole archive of a folder that is damaged, cut off or swells like a bomb; counts once."""
BYTECODE = "bytecode"
"""Compiled Python."""
DUPLICATE_NAME = "duplicate_name"
"""An archive has a later file of the same path."""
ENCRYPTED = "encrypted"
"""A member of a zip archive that needs a password."""
FOLDER_UNREADABLE = "folder_unreadable"
"""A folder below the source that may not be listed; counts once."""
HARD_LINK = "hard_link"
"""Another name of a file of the same tar archive."""
LANGUAGE_LIMIT = "language_limit"
"""`max_language_bytes` was reached."""
LFS_POINTER = "lfs_pointer"
"""git holds only a pointer to the content."""
LIMIT = "limit"
"""`max_bytes` was reached."""
MALFORMED = "malformed"
"""A line or row that does not hold what its columns should."""
METADATA = "package_metadata"
"""What an installer wrote beside a package."""
MISSING = "missing"
"""Listed, but gone."""
NO_CONTENT = "no_content"
"""A parquet row without content or path."""
NO_RECORD = "no_record"
"""An installed distribution that does not list its files; counts once."""
NOT_A_FILE = "not_a_file"
"""A device, socket or pipe."""
OTHER_LANGUAGE = "other_language"
"""A language that was not asked for."""
OUTSIDE = "outside_package"
"""Listed by a package but outside its folder, such as a start script; in an archive a path with `..` or a root."""
SUBMODULE = "submodule"
"""Another repository inside a git repository."""
SYMLINK = "symlink"
"""Never followed."""
TOO_LARGE = "too_large"
"""Above `max_file_bytes`."""
UNKNOWN_LANGUAGE = "unknown_language"
"""Neither name nor content says what it is."""
UNREADABLE = "unreadable"
"""May not be read, or broke off."""

_LFS = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True)
class Selection:
    """What the specification asks for. No languages means all that are recognised."""

    languages: frozenset[str]
    max_file_bytes: int

    def refuse(self, path: str, size: int) -> str:
        """Why a file is not worth reading, or the empty string. Looks at its path and size alone."""
        names = candidates(path)
        if names == ():
            return BYTECODE if path.endswith((".pyc", ".pyo")) else UNKNOWN_LANGUAGE
        if names and self.languages and self.languages.isdisjoint(names):
            return OTHER_LANGUAGE
        return TOO_LARGE if size > self.max_file_bytes else ""

    def is_doubtful(self, path: str) -> bool:
        """Whether its extension is of no language: most such files turn out to be none, and none is planned for."""
        name = posixpath.basename(path)
        return "." in name.lstrip(".") and candidates(path) is None

    def refuse_language(self, language: str | None) -> str:
        """Why a language is not wanted, or the empty string."""
        if not language:
            return UNKNOWN_LANGUAGE
        return OTHER_LANGUAGE if self.languages and language not in self.languages else ""

    def judge(self, path: str, content: bytes, language: str | None = None) -> tuple[Detection, str]:
        """The language of a file that was read, and why it is refused all the same: one of the two is empty.

        `language` is what the source says of it, which is believed.
        """
        if len(content) > self.max_file_bytes:
            return Detection(), TOO_LARGE
        if content.startswith(_LFS) and len(content) < 1024:
            return Detection(), LFS_POINTER
        found = Detection(language, "source") if language else detect(path, content)
        reason = self.refuse_language(found.language)
        return (Detection(), reason) if reason else (found, "")
