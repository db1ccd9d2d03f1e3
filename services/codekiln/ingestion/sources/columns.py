"""Which column of a row is what: one table for parquet, JSON lines and Hugging Face datasets. Pure.

A row is a file, as in The Stack v1 and v2 and our own corpora, or a repository with a list of files, as in v3. A schema
is given as nested dicts of names: `{"files": [{"file_path": "string"}]}`.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codekiln.core.errors import FailedPrecondition
from codekiln.core.language.tables import BY_ALIAS, LANGUAGES
from codekiln.ingestion import selection
from codekiln.ingestion.license_expression import parse_expression, parse_free_text
from codekiln.ingestion.license_text import UNKNOWN, Licenses
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.source import Origin, Skipped, SourceFile, judged_file

NAMES: dict[str, tuple[str, ...]] = {
    "content": ("content",),
    "path": ("path", "max_stars_repo_path", "file_path"),
    "repository": ("repo_name", "max_stars_repo_name", "repo_path"),
    "revision": ("revision_id", "max_stars_repo_head_hexsha", "commit_id"),
    "language": ("language", "lang"),
    "licenses": ("detected_licenses", "max_stars_repo_licenses", "licenses", "license"),
    "evidence": ("license_evidence",),
    "stars": ("star_events_count", "max_stars_count", "github_metadata.stars", "stars"),
    "date": (
        "revision_date",
        "committer_date",
        "file_timestamp",
        "max_stars_repo_stars_event_max_datetime",
        "max_stars_repo_stars_event_min_datetime",
    ),
}
"""Ours -> The Stack's names: v2, v1, v3. v1 has no date of a commit: that of its repository's last star is nearest."""
FILES = "files"
"""The column of v3 that lists the files of a repository."""

_SURROGATES = re.compile("[\ud800-\udfff]")

Where = tuple[str, ...]
"""A column's name, and those of the fields inside it."""
_PLACES: dict[str, list[Where]] = {ours: [tuple(name.split(".")) for name in names] for ours, names in NAMES.items()}


@dataclass(frozen=True)
class Layout:
    """Where ours are: in the row, and where it lists files, in each of them. An item's own value goes first."""

    row: dict[str, Where]
    item: dict[str, Where]
    nested: bool = False

    def missing(self) -> list[str]:
        """Ours that no row has."""
        # Evidence is a column of our own corpora alone: nobody misses it in others.
        return [ours for ours in NAMES if ours not in self.row and ours not in self.item and ours != "evidence"]


def find_layout(schema: dict[str, Any], file: str) -> Layout:
    """Raises FailedPrecondition where contents or paths are missing."""
    items = schema.get(FILES)
    nested = isinstance(items, list) and bool(items) and isinstance(items[0], dict)
    item = _find(items[0]) if nested and isinstance(items, list) else {}
    layout = Layout(_find(schema), item, nested)
    for ours in ("content", "path"):
        if ours not in (layout.item if nested else layout.row):
            raise _missing(ours, schema, items[0] if nested and isinstance(items, list) else schema, file)
    return layout


def _find(schema: dict[str, Any]) -> dict[str, Where]:
    return {ours: where for ours, where, _ in _present(schema)}


def _present(tree: dict[str, Any]) -> Iterator[tuple[str, Where, Any]]:
    """Of each of ours the first of The Stack's places that holds something, and what."""
    for ours, places in _PLACES.items():
        for where in places:
            inner: Any = tree
            for part in where:
                inner = inner.get(part) if isinstance(inner, dict) else None
            if inner is not None:
                yield ours, where, inner
                break


def _missing(ours: str, schema: dict[str, Any], item: dict[str, Any], file: str) -> FailedPrecondition:
    if ours == "content" and ("blob_id" in item or "blob_id" in schema):
        hint = (
            "it has `blob_id`s alone, as The Stack v2 is handed out: fetch the contents into a column `content` first"
        )
    else:
        hint = "rename one"
    return FailedPrecondition(
        f"{file} has no column `{'` or `'.join(NAMES[ours])}`, only {_some(list(item))}: {hint}",
        reason="COLUMN_MISSING",
        path=file,
        column=ours,
    )


def item_of(values: dict[str, Any], source: str, wanted: Selection) -> SourceFile | Skipped:
    """The file that a row's values (ours -> value) describe.

    `values["content"]` is bytes, or None, or the number of bytes of one that is too large to be looked at.
    """
    # The Stack v2 writes paths from the root of a repository, with a slash; everybody else does without.
    content, path = values.get("content"), text(values.get("path")).lstrip("/")
    language = linguists(text(values.get("language")))
    if content is None or not path:
        return Skipped(selection.NO_CONTENT)
    size = content if isinstance(content, int) else len(content)
    if reason := wanted.refuse_language(language) if language else wanted.refuse(path, size):
        return Skipped(reason)
    if isinstance(content, int):
        return Skipped(selection.TOO_LARGE)
    origin = Origin(
        text(values.get("repository")),
        text(values.get("revision")),
        source,
        stars(values.get("stars")),
        seconds(values.get("date")),
    )
    return judged_file(origin, path, content, wanted, lambda _: licenses(values), language)


def text(value: Any) -> str:
    """Text as every format can hold it: what is not UTF-8 becomes U+FFFD."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) else ""


def linguists(name: str) -> str:
    """A language's name as linguist spells it (`python`, `golang`); one that it does not know stays as it is."""
    return name if name in LANGUAGES else BY_ALIAS.get(name.lower().replace(" ", "-"), name)


def licenses(values: dict[str, Any]) -> Licenses:
    """A list of identifiers, or one, as SPDX spells them (`apache-2.0`, `MIT License`); what is none stays as it is."""
    given = values.get("licenses")
    given = given if isinstance(given, list | tuple) else [given]
    ids = tuple(sorted({id for stated in given for id in _spdx(text(stated).strip())}))
    return Licenses(ids, text(values.get("evidence")) or "metadata") if ids else UNKNOWN


@functools.lru_cache(4096)
def _spdx(stated: str) -> tuple[str, ...]:
    if not stated or "\ufffd" in stated:
        return (stated,) if stated else ()
    return parse_expression(stated) or parse_free_text(stated) or (stated,)


def stars(value: Any) -> int | None:
    """A count; some tables hold it as a float for the sake of those without."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 53:
        return None
    return int(value)


def seconds(value: Any) -> int | None:
    """Seconds since 1970 of a time: ISO 8601, or a number of seconds, or by its size of milli-, micro-, nanoseconds."""
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime.datetime):
        value = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
        value = value.timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e20:
        return None
    while value >= 1e11:
        value /= 1000
    return int(value)


def split_row(row: dict[str, Any], nested: bool) -> Iterator[dict[str, Any] | None]:
    """The files of a row of plain dicts and lists, as ours -> value; None for an item that is none.

    Each row is looked at for itself: writers leave out what is null, so the first one does not speak for the others.
    """
    common = _values(row)
    if not nested:
        yield common
        return
    items = row.get(FILES)
    for item in items if isinstance(items, list) else [None]:
        yield {**common, "content": None, "path": None, **_values(item)} if isinstance(item, dict) else None


def _values(row: dict[str, Any]) -> dict[str, Any]:
    """Ours -> the first of The Stack's columns that has a value."""
    return {ours: value for ours, _, value in _present(row)}


def _some(names: list[str]) -> str:
    shown = ", ".join(f"`{name[:60]}`" for name in names[:8])
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown or "no column at all"
