from __future__ import annotations

import os
import threading
from collections import Counter, OrderedDict, defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.evaluation.sandbox.codec import MOST_DEPTH, MOST_ITEMS, NotData, decode, encode, receive, send

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(1 << 300), 1 << 300)
    | st.floats(allow_nan=False)
    | st.text(st.characters())  # lone surrogates too: programs make them
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.fractions()
    | st.decimals(allow_nan=False)
)
HASHABLE = st.recursive(SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.tuples(inner) | st.sets(HASHABLE) | st.dictionaries(HASHABLE, inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_arrives_is_what_was_sent_in_value_and_type(value: Any) -> None:
    arrived = decode(encode(value))
    assert arrived == value
    assert type(arrived) is type(value)
    assert repr(arrived) == repr(value) or isinstance(value, set | frozenset | dict | list | tuple)


@given(st.floats())
def test_floats_keep_every_bit(value: float) -> None:
    assert encode(decode(encode(value))) == encode(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_refused(data: bytes) -> None:
    try:
        value = decode(data)
    except NotData:
        return
    assert encode(value), "what is let in is data, and can be sent on"


@given(VALUES, st.data())
def test_a_damaged_value_is_a_value_or_refused(value: Any, data: st.DataObject) -> None:
    whole = bytearray(encode(value))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    for damaged in (bytes(whole), bytes(whole[:place])):
        try:
            arrived = decode(damaged)
        except NotData:
            continue
        assert encode(arrived)


@pytest.mark.parametrize(
    "value",
    [Counter("abba"), OrderedDict(a=1), defaultdict(int, {"a": 1})],
    ids=lambda value: type(value).__name__,
)
def test_kinds_of_dict_arrive_as_the_dict_they_equal(value: Any) -> None:
    arrived = decode(encode(value))
    assert type(arrived) is dict
    assert arrived == value


@pytest.mark.parametrize(
    "value",
    [(i for i in [1, 2]), map(int, "12"), filter(None, [1, 2]), iter([1, 2]), {1: 0, 2: 0}.keys(), reversed([2, 1])],
    ids=lambda value: type(value).__name__,
)
def test_iterators_arrive_as_iterators_of_the_same_items(value: Any) -> None:
    arrived = decode(encode(value))
    assert iter(arrived) is arrived
    assert list(arrived) == [1, 2]


def test_ranges_and_exact_numbers_arrive_as_themselves() -> None:
    for value in (range(1, 1 << 70, 3), Fraction(1, 3), Decimal("0.10"), bytearray(b"x")):
        assert decode(encode(value)) == value


class AlwaysEqual(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


@pytest.mark.parametrize("value", [AlwaysEqual(1), object(), int, len, [AlwaysEqual(1)], {"a": object()}])
def test_what_is_not_plain_data_is_refused(value: Any) -> None:
    with pytest.raises(NotData, match="is not plain data"):
        encode(value)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_depth_is_bounded_at_both_ends() -> None:
    assert decode(encode(nested(MOST_DEPTH))) == nested(MOST_DEPTH)
    with pytest.raises(NotData, match="deep"):
        encode(nested(MOST_DEPTH + 1))
    with pytest.raises(NotData, match="deep"):
        decode(b"l\1\0\0\0" * (MOST_DEPTH + 1) + b"N")


def test_size_is_bounded_at_both_ends() -> None:
    with pytest.raises(NotData, match="bytes"):
        encode(bytes(9 << 20))
    with pytest.raises(NotData, match="bytes"):
        encode([bytes(1 << 20)] * 9)
    with pytest.raises(NotData, match="items"):
        encode([None] * (MOST_ITEMS + 1))
    with pytest.raises(NotData, match="items"):
        decode(b"l\xff\xff\xff\x7fN")


def test_frames_of_any_size_cross_a_pipe() -> None:
    reader, writer = os.pipe()
    contents = [b"", b"x", bytes(1 << 17), b"y" * ((1 << 16) + 1)]
    sending = [threading.Thread(target=send, args=(writer, content)) for content in contents]
    received = []
    for thread in sending:
        thread.start()
        received.append(receive(reader))
        thread.join()
    assert received == contents
    os.close(writer)
    assert receive(reader) is None
    os.close(reader)


def test_a_frame_that_is_too_long_or_cut_off_is_not_taken() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"\xff\xff\xff\x7f")
    with pytest.raises(NotData, match="at most"):
        receive(reader)
    os.write(writer, b"\5\0\0\0abc")
    os.close(writer)
    assert receive(reader) is None
    os.close(reader)
