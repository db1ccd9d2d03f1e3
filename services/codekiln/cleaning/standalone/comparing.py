"""`duplicates`: which of some texts are equal or nearly so, and which of each cluster is worth keeping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

import pyarrow as pa

from codekiln.cleaning.deduplication import sketching
from codekiln.cleaning.deduplication.clusters import UnionFind
from codekiln.cleaning.deduplication.finding import Files, near
from codekiln.cleaning.document import Document
from codekiln.cleaning.profiles import profile_named
from codekiln.cleaning.spec import NEAR_DUPLICATES
from codekiln.cleaning.steps.licence import LicenceStep

_BATCH = 256


@dataclass(frozen=True)
class Text:
    """A document, and what decides which of several that are alike stays. `date`: ISO 8601."""

    text: str | bytes
    license: str = ""
    stars: int = 0
    date: str = ""


@dataclass(frozen=True)
class DuplicateCluster:
    """Documents that are alike, by their number in the order given; `kind`: exact, whitespace or near."""

    survivor: int
    members: tuple[int, ...]
    kind: str


def duplicates(
    documents: Iterable[Text | Mapping[str, Any] | str | bytes],
    *,
    threshold: float | None = None,
    profile: str = "code",
) -> list[DuplicateCluster]:
    """Clusters of two and more, in order of their first member; a document is in one at most.

    A document is a Text, a mapping with its fields, or a text alone. Two are near duplicates from a Jaccard similarity
    of their sets of 5 words in a row of `threshold`: 0.7 for code; 0.8 for text, where Korean is compared by 8
    syllables in a row; 1 looks for equal ones only. Of a cluster stays, in this order: a permissive licence, a known
    one, more stars, the newer, the longer, the first. `kind` is the weakest tie in it.
    Raises InvalidArgument for a profile that there is not.
    """
    shingles = profile_named(profile).shingles
    threshold = NEAR_DUPLICATES[profile] if threshold is None else threshold
    texts = [_text(document) for document in documents]
    if not texts:
        return []
    tables = [sketching.sketch(batch, shingles) for batch in _batches(texts)]
    files, union, found = Files(tables), UnionFind(), []
    left = list(range(files.count))
    for kind, groups in _passes(files, threshold, tables):
        for group in groups(left):
            for item in group[1:]:
                union.union(group[0], item)
            found.append((kind, group[0]))
        left = [item for item in left if union.find(item) == item]
    weakest = {union.find(item): kind for kind, item in found}
    return [
        DuplicateCluster(min(group, key=lambda item: _preference(texts[item], item)), tuple(group), weakest[group[0]])
        for group in union.sets()
    ]


def _passes(
    files: Files, threshold: float, tables: list[pa.Table]
) -> Iterator[tuple[str, Callable[[list[int]], list[list[int]]]]]:
    def shingles(shard: int, rows: Sequence[int]) -> list[bytes]:
        return [tables[shard].column("shingles")[row].as_py() for row in rows]

    yield "exact", lambda rows: files.equal("content", rows)
    yield "whitespace", lambda rows: files.equal("squeezed", rows)
    if threshold < 1:
        yield "near", lambda rows: near(files, rows, threshold, shingles)


def _text(document: Text | Mapping[str, Any] | str | bytes) -> Text:
    if isinstance(document, Text):
        return document
    return Text(document) if isinstance(document, str | bytes) else Text(**document)


def _batches(texts: list[Text]) -> Iterator[list[Document]]:
    for first in range(0, len(texts), _BATCH):
        yield [_document(text) for text in texts[first : first + _BATCH]]


def _document(text: Text) -> Document:
    data = text.text.encode("utf-8", "surrogatepass") if isinstance(text.text, str) else text.text
    licenses = (text.license,) if text.license else ()
    return Document("", "", "", "", "", licenses, "", data, len(data))


def _preference(text: Text, item: int) -> tuple[object, ...]:
    """Least is best."""
    permissive = bool(text.license) and LicenceStep().allows(text.license)
    return (not permissive, not text.license, -text.stars, _Newest(text.date), -len(text.text), item)


@total_ordering
@dataclass(frozen=True)
class _Newest:
    """Orders dates from the newest to the oldest; no date is the oldest."""

    date: str

    def __lt__(self, other: _Newest) -> bool:
        return self.date > other.date
