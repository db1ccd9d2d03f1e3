"""How languages write comments and strings: for every style one expression that finds both. Data only.

An alternative that begins a comment or string consumes it whole, so that a mark of one inside the other means nothing.
Forms that cross lines and never end take the rest of the file, as their parsers would; those of one line that do not
end in it are no string. Every form begins with a letter that it must have, to which the engine can leap. Where a language needs a parser (heredocs, regular expressions of Ruby and Perl, quotes of
shells across lines) the expression stays within a line: an error does not spread.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from dataclasses import dataclass

_DOUBLE = r'"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"'
_SINGLE = r"'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'"
_BLOCK = r"/\*(?:[\s\S]*?\*/|[\s\S]*)"
_SLASHES = r"//[^\n]*"
_TRIPLE_DOUBLE = r'"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?:"""|$(?![\s\S]))'
_TRIPLE_SINGLE = r"'''[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*(?:'''|$(?![\s\S]))"
_BACKTICK = r"`[^`\\]*(?:\\[\s\S][^`\\]*)*`"
_RAW_BACKTICK = r"`[^`]*`"
_REGULAR = r"(?:(?<=[(,=:\[!&|?{};]/)|(?<=[(,=:\[!&|?{};] /)|(?<=return /))(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/"
_CHARACTER = r"'(?:\\[^\n]{1,10}?|[\x00-\x09\x0b-\x26\x28-\x5b\x5d-\x7f]|[\x80-\xff]{2,4})'"
_HASH = r"#[^\n]*"
_NOTHING = r"\x00(?!)"
"""Matches nowhere. Of first letters that are in three places of the alphabet the engine makes a table, of fewer a list
that it goes through at every byte: with the table it is a fifth faster."""
_HASH_WORD = r"#(?:(?<=[\s;&|()]#)|(?<![\s\S]#))[^\n]*"


@dataclass(frozen=True)
class Style:
    """One expression for comments and strings, and what a comment begins with."""

    expression: str
    comments: tuple[bytes, ...]
    docstrings: bool = False
    """Triple-quoted strings that stand alone count as comments."""

    def compiled(self) -> re.Pattern[bytes]:
        """With one group around the whole: splitting by it gives code and tokens in turn."""
        return re.compile(f"({self.expression}|{_NOTHING})".encode("latin-1"))


def _any(*alternatives: str) -> str:
    return "|".join(alternatives)


_C_MARKS = (b"//", b"/*")
STYLES: dict[str, Style] = {
    "python": Style(_any(_HASH, _TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE), (b"#",), docstrings=True),
    "c": Style(_any(_SLASHES, _BLOCK, r'"(?<=R")\([\s\S]*?\)"', _DOUBLE, _SINGLE), _C_MARKS),
    "java": Style(_any(_SLASHES, _BLOCK, _TRIPLE_DOUBLE, _DOUBLE, _SINGLE), _C_MARKS),
    "csharp": Style(
        _any(_SLASHES, _BLOCK, r'"(?<=@")(?:[^"]|"")*"', r'"(?<=@\$")(?:[^"]|"")*"', _TRIPLE_DOUBLE, _DOUBLE, _SINGLE),
        _C_MARKS,
    ),
    "javascript": Style(_any(_SLASHES, _BLOCK, "/" + _REGULAR, _BACKTICK, _DOUBLE, _SINGLE), _C_MARKS),
    "go": Style(_any(_SLASHES, _BLOCK, _RAW_BACKTICK, _DOUBLE, _SINGLE), _C_MARKS),
    "rust": Style(
        _any(_SLASHES, _BLOCK, r'"(?<=r")[^"]*"', r'"(?<=r#")[\s\S]*?"#', r'"(?<=r##")[\s\S]*?"##',
             r'"[^"\\]*(?:\\[\s\S][^"\\]*)*"', _CHARACTER), _C_MARKS,
    ),
    "css": Style(_any(_BLOCK, _DOUBLE, _SINGLE), (b"/*",)),
    "php": Style(_any(_SLASHES, _BLOCK, r"#(?!\[)[^\n]*", _DOUBLE, _SINGLE), (*_C_MARKS, b"#")),
    "hash": Style(_any(_HASH_WORD, _DOUBLE, _SINGLE), (b"#",)),
    "ruby": Style(_any(r"=(?:(?<=\n=)|(?<![\s\S]=))begin\b[\s\S]*?(?:\n=end\b|$(?![\s\S]))", _HASH_WORD, _DOUBLE, _SINGLE),
                  (b"#", b"=begin")),
    "powershell": Style(_any(r"<#(?:[\s\S]*?#>|[\s\S]*)", _HASH_WORD, _DOUBLE, _SINGLE), (b"#", b"<#")),
    "sql": Style(_any(r"--[^\n]*", _BLOCK, r"'[^'\n]*'", r'"[^"\n]*"'), (b"--", b"/*")),
    "lua": Style(_any(r"--\[\[(?:[\s\S]*?\]\]|[\s\S]*)", r"--[^\n]*", r"\[\[[\s\S]*?\]\]", _DOUBLE, _SINGLE), (b"--",)),
    "haskell": Style(_any(r"--[^\n]*", r"\{-(?:[\s\S]*?-\}|[\s\S]*)", _DOUBLE), (b"--", b"{-")),
    "lisp": Style(_any(r";[^\n]*", r"#\|(?:[\s\S]*?\|#|[\s\S]*)", r'\\.', r'"[^"\\]*(?:\\[\s\S][^"\\]*)*"'), (b";", b"#|")),
    "percent": Style(_any(r"%(?<!\\%)[^\n]*", _DOUBLE), (b"%",)),
    "markup": Style(r"<!--(?:[\s\S]*?-->|[\s\S]*)", (b"<!--",)),
}  # fmt: skip

_LANGUAGES: dict[str, tuple[str, ...]] = {
    "python": ("Python", "Cython", "Starlark"),
    "c": ("C", "C++", "Objective-C", "Objective-C++", "Cuda", "Solidity", "Protocol Buffer", "Verilog",
          "SystemVerilog", "D", "Thrift"),
    "java": ("Java", "Kotlin", "Scala", "Groovy", "Gradle", "Swift", "Dart", "Zig"),
    "csharp": ("C#", "F#"),
    "javascript": ("JavaScript", "TypeScript", "TSX", "JSX", "JSON with Comments"),
    "go": ("Go",),
    "rust": ("Rust",),
    "css": ("CSS", "SCSS", "Less"),
    "php": ("PHP",),
    "hash": ("Shell", "Perl", "R", "YAML", "TOML", "Makefile", "Dockerfile", "CMake", "Elixir", "Julia", "Nim", "Nix",
             "HCL", "Awk", "Tcl", "GraphQL"),
    "ruby": ("Ruby",),
    "powershell": ("PowerShell",),
    "sql": ("SQL", "PLSQL", "PLpgSQL", "TSQL", "VHDL", "Ada"),
    "lua": ("Lua",),
    "haskell": ("Haskell", "Elm"),
    "lisp": ("Clojure", "Common Lisp", "Emacs Lisp", "Scheme", "Racket"),
    "percent": ("TeX", "Erlang", "MATLAB"),
    "markup": ("HTML", "XML", "Vue", "Svelte", "SVG"),
}  # fmt: skip

STYLE_OF: dict[str, str] = {name: style for style, names in _LANGUAGES.items() for name in names}
"""Style by linguist's name of the language; languages that are not here are not scanned."""
