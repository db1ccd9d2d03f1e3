"""The table of tree-sitter's grammars: a wheel each, what each lacks, and what share of errors it is allowed.

`borne` comes from curves over valid and broken files for C, C++, C# and Swift (docs/log.md, 2026-11-27) and is set by
judgement elsewhere. Zero where a grammar rejects next to no valid file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codekiln.cleaning.steps.parse.macros import (
    BODIES,
    EXTENSIONS,
    MACROS,
    MODULES,
    OBJECTIVE_C,
    SIGN_OF_BODIES,
    SIGN_OF_EXTENSIONS,
    SIGN_OF_MODULES,
    SIGN_OF_TYPES,
    TYPES,
)
from codekiln.cleaning.steps.parse.swift import SWIFT
from codekiln.cleaning.steps.parse.words import ARGUMENTS, Mend, blank, capitals, in_other_words, letters, mends


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
        return in_other_words(self.mends, data)


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
    loses_ends: bool = False
    """It misses ends of statements, which are no tokens, in files that are right."""
    dialect: re.Pattern[bytes] | None = None
    """Sign of a language that contains it and has no grammar here: such a file is judged by its brackets."""
    conditional: bool = False
    """It has `#if`, which may begin and end anywhere."""

    def mended(self, data: bytes) -> bytes:
        """The file with what the grammar lacks put in other words."""
        return in_other_words(self.mends, data)


_TEMPLATES: Mend = (
    re.compile(rb"\{\{.{0,1000}?\}\}|\{%.{0,1000}?%\}|\{#.{0,1000}?#\}|<%.{0,1000}?%>|<\?.{0,10000}?\?>", re.S),
    letters,
)
_TAG = rb"<!--.*?-->|<!\[[^<>]*>|<[/!?]?[A-Za-z](?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>|<[/!?]?[A-Za-z][^<>]*>"
_SIGNS: Mend = (re.compile(rb"(" + _TAG + rb")|[>&]|<(?![A-Za-z/!?])", re.S), lambda match: match[1] or b".")
"""Signs that browsers take for text: all that is in no tag."""
_MARKUP = ((re.compile(rb"<!\[(?:if|endif)[^<>]*\]>"), letters), _TEMPLATES, _SIGNS)

_GENERATED: tuple[Mend, ...] = (
    # Templates of generators, which have the extension of what they make: tags alone on a line are statements.
    (re.compile(rb"^[ \t]*(?:<%[^\n]*?%>[ \t]*)+$", re.M), blank),
    (re.compile(rb"<%.{0,1000}?%>", re.S), capitals),
)

_JAVASCRIPT = _GENERATED + mends(
    (r"%[A-Z][A-Z_]+%", "X"),
    (r"\bas[ \t]+(?:class|function|enum|null|void|new|in|for|if|import|export|this|instanceof)\b(?=\s*[,}])", "as _"),
    (r"(?<=>)([ \t]+)&([ \t]+)(?=[A-Z])", r"\1.\2"),
)

_FLOW = mends(
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

_TYPESCRIPT = _JAVASCRIPT + mends(
    (r"\btypeof[ \t]+import\(\s*([\"'])[^\"'\n]*\1\s*\)", "typeof imported"),
    # A parameter named as a type is: (string) => void.
    (r"([(,]\s*)(?:string|number|boolean|any|object|symbol|unknown|never)(?=\s*[,)])", r"\1_"),
    (r"\bimport\(\s*([\"'])[^\"'\n]*\1\s*\)\s*\.", "imported."),
    (r"([<,]\s*)(?:(?:in|out|const)[ \t]+)+(?=[A-Z])", r"\1"),
    (r"^[ \t]*(?:(?:in|out)[ \t]+)+(?=[A-Z]\w*[ \t]*(?:extends\b|[=,>]))", ""),
    (r"\bexport default function\s*\(", "export default function _("),
    (r"\bexport type \*", "export *"),
    # A signature on a line of its own after another.
    (r"(?<=[\w>)\]}/]\n)([ \t]*)<(?=[A-Z]\w*[\s,>]|[ \t]*$)", r"\1;<"),
)

_CSHARP: tuple[Mend, ...] = (
    # Quotes within a string that takes backslashes as they are.
    (
        re.compile(rb"(?:\$@|@\$)\"(?:[^\"]|\"\")*+\""),
        lambda match: match[0][:3] + match[0][3:-1].replace(b'""', b"''") + b'"',
    ),
    *mends(
        ("\xad", ""),
        # Words that are keywords in some places only.
        (r"\ba(sync|wait)\b(?=\s*(?:[),;?:\]}=.]|&&|\|\||!=))|(?<=\.)a(sync|wait)\b", r"_\1\2"),
        (r"(^|[;{}])([ \t]*)(?:partial|required)(?=[ \t]*=[^=>])", r"\1\2name"),
        # What a pointer points to, as the target of an assignment.
        (r"^([ \t]*)\*\([\w.]+\*+\)(?=[\w(])", r"\1"),
    ),
)

_RUBY = mends(
    # Variables of a lambda's own, and several statements as one value.
    (r"(->[ \t]*\([^();\n]*);[^();\n]*(?=\))", r"\1"),
    (r"\b(return|break|next)\((?=[ \t]*\n)", r"\1 ("),
)

_KOTLIN: tuple[Mend, ...] = (
    (re.compile(rb"\bcontext[ \t]*" + ARGUMENTS + rb"(?=\s*[\w@(<])"), blank),
    # An annotation in a type.
    (
        re.compile(rb"(?<=:)[ \t]*(?:@[\w.]+(?:" + ARGUMENTS + rb")?[ \t]+)+(?=[\w(])"),
        lambda match: b" " * len(match[0]),
    ),
    *mends(
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

_SIGNED = (
    Other("C++", SIGN_OF_EXTENSIONS, EXTENSIONS),
    Other("C++", SIGN_OF_MODULES, MODULES),
    Other("C++", SIGN_OF_BODIES, BODIES),
    Other("C++", SIGN_OF_TYPES, TYPES),
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
        "tree_sitter_svelte", borne=0.005, mends=mends((r"\{@attach\b", "{..."), (r"(?<=\s)&(?=\s)", "."))
    ),
    "Vue": Grammar("tree_sitter_html", borne=0.005, mends=_MARKUP),
    "Java": Grammar("tree_sitter_java"),
    "Kotlin": Grammar("tree_sitter_kotlin", borne=0.02, mends=_KOTLIN),
    "Go": Grammar("tree_sitter_go", borne=0.005),
    "Rust": Grammar(
        "tree_sitter_rust",
        borne=0.002,
        mends=mends((r"\bstr!", "stri!"), (r"^[ \t]*#\[[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*\][ \t]*$", "")),
    ),
    "C": Grammar(
        "tree_sitter_c",
        borne=0.02,
        mends=MACROS,
        others=(Other("C++"), *_SIGNED),
        macros=True,
        conditional=True,
        dialect=OBJECTIVE_C,
    ),
    "C++": Grammar(
        "tree_sitter_cpp", borne=0.02, mends=MACROS, others=_SIGNED, macros=True, conditional=True, dialect=OBJECTIVE_C
    ),
    "C#": Grammar("tree_sitter_c_sharp", borne=0.02, mends=_CSHARP, conditional=True),
    "Ruby": Grammar("tree_sitter_ruby", mends=_GENERATED + _RUBY),
    "PHP": Grammar("tree_sitter_php", "language_php"),
    "Swift": Grammar("tree_sitter_swift", borne=0.02, mends=SWIFT, loses_ends=True, conditional=True),
    "Scala": Grammar("tree_sitter_scala"),
    "Shell": Grammar("tree_sitter_bash", borne=0.01, paired=False),
}
"""By linguist's name of the language."""
