"""Recipes: one YAML file that names every stage's parameters, read top to bottom.

Turns the file into specifications and knows the order of stages and whose artifact each takes. Runs nothing; what is
cached is not its business.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from google.protobuf import json_format
from google.protobuf.message import Message

from codekiln.client.kinds import KINDS
from codekiln.core.errors import InvalidArgument, NotFound


@dataclass(frozen=True)
class Stage:
    """One stage of a recipe. `inputs` maps fields of its specification to the stages whose artifact they take."""

    kind: str
    spec: Message
    inputs: dict[str, str]


@dataclass(frozen=True)
class Recipe:
    """A name and stages in order."""

    name: str
    stages: tuple[Stage, ...]


_ORDER: dict[str, dict[str, str]] = {
    "benchmark": {},
    "ingestion": {},
    "cleaning": {"corpus": "ingestion", "benchmarks": "benchmark"},
    "tokenizer": {"dataset": "cleaning"},
    "tokens": {"dataset": "cleaning", "tokenizer": "tokenizer"},
    "trainer": {"tokens": "tokens"},
    "evaluation": {"model": "trainer", "benchmark": "benchmark"},
}


def load_recipe(path: Path) -> Recipe:
    """Raises NotFound for a missing file and InvalidArgument, with the line, for anything that is not understood."""
    try:
        text = path.read_text()
    except OSError as error:
        raise NotFound(f"cannot read the recipe {path}: {error.strerror}", reason="RECIPE_NOT_FOUND") from error
    except UnicodeDecodeError as error:
        raise InvalidArgument(f"{path} is not UTF-8 text: {error}", reason="BAD_RECIPE") from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise InvalidArgument(f"{where}: not YAML: {getattr(error, 'problem', error)}", reason="BAD_RECIPE") from error
    if not isinstance(data, dict) or not isinstance(node, yaml.MappingNode):
        raise InvalidArgument(f"{path}: a recipe is a mapping of stages: see recipes/demo.yaml", reason="BAD_RECIPE")
    return _recipe(path, data, node)


def _recipe(path: Path, data: dict[str, Any], node: yaml.MappingNode) -> Recipe:
    known = ["name", *_ORDER]
    for key_node, _ in node.value:
        _check_known(key_node.value, known, f"{path}:{key_node.start_mark.line + 1}", "")
    name = data.get("name") or path.stem
    stages = []
    nodes = {key.value: value for key, value in node.value}
    for kind, inputs in _ORDER.items():
        if kind not in data:
            continue
        missing = [stage for field, stage in inputs.items() if stage not in data and field != "benchmarks"]
        if missing:
            line = nodes[kind].start_mark.line + 1
            raise InvalidArgument(
                f"{path}:{line}: `{kind}` needs the stage `{missing[0]}`, which the recipe does not have: add it",
                reason="BAD_RECIPE",
            )
        spec = parse_spec(KINDS[kind].spec, data[kind] or {}, nodes[kind], str(path), kind)
        stages.append(Stage(kind, spec, {f: s for f, s in inputs.items() if s in data}))
    if not stages:
        raise InvalidArgument(f"{path}: no stage in it: see recipes/demo.yaml", reason="BAD_RECIPE")
    return Recipe(str(name), tuple(stages))


def parse_spec(kind: type[Message], data: Any, node: yaml.Node | None, file: str, path: str) -> Message:
    """A specification from plain data. Raises InvalidArgument with file, line and path of what is wrong."""
    _check(kind.DESCRIPTOR, data, node, file, path)
    return json_format.ParseDict(data, kind())


def _check(descriptor: Any, data: Any, node: yaml.Node | None, file: str, path: str) -> None:
    where = f"{file}:{node.start_mark.line + 1}" if node is not None else file
    if not isinstance(data, dict):
        raise InvalidArgument(f"{where}: `{path}` must be a mapping, got `{data}`", reason="BAD_RECIPE")
    children = {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    keys = {key.value: key for key, _ in node.value} if isinstance(node, yaml.MappingNode) else {}
    fields = descriptor.fields_by_name
    for key, value in data.items():
        line = f"{file}:{keys[key].start_mark.line + 1}" if key in keys else file
        _check_known(str(key), list(fields), line, f"{path}.")
        field, child = fields[key], children.get(key)
        items = value if field.is_repeated and isinstance(value, list) else [value]
        if field.is_repeated and not isinstance(value, list):
            raise InvalidArgument(f"{line}: `{path}.{key}` must be a list, got `{value}`", reason="BAD_RECIPE")
        for i, item in enumerate(items):
            inner = child.value[i] if field.is_repeated and isinstance(child, yaml.SequenceNode) else child
            inner_path = f"{path}.{key}[{i}]" if field.is_repeated else f"{path}.{key}"
            if field.message_type is not None:
                _check(field.message_type, item if item is not None else {}, inner, file, inner_path)
            else:
                _check_scalar(descriptor, key, field.is_repeated, item, line, inner_path)


def _check_scalar(descriptor: Any, key: str, repeated: bool, item: Any, line: str, path: str) -> None:
    try:
        from google.protobuf import message_factory

        json_format.ParseDict({key: [item] if repeated else item}, message_factory.GetMessageClass(descriptor)())
    except json_format.ParseError:
        field = descriptor.fields_by_name[key]
        kind = {8: "true or false", 9: "text", 1: "a number", 2: "a number"}.get(field.type, "a whole number")
        raise InvalidArgument(f"{line}: `{path}` must be {kind}, got `{item}`", reason="BAD_RECIPE") from None


def _check_known(key: str, known: list[str], where: str, prefix: str) -> None:
    if key in known:
        return
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"known are {', '.join(known)}"
    raise InvalidArgument(f"{where}: `{prefix}{key}` is not known: {hint}", reason="UNKNOWN_KEY", key=f"{prefix}{key}")
