"""The rules to try: what a recipe's `cleaning` and `--set FIELD=VALUE` say, checked as a cleaning would check them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from google.protobuf import json_format

from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.errors import InvalidArgument, NotFound
from codekiln.core.spec import from_message
from codekiln.v1 import artifact_pb2, cleaning_pb2

_REFERENCES = ("corpus", "benchmarks")
_FIELDS = [name for name in cleaning_pb2.CleaningSpec.DESCRIPTOR.fields_by_name if name not in _REFERENCES]


def read_rules(settings: Iterable[str] = (), recipe: Path | None = None) -> CleaningSpec:
    """The specification; its corpus is none. `settings` win over the recipe.

    Raises InvalidArgument that names the field, NotFound where there is no such recipe.
    """
    data = _of_recipe(recipe) if recipe else {}
    for pair in settings:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InvalidArgument(f"`{pair}`: write FIELD=VALUE, for example max_line_length=500", reason="BAD_SET")
        data[_known(name.strip(), f"`{pair}`")] = _yaml(text, f"`{pair}`")
    corpus = artifact_pb2.ArtifactRef(kind=artifact_pb2.ARTIFACT_KIND_CORPUS, digest="0" * 32)
    message = cleaning_pb2.CleaningSpec(corpus=corpus)
    try:
        json_format.ParseDict(data, message)
    except json_format.ParseError as error:
        raise InvalidArgument(f"the rules cannot be read: {error}", reason="BAD_SET") from error
    return from_message(CleaningSpec, message, "rules")


def _of_recipe(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise NotFound(f"there is no recipe {path}", reason="RECIPE_NOT_FOUND")
    data = _yaml(path.read_text(encoding="utf-8", errors="replace"), str(path))
    rules = data.get("cleaning") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(rules or {}, dict):
        raise InvalidArgument(
            f"{path}: a recipe is a mapping of stages, and `cleaning` one of fields", reason="BAD_RECIPE"
        )
    rules = {name: value for name, value in (rules or {}).items() if name not in _REFERENCES}
    for name in rules:
        _known(str(name), str(path))
    return rules


def _known(name: str, where: str) -> str:
    if name in _FIELDS:
        return name
    close = difflib.get_close_matches(name, _FIELDS, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(_FIELDS)}"
    raise InvalidArgument(f"{where}: a cleaning has no field `{name}`: {hint}", reason="UNKNOWN_FIELD", field=name)


def _yaml(text: str, where: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"{where}: this is not YAML", reason="BAD_SET") from error
