"""The table of tree-sitter's grammars: a wheel each, what each lacks, and what share of errors it is allowed.

`borne` comes from curves over valid and broken files for C, C++, C# and Swift (docs/log.md, 2026-11-27) and is set by
judgement elsewhere. Zero where a grammar rejects next to no valid file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Mend = tuple[re.Pattern[bytes], bytes | Callable[[re.Match[bytes]], bytes]]
"""A pattern for what the grammar lacks, and what to read in its place; lines stay where they are."""


@dataclass(frozen=True)
class Other:
    """Another grammar that may take a file, where `sign` is in it."""

    language: str
    sign: re.Pattern[bytes] | None = None

    def applies(self, data: bytes) -> bool:
        return self.sign is None or self.sign.search(data) is not None


@dataclass(frozen=True)
class Grammar:
    """One grammar."""

    module: str
    function: str = "language"
    borne: float = 0.0
    """Share of a file's bytes that may be in errors."""
    mends: tuple[Mend, ...] = ()
    others: tuple[Other, ...] = ()
    paired: bool = True
    """Whether its tokens pair brackets: `x)` of a shell's `case` does not."""
    macros: bool = False
    """Its files are rewritten by a preprocessor before a compiler parses them."""

    def mended(self, data: bytes) -> bytes:
        """The file with what the grammar lacks put in other words."""
        for pattern, replacement in self.mends:
            data = pattern.sub(replacement, data)
        return data


def _mends(*pairs: tuple[str, str]) -> tuple[Mend, ...]:
    return tuple((re.compile(pattern.encode(), re.M), replacement.encode()) for pattern, replacement in pairs)


def _blank(match: re.Match[bytes]) -> bytes:
    return re.sub(rb"[^\n]", b" ", match[0])


def _letters(match: re.Match[bytes]) -> bytes:
    return re.sub(rb"[^\n]", b"x", match[0])


_ARGUMENTS = rb"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_MACROS: tuple[Mend, ...] = (
    (re.compile(rb"\b__has_(?:include(?:_next)?|\w+)\s*\([^()\n]*\)"), b"1"),
    # A macro alone on its line, with arguments or without.
    (re.compile(rb"^[ \t]*[A-Z_][A-Z0-9_]{2,}[ \t]*(?:" + _ARGUMENTS + rb")?[ \t]*;?[ \t]*$", re.M), _blank),
    # Before a type and a name: NORETURN void f. After a name: int x UNUSED, and f(int x) WARN_UNUSED;
    (
        re.compile(
            rb"\b(?!NULL\b)[A-Z_][A-Z0-9_]{2,}(?:[ \t]*"
            + _ARGUMENTS
            + rb")?[ \t]+(?=(?:[a-z]\w*|[A-Z]\w*[a-z]\w*|U?[0-9A-Z]+)[ \t*&]+[\w*])"
        ),
        _blank,
    ),
    (
        re.compile(
            rb"(?<=[\w)\]])[ \t\n]+(?!NULL\b)[A-Z_][A-Z0-9_]{2,}(?:[ \t]*" + _ARGUMENTS + rb")?(?=[ \t\n]*[,;){=])"
        ),
        _blank,
    ),
    (re.compile(rb"\b\w*(?:for_?each|FOR_?EACH)\w*\s*(?=\()"), b"while"),
)

_MARKUP = (
    # Templates, and signs that browsers take for text.
    (re.compile(rb"\{\{.{0,1000}?\}\}|\{%.{0,1000}?%\}|<%.{0,1000}?%>|<\?.{0,10000}?\?>", re.S), _letters),
    *_mends((r"<(?=[\s\d=<])", "."), (r"&(?![#\w]+;)", "."), (r"(?<!-)->", "-."), (r"=>", ".."), (r">>", ">.")),
)

_JAVASCRIPT = _mends(
    (r"\bas[ \t]+(?:class|function|enum|null|void|new|in|for|if|import|export|this|instanceof)\b(?=\s*[,}])", "as _"),
)

_TYPESCRIPT = _JAVASCRIPT + _mends(
    (r"\bimport\(\s*([\"'])[^\"'\n]*\1\s*\)\s*\.", "imported."),
    (r"([<,]\s*)(?:(?:in|out|const)[ \t]+)+(?=[A-Z])", r"\1"),
    (r"^[ \t]*(?:(?:in|out)[ \t]+)+(?=[A-Z]\w*[ \t]*(?:extends\b|[=,>]))", ""),
    (r"\bexport default function\s*\(", "export default function _("),
    (r"\bexport type \*", "export *"),
    # A signature on a line of its own after another.
    (r"(?<=[\w>)\]}/]\n)([ \t]*)<(?=[A-Z]\w*[\s,>]|[ \t]*$)", r"\1;<"),
)

GRAMMARS: dict[str, Grammar] = {
    "JavaScript": Grammar(
        "tree_sitter_javascript", mends=_JAVASCRIPT, others=(Other("TSX", re.compile(rb"@flow\b|</|/>")),)
    ),
    "TypeScript": Grammar("tree_sitter_typescript", "language_typescript", borne=0.005, mends=_TYPESCRIPT),
    "TSX": Grammar("tree_sitter_typescript", "language_tsx", borne=0.005, mends=_TYPESCRIPT),
    "HTML": Grammar("tree_sitter_html", borne=0.005, mends=_MARKUP),
    "Svelte": Grammar("tree_sitter_svelte", borne=0.005, mends=_mends((r"\{@attach\b", "{..."))),
    "Vue": Grammar("tree_sitter_html", borne=0.005, mends=_MARKUP),
    "Java": Grammar("tree_sitter_java"),
    "Kotlin": Grammar("tree_sitter_kotlin", borne=0.02),
    "Go": Grammar("tree_sitter_go", borne=0.005),
    "Rust": Grammar("tree_sitter_rust", borne=0.002, mends=_mends((r"\bstr!", "stri!"))),
    "C": Grammar("tree_sitter_c", borne=0.02, mends=_MACROS, others=(Other("C++"),), macros=True),
    "C++": Grammar("tree_sitter_cpp", borne=0.02, mends=_MACROS, macros=True),
    "C#": Grammar("tree_sitter_c_sharp", borne=0.02),
    "Ruby": Grammar("tree_sitter_ruby"),
    "PHP": Grammar("tree_sitter_php", "language_php"),
    "Swift": Grammar(
        "tree_sitter_swift",
        borne=0.02,
        mends=_mends((r"\(\(\)\)", "(Void)"), (r"(^[ \t]*|= |return )\(\)(?!\s*(?:->|throws|async))", r"\1Void")),
    ),
    "Scala": Grammar("tree_sitter_scala"),
    "Shell": Grammar("tree_sitter_bash", borne=0.01, paired=False),
}
"""By linguist's name of the language."""
