"""The one order of files that are alike: the least stays.

A permissive licence, a known one, more stars, the newer revision, the longer file, and then a number of its own. It is
three 64-bit numbers, so that millions are compared without their names. Files of a known dataset come before all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from codekiln.cleaning.document import Document
from codekiln.cleaning.steps.licence import LicenceStep

COLUMNS = ("order0", "order1", "order2")
_NEW = np.uint64(1 << 63)
_STARS = (1 << 40) - 1
_SECONDS = (1 << 39) - 1
_BYTES = (1 << 24) - 1


def order(document: Document, tie: int | None = None) -> tuple[int, int, int]:
    """The file's place. `tie` tells apart what is equal in all else: a hash of name and content unless it is given."""
    known = document.provenance
    stars = min(max(known.stars or 0, 0), _STARS)
    first = (not _permissive(document.licenses)) << 62 | (not document.licenses) << 61 | (_STARS - stars)
    date = 0 if known.date is None else min(max(known.date, -_SECONDS), _SECONDS) + _SECONDS + 1
    length = min(len(document.data), _BYTES)
    second = (2 * _SECONDS + 1 - date) << 24 | (_BYTES - length)
    return first, second, _tie(document) if tie is None else tie


def after_known(first: np.ndarray) -> np.ndarray:
    """The first numbers of a corpus, so that its files come after those of known datasets."""
    return first | _NEW


def is_known(first: np.ndarray) -> np.ndarray:
    """Whether these first numbers are of files of known datasets."""
    return first < _NEW


def _tie(document: Document) -> int:
    text = "\0".join((document.repo_name, document.path, document.revision_id))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    digest.update(hashlib.blake2b(document.data).digest())
    return int.from_bytes(digest.digest(), "big")


@lru_cache(4096)
def _permissive(licenses: Sequence[str]) -> bool:
    return bool(licenses) and all(LicenceStep().allows(expression) for expression in licenses)
