"""`duplicates`: which of some texts are equal or nearly so, and which of each cluster is worth keeping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.deduplication import sketching
from codekiln.cleaning.deduplication.clusters import REASONS
from codekiln.cleaning.deduplication.entries import packed
from codekiln.cleaning.deduplication.finding import find_duplicates, verdicts
from codekiln.cleaning.deduplication.plan import Plan, Shard
from codekiln.cleaning.document import Document, Provenance
from codekiln.cleaning.profiles import profile_named
from codekiln.cleaning.spec import NEAR_DUPLICATES
from codekiln.core.errors import InvalidArgument, NotFound
from codekiln.core.store import ObjectStore

_BATCH = 256
_SHARD = 1 << 14
_PARTIAL_DATE = re.compile(r"\d{4}(-\d{2})?")


@dataclass(frozen=True)
class Text:
    """A document, and what decides which of several that are alike stays. `license`: SPDX; `date`: ISO 8601."""

    text: str | bytes
    license: str = ""
    stars: int = 0
    date: str = ""


@dataclass(frozen=True)
class DuplicateCluster:
    """Documents that are alike, by their number in the order given; `kind`: exact, whitespace or near.

    `similarities` are those of the members to the survivor, in the order of members.
    """

    survivor: int
    members: tuple[int, ...]
    kind: str
    similarities: tuple[float, ...]


def duplicates(
    documents: Iterable[Text | Mapping[str, Any] | str | bytes],
    *,
    threshold: float | None = None,
    profile: str = "code",
) -> list[DuplicateCluster]:
    """Clusters of two and more, in order of their first member; a document is in one at most.

    A document is a Text, a mapping with its fields, or a text alone. Two are near duplicates from a Jaccard similarity
    of their sets of 5 words in a row of `threshold`: 0.7 for code; 0.8 for text, where Korean is compared by 8
    syllables in a row; 1 looks for equal ones only. Every member is that similar to another of its cluster, and no two
    survivors are to each other; a copy of a copy is in the cluster, the end of a longer chain is not. What stays, in
    this order: a permissive licence, a known one, more stars, the newer, the longer, the first. `kind` is the weakest
    tie in the cluster.
    Raises InvalidArgument for a profile or a threshold that is none, and for a document that is none, by its number.
    """
    shingles = profile_named(profile).shingles
    threshold = NEAR_DUPLICATES[profile] if threshold is None else threshold
    if not 0 < threshold <= 1:
        raise InvalidArgument(f"threshold must be above 0 and at most 1, got {threshold:g}", reason="BAD_THRESHOLD")
    return _clusters(*search(documents, threshold, shingles))


def search(
    documents: Iterable[Text | Mapping[str, Any] | str | bytes],
    threshold: float,
    shingles: sketching.Shingles = sketching.word_shingles,
) -> tuple[Plan, ObjectStore]:
    """The search and a store in memory that holds all that its stages left."""
    store = cast(ObjectStore, _Memory())
    shards = [_kept(store, number, tables) for number, tables in enumerate(_sketches(documents, shingles))]
    plan = Plan("", tuple(shards), threshold)
    find_duplicates(plan, store, lambda stage, tasks: [stage(task, store, lambda _: None) for task in tasks])
    return plan, store


class _Memory:
    """As much of a store as the stages ask for."""

    url = "memory"

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def get(self, key: str) -> bytes:
        try:
            return self._objects[key]
        except KeyError:
            raise NotFound(key) from None

    def get_range(self, key: str, start: int, length: int) -> bytes:
        return self.get(key)[start : start + length]

    def put(self, key: str, data: bytes) -> str:
        self._objects[key] = data
        return ""


def _sketches(
    documents: Iterable[Text | Mapping[str, Any] | str | bytes], shingles: sketching.Shingles
) -> Iterator[list[pa.Table]]:
    """Sketches of _SHARD documents at a time; of the texts themselves only _BATCH are held."""
    numbered = enumerate(documents)
    tables: list[pa.Table] = []
    while batch := list(islice(numbered, _BATCH)):
        made = [_document(document, number) for number, document in batch]
        tables.append(sketching.sketch(made, shingles, ties=[number for number, _ in batch]))
        if len(tables) * _BATCH >= _SHARD:
            yield tables
            tables = []
    if tables:
        yield tables


def _kept(store: ObjectStore, number: int, tables: list[pa.Table]) -> Shard:
    sketch, entries = f"sketch-{number}", f"entries-{number}"
    table = pa.concat_tables(tables)
    sink = pa.BufferOutputStream()
    pq.write_table(table.drop_columns("shingles"), sink, compression="none")
    store.put(sketch, bytes(sink.getvalue()))
    store.put(entries, packed(sketching.entries(table)))
    return Shard(sketch, entries, table.num_rows)


def _clusters(plan: Plan, store: ObjectStore) -> list[DuplicateCluster]:
    starts = [0]
    for shard in plan.shards:
        starts.append(starts[-1] + shard.files)
    members: dict[int, list[tuple[int, float, int]]] = {}
    for number in range(len(plan.shards)):
        for row in verdicts(plan, store, number).to_pylist():
            survivor = starts[row["survivor"] >> 32] + (row["survivor"] & 0xFFFFFFFF)
            kind = REASONS.index(row["reason"]) if row["reason"] else 0
            members.setdefault(survivor, []).append((starts[number] + row["row"], row["similarity"], kind))
    found = [
        DuplicateCluster(
            survivor,
            tuple(number for number, _, _ in rows),
            REASONS[max(kind for _, _, kind in rows)].removesuffix("_duplicate"),
            tuple(similarity for _, similarity, _ in rows),
        )
        for survivor, rows in members.items()
    ]
    return sorted(found, key=lambda cluster: cluster.members)


def _document(document: Text | Mapping[str, Any] | str | bytes, number: int) -> Document:
    text = _text(document, number)
    data = text.text.encode("utf-8", "surrogatepass") if isinstance(text.text, str) else bytes(text.text)
    licenses = (text.license,) if text.license else ()
    known = Provenance(stars=text.stars or 0, date=_seconds(text.date, number))
    return Document("", "", "", "", "", licenses, "", data, len(data), provenance=known)


def _text(document: Text | Mapping[str, Any] | str | bytes, number: int) -> Text:
    if isinstance(document, str | bytes):
        return Text(document)
    try:
        text = document if isinstance(document, Text) else Text(**document)
    except TypeError as error:
        raise InvalidArgument(
            f"document {number} must be a text or have the fields text, license, stars and date: {error}",
            reason="BAD_DOCUMENT",
        ) from error
    fields: tuple[tuple[str, Any], ...] = (("text", str | bytes), ("license", str | None), ("stars", int | None))
    for name, kind in fields:
        if not isinstance(getattr(text, name), kind):
            raise InvalidArgument(
                f"`{name}` of document {number} must be {kind}, got {type(getattr(text, name)).__name__}",
                reason="BAD_DOCUMENT",
            )
    return text


def _seconds(date: str, number: int) -> int | None:
    """Since 1970; a date without a zone is of UTC, one without a day is of the first."""
    if not date:
        return None
    text = f"{date}-01-01"[:10] if _PARTIAL_DATE.fullmatch(str(date)) else str(date)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidArgument(
            f"the date of document {number} must be of ISO 8601, such as 2026-01-31, got `{date}`",
            reason="BAD_DOCUMENT",
        ) from None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())
