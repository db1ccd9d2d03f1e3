"""Sketches: what of a file is kept to compare it with all others. Made per shard, together with filtering.

A signature is a MinHash over the file's 5-word shingles by rensa (R-MinHash, 128 permutations). Shingles are kept too,
as 32-bit numbers, so that candidates can be verified by their real Jaccard similarity without reading the files again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from codekiln.cleaning.document import SHINGLE, Document
from codekiln.cleaning.words import Hashes, ngrams_of_each
from codekiln.core.errors import Internal

PERMUTATIONS = 128
_SEED = 1
_ALGORITHM = 2
"""rensa's R-MinHash version that signatures were checked with; signatures of another are not comparable."""
_SPACE = b" \t\n\r\f\v"

Shingles = Callable[[Sequence[Document]], list[Hashes]]

SCHEMA = pa.schema(
    [
        pa.field("repo_name", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("licensed", pa.bool_(), nullable=False),
        pa.field("length_bytes", pa.int64(), nullable=False),
        pa.field("found_bytes", pa.int64(), nullable=False),
        pa.field("content", pa.binary(32), nullable=False),  # SHA-256
        pa.field("squeezed", pa.binary(32), nullable=False),  # SHA-256 without white space
        pa.field("signature", pa.binary(4 * PERMUTATIONS), nullable=False),  # little-endian uint32
        pa.field("shingles", pa.large_binary(), nullable=False),  # little-endian uint32, in order, with repetitions
    ]
)


def sketch(documents: Sequence[Document], shingled: Shingles | None = None) -> pa.Table:
    """One row a document, in order. `shingled`: what of documents is compared, by their profile; words when None."""
    shingles = (shingled or word_shingles)(documents)
    columns = {
        "repo_name": [document.repo_name for document in documents],
        "path": [document.path for document in documents],
        "licensed": [bool(document.licenses) for document in documents],
        "length_bytes": [len(document.data) for document in documents],
        "found_bytes": [document.length_bytes for document in documents],
        "content": [hashlib.sha256(document.data).digest() for document in documents],
        "squeezed": [hashlib.sha256(document.data.translate(None, _SPACE)).digest() for document in documents],
        "signature": [row.tobytes() for row in signatures(shingles)],
        "shingles": [(hashes >> np.uint64(32)).astype("<u4").tobytes() for hashes in shingles],
    }
    return pa.table(columns, schema=SCHEMA)


def word_shingles(documents: Sequence[Document]) -> list[Hashes]:
    """Of all documents at once, but for those whose words a step has asked for."""
    rest = iter(ngrams_of_each([d.data for d in documents if "words" not in d.__dict__], SHINGLE))
    return [d.shingles if "words" in d.__dict__ else next(rest) for d in documents]


def signatures(shingles: Sequence[np.ndarray]) -> np.ndarray:
    """MinHash signatures, one row a document: uint32, little-endian."""
    from rensa import RMinHash

    if RMinHash.ALGORITHM_VERSION != _ALGORITHM:
        raise Internal(
            f"rensa computes signatures of version {RMinHash.ALGORITHM_VERSION}, codekiln knows {_ALGORITHM}: "
            "install the version that requirements/ names",
            reason="SKETCH_VERSION",
        )
    if not shingles:
        return np.empty((0, PERMUTATIONS), "<u4")
    offsets = np.zeros(len(shingles) + 1, np.uint64)
    np.cumsum([len(hashes) for hashes in shingles], out=offsets[1:])
    flat = np.ascontiguousarray(np.concatenate(shingles))
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, PERMUTATIONS, _SEED)
    return np.array(matrix.to_rows(), "<u4").reshape(len(shingles), PERMUTATIONS)
