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
    mends: tuple[Mend, ...] = ()
    """For what only this reading of the file needs."""

    def applies(self, data: bytes) -> bool:
        return self.sign is None or self.sign.search(data) is not None

    def mended(self, data: bytes) -> bytes:
        """The file in the words of the other grammar."""
        return _in_other_words(self.mends, data)


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
    conditional: bool = False
    """It has `#if`, which may begin and end anywhere."""

    def mended(self, data: bytes) -> bytes:
        """The file with what the grammar lacks put in other words."""
        return _in_other_words(self.mends, data)


def _in_other_words(mends: tuple[Mend, ...], data: bytes) -> bytes:
    for pattern, replacement in mends:
        data = pattern.sub(replacement, data)
    return data


def _mends(*pairs: tuple[str, str]) -> tuple[Mend, ...]:
    return tuple((re.compile(pattern.encode(), re.M), replacement.encode()) for pattern, replacement in pairs)


def _blank(match: re.Match[bytes]) -> bytes:
    return re.sub(rb"[^\n]", b" ", match[0])


def _letters(match: re.Match[bytes]) -> bytes:
    return re.sub(rb"[^\n]", b"x", match[0])


def _capitals(match: re.Match[bytes]) -> bytes:
    return re.sub(rb"[^\n]", b"X", match[0])


_ARGUMENTS = rb"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_MACROS: tuple[Mend, ...] = (
    # What a configure script writes into a header, `@HAVE_STDIO_H@`.
    (re.compile(rb"@[A-Za-z_]\w*@"), _capitals),
    (re.compile(rb"\b__has_(?:include(?:_next)?|\w+)\s*\([^()\n]*\)"), b"1"),
    # Names of attributes alone on their line, `__attribute_cold__`.
    (re.compile(rb"^[ \t]*__[a-z]\w*__[ \t]*(?:" + _ARGUMENTS + rb")?[ \t]*$", re.M), _blank),
    # A macro alone on its line, with arguments or without.
    (re.compile(rb"^[ \t]*[A-Z_][A-Z0-9_]{2,}[ \t]*(?:" + _ARGUMENTS + rb")?[ \t]*[;,]?[ \t]*$", re.M), _blank),
    # With arguments, before a function's name on the next line.
    (re.compile(rb"\b[A-Z_][A-Z0-9_]{2,}[ \t]*" + _ARGUMENTS + rb"(?=[ \t]*\n[ \t]*\w+[ \t]*\()"), _blank),
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
    # Before a constructor, and between `class` or `template` and a name.
    (
        re.compile(
            rb"^[ \t]*[A-Z_][A-Z0-9_]{2,}[ \t]+(?=(?:\w+(?:<[^<>\n]*>)?::)*(\w+)(?:<[^<>\n]*>)?::~?\1[ \t]*\()", re.M
        ),
        _blank,
    ),
    (
        re.compile(
            rb"(?:(?<=\bclass)|(?<=\bstruct)|(?<=\bunion)|(?<=\benum)|(?<=\btemplate))"
            rb"[ \t]+[A-Z_][A-Z0-9_]{2,}(?:[ \t]*"
            + _ARGUMENTS
            + rb")?(?=[ \t]+[\w:]+(?:<[^\n;{]*>)?[ \t\n]*(?:[;{:]|final\b))"
        ),
        _blank,
    ),
    (
        re.compile(rb"\btemplate[ \t]+[A-Z_][A-Z0-9_]{2,}(?=[ \t]+[\w:]+)"),
        lambda match: b"template".ljust(len(match[0])),
    ),
    # What exports a class, in whatever case: class Foundation_API A : B.
    (
        re.compile(
            rb"(?:(?<=\bclass)|(?<=\bstruct))[ \t]+[A-Za-z_]\w*"
            rb"(?=[ \t]+(?!final\b)[A-Za-z_][\w:]*(?:<[^\n;{]*>)?(?:[ \t]+final\b)?\s*[:{])"
        ),
        _blank,
    ),
    # class A FINAL : B, int __unused a, and a calling convention in `(API *a)(int)`.
    (re.compile(rb"(\b(?:class|struct)[ \t]+\w+)[ \t]+[A-Z_][A-Z0-9_]{2,}(?=[ \t]*[:{])"), rb"\1"),
    (
        re.compile(rb"(?<=[\w*])[ \t]+__(?!(?:attribute|asm|typeof|extension)\b)[a-z][a-z_]*[a-z](?=[ \t]+[\w*])"),
        _blank,
    ),
    (re.compile(rb"(?<=\()[ \t]*[A-Z_][A-Z0-9_]{2,}[ \t]*(?=\*[ \t]*\w+[ \t]*\)[ \t]*\()"), _blank),
    # Sections of a class of Qt.
    (re.compile(rb"^[ \t]*(?:\w+[ \t]+)?(?:signals|slots|Q_SIGNALS|Q_SLOTS)[ \t]*:(?!:)", re.M), b"public:"),
    (re.compile(rb"\b\w*(?:for_?each|FOR_?EACH)\w*\s*(?=\()"), b"while"),
)

