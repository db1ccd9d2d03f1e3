"""What ingestion is asked for, as the proto's messages have it, with defaults and bounds."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from codekiln.core.errors import Violation
from codekiln.core.language import LANGUAGES
from codekiln.core.opt_outs import check as check_opt_outs
from codekiln.core.spec import bounded
from codekiln.ingestion.license_expression import parse_expression

HUMANEVAL = "humaneval"
"""The benchmark that needs no path."""


@dataclass(frozen=True)
class InstalledPackages:
    """The packages of a Python environment."""

    python: str = ""
    exclude_standard_library: bool = False
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def check(self, path: str) -> list[Violation]:
        return _plain(self.python, f"{path}.python")


@dataclass(frozen=True)
class Folder:
    """A folder of source files."""

    path: str = ""
    license: str = ""
    repository: str = ""

    def check(self, path: str) -> list[Violation]:
        return [
            *_place(self.path, f"{path}.path"),
            *_spdx(self.license, f"{path}.license"),
            *_plain(self.repository, f"{path}.repository"),
        ]


@dataclass(frozen=True)
class GitRepository:
    """One commit of a git repository."""

    url: str = ""
    revision: str = ""
    license: str = ""

    def check(self, path: str) -> list[Violation]:
        found = [*_needed(self.url, f"{path}.url"), *_spdx(self.license, f"{path}.license")]
        found += _plain(self.revision, f"{path}.revision")
        for name in ("url", "revision"):
            if getattr(self, name).startswith("-"):
                # git would take it for an option.
                found.append(Violation(f"{path}.{name}", "must not begin with `-`"))
        return found


@dataclass(frozen=True)
class ParquetFiles:
    """Parquet files in The Stack's columns."""

    path: str = ""

    def check(self, path: str) -> list[Violation]:
        return _place(self.path, f"{path}.path")


@dataclass(frozen=True)
class JsonLines:
    """JSON lines with the columns of parquet files."""

    path: str = ""

    def check(self, path: str) -> list[Violation]:
        return _place(self.path, f"{path}.path")


@dataclass(frozen=True)
class HuggingFaceDataset:
    """A dataset on disk, as `save_to_disk` or a hub's snapshot leaves it, or one of a hub by its name."""

    path: str = ""
    splits: tuple[str, ...] = ()
    name: str = ""
    revision: str = ""

    def check(self, path: str) -> list[Violation]:
        found = [
            Violation(f"{path}.splits[{i}]", "must not be empty") for i, s in enumerate(self.splits) if not s.strip()
        ]
        if not self.name:
            found += [Violation(f"{path}.revision", "needs `name`")] if self.revision else []
            return [*_place(self.path, f"{path}.path"), *found]
        if self.path:
            return [Violation(path, "has path and name: give one of them"), *found]
        if not re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", self.name, re.A):
            found.append(Violation(f"{path}.name", "must be `owner/name`"))
        if self.revision and (".." in self.revision or not re.fullmatch(r"\w[\w./+-]*", self.revision)):
            found.append(Violation(f"{path}.revision", "must be a branch, a tag or a commit"))
        return found


@dataclass(frozen=True)
class Archive:
    """An archive or package, or a folder of them."""

    path: str = ""
    license: str = ""

    def check(self, path: str) -> list[Violation]:
        return [*_place(self.path, f"{path}.path"), *_spdx(self.license, f"{path}.license")]


@dataclass(frozen=True)
class Source:
    """One place to read from: exactly one field but `weight` is set."""

    installed_packages: InstalledPackages | None = None
    folder: Folder | None = None
    git: GitRepository | None = None
    parquet: ParquetFiles | None = None
    archive: Archive | None = None
    json_lines: JsonLines | None = None
    hugging_face: HuggingFaceDataset | None = None
    weight: float | None = bounded(None, low=0.001, high=1000)

    def check(self, path: str) -> list[Violation]:
        places = [name for name in vars(self) if name != "weight"]
        given = [name for name in places if getattr(self, name) is not None]
        if len(given) == 1:
            return []
        what = f"has {' and '.join(given)}" if given else "is empty"
        return [Violation(path, f"{what}: give exactly one of {', '.join(places)}")]


