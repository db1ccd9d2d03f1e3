"""Rows of arrow record batches, from parquet or arrow files, as ours -> value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codekiln.core.errors import FailedPrecondition
from codekiln.ingestion.sources.columns import FILES, Layout, Where, find_layout
from codekiln.ingestion.sources.rows import Row


def layout_of(schema: Any, file: str) -> Layout:
    """Raises FailedPrecondition for a column that is missing, there twice or of the wrong type."""
    import pyarrow as pa

    try:
        names = {field.name: _names(field.type) for field in schema}
    except UnicodeDecodeError as error:
        raise FailedPrecondition(
            f"the columns of {file} have names that are not UTF-8: rename them", reason="COLUMN_NAMES", path=file
        ) from error
    layout = find_layout(names, file)
    top = pa.struct(list(schema))
    for ours, where in layout.row.items():
        _check_type(ours, where, _inner(top, where, file), file)
    if layout.nested:
        struct = _inner(top, (FILES,), file).value_type
        for ours, where in layout.item.items():
            _check_type(ours, where, _inner(struct, where, file), file)
    return layout


def column_names(layout: Layout) -> list[str]:
    """The top columns that are read, each once."""
    names = [where[0] for where in layout.row.values()]
    return list(dict.fromkeys([*names, *([FILES] if layout.nested else [])]))


def rows_of(batch: Any, layout: Layout, start: int, limit: int) -> Iterator[Row]:
    """The files of a batch from the `start`-th on. Of a content above `limit` bytes there is its number of bytes."""
    common = {ours: _Values(ours, _at(batch.column(w[0]), w[1:]), limit) for ours, w in layout.row.items()}
    if not layout.nested:
        for i in range(start, batch.num_rows):
            yield {ours: values[i] for ours, values in common.items()}
        return
    lists = batch.column(FILES)
    offsets = lists.offsets.to_pylist()
    structs = lists.values
    present = structs.is_valid()
    own = {ours: _Values(ours, _at(structs, w), limit) for ours, w in layout.item.items()}
    at = 0
    for i in range(batch.num_rows):
        if not lists[i].is_valid:
            continue
        for k in range(offsets[i], offsets[i + 1]):
            at += 1
            if at <= start:
                continue
            if not present[k].as_py():
                yield None
                continue
            row = {ours: values[i] for ours, values in common.items()} | {"content": None, "path": None}
            yield row | {ours: value for ours, values in own.items() if (value := values[k]) is not None}


def count_of(batch: Any, layout: Layout) -> int:
    """How many files a batch has."""
    if not layout.nested:
        return int(batch.num_rows)
    import pyarrow.compute as pc

    return int(pc.sum(pc.list_value_length(batch.column(FILES))).as_py() or 0)


class _Values:
    """A column, each value made when it is asked for: contents are large."""

    def __init__(self, ours: str, column: Any, limit: int) -> None:
        import pyarrow as pa

        self._dictionary, self._column, self._limit = None, column, limit
        self._content = ours == "content"
        if pa.types.is_dictionary(column.type) and self._content:
            # A few large values that many rows share are kept once.
            self._dictionary, self._column = _binary(column.dictionary), column.indices
        elif pa.types.is_dictionary(column.type):
            self._column = column.dictionary_decode()
        if pa.types.is_timestamp(self._column.type):
            self._column = self._column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
        elif pa.types.is_date(self._column.type):
            self._column = self._column.cast(pa.timestamp("s")).cast(pa.int64())
        elif _is_text(self._column.type):
            self._column = _binary(self._column)
        elif pa.types.is_decimal(self._column.type):
            self._column = self._column.cast(pa.float64())
        elif ours == "licenses" and not pa.types.is_null(self._column.type):
            self._column = self._column.cast(pa.list_(pa.large_binary()))

    def __getitem__(self, i: int) -> Any:
        scalar = self._column[i]
        if self._dictionary is not None:
            index = scalar.as_py()
            if index is None:
                return None
            scalar = self._dictionary[index]
        if self._content:
            buffer = scalar.as_buffer()
            if buffer is None:
                return None
            return buffer.size if buffer.size > self._limit else buffer.to_pybytes()
        value = scalar.as_py()
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _at(column: Any, where: Where) -> Any:
    """The column of a field inside structs: null where one around it is."""
    for name in where:
        column = column.flatten()[column.type.get_field_index(name)]
    return column


def _binary(column: Any) -> Any:
    import pyarrow as pa

    return column.cast(pa.large_binary())


def _names(type: Any) -> Any:
    import pyarrow.types as t

    if t.is_struct(type):
        return {type.field(i).name: _names(type.field(i).type) for i in range(type.num_fields)}
    if t.is_list(type) or t.is_large_list(type):
        return [_names(type.value_type)]
    return str(type)


def _inner(type: Any, where: Where, file: str) -> Any:
    for name in where:
        if len(type.get_all_field_indices(name)) > 1:
            raise FailedPrecondition(
                f"{file} has two columns `{name}`: rename one", reason="COLUMN_TWICE", path=file, column=name
            )
        type = type.field(name).type
    return type


def _is_text(type: Any) -> bool:
    import pyarrow.types as t

    return t.is_string(type) or t.is_large_string(type) or t.is_string_view(type) or _is_bytes(type)


def _is_bytes(type: Any) -> bool:
    import pyarrow.types as t

    return t.is_binary(type) or t.is_large_binary(type) or t.is_binary_view(type)


def _check_type(ours: str, where: Where, type: Any, file: str) -> None:
    import pyarrow.types as t

    if t.is_dictionary(type):
        type = type.value_type
    if ours == "content":
        fits, needed = _is_text(type), "string or binary"
    elif ours == "licenses":
        listed = (t.is_list(type) or t.is_large_list(type) or t.is_fixed_size_list(type)) and (
            _is_text(type.value_type) or t.is_null(type.value_type)
        )
        fits, needed = listed or t.is_null(type) or _is_text(type), "a list of strings, or a string"
    elif ours == "stars":
        fits, needed = t.is_integer(type) or t.is_floating(type) or t.is_decimal(type) or t.is_null(type), "a number"
    elif ours == "date":
        fits = t.is_timestamp(type) or t.is_date(type) or t.is_integer(type) or t.is_null(type) or _is_text(type)
        needed = "a time, an ISO 8601 string or a number"
    else:
        fits, needed = (_is_text(type) and not _is_bytes(type)) or t.is_null(type), "string"
    if not fits:
        name = ".".join(where)
        raise FailedPrecondition(
            f"column `{name}` of {file} is {type}, it must be {needed}: convert it and run again",
            reason="COLUMN_TYPE",
            path=file,
            column=name,
        )