_TEMPLATES: Mend = (
    re.compile(rb"\{\{.{0,1000}?\}\}|\{%.{0,1000}?%\}|\{#.{0,1000}?#\}|<%.{0,1000}?%>|<\?.{0,10000}?\?>", re.S),
    _letters,
)
_TAG = rb"<!--.*?-->|<!\[[^<>]*>|<[/!?]?[A-Za-z](?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>|<[/!?]?[A-Za-z][^<>]*>"
_SIGNS: Mend = (re.compile(rb"(" + _TAG + rb")|[>&]|<(?![A-Za-z/!?])", re.S), lambda match: match[1] or b".")
"""Signs that browsers take for text: all that is in no tag."""
_MARKUP = ((re.compile(rb"<!\[(?:if|endif)[^<>]*\]>"), _letters), _TEMPLATES, _SIGNS)

_GENERATED: tuple[Mend, ...] = (
    # Templates of generators, which have the extension of what they make: tags alone on a line are statements.
    (re.compile(rb"^[ \t]*(?:<%[^\n]*?%>[ \t]*)+$", re.M), _blank),
    (re.compile(rb"<%.{0,1000}?%>", re.S), _capitals),
)

_JAVASCRIPT = _GENERATED + _mends(
    (r"%[A-Z][A-Z_]+%", "X"),
    (r"\bas[ \t]+(?:class|function|enum|null|void|new|in|for|if|import|export|this|instanceof)\b(?=\s*[,}])", "as _"),
    (r"(?<=>)([ \t]+)&([ \t]+)(?=[A-Z])", r"\1.\2"),
)

