"""Keys: `/`-separated paths. The same rule for every store, so that what works on one works on all."""

from __future__ import annotations

from codekiln.core.errors import InvalidArgument


def check_key(key: str) -> str:
    """Returns the key. Raises InvalidArgument for one that is empty, absolute, or has `.`, `..` or empty segments."""
    segments = key.split("/")
    if not key or "\0" in key or any(segment in ("", ".", "..") for segment in segments) or len(key.encode()) > 1000:
        raise InvalidArgument(f"`{key[:80]}` is not a key: write `a/b/c`, 1000 bytes at most", reason="BAD_KEY")
    return key
