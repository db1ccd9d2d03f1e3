"""Recipes: one YAML file that names every stage's parameters, read top to bottom.

Turns the file into specifications and knows the order of stages and whose artifact each takes. Runs nothing; what is
cached is not its business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from codekiln.cli.specification import check_known, parse_spec, shown
from codekiln.cli.yaml_lines import line_of, load_yaml
from codekiln.client.kinds import KINDS
from codekiln.core.errors import InvalidArgument
from codekiln.core.names import is_name


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
    data = load_yaml(path)
    if not isinstance(data, dict):
        raise InvalidArgument(f"{path}: a recipe is a mapping of stages: see recipes/demo.yaml", reason="BAD_RECIPE")
    for key in data:
        check_known(key, ["name", *_ORDER], _where(path, data, key))
    name = _name(path, data)
    stages = tuple(_stage(path, data, kind) for kind in _ORDER if kind in data)
    if not stages:
        raise InvalidArgument(f"{path}: no stage in it: see recipes/demo.yaml", reason="BAD_RECIPE")
    return Recipe(name, stages)


def _name(path: Path, data: dict[str, Any]) -> str:
    """What the artifacts' names begin with: checked now, and not after the first stage has run for an hour."""
    name = data["name"] if data.get("name") is not None else path.stem
    if not isinstance(name, str | int | float) or not is_name(f"{name}/artifact"):
        raise InvalidArgument(
            f"{_where(path, data, 'name')}: `name` must be letters, digits, `.`, `_` and `-`, got `{shown(name)}`",
            reason="BAD_RECIPE",
        )
    return str(name)


def _stage(path: Path, data: dict[str, Any], kind: str) -> Stage:
    inputs = _ORDER[kind]
    missing = [stage for field, stage in inputs.items() if stage not in data and field != "benchmarks"]
    if missing:
        raise InvalidArgument(
            f"{_where(path, data, kind)}: `{kind}` needs the stage `{missing[0]}`, which the recipe does not have: "
            "add it",
            reason="BAD_RECIPE",
        )
    given = {} if data[kind] is None else data[kind]
    spec = parse_spec(KINDS[kind].spec, given, str(path), kind, line_of(data, kind))
    return Stage(kind, spec, {field: stage for field, stage in inputs.items() if stage in data})


def _where(path: Path, data: dict[str, Any], key: object) -> str:
    line = line_of(data, key)
    return f"{path}:{line}" if line else str(path)
