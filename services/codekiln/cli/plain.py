"""Messages as plain data: what went into a protobuf Struct as a whole number comes out as one."""

from __future__ import annotations

from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message


def as_data(message: Message) -> dict[str, Any]:
    """A message with its fields' names, ready for JSON."""
    data: dict[str, Any] = json_format.MessageToDict(message, preserving_proto_field_name=True)
    return {name: _whole(value) for name, value in data.items()}


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53 else value
