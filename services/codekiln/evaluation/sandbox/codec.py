"""Plain data over pipes, between two processes of which neither trusts the other.

A value is written by its exact type, so that what arrives is what `==` of Python's own types compares, and never an
object with a mind of its own. Both ends refuse what is too large, too deep or of another type. A frame is four bytes of
length and as many bytes of content.
"""

from __future__ import annotations

import itertools
import os
import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from types import GeneratorType
from typing import Any

MOST_BYTES = 8 << 20
"""Of one frame."""
MOST_DEPTH = 64
MOST_ITEMS = 1 << 20
"""Of all containers in one value together."""

_SIMPLE = {None: b"N", True: b"T", False: b"F"}
_SEQUENCES = {list: b"l", tuple: b"t", set: b"s", frozenset: b"z"}
_MAPPINGS = (dict, OrderedDict, defaultdict, Counter)
"""All compare like the plain dict that they are sent as."""
_ITERATORS = (
    *(GeneratorType, map, filter, zip, enumerate, reversed),
    *(type(iter(items)) for items in ([0], (0,), "", {0: 0}, {0})),
    type(reversed([0])),
)
_VIEWS = tuple(type(view) for view in ({0: 0}.keys(), {0: 0}.values(), {0: 0}.items()))
_CHUNK = 1 << 16
_LENGTH = struct.Struct("<I")
_DOUBLE = struct.Struct("<d")


class NotData(Exception):
    """A value or bytes that are not plain data within the bounds. The message says what is wrong."""


def encode(value: Any) -> bytes:
    """Raises NotData. Iterators are run and sent with all their items."""
    out: list[bytes] = []
    _Encoder(out).write(value, 0)
    return b"".join(out)


def decode(data: bytes) -> Any:
    """The inverse of `encode`. Raises NotData for any bytes that `encode` would not have made in size or depth."""
    decoder = _Decoder(data)
    value = decoder.read(0)
    if decoder.at != len(data):
        raise NotData("there are bytes after the value")
    return value


class _Encoder:
    def __init__(self, out: list[bytes]) -> None:
        self._out = out
        self._bytes = 0
        self._items = 0

    def write(self, value: Any, depth: int) -> None:
        kind = type(value)
        if value is None or kind is bool:
            self._put(_SIMPLE[value])
        elif kind is int:
            self._block(b"i", value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True))
        elif kind is float:
            self._put(b"f" + _DOUBLE.pack(value))
        elif kind is str:
            self._block(b"u", value.encode("utf-8", "surrogatepass"))
        elif kind is bytes:
            self._block(b"b", value)
        else:
            self._write_composite(value, kind, depth + 1)

    def _write_composite(self, value: Any, kind: type, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise NotData(f"nested more than {MOST_DEPTH} deep")
        if kind in _SEQUENCES:
            self._sequence(_SEQUENCES[kind], list(value), depth)
        elif kind in _MAPPINGS:
            self._sequence(b"d", [side for item in value.items() for side in item], depth)
        elif kind is complex:
            self._put(b"c" + _DOUBLE.pack(value.real) + _DOUBLE.pack(value.imag))
        elif kind is bytearray:
            self._block(b"a", bytes(value))
        elif kind is range:
            self._sequence(b"r", [value.start, value.stop, value.step], depth)
        elif kind is Fraction:
            self._sequence(b"q", [value.numerator, value.denominator], depth)
        elif kind is Decimal:
            self._block(b"e", str(value).encode())
        elif kind in _ITERATORS or kind in _VIEWS:
            self._sequence(b"I", list(itertools.islice(value, MOST_ITEMS + 1)), depth)
        else:
            raise NotData(f"a value of type {kind.__name__} is not plain data")

    def _sequence(self, tag: bytes, items: list[Any], depth: int) -> None:
        self._items += len(items)
        if self._items > MOST_ITEMS:
            raise NotData(f"more than {MOST_ITEMS} items")
        self._put(tag + _LENGTH.pack(len(items)))
        for item in items:
            self.write(item, depth)

    def _block(self, tag: bytes, data: bytes) -> None:
        if len(data) > MOST_BYTES:
            raise NotData(f"more than {MOST_BYTES} bytes")
        self._put(tag + _LENGTH.pack(len(data)) + data)

    def _put(self, data: bytes) -> None:
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            raise NotData(f"more than {MOST_BYTES} bytes")
        self._out.append(data)


class _Decoder:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._items = 0
        self.at = 0

    def read(self, depth: int) -> Any:
        tag = self._take(1)
        if tag in _LITERALS:
            return _LITERALS[tag]
        if tag in _BLOCKS:
            return self._guarded(_BLOCKS[tag], self._take(self._length()))
        if tag == b"f":
            return _DOUBLE.unpack(self._take(8))[0]
        if tag == b"c":
            return complex(_DOUBLE.unpack(self._take(8))[0], _DOUBLE.unpack(self._take(8))[0])
        if tag in _COLLECTIONS:
            return self._guarded(_COLLECTIONS[tag], self._items_of(depth + 1))
        raise NotData(f"there is no kind {tag!r}")

    def _items_of(self, depth: int) -> list[Any]:
        if depth > MOST_DEPTH:
            raise NotData(f"nested more than {MOST_DEPTH} deep")
        count = self._length()
        self._items += count
        if count > len(self._data) - self.at or self._items > MOST_ITEMS:
            raise NotData("more items than bytes or than is allowed")
        return [self.read(depth) for _ in range(count)]

    def _guarded(self, make: Callable[[Any], Any], content: Any) -> Any:
        try:
            return make(content)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise NotData(f"content that does not fit its kind: {error}") from None

    def _length(self) -> int:
        return int(_LENGTH.unpack(self._take(4))[0])

    def _take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self._data):
            raise NotData("it ends in the middle")
        piece = self._data[self.at : end]
        self.at = end
        return piece


