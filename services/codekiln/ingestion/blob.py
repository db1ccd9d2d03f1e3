"""The name that git gives to a file's content."""

from __future__ import annotations

import hashlib


def git_blob_id(content: bytes) -> str:
    """40 hexadecimal digits: `git hash-object` of the bytes as they are."""
    digest = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()
