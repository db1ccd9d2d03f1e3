"""Specifications: frozen dataclasses with defaults and bounds, made from proto messages at the edge, once.

A service declares its specification with the proto's field names:

    @dataclass(frozen=True)
    class TokenizerSpec:
        dataset: Ref = ref("dataset")
        vocab_size: int = bounded(32768, low=512, high=262144)

`from_message` fills in defaults for what the caller left unset and raises InvalidArgument with the path of every field
that is wrong. `to_json`/`from_json` are the form kept in job records, so a worker never guesses a default again.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any, TypeVar

from google.protobuf.message import Message

from codekiln.core.artifacts import Ref
from codekiln.core.errors import FailedPrecondition, InvalidArgument, Violation

T = TypeVar("T")


def bounded(default: Any, *, low: float | None = None, high: float | None = None) -> Any:
    """A number with a default and inclusive bounds."""
    return dataclasses.field(default=default, metadata={"low": low, "high": high})


def ref(kind: str, *, required: bool = True) -> Any:
    """A reference to an artifact of one kind."""
    return dataclasses.field(default=None, metadata={"kind": kind, "required": required})


def refs(kind: str) -> Any:
    """A list of references to artifacts of one kind."""
    return dataclasses.field(default=(), metadata={"kind": kind})


def choice(default: str, *values: str) -> Any:
    """One of a few words."""
    return dataclasses.field(default=default, metadata={"values": values})


def from_message(cls: type[T], message: Message, path: str = "spec") -> T:
    """Builds `cls` from a proto message.

    Raises InvalidArgument that lists every wrong field. A `check(path)` method of the dataclass may return more
    violations for what spans several fields.
    """
    violations: list[Violation] = []
    value: T = _build(cls, message, path, violations)
    if violations:
        raise InvalidArgument(violations=violations)
    return value


def to_json(spec: Any) -> Any:
    """Plain dicts, lists and scalars; references as `kind:digest`."""
    if isinstance(spec, Ref):
        return str(spec)
    if dataclasses.is_dataclass(spec):
        return {f.name: to_json(getattr(spec, f.name)) for f in dataclasses.fields(spec)}
    if isinstance(spec, tuple | list):
        return [to_json(item) for item in spec]
    return dict(spec) if isinstance(spec, dict) else spec


def from_json(cls: type[T], data: dict[str, Any]) -> T:
    """The inverse of `to_json`."""
    value: T = _parse(cls, data)
    return value


def _build(cls: Any, message: Message, path: str, violations: list[Violation]) -> Any:
    hints = typing.get_type_hints(cls)
    descriptor = message.DESCRIPTOR
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        proto_field = descriptor.fields_by_name[field.name]
        values[field.name] = _field(field, hints[field.name], proto_field, message, f"{path}.{field.name}", violations)
    spec = cls(**values)
    if not violations and hasattr(spec, "check"):
        violations.extend(spec.check(path))
    return spec


def _field(
    field: dataclasses.Field[Any],
    hint: Any,
    proto: Any,
    message: Message,
    path: str,
    violations: list[Violation],
) -> Any:
    value = getattr(message, field.name)
    inner = _inner(hint)
    if proto.message_type is not None and proto.message_type.GetOptions().map_entry:
        return dict(sorted(value.items()))
    if proto.is_repeated:
        items = list(value)
        if inner is Ref:
            return tuple(_ref(item, field, f"{path}[{i}]", violations) for i, item in enumerate(items))
        if dataclasses.is_dataclass(inner):
            return tuple(_build(inner, item, f"{path}[{i}]", violations) for i, item in enumerate(items))
        for i, item in enumerate(items):
            _check_bounds(item, field, f"{path}[{i}]", violations)
        return tuple(items) if items else _default(field)
    if inner is Ref:
        return _ref(value if message.HasField(field.name) else None, field, path, violations)
    if dataclasses.is_dataclass(inner):
        if not message.HasField(field.name):
            return _default(field)
        return _build(inner, value, path, violations)
    if proto.has_presence and not message.HasField(field.name):
        return _default(field)
    _check_bounds(value, field, path, violations)
    return value


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else None


def _check_bounds(value: Any, field: dataclasses.Field[Any], path: str, violations: list[Violation]) -> None:
    low, high, values = (field.metadata.get(key) for key in ("low", "high", "values"))
    if isinstance(value, float) and value != value:
        violations.append(Violation(path, "must be a number, got NaN"))
    elif low is not None and value < low:
        violations.append(Violation(path, f"must be at least {low:g}, got {value:g}"))
    elif high is not None and value > high:
        violations.append(Violation(path, f"must be at most {high:g}, got {value:g}"))
    elif values and value not in values:
        violations.append(Violation(path, f"must be one of {', '.join(filter(None, values))}, got `{value}`"))


def _ref(message: Any, field: dataclasses.Field[Any], path: str, violations: list[Violation]) -> Ref | None:
    kind = field.metadata["kind"]
    if message is None or not message.digest:
        if field.metadata.get("required", True):
            violations.append(Violation(path, f"is required: a reference such as `{kind}:<digest>`"))
        return None
    try:
        value = Ref.from_message(message)
    except InvalidArgument as error:
        violations.append(Violation(path, error.message))
        return None
    if value.kind != kind:
        violations.append(Violation(path, f"must be a `{kind}`, got `{value}`"))
    return value


def _inner(hint: Any) -> Any:
    """The type inside `X | None` or `tuple[X, ...]`."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(a for a in typing.get_args(hint) if a is not type(None))
    if typing.get_origin(hint) is tuple:
        return typing.get_args(hint)[0]
    return hint


def _parse(hint: Any, data: Any) -> Any:
    if data is None:
        return None
    inner = _inner(hint)
    if isinstance(data, list):
        return tuple(_parse(inner, item) for item in data)
    if inner is Ref:
        return Ref.parse(data)
    if dataclasses.is_dataclass(inner):
        hints = typing.get_type_hints(inner)
        if unknown := sorted(set(data) - set(hints)):
            raise FailedPrecondition(
                f"the specification has `{unknown[0]}`, which this version does not know: create the job again",
                reason="SPEC_OF_ANOTHER_VERSION",
            )
        return inner(**{name: _parse(hints[name], value) for name, value in data.items()})  # type: ignore[operator]
    return inner(data) if inner in (int, float, str) else data
