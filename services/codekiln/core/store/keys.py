"""Keys: `/`-separated paths. The same rule for every store, so that what works on one works on all."""

from __future__ import annotations

from codekiln.core.errors import InvalidArgument

PRIVATE = ".codekiln"
"""First segment of what a store keeps for itself."""
_KEY_BYTES = 1000
_SEGMENT_BYTES = 200


def check_key(key: str) -> str:
    """Returns the key. Raises InvalidArgument for one that is not a path such as `a/b/c`.

    Refused are empty, absolute and too long ones, segments `.`, `..` and empty, control characters, and what no file
    system or XML listing could hold.
    """
    segments = key.split("/")
    if (
        segments[0] == PRIVATE
        or not all(_is_segment(segment) for segment in segments)
        or len(key.encode()) > _KEY_BYTES
    ):
        raise InvalidArgument(
            f"{key[:80]!a} is not a key: write `a/b/c`, {_KEY_BYTES} bytes at most, {_SEGMENT_BYTES} a segment",
            reason="BAD_KEY",
        )
    return key


def check_prefix(prefix: str) -> str:
    """Returns the beginning of a key. Raises InvalidArgument for one that no key can have."""
    if prefix:
        check_key(f"{prefix}x")
    return prefix


def _is_segment(text: str) -> bool:
    if text in ("", ".", "..") or not text.isprintable():
        return False
    return len(text.encode()) <= _SEGMENT_BYTES