_FLOW = _mends(
    # Flow, read as TypeScript: what has another sign or word there.
    (r"\b(?:component|hook)[ \t]+(?=[A-Za-z]\w*[ \t]*[(<])", "function "),
    (r"\binterface[ \t]*(?=\{)", ""),
    (r"\bimport[ \t]+typeof\b", "import type"),
    (r"([{,][ \t\n]*)typeof[ \t]+(?=\w+[ \t]*[,}])", r"\1type "),
    (r"\bopaque[ \t]+type[ \t]+(\w+)[ \t]*:[^=\n]*=", r"type \1 ="),
    (r"\bopaque[ \t]+(?=type\b)", ""),
    (r"\{\|", "{"),
    (r"\|\}", "}"),
    (r"((?:^|[{,;<])[ \t]*(?:static[ \t]+)?)[+-](?=[A-Za-z_\[$])", r"\1"),
    # An object of more fields; the fields of another; a type that may be null; a cast.
    (r"\.\.\.(?=[ \t]*,?\s*[}\]])", ""),
    (r"\.\.\.[A-Z$][\w.$]*(?:<[^<>{}()\n]*(?:<[^<>\n]*>)?[^<>{}()\n]*>)?(?=\s*[,}\]);])", "X"),
    (r"((?:[:,<(|&=\[]|=>|\bas)\s*)\?(?=[\w$({\['\"])", r"\1"),
    (r"\((\w[\w.]*)[ \t]*:[ \t]*any\)", r"(\1)"),
    (r"([:(<|,=][ \t]*)([A-Z]\w*)[ \t]*(?==>)", r"\1(\2) "),
    (r"<([A-Z]\w*)[ \t]*:[ \t]+", r"<\1 extends "),
    (r"%checks\b", ""),
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

_SWIFT: tuple[Mend, ...] = (
    # Attributes that only the standard library has, and words of ownership.
    (re.compile(rb"@(?:_\w+|lifetime|specialized|abi|differentiable|derivative)\b(?:" + _ARGUMENTS + rb")?"), _blank),
    (re.compile(rb"\b(?:await|try[?!]?)[ \t]+(?=[\w(\[.])"), _blank),
    (re.compile(rb"\b(?:__owned|__consuming|__shared|__setter_access)\b(?=[ \t])"), _blank),
    *_mends(
        (r"^([ \t]*)(?:borrow|unsafeAddress)([ \t]*\{)", r"\1get\2"),
        (r"^([ \t]*)(?:mutate|unsafeMutableAddress)([ \t]*\{)", r"\1_modify\2"),
        # The value of type Void.
        (r"\(\(\)\)", "(Void)"),
        (r"((?:^|[:,=({?]|\breturn|\bin)[ \t]*)\(\)(?=[ \t]*(?:[,)\]};:]|//|$))", r"\1Void"),
        (r"^([ \t]*(?:\w+[ \t]+)?associatedtype[^\n,=]*),", r"\1&"),
        (r"\bwhere[ \t]*\n([ \t]*)", r"\n\1where "),
    ),
)

_KOTLIN: tuple[Mend, ...] = (
    (re.compile(rb"\bcontext[ \t]*" + _ARGUMENTS + rb"(?=\s*[\w@(<])"), _blank),
    # An annotation in a type.
    (
        re.compile(rb"(?<=:)[ \t]*(?:@[\w.]+(?:" + _ARGUMENTS + rb")?[ \t]+)+(?=[\w(])"),
        lambda match: b" " * len(match[0]),
    ),
    *_mends(
        (r"@all:", "@get:"),
        (r"\b(?:actual|expect)([ \t]+constructor\b)", r"\1"),
        # Words that are keywords in some places only.
        (r"(?<![.\w])(?:where|by|suspend|get|set|value|inner|data|open)(?=\??\.\w|[ \t]*=[ \t])", "name"),
        (r"\}[ \t]+(?:get|set|by|where)[ \t]+(?=\w)", "} to "),
        (r"\bsuspend[ \t]*(?=\{)", ""),
        (r"([:,(<=>][ \t]*)suspend[ \t]+(?=[(\w])", r"\1"),
        (r"\$\$+(?=\")", ""),
    ),
)

GRAMMARS: dict[str, Grammar] = {
    "JavaScript": Grammar(
        "tree_sitter_javascript",
        mends=_JAVASCRIPT,
        others=(Other("TSX", re.compile(rb"@flow\b|</|/>")), Other("TSX", re.compile(rb"@flow\b"), _FLOW)),
    ),
    "TypeScript": Grammar("tree_sitter_typescript", "language_typescript", borne=0.005, mends=_TYPESCRIPT),
    "TSX": Grammar("tree_sitter_typescript", "language_tsx", borne=0.005, mends=_TYPESCRIPT),
    "HTML": Grammar("tree_sitter_html", borne=0.005, mends=_MARKUP),
    "Svelte": Grammar(
        "tree_sitter_svelte", borne=0.005, mends=_mends((r"\{@attach\b", "{..."), (r"(?<=\s)&(?=\s)", "."))
    ),
    "Vue": Grammar("tree_sitter_html", borne=0.005, mends=_MARKUP),
    "Java": Grammar("tree_sitter_java"),
    "Kotlin": Grammar("tree_sitter_kotlin", borne=0.02, mends=_KOTLIN),
    "Go": Grammar("tree_sitter_go", borne=0.005),
    "Rust": Grammar(
        "tree_sitter_rust",
        borne=0.002,
        mends=_mends((r"\bstr!", "stri!"), (r"^[ \t]*#\[[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*\][ \t]*$", "")),
    ),
    "C": Grammar("tree_sitter_c", borne=0.02, mends=_MACROS, others=(Other("C++"),), macros=True, conditional=True),
    "C++": Grammar("tree_sitter_cpp", borne=0.02, mends=_MACROS, macros=True, conditional=True),
    "C#": Grammar("tree_sitter_c_sharp", borne=0.02, mends=_mends(("\xad", "")), conditional=True),
    "Ruby": Grammar("tree_sitter_ruby", mends=_GENERATED),
    "PHP": Grammar("tree_sitter_php", "language_php"),
    "Swift": Grammar("tree_sitter_swift", borne=0.02, mends=_SWIFT, conditional=True),
    "Scala": Grammar("tree_sitter_scala"),
    "Shell": Grammar("tree_sitter_bash", borne=0.01, paired=False),
}
"""By linguist's name of the language."""