@dataclass(frozen=True)
class IngestionSpec:
    """What an ingestion reads. The defaults are the proto's."""

    sources: tuple[Source, ...] = ()
    languages: tuple[str, ...] = ()
    max_bytes: int = bounded(0, low=0)
    max_file_bytes: int = bounded(10_000_000, low=1, high=1 << 30)
    shard_bytes: int = bounded(16_000_000, low=1024, high=1 << 30)
    seed: int = bounded(0, low=0)
    max_language_bytes: dict[str, int] = field(default_factory=dict)
    opt_outs: tuple[str, ...] = ()
    """What its owners have withdrawn: entries of core.opt_outs."""

    def check(self, path: str) -> list[Violation]:
        found = check_opt_outs(self.opt_outs, f"{path}.opt_outs")
        found += [] if self.sources else [Violation(f"{path}.sources", "is empty: name at least one source")]
        for i, source in enumerate(self.sources):
            if source.weight is not None and not self.max_bytes:
                found.append(Violation(f"{path}.sources[{i}].weight", "needs `max_bytes`, which it is a part of"))
        for language, limit in self.max_language_bytes.items():
            where = f"{path}.max_language_bytes[{language}]"
            if language not in LANGUAGES:
                found.append(Violation(where, _unknown_language(language)))
            elif limit < 1:
                found.append(Violation(where, f"must be at least 1, got {limit}"))
        for i, language in enumerate(self.languages):
            if language not in LANGUAGES:
                found.append(Violation(f"{path}.languages[{i}]", _unknown_language(language)))
        return found


@dataclass(frozen=True)
class BenchmarkSpec:
    """A problem file to import."""

    name: str = ""
    path: str = ""
    sha256: str = ""

    def check(self, path: str) -> list[Violation]:
        found = []
        if not re.fullmatch(r"[a-z0-9][a-z0-9._+-]{0,62}", self.name):
            found.append(Violation(f"{path}.name", "must be a short name of lower-case letters, digits and `-._+`"))
        elif not self.path and self.name != HUMANEVAL:
            found.append(Violation(f"{path}.path", f"is needed: only `{HUMANEVAL}` is built in"))
        if self.sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", self.sha256):
            found.append(Violation(f"{path}.sha256", "must be 64 hexadecimal digits"))
        return found


def _needed(value: str, path: str) -> list[Violation]:
    return _plain(value, path) if value.strip() else [Violation(path, "must not be empty")]


def _plain(value: str, path: str) -> list[Violation]:
    """No control characters: no URL or name has them, and systems below us answer in words of their own."""
    return [Violation(path, "must not hold control characters")] if re.search(r"[\x00-\x1f\x7f]", value) else []


def _place(value: str, path: str) -> list[Violation]:
    """A path of this machine, or `s3://bucket/prefix`."""
    if not re.match("s3:/", value, re.I):
        # Folders may have any other character in their names.
        if "\0" in value:
            return [Violation(path, "must not hold NUL")]
        return [] if value.strip() else [Violation(path, "must not be empty")]
    parts = urlsplit(value)
    if re.search(r"(^|/)\.{1,2}(/|$)|//", parts.path.strip("/")):
        return [Violation(path, "must be `s3://bucket/prefix`, without `.`, `..` and empty parts in the prefix")]
    ours = value.startswith("s3://") and not parts.query and not parts.fragment
    if ours and re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", parts.netloc):
        return _plain(value, path)
    return [Violation(path, "must be `s3://bucket/prefix`: the endpoint is that of the store")]


def _spdx(value: str, path: str) -> list[Violation]:
    if not value or parse_expression(value):
        return []
    return [Violation(path, f"`{value}` is not an SPDX licence such as `MIT` or `Apache-2.0`")]


def _unknown_language(name: str) -> str:
    by_fold = {known.lower(): known for known in LANGUAGES}
    close = difflib.get_close_matches(name.lower(), by_fold, n=1)
    hint = f": did you mean `{by_fold[close[0]]}`?" if close else ""
    return f"`{name}` is not a language we recognise{hint}"
