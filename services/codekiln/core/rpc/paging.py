"""Pages of a sorted list, with opaque tokens (AIP-158)."""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

from codekiln.core.errors import InvalidArgument, Violation

T = TypeVar("T")
DEFAULT_SIZE = 50
MAX_SIZE = 500


def page(items: list[tuple[str, T]], size: int, token: str) -> tuple[list[T], str]:
    """A page of `(key, item)` pairs in the order given, and the token of the next page (empty on the last).

    The token names the key of the last item, so that items that come or go elsewhere shift nothing.
    Raises InvalidArgument for a negative size or a token that is not ours.
    """
    if size < 0:
        raise InvalidArgument(violations=[Violation("page_size", f"must not be negative, got {size}")])
    size = min(size or DEFAULT_SIZE, MAX_SIZE)
    start = 0
    if token:
        last = _decode(token)
        keys = [key for key, _ in items]
        if last not in keys:
            raise InvalidArgument(
                violations=[Violation("page_token", "is not a token of this list: start again without")]
            )
        start = keys.index(last) + 1
    chosen = items[start : start + size]
    more = start + size < len(items)
    return [item for _, item in chosen], _encode(chosen[-1][0]) if more else ""


def _encode(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _decode(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError):
        return "\0"
