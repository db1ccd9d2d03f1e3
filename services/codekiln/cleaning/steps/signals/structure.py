"""Signals from how lines of code begin: files of nothing but imports, prints, declarations or zeros."""

from __future__ import annotations

import re

import numpy as np

from codekiln.cleaning.document import Document
from codekiln.cleaning.openings import Keyword, keywords
from codekiln.cleaning.steps.signals.groups import group_of

IMPORTS = {
    "python": keywords("import", "from"),
    "javascript": keywords("import", "export*from"),
    "java": keywords("import", "package"),
    "c": keywords("#include", "# include"),
    "csharp": keywords("using"),
    "rust": keywords("use", "pub use", "extern crate", "mod", "pub mod"),
}
PRINTS = {
    "python": keywords("print"),
    "javascript": keywords("console.*"),
    "java": keywords("System.out.*", "System.err.*"),
    "go": keywords("fmt.Print*", "log.Print*", "println"),
    "c": keywords("printf", "fprintf", "puts", "cout", "std::cout", "NSLog"),
    "csharp": keywords("Console.Write*"),
    "rust": keywords("println", "print", "eprintln"),
}
DEFINITIONS = {
    "python": keywords("def", "async def"),
    "javascript": keywords("function", "async function", "export function", "export async function",
                           "export default function"),
    "go": keywords("func"),
    "rust": keywords("fn", "pub fn"),
}  # fmt: skip
_PASS = keywords("pass", "...", alone=True)
_DIRECTIVE = keywords("#*")
_MAIN = keywords("int main", "void main")
_DECLARES = keywords(
    "import", "from", "def", "async def", "class", "package", "using", "use", "namespace", "interface", "struct",
    "enum", "module", "@*", "#*", "func", "fn", "function", "export", "type", "typedef", "include", "require"
)  # fmt: skip
_BRANCHES = keywords(
    "if", "else", "elif", "for", "while", "return", "switch", "case", "match", "try", "except", "catch", "raise",
    "throw", "with", "yield", "await", "break", "continue", "goto", "select", "defer", "do"
)  # fmt: skip
_LOGIC = np.zeros(256, bool)
_LOGIC[list(b"(+-*/%<>&|^?!~")] = True
_CLOSERS = np.zeros(256, bool)
_CLOSERS[list(b"}])>,;")] = True
_ZERO = re.compile(
    rb"^[^=\n]{1,200}=[ \t]*(?:-?0(?:\.0*)?[fFlLuU]*|0x0+|None|null|nil|NULL|nullptr)[ \t]*[;,]?[ \t]*$", re.M
)
_NOTHING = (b"0", b"None", b"null", b"nil", b"NULL")


def import_share(document: Document) -> float:
    """Lines that import, of all lines of code; 0 below a half."""
    return _share(document, IMPORTS, 0.5)


def print_share(document: Document) -> float:
    """Lines that print, of all lines of code; 0 below 0.3."""
    return _share(document, PRINTS, 0.3)


def definition_share(document: Document) -> float:
    """Lines that begin a function, of all lines of code; 0 below 0.3."""
    return _share(document, DEFINITIONS, 0.3)


def pass_share(document: Document) -> float:
    """Lines of Python's `pass` and `...`, of all lines of code; 0 below 0.2."""
    return document.openings.share(_PASS)


def directive_share(document: Document) -> float:
    """Lines of C's preprocessor, of all lines of code; 0 below 0.2."""
    return document.openings.share(_DIRECTIVE)


def main_functions(document: Document) -> float:
    """Functions named main: more than one is several files in one."""
    return document.openings.count(_MAIN)


def trivial_function_share(document: Document) -> float:
    """Functions whose first line returns, of all lines of code; 0 where functions begin on less than a fifth."""
    words = DEFINITIONS.get(group_of(document.language))
    if words is None or not document.openings.share(words):
        return 0.0
    begins, returns = document.openings.marks(words), document.openings.marks(keywords("return"))
    return float(np.count_nonzero(begins[:-1] & returns[1:])) / document.openings.lines


def zero_share(document: Document) -> float:
    """Lines that set something to zero or nothing, of all lines of code; 0 where they are less than half."""
    code, lines = document.scan.code, document.openings.lines
    if 2 * code.count(b"=") < lines or 2 * sum(map(code.count, _NOTHING)) < lines:
        return 0.0
    return len(_ZERO.findall(code)) / max(1, lines)


def no_logic_share(document: Document) -> float:
    """Lines without call, operator or branch, of the lines of code that are more than a closing bracket."""
    openings = document.openings
    real = ~_CLOSERS[openings.firsts]
    logic = (openings.holding(_LOGIC) & ~openings.marks(_DECLARES)) | openings.marks(_BRANCHES)
    return float(np.count_nonzero(real & ~logic)) / max(1, int(np.count_nonzero(real)))


def _share(document: Document, words: dict[str, tuple[Keyword, ...]], least: float) -> float:
    known = words.get(group_of(document.language))
    return document.openings.share(known, least) if known else 0.0
