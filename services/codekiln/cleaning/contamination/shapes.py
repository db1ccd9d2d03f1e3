"""The shape of a Python function: its tree, names numbered by first use, without docstring, annotations, layout."""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

GRAM = 4
NAME = "#"
_BUILTINS = frozenset(dir(builtins))
_SKIPPED_FIELDS = frozenset(
    {"annotation", "returns", "type_comment", "ctx", "decorator_list", "type_params", "type_ignores", "kind"}
)


@dataclass(frozen=True)
class Shape:
    """Numbers of every GRAM nodes in a row of a function's tree, each kind computed when it is first asked for."""

    labels: tuple[str, ...] = ()

    @cached_property
    def strict(self) -> frozenset[int]:
        """Names are numbered by their first use in the function."""
        return frozenset(map(_number, _grams(_numbered(self.labels)))) if self.labels else frozenset()

    @cached_property
    def loose(self) -> frozenset[int]:
        """Names are numbered by their first use in these few nodes: a statement more, or in another place, changes
        only the numbers around it."""
        return frozenset(_number(_numbered(gram)) for gram in _grams(self.labels)) if self.labels else frozenset()

    def __len__(self) -> int:
        return len(self.strict)


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
    return Shape(tuple(_labels(function)))


def similarity(one: Shape, other: Shape) -> float:
    """Jaccard similarity of the strict shapes."""
    return _jaccard(one.strict, other.strict)


def loose_similarity(one: Shape, other: Shape) -> float:
    """Jaccard similarity of the loose shapes."""
    return _jaccard(one.loose, other.loose)


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _grams(labels: Sequence[str]) -> list[Sequence[str]]:
    return [labels[i : i + GRAM] for i in range(max(1, len(labels) - GRAM + 1))]


def _number(labels: Sequence[str]) -> int:
    return int.from_bytes(
        hashlib.blake2b("\0".join(labels).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )


def _numbered(labels: Sequence[str]) -> list[str]:
    """Own names, which begin with NAME, by their first use."""
    numbers: dict[str, int] = {}
    return [f"{NAME}{numbers.setdefault(label, len(numbers))}" if label.startswith(NAME) else label for label in labels]


def _labels(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    receiver = _receiver(function)
    stack: list[ast.AST] = [*reversed(body), function.args]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.arg) and node.arg == receiver:
            continue
        label = type(node).__name__
        children = [
            child for name, value in ast.iter_fields(node) if name not in _SKIPPED_FIELDS for child in _nodes(value)
        ]
        if isinstance(node, ast.Name):
            label = _name(node.id)
        elif isinstance(node, ast.arg):
            label = _name(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield label
            label = _name(node.name)
        elif isinstance(node, ast.AugAssign):  # x += 1 as x = x + 1
            label, children = "Assign", [node.target, ast.BinOp(node.target, node.op, node.value)]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Gt | ast.GtE) and len(node.ops) == 1:
            other = ast.Lt() if isinstance(node.ops[0], ast.Gt) else ast.LtE()
            children = [node.comparators[0], other, node.left]
        elif isinstance(node, ast.Attribute):
            own = receiver and isinstance(node.value, ast.Name) and node.value.id == receiver
            label, children = (_name(node.attr), []) if own else (f".{node.attr}", children)
        elif isinstance(node, ast.Constant):
            label = repr(node.value)
        yield label
        stack.extend(reversed(children))


def _name(name: str) -> str:
    return name if name in _BUILTINS else f"{NAME}{name}"


def _receiver(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """`self`, which only says that the function became a method."""
    first = next(iter((*function.args.posonlyargs, *function.args.args)), None)
    return first.arg if first and first.arg in ("self", "cls") else ""


def _nodes(value: object) -> list[ast.AST]:
    if isinstance(value, ast.AST):
        return [value]
    return [item for item in value if isinstance(item, ast.AST)] if isinstance(value, list) else []