def _pairs(items: list[Any]) -> dict[Any, Any]:
    if len(items) % 2:
        raise ValueError("a key without a value")
    return dict(zip(items[::2], items[1::2], strict=True))


def _numbers(count: int, make: Callable[..., Any]) -> Callable[[list[Any]], Any]:
    def build(items: list[Any]) -> Any:
        if len(items) != count or any(type(item) is not int for item in items):
            raise ValueError(f"{count} integers are needed")
        return make(*items)

    return build


_LITERALS = {tag: value for value, tag in _SIMPLE.items()}
_BLOCKS: dict[bytes, Callable[[bytes], Any]] = {
    b"i": lambda data: int.from_bytes(data, "little", signed=True),
    b"u": lambda data: data.decode("utf-8", "surrogatepass"),
    b"b": bytes,
    b"a": bytearray,
    b"e": lambda data: Decimal(data.decode("ascii")),
}
_COLLECTIONS: dict[bytes, Callable[[list[Any]], Any]] = {
    b"l": list,
    b"t": tuple,
    b"s": set,
    b"z": frozenset,
    b"d": _pairs,
    b"r": _numbers(3, range),
    b"q": _numbers(2, Fraction),
    b"I": iter,
}


def send(descriptor: int, content: bytes) -> None:
    """Writes one frame. Raises BrokenPipeError where nobody reads."""
    view = memoryview(_LENGTH.pack(len(content)) + content)
    while view:
        view = view[os.write(descriptor, view) :]


def receive(descriptor: int, most: int = MOST_BYTES) -> bytes | None:
    """Reads one frame; None where the other end closed it. Raises NotData for one that is too long or cut off."""
    head = _exactly(descriptor, 4)
    if head is None:
        return None
    length = _LENGTH.unpack(head)[0]
    if length > most:
        raise NotData(f"a frame of {length} bytes, {most} at most")
    return _exactly(descriptor, length)


def _exactly(descriptor: int, count: int) -> bytes | None:
    data = os.read(descriptor, min(count, _CHUNK)) if count else b""
    if len(data) == count:
        return data
    pieces = [data]
    left = count - len(data)
    while left and pieces[-1]:
        pieces.append(os.read(descriptor, min(left, _CHUNK)))
        left -= len(pieces[-1])
    return None if left else b"".join(pieces)
