"""Rules of others, written here after their descriptions, to be measured beside ours on the same files.

substring   a docstring or solution as it is, white space and case left out: StarCoder2 (arXiv 2402.19173, 3.4)
13_grams    13 words in a row in common: GPT-3 (arXiv 2005.14165, appendix C), as lm-evaluation-harness does it
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

from codekiln.core.problems import Problem

_WORDS = re.compile(r"\w+")
_GRAM = 13

Finder = Callable[[str], set[str]]
"""The text of a file -> the tasks that it holds."""


def substring(problems: Sequence[Problem]) -> Finder:
    """Docstrings and solutions; those of less than 40 characters are common phrases and left out."""
    known = [(p.task_id, text) for p in problems for text in map(_squeezed, _texts(p)) if len(text) >= 40]

    def find(text: str) -> set[str]:
        squeezed = _squeezed(text)
        return {task for task, part in known if part in squeezed}

    return find


def grams(problems: Sequence[Problem]) -> Finder:
    """Prompts and solutions."""
    owners: dict[tuple[str, ...], set[str]] = {}
    for problem in problems:
        for gram in _grams(problem.prompt + problem.canonical_solution):
            owners.setdefault(gram, set()).add(problem.task_id)

    def find(text: str) -> set[str]:
        return {task for gram in _grams(text) for task in owners.get(gram, ())}

    return find


PEERS: dict[str, Callable[[Sequence[Problem]], Finder]] = {"substring": substring, "13_grams": grams}


def _texts(problem: Problem) -> list[str]:
    tree = ast.parse(problem.prompt + problem.canonical_solution + problem.suffix)
    function = next(
        (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == problem.entry_point), None
    )
    asked = (function and ast.get_docstring(function, clean=False)) or ast.get_docstring(tree, clean=False) or ""
    return [asked, problem.canonical_solution]


def _squeezed(text: str) -> str:
    return "".join(text.split()).lower()


def _grams(text: str) -> set[tuple[str, ...]]:
    words = _WORDS.findall(text.lower())
    return {tuple(words[i : i + _GRAM]) for i in range(len(words) - _GRAM + 1)}
