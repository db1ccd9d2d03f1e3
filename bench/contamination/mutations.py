"""What people do to a problem and its solution before it ends up in a file of theirs. Pure functions of a program."""

from __future__ import annotations

import ast
import builtins
import random
import re
import textwrap
from collections.abc import Callable

Mutation = Callable[[str, str, random.Random], str]
"""(program, name of its function, lot) -> the same in disguise."""

_NAMES = (
    "alpha",
    "beta",
    "delta",
    "left",
    "right",
    "item",
    "value",
    "count",
    "total",
    "result",
    "data",
    "node",
    "part",
)


def verbatim(program: str, entry: str, lot: random.Random) -> str:
    return program


def docstring_alone(program: str, entry: str, lot: random.Random) -> str:
    """The task as a comment, above an attempt of somebody's own."""
    return "".join(f"# {line}\n" for line in _docstring(program, entry).split("\n")) + "ANSWER = None\n"


def requoted(program: str, entry: str, lot: random.Random) -> str:
    """The docstring in other quotes, wrapped anew."""
    words = textwrap.fill(
        " ".join(_docstring(program, entry).split()), 60, initial_indent="    ", subsequent_indent="    "
    )
    function = _function(ast.parse(program), entry)
    head = ast.unparse(ast.FunctionDef(function.name, function.args, [ast.Pass()], [], lineno=1, type_params=[]))
    return f"{head.rsplit(chr(10), 1)[0]}\n    r'''\n{words}\n    '''\n    pass\n"


def solution_alone(program: str, entry: str, lot: random.Random) -> str:
    """Without its docstring; comments and layout stay."""
    lines, function = program.split("\n"), _function(ast.parse(program), entry)
    if ast.get_docstring(function, clean=False) is None:
        return program.split('"""\n', 2)[-1] if program.lstrip().startswith('"""') else program
    doc = function.body[0]
    return "\n".join(lines[: doc.lineno - 1] + lines[doc.end_lineno :])


def reindented(program: str, entry: str, lot: random.Random) -> str:
    """By tabs in place of spaces."""
    program = solution_alone(program, entry, lot)
    unit = min((len(m[1]) for m in re.finditer(r"^( +)\S", program, re.MULTILINE)), default=4)
    return re.sub(r"^ +", lambda m: "\t" * (len(m[0]) // unit) + " " * (len(m[0]) % unit), program, flags=re.MULTILINE)


def stripped(program: str, entry: str, lot: random.Random) -> str:
    """Without comments and docstrings, laid out by a formatter."""
    return ast.unparse(_bare(ast.parse(program)))


def commented(program: str, entry: str, lot: random.Random) -> str:
    """A comment after every other line."""
    lines = stripped(program, entry, lot).split("\n")
    return "\n".join(
        f"{line}  # {lot.choice(_NAMES)} {lot.choice(_NAMES)}" if i % 2 else line for i, line in enumerate(lines)
    )


def renamed(program: str, entry: str, lot: random.Random) -> str:
    """Every name of its own is another; comments and docstrings are gone."""
    return ast.unparse(_Renaming(ast.parse(program), lot).renamed())


def in_a_class(program: str, entry: str, lot: random.Random) -> str:
    """As static methods of a class, without docstrings."""
    tree = _bare(ast.parse(program))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    others = [node for node in tree.body if not isinstance(node, ast.FunctionDef)]
    method = "\n\n".join("@staticmethod\n" + ast.unparse(node) for node in functions)
    head = "\n".join(map(ast.unparse, others))
    return f"{head}\n\nclass Solution:\n{textwrap.indent(method, '    ')}\n"


def in_all_disguises(program: str, entry: str, lot: random.Random) -> str:
    """Renamed, in a class, indented by two, commented."""
    changed = in_a_class(renamed(program, entry, lot), entry, lot).replace("    ", "  ")
    return commented_lines(changed, lot)


def commented_lines(text: str, lot: random.Random) -> str:
    """The text with comment lines of its own between statements."""
    return re.sub(r"^( +)(return|for|if|while)\b", rf"\1# {lot.choice(_NAMES)}\n\1\2", text, flags=re.MULTILINE)


MUTATIONS: dict[str, Mutation] = {
    m.__name__: m
    for m in (
        verbatim, docstring_alone, requoted, solution_alone, reindented, stripped, commented, renamed, in_a_class,
        in_all_disguises,
    )
}  # fmt: skip


def _function(tree: ast.Module, entry: str) -> ast.FunctionDef:
    return next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == entry)


def _docstring(program: str, entry: str) -> str:
    tree = ast.parse(program)
    return ast.get_docstring(_function(tree, entry), clean=False) or ast.get_docstring(tree, clean=False) or ""


def _bare(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


class _Renaming(ast.NodeTransformer):
    """Functions, arguments and variables that the program itself names."""

    def __init__(self, tree: ast.Module, lot: random.Random) -> None:
        self._tree, self._lot = _bare(tree), lot
        self._names: dict[str, str] = {}
        for node in ast.walk(tree):
            own = (
                node.name if isinstance(node, ast.FunctionDef)
                else node.arg if isinstance(node, ast.arg)
                else node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
                else ""
            )  # fmt: skip
            if own and not hasattr(builtins, own):
                self._names.setdefault(own, f"{lot.choice(_NAMES)}{len(self._names)}")

    def renamed(self) -> ast.Module:
        return ast.fix_missing_locations(self.visit(self._tree))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._names.get(node.arg, node.arg)
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        node.arg = self._names.get(node.arg, node.arg) if node.arg else None
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._names.get(node.name, node.name)
        return self.generic_visit(node)
