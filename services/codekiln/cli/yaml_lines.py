"""YAML whose mappings know on which line each of their keys stands, so that an error can name it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from codekiln.core.errors import InvalidArgument, NotFound


class Mapping(dict[str, Any]):
    """A mapping of a YAML file."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def line_of(data: dict[str, Any], key: object) -> int | None:
    """Where `key` stands, None where the data did not come from a file."""
    return data.lines.get(str(key)) if isinstance(data, Mapping) else None


def load_yaml(path: Path) -> Any:
    """The one document of a file. Raises NotFound, and InvalidArgument with file and line for what cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidArgument(f"{path}:{line}: not UTF-8 text: save it as UTF-8", reason="BAD_RECIPE") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise NotFound(f"cannot read the recipe {path}: {why}", reason="RECIPE_NOT_FOUND") from error
    try:
        return _parse(text, str(path))
    except yaml.YAMLError as error:
        where, words = _place(error, text)
        raise InvalidArgument(f"{path}{where}: not YAML: {words}", reason="BAD_RECIPE") from error
    except (ValueError, RecursionError) as error:
        words = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise InvalidArgument(f"{path}: not YAML: {words}", reason="BAD_RECIPE") from error


def _parse(text: str, name: str) -> Any:
    loader = _Loader(text)
    loader.name = name
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _place(error: yaml.YAMLError, text: str) -> tuple[str, str]:
    """`:LINE` where that is known, and what is wrong there."""
    if isinstance(error, yaml.reader.ReaderError):
        return f":{text.count(chr(10), 0, error.position) + 1}", str(error.reason)
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}" if mark else "", str(getattr(error, "problem", None) or error)


class _Loader(yaml.SafeLoader):
    """Plain data only, and every key of a mapping once."""


def _construct(loader: _Loader, node: yaml.MappingNode) -> Iterator[Mapping]:
    mapping = Mapping()
    yield mapping
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise InvalidArgument(f"{loader.name}:{line}: a key must be a word", reason="BAD_RECIPE")
        if key.value in mapping.lines:
            raise InvalidArgument(
                f"{loader.name}:{line}: `{key.value}` is there twice, first on line {mapping.lines[key.value]}",
                reason="BAD_RECIPE",
            )
        mapping.lines[key.value] = line
    mapping.update(dict[Any, Any](loader.construct_mapping(node)))


_Loader.add_constructor("tag:yaml.org,2002:map", _construct)
