"""From plain data, of a file or of `--set`, to the proto message of a specification; what does not fit is named."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf import json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from codekiln.cli.yaml_lines import line_of
from codekiln.core.errors import InvalidArgument

_WANTED = {
    FieldDescriptor.TYPE_BOOL: "true or false",
    FieldDescriptor.TYPE_STRING: "text, in quotes where it looks like a number or a date",
    FieldDescriptor.TYPE_DOUBLE: "a number",
    FieldDescriptor.TYPE_FLOAT: "a number",
    FieldDescriptor.TYPE_ENUM: "one of its names",
}
_SHOWN = 60


def parse_spec(kind: type[Message], data: Any, file: str, path: str, line: int | None = None) -> Message:
    """A specification. `file` and `line` are where the data stands. Raises InvalidArgument that names what is wrong."""
    return json_format.ParseDict(_fitting(kind.DESCRIPTOR, data, _Place(file, line, path)), kind())


def check_known(key: object, known: Iterable[str], where: str, prefix: str = "") -> None:
    """Raises InvalidArgument (UNKNOWN_KEY) with what was probably meant."""
    names = list(known)
    if key in names:
        return
    close = difflib.get_close_matches(str(key), names, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"known are {', '.join(names)}"
    raise InvalidArgument(
        f"{where}: `{prefix}{shown(key)}` is not known: {hint}", reason="UNKNOWN_KEY", key=f"{prefix}{shown(key)}"
    )


def shown(value: object) -> str:
    """A value as a message can hold it."""
    text = str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


@dataclass(frozen=True)
class _Place:
    """Where a value stands: file and line, and its path in the specification."""

    file: str
    line: int | None
    path: str

    def below(self, data: dict[str, Any], key: object) -> _Place:
        return _Place(self.file, line_of(data, key) or self.line, f"{self.path}.{key}")

    def item(self, number: int) -> _Place:
        return replace(self, path=f"{self.path}[{number}]")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    def must_be(self, what: str, value: object) -> InvalidArgument:
        return InvalidArgument(f"{self}: `{self.path}` must be {what}, got `{shown(value)}`", reason="BAD_RECIPE")


def _fitting(descriptor: Any, data: Any, place: _Place) -> dict[str, Any]:
    """The data of one message, each field checked."""
    if not isinstance(data, dict):
        raise place.must_be("a mapping", data)
    fitting = {}
    for key, value in data.items():
        below = place.below(data, key)
        check_known(key, descriptor.fields_by_name, str(below), f"{place.path}.")
        fitting[key] = _field(descriptor.fields_by_name[key], value, below)
    return fitting


def _field(field: FieldDescriptor, value: Any, place: _Place) -> Any:
    if not field.is_repeated:
        return _value(field, value, place)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return _map(field, value, place)
    if value is None:
        return []
    if not isinstance(value, list):
        raise place.must_be("a list", value)
    return [_value(field, item, place.item(i)) for i, item in enumerate(value)]


def _map(field: FieldDescriptor, value: Any, place: _Place) -> dict[str, Any]:
    """A mapping whose keys are the caller's words."""
    if not isinstance(value, dict):
        raise place.must_be("a mapping", value)
    assert field.message_type is not None  # maps are lists of messages
    of_value = field.message_type.fields_by_name["value"]
    return {str(key): _value(of_value, item, place.below(value, key)) for key, item in value.items()}


def _value(field: FieldDescriptor, value: Any, place: _Place) -> Any:
    if field.message_type is not None:
        return _fitting(field.message_type, {} if value is None else value, place)
    try:
        plain = {field.name: [value] if field.is_repeated else value}
        message: Any = field.containing_type
        json_format.ParseDict(plain, message_factory.GetMessageClass(message)())
    except (json_format.ParseError, TypeError, ValueError, AttributeError):
        raise place.must_be(_WANTED.get(field.type, "a whole number"), value) from None
    return value
