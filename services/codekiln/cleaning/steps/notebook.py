"""Notebooks become scripts: code cells in order, the text between them as comments, outputs and metadata gone.

The script is in jupytext's percent format, which editors open as cells. Its language is the kernel's; its path stays
`.ipynb`. Reads nbformat 2 to 4. Lines that only IPython understands (`%matplotlib`, `!pip`, `?help`) become comments.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from codekiln.cleaning.comment_styles import STYLE_OF, STYLES
from codekiln.cleaning.document import Document, Drop, Tally

LANGUAGE = "Jupyter Notebook"
KERNELS = {
    "Python": "python python2 python3 ipython ipython3 pysparkkernel pyspark sagemath sage conda-env",
    "R": "r ir",
    "Julia": "julia",
    "JavaScript": "javascript node jslab",
    "TypeScript": "typescript tslab deno",
    "Scala": "scala spylon-kernel almond",
    "Shell": "bash shell sh zsh",
    "C++": "c++ c++11 c++14 c++17 c++20 xcpp11 xcpp14 xcpp17",
    "C": "c",
    "C#": "c# csharp .net-csharp",
    "F#": "f# fsharp ifsharp .net-fsharp",
    "Go": "go gophernotes",
    "Rust": "rust",
    "Java": "java ijava",
    "Kotlin": "kotlin",
    "Ruby": "ruby",
    "Haskell": "haskell",
    "MATLAB": "matlab octave",
    "Perl": "perl raku",
    "PHP": "php",
    "SQL": "sql",
    "Lua": "lua",
    "Groovy": "groovy",
    "Clojure": "clojure",
}
_BY_KERNEL = {kernel: language for language, kernels in KERNELS.items() for kernel in kernels.split()}
_MAGIC = re.compile(r"[ \t]*(?:%{1,2}[A-Za-z_]|!|\?{1,2}[\w.]|[\w.]+\?{1,2}[ \t]*$|[\w., \t]+=[ \t]*(?:!|%[A-Za-z_]))")
_PICTURE = re.compile(r"(data:[\w/+.-]+;base64,)[A-Za-z0-9+/=]{64,}")
"""A picture pasted into text is no more of a script than one that was plotted."""
_RUNS_PYTHON = re.compile(r"%%(?:time|timeit|capture|prun|pypy|python3?|mprun|memit|snakeviz|debug|pyspark|spark)\b")
"""Magics of a cell whose other lines are Python."""


class _Unreadable(Exception):
    """What a notebook lacks."""


@dataclass(frozen=True)
class Cell:
    """One cell of any version of the format: `code`, `markdown` or another kind that is text."""

    kind: str
    source: str


class NotebookStep:
    """Turns notebooks into scripts; other files pass."""

    name = "notebook"

    def apply(self, document: Document) -> Document | Drop:
        if document.language != LANGUAGE:
            return document
        try:
            notebook = _parsed(document.data)
            language = _language(notebook)
            cells = list(_cells(notebook))
        except _Unreadable as problem:
            return Drop("notebook", str(problem))
        if not any(cell.kind == "code" and cell.source.strip() for cell in cells):
            return Drop("notebook", "no cell of code")
        data = script(cells, language).encode("utf-8", "replace")
        if b"\0" in data:
            return Drop("notebook", "a NUL character")
        return replace(document.changed(data, Tally(self.name, language)), language=language)


def script(cells: list[Cell], language: str) -> str:
    """The cells in percent format: a mark of its own before each, text as comments, a blank line between."""
    mark = _comment_mark(language)
    parts: list[str] = []
    for cell in cells:
        source = cell.source.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        if not source.strip():
            continue
        if cell.kind == "code":
            parts.append(f"{mark} %%\n{_runnable(source, mark) if language == 'Python' else source}\n")
        else:
            text = _PICTURE.sub(r"\1...", source)
            parts.append(f"{mark} %% [{cell.kind}]\n{_commented(text, mark)}\n")
    return "\n".join(parts)


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(data)
    except ValueError as error:
        raise _Unreadable(f"not JSON: {str(error)[:80]}") from None
    except RecursionError:
        raise _Unreadable("nested too deeply") from None
    if not isinstance(notebook, dict):
        raise _Unreadable("not an object")
    return notebook


def _language(notebook: dict[str, Any]) -> str:
    """The kernel's language by linguist's name; Python where nothing is said, as all notebooks once were."""
    metadata = _object(notebook, "metadata")
    kernel, info = _object(metadata, "kernelspec"), _object(metadata, "language_info")
    said = [
        named
        for named in (info.get("name"), kernel.get("language"), kernel.get("name"))
        if isinstance(named, str) and named
    ]
    for named in said:
        found = _BY_KERNEL.get(named.lower()) or _BY_KERNEL.get(re.sub(r"[-_ ]?\d[\d.]*$", "", named.lower()))
        if found:
            return found
    if said:
        raise _Unreadable(f"a kernel of {said[0][:40]}")
    return "Python"


def _cells(notebook: dict[str, Any]) -> Iterator[Cell]:
    """Cells of version 4, and of versions 2 and 3, where they lie in worksheets and code is called input."""
    sheets = [notebook] if "cells" in notebook else notebook.get("worksheets")
    if not isinstance(sheets, list):
        raise _Unreadable("no cells")
    for sheet in sheets:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(cells, list):
            raise _Unreadable("no list of cells")
        for cell in cells:
            if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
                raise _Unreadable("a cell that is none")
            yield _cell(cell)


def _cell(cell: dict[str, Any]) -> Cell:
    kind = cell["cell_type"]
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise _Unreadable("a cell whose source is no text")
    if kind == "heading":
        level = cell.get("level")
        return Cell("markdown", "#" * (level if isinstance(level, int) and 0 < level < 7 else 1) + " " + source)
    return Cell(kind if kind in ("code", "markdown") else "raw", source)


def _object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _comment_mark(language: str) -> str:
    """What begins a comment of one line in this language."""
    marks = STYLES[STYLE_OF[language]].comments if language in STYLE_OF else (b"#",)
    return marks[0].decode()


def _commented(text: str, mark: str) -> str:
    return "\n".join(f"{mark} {line}".rstrip() for line in text.split("\n"))


def _runnable(source: str, mark: str) -> str:
    """Python without IPython's own lines; a cell that is Python as it stands stays as it is."""
    if not any(map(_MAGIC.match, source.split("\n"))) or _is_python(source):
        return source
    if source.lstrip().startswith("%%") and not _RUNS_PYTHON.match(source.lstrip()):
        return _commented(source, mark)
    lines = [_magic_commented(line, mark) if _MAGIC.match(line) else line for line in source.split("\n")]
    return "\n".join(lines)


def _magic_commented(line: str, mark: str) -> str:
    code = line.lstrip()
    indentation = line[: len(line) - len(code)]
    # A block needs a statement, and this may be its only one.
    return f"{indentation}pass  {mark} {code}" if indentation else f"{mark} {code}"


def _is_python(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
