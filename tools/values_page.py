"""Writes the table of values into the chart's README: `make values`. A test fails when it is stale.

The text of a value is the comment that starts with `# --` above it in values.yaml. A key of `defaults` that a workload
sets needs none: it means the same everywhere. A value with neither is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parent.parent / "charts" / "codekiln"
VALUES, README = CHART / "values.yaml", CHART / "README.md"
BEGIN, END = "<!-- values: written by tools/values_page.py -->", "<!-- end of values -->"
SHARED = "defaults"
MARK = "# --"


@dataclass(frozen=True)
class Value:
    """One row of the table. `path` is what --set takes, its parts joined by dots."""

    path: str
    default: Any
    text: str

    @property
    def type(self) -> str:
        match self.default:
            case bool():
                return "bool"
            case int():
                return "int"
            case float():
                return "number"
            case str():
                return "string"
            case list():
                return "list"
        return "map"

    @property
    def row(self) -> str:
        default = "" if self.default == "" else f"`{json.dumps(self.default, ensure_ascii=False)}`"
        text = self.text.replace("|", "\\|")
        return f"| `{self.path}` | {self.type} | {default} | {text} |"


def main() -> None:
    README.write_text(page(README.read_text(), VALUES.read_text()))


def page(readme: str, values: str) -> str:
    """The README with its table written anew. Raises ValueError without a place for it or a text for each value."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{README} needs the lines `{BEGIN}` and `{END}`")
    rows = "\n".join(value.row for value in documented(values))
    return f"{before}{BEGIN}\n| value | type | default | meaning |\n|---|---|---|---|\n{rows}\n{END}{after}"


def documented(text: str) -> list[Value]:
    """Every value that has a text, in the order of the file. Raises ValueError for the ones that lack it."""
    values, lines = yaml.safe_load(text), text.splitlines()
    shared = {key: _text_above(lines, line) for key, line, _ in _keys(_child(yaml.compose(text), SHARED))}
    rows = list(_rows(yaml.compose(text), values, lines, shared, ()))
    missing = [row.path for row in rows if not row.text]
    if missing:
        raise ValueError(f"values.yaml: write a comment that starts with `{MARK}` above {', '.join(missing)}")
    return rows


def _rows(
    node: yaml.Node | None, value: dict[str, Any], lines: list[str], shared: dict[str, str], above: tuple[str, ...]
) -> Iterator[Value]:
    for key, line, below in _keys(node):
        path = (*above, key)
        text = _text_above(lines, line) or (shared.get(key, "") if above and above[0] != SHARED else "")
        if text or not _keys(below):
            yield Value(".".join(path), value[key], text)
        else:
            yield from _rows(below, value[key], lines, shared, path)


def _keys(node: yaml.Node | None) -> list[tuple[str, int, yaml.Node]]:
    """Key, line and value of each entry of a map; none of anything else."""
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(str(key.value), key.start_mark.line, value) for key, value in node.value]


def _child(node: yaml.Node | None, name: str) -> yaml.Node | None:
    return next((value for key, _, value in _keys(node) if key == name), None)


def _text_above(lines: list[str], line: int) -> str:
    """The comment that ends above this line, from its mark on, on one line; empty without a mark."""
    words: list[str] = []
    for text in reversed([text.strip() for text in lines[:line]]):
        if not text.startswith("#"):
            return ""
        if text.startswith(MARK):
            return " ".join([text.removeprefix(MARK).strip(), *words])
        words.insert(0, text.removeprefix("#").strip())
    return ""


if __name__ == "__main__":
    main()
