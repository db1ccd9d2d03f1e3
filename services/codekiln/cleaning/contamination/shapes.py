"""The shape of a Python function: its tree, names numbered by first use, without docstring, annotations, layout."""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator

GRAM = 4
_BUILTINS = frozenset(dir(builtins))
_SKIPPED_FIELDS = frozenset(
    {"annotation", "returns", "type_comment", "ctx", "decorator_list", "type_params", "type_ignores", "kind"}
)

Shape = frozenset[int]


_DEFINITION = re.compile(rb"^([ \t]*)(?:async[ \t]+)?def[ \t]", re.MULTILINE)


def functions_around(data: bytes, offsets: Iterable[int]) -> list[str]:
    """The source of every function that an offset lies in. Found by indentation, so quick in large files."""
    definitions = [(found.start(), len(found[1])) for found in _DEFINITION.finditer(data)]
    begins = [start for start, _ in definitions]
    wanted: dict[int, int] = {}
    for offset in offsets:
        at, indentation = bisect_right(begins, offset) - 1, 1 << 30
        while at >= 0 and indentation > 0:
            start, indent = definitions[at]
            if indent < indentation:
                indentation = indent
                end = _block_end(data, start, indent)
                if offset < end:
                    wanted[start] = end
            at -= 1
    indents = dict(definitions)
    return [_dedented(data[start:end], indents[start]) for start, end in sorted(wanted.items())]


def _dedented(data: bytes, indent: int) -> str:
    """As if the function stood at the margin. What is indented less is a comment, a bracket or inside a string."""
    lines = data.decode(errors="replace").split("\n")
    return "\n".join(line[indent:] if not line[:indent].strip() else line.lstrip() for line in lines)


def _block_end(data: bytes, start: int, indent: int) -> int:
    """Where a line begins that is indented no deeper; a bracket that closes a signature is not such a line."""
    found = re.compile(rb"\n[ \t]{0,%d}[^ \t\n#)\]}]" % indent).search(data, data.find(b"\n", start))
    return found.start() + 1 if found else len(data)


def function_shapes(text: str) -> list[Shape]:
    """Shapes of every function of a file; none where it does not parse."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []
    return [shape(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def shape(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Shape:
    """Numbers of every four nodes in a row of the function's tree."""
    labels = list(_labels(function))
    return frozenset(
        int.from_bytes(
            hashlib.blake2b("\0".join(labels[i : i + GRAM]).encode("utf-8", "surrogatepass"), digest_size=8).digest(),
            "big",
        )
        for i in range(max(1, len(labels) - GRAM + 1))
    )


def similarity(one: Shape, other: Shape) -> float:
    """Jaccard similarity."""
    return len(one & other) / len(one | other) if one or other else 0.0


def _labels(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    numbers: dict[str, int] = {}

    def number(name: str) -> str:
        return name if name in _BUILTINS else f"#{numbers.setdefault(name, len(numbers))}"

    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    stack: list[ast.AST] = [*reversed(body), function.args]
    while stack:
        node = stack.pop()
        label = type(node).__name__
        if isinstance(node, ast.Name):
            label = number(node.id)
        elif isinstance(node, ast.arg):
            label = number(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            label = f"{label} {number(node.name)}"
        elif isinstance(node, ast.Attribute):
            label = f".{node.attr}"
        elif isinstance(node, ast.Constant):
            label = repr(node.value)
        yield label
        children = [
            child for name, value in ast.iter_fields(node) if name not in _SKIPPED_FIELDS for child in _nodes(value)
        ]
        stack.extend(reversed(children))


def _nodes(value: object) -> list[ast.AST]:
    if isinstance(value, ast.AST):
        return [value]
    return [item for item in value if isinstance(item, ast.AST)] if isinstance(value, list) else []
