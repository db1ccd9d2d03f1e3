"""Pages of a sorted list, with opaque tokens (AIP-158)."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from typing import TypeVar

from codekiln.core.errors import InvalidArgument, Violation

T = TypeVar("T")
DEFAULT_SIZE = 50
MAX_SIZE = 500
_LATEST_MICROSECONDS = 10**17 - 1


def page(items: list[tuple[str, T]], size: int, token: str, *, of: str) -> tuple[list[T], str]:
    """A page of `(key, item)` pairs in order of keys, and the token of the next page (empty on the last).

    A token says after which key to go on, so that items that come or go, the last of the page too, shift nothing. `of`
    names the list and its filter. Raises InvalidArgument for a negative size or a token that is not of this list.
    """
    if size < 0:
        raise InvalidArgument(violations=[Violation("page_size", f"must not be negative, got {size}")])
    size = min(size or DEFAULT_SIZE, MAX_SIZE)
    items = sorted(items, key=lambda pair: pair[0])
    start = bisect_right(items, _decode(token, of), key=lambda pair: pair[0]) if token else 0
    chosen = items[start : start + size]
    more = start + size < len(items)
    return [item for _, item in chosen], _encode(chosen[-1][0], of) if more else ""


def newest_first(seconds: float, id: str) -> str:
    """A key that sorts later times first, and equal times by id."""
    return f"{_LATEST_MICROSECONDS - int(seconds * 1e6):017d}/{id}"


def _encode(key: str, of: str) -> str:
    return base64.urlsafe_b64encode(f"{of}\n{key}".encode()).decode()


def _decode(token: str, of: str) -> str:
    try:
        list_name, newline, key = (
            base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode().partition("\n")
        )
    except (binascii.Error, ValueError):
        list_name, newline, key = "", "", ""
    if list_name != of or not newline:
        raise InvalidArgument(violations=[Violation("page_token", "is not a token of this list: start again without")])
    return key
