"""Sketches: what of a file is kept to compare it with all others. Made per shard, together with filtering.

A signature is a MinHash over the 5-word shingles by rensa (R-MinHash, 128 permutations). The distinct shingles are kept
too, as 32-bit numbers, so that candidates are verified by their real Jaccard similarity without reading files again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from codekiln.cleaning.deduplication.entries import NO_SHINGLES, Entry
from codekiln.cleaning.deduplication.order import COLUMNS, order
from codekiln.cleaning.document import SHINGLE, Document
from codekiln.cleaning.words import Hashes, ngrams_of_each
from codekiln.core.errors import Internal

PERMUTATIONS = 128
VERSION = 2
"""rensa's R-MinHash version that signatures were checked with; signatures of another are not comparable."""
_SEED = 1
_SPACE = b" \t\n\r\f\v"

Shingles = Callable[[Sequence[Document]], list[Hashes]]

SCHEMA = pa.schema(
    [
        pa.field("squeezed", pa.binary(16), nullable=False),  # half of the SHA-256 without white space
        *(pa.field(name, pa.uint64(), nullable=False) for name in COLUMNS),
        pa.field("words", pa.int32(), nullable=False),  # distinct shingles; a file of none is like no other
        pa.field("card", pa.binary(), nullable=False),
        pa.field("signature", pa.binary(2 * PERMUTATIONS), nullable=False),  # little-endian uint16
    ]
)
SHINGLES = pa.field("shingles", pa.large_binary(), nullable=False)
"""Only in memory; in the store they lie with the cards as entries."""


def sketch(
    documents: Sequence[Document], shingled: Shingles | None = None, ties: Sequence[int] | None = None
) -> pa.Table:
    """One row a document, in order: SCHEMA and SHINGLES.

    `shingled`: what of documents is compared, by their profile; words when None. `ties` tells documents apart that are
    equal in all else.
    """
    shingles = (shingled or word_shingles)(documents)
    distinct = [_distinct((hashes >> np.uint64(32)).astype("<u4")) for hashes in shingles]
    places = [order(document, ties[i] if ties else None) for i, document in enumerate(documents)]
    columns = {
        "squeezed": [hashlib.sha256(document.data.translate(None, _SPACE)).digest()[:16] for document in documents],
        **{name: [place[i] for place in places] for i, name in enumerate(COLUMNS)},
        "words": [len(numbers) for numbers in distinct],
        "card": [_card(document) for document in documents],
        "signature": [row.tobytes() for row in signatures(shingles)],
        "shingles": [numbers.tobytes() for numbers in distinct],
    }
    return pa.table(columns, schema=SCHEMA.append(SHINGLES))


def entries(sketches: pa.Table) -> list[bytes]:
    """Rows of an object of entries, one for each of these sketches."""
    columns = (sketches.column(name).to_pylist() for name in ("card", "shingles"))
    return [card + shingles for card, shingles in zip(*columns, strict=True)]


def word_shingles(documents: Sequence[Document]) -> list[Hashes]:
    """Of all documents at once, but for those whose words a step has asked for."""
    rest = iter(ngrams_of_each([d.data for d in documents if "words" not in d.__dict__], SHINGLE))
    return [d.shingles if "words" in d.__dict__ else next(rest) for d in documents]


def signatures(shingles: Sequence[np.ndarray]) -> np.ndarray:
    """MinHash signatures, one row a document: uint16, little-endian.

    Of rensa's 32 bits the low half: files that differ agree in a row by chance once in 65,536 times, and are verified.
    """
    from rensa import RMinHash

    if RMinHash.ALGORITHM_VERSION != VERSION:
        raise Internal(
            f"rensa computes signatures of version {RMinHash.ALGORITHM_VERSION}, codekiln knows {VERSION}: "
            "install the version that requirements/ names",
            reason="SKETCH_VERSION",
        )
    if not shingles:
        return np.empty((0, PERMUTATIONS), "<u2")
    offsets = np.zeros(len(shingles) + 1, np.uint64)
    np.cumsum([len(hashes) for hashes in shingles], out=offsets[1:])
    flat = np.ascontiguousarray(np.concatenate(shingles))
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, PERMUTATIONS, _SEED)
    rows = np.array(matrix.to_rows(), np.uint32).reshape(len(shingles), PERMUTATIONS)
    return rows.astype("<u2")


def stacked(signature: pa.ChunkedArray) -> np.ndarray:
    """A column of signatures as a matrix."""
    return np.frombuffer(b"".join(signature.to_pylist()), "<u2").reshape(-1, PERMUTATIONS)


def _distinct(numbers: np.ndarray) -> np.ndarray:
    """Ascending; np.unique takes twice the time."""
    numbers.sort()
    return numbers[np.concatenate((numbers[:1] == numbers[:1], numbers[1:] != numbers[:-1]))]


def _card(document: Document) -> bytes:
    content = hashlib.sha256(document.data).digest()[:16]
    name = f"{document.repo_name}:{document.path}"
    return Entry(name, content, document.length_bytes, document.provenance.date, NO_SHINGLES).card
