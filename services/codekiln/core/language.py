"""Names a file's language as linguist does: by file name, extension, interpreter line, and a look inside where two fit.

`candidates(path)` needs no content and decides whether a file is read at all; `detect(path, content)` names one.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple


class Language(NamedTuple):
    """What points to a language; everything space separated and lower case."""

    extensions: str = ""
    filenames: str = ""
    interpreters: str = ""


LANGUAGES: dict[str, Language] = {
    "Python": Language(
        "py pyi pyw pyt wsgi", "sconstruct sconscript snakefile wscript", "python python2 python3 pypy pypy3 uv"
    ),
    "Cython": Language("pyx pxd pxi"),
    "Jupyter Notebook": Language("ipynb"),
    "C": Language("c h idc cats"),
    "C++": Language("cpp cc cxx c++ hpp hh hxx h++ h ipp inl tpp txx tcc ixx cppm"),
    "Objective-C": Language("m h"),
    "Objective-C++": Language("mm"),
    "Cuda": Language("cu cuh"),
    "C#": Language("cs csx cake"),
    "F#": Language("fs fsi fsx"),
    "Visual Basic .NET": Language("vb"),
    "Java": Language("java jav jsh"),
    "Kotlin": Language("kt kts ktm"),
    "Scala": Language("scala sbt sc", "", "scala"),
    "Groovy": Language("groovy gradle grt gvy", "jenkinsfile", "groovy"),
    "Clojure": Language("clj cljs cljc edn"),
    "JavaScript": Language("js mjs cjs jsx es6", "jakefile", "node nodejs bun qjs"),
    "TypeScript": Language("ts mts cts", "", "deno ts-node tsx"),
    "TSX": Language("tsx"),
    "Vue": Language("vue"),
    "Svelte": Language("svelte"),
    "HTML": Language("html htm xhtml xht"),
    "CSS": Language("css"),
    "SCSS": Language("scss"),
    "Less": Language("less"),
    "PHP": Language("php phtml php3 php4 php5 phps", "", "php"),
    "Ruby": Language(
        "rb rbw rake gemspec ru podspec rbi", "gemfile rakefile vagrantfile podfile guardfile brewfile", "ruby jruby"
    ),
    "Perl": Language("pl pm t al perl ph psgi", "cpanfile", "perl"),
    "Prolog": Language("prolog pro pl yap", "", "swipl yap"),
    "Lua": Language("lua wlua rockspec nse", "", "lua luajit"),
    "R": Language("r rd rsx", ".rprofile", "rscript"),
    "Julia": Language("jl", "", "julia"),
    "MATLAB": Language("m matlab"),
    "Fortran": Language("f f77 for fpp"),
    "Fortran Free Form": Language("f90 f95 f03 f08"),
    "Go": Language("go"),
    "Rust": Language("rs", "", "rust-script cargo"),
    "Swift": Language("swift", "", "swift"),
    "Dart": Language("dart", "", "dart"),
    "Zig": Language("zig zon"),
    "Nim": Language("nim nims nimble"),
    "D": Language("d di", "", "rdmd"),
    "Haskell": Language("hs hs-boot hsc", "", "runghc runhaskell stack"),
    "OCaml": Language("ml mli mll mly", "", "ocaml"),
    "Elm": Language("elm"),
    "Erlang": Language("erl hrl escript", "rebar.config", "escript"),
    "Elixir": Language("ex exs", "mix.lock", "elixir"),
    "Common Lisp": Language("lisp lsp cl asd", "", "sbcl clisp"),
    "Emacs Lisp": Language("el", ".emacs"),
    "Scheme": Language("scm sld ss sps", "", "guile"),
    "Racket": Language("rkt rktd rktl", "", "racket"),
    "Pascal": Language("pas pp dpr lpr"),
    "Ada": Language("adb ads ada"),
    "Assembly": Language("asm s nasm"),
    "Verilog": Language("v veo"),
    "Rocq Prover": Language("v"),
    "SystemVerilog": Language("sv svh vh"),
    "VHDL": Language("vhd vhdl"),
    "Solidity": Language("sol"),
    "SQL": Language("sql ddl"),
    "Shell": Language(
        "sh bash zsh ksh bats command", ".bashrc .profile .bash_profile .zshrc pkgbuild", "sh bash zsh dash ksh ash"
    ),
    "PowerShell": Language("ps1 psm1 psd1", "", "pwsh"),
    "Batchfile": Language("bat cmd"),
    "Awk": Language("awk gawk", "", "awk gawk mawk"),
    "Tcl": Language("tcl adp tm", "", "tclsh wish"),
    "Vim Script": Language("vim vimrc", ".vimrc"),
    "Nix": Language("nix"),
    "HCL": Language("hcl tf tfvars nomad"),
    "Starlark": Language("bzl star", "build build.bazel workspace module.bazel tiltfile"),
    "CMake": Language("cmake", "cmakelists.txt"),
    "Makefile": Language("mk mak make", "makefile gnumakefile makefile.am makefile.in kbuild", "make"),
    "Dockerfile": Language("dockerfile containerfile", "dockerfile containerfile"),
    "Protocol Buffer": Language("proto"),
    "Thrift": Language("thrift"),
    "GraphQL": Language("graphql gql graphqls"),
    "TeX": Language("tex sty cls bib ltx"),
    "Markdown": Language("md markdown mdown mkd", "contents.lr"),
    "reStructuredText": Language("rst rest"),
    "Text": Language("txt", "copying license readme install news"),
    "JSON": Language("json jsonl geojson webmanifest", ".arcconfig"),
    "YAML": Language("yml yaml", ".clang-format .clang-tidy"),
    "TOML": Language("toml", "cargo.lock poetry.lock pipfile uv.lock"),
    "INI": Language("ini cfg", ".editorconfig .gitconfig"),
    "XML": Language("xml xsd xsl xslt svg csproj vcxproj plist ts"),
}
"""Linguist's names with what points to each."""


def _index(field: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, language in LANGUAGES.items():
        for key in getattr(language, field).split():
            found[key] = (*found.get(key, ()), name)
    return found


_BY_EXTENSION = _index("extensions")
_BY_FILENAME = _index("filenames")
_BY_INTERPRETER = _index("interpreters")

_SHEBANG = re.compile(rb"#!\s*(\S+)(?:[ \t]+([^\r\n]*))?")
_SNIFF = 65536
"""Bytes of a file that are looked at."""

# What speaks for a language that shares its extension with others; the first language of an extension needs no sign.
_SIGNS: dict[tuple[str, str], re.Pattern[bytes]] = {
    ("h", "Objective-C"): re.compile(rb"^\s*(@(interface|protocol|class|property|end)\b|#\s*import\b)", re.M),
    ("h", "C++"): re.compile(
        rb"^\s*((class|namespace)\s+\w|template\s*<|using\s+\w|(public|private|protected)\s*:)|\bstd::\w"
        rb"|^\s*#\s*include\s*<[a-z_]+>",
        re.M,
    ),
    ("m", "MATLAB"): re.compile(rb"^\s*(%|function\b|classdef\b|end\s*;?\s*$|clear\b|clc\b)", re.M),
    ("pl", "Prolog"): re.compile(rb"^\s*:-\s*\w|^[a-z]\w*\([^)]*\)\s*:-", re.M),
    ("v", "Rocq Prover"): re.compile(rb"^\s*(Require|Theorem|Lemma|Definition|Proof|Inductive)\b", re.M),
    ("ts", "XML"): re.compile(rb"\A\s*(<\?xml|<!DOCTYPE TS)"),
}
_OBJECTIVE_C = re.compile(rb"^\s*(@\w+|#\s*(import|include)\b)", re.M)


def candidates(path: str) -> tuple[str, ...] | None:
    """Languages that the path allows: one, several, none; None where only an interpreter line can say."""
    name = posixpath.basename(path).lower()
    if name in _BY_FILENAME:
        return _BY_FILENAME[name]
    stem, dot, extension = name.rpartition(".")
    if dot and stem:
        return _BY_EXTENSION.get(extension, ())
    return None if not dot else ()


def detect(path: str, content: bytes) -> str | None:
    """The language's name, or None where nothing says."""
    names = candidates(path)
    if names is None:
        return _by_shebang(content)
    if len(names) < 2:
        return names[0] if names else None
    return _decide(path.rpartition(".")[2].lower(), names, content[:_SNIFF])


def _decide(extension: str, names: tuple[str, ...], head: bytes) -> str:
    if extension == "m" and _OBJECTIVE_C.search(head):
        return "Objective-C"
    for name in reversed(names):
        sign = _SIGNS.get((extension, name))
        if sign and sign.search(head):
            return name
    return names[0]


def _by_shebang(content: bytes) -> str | None:
    match = _SHEBANG.match(content[:256])
    if not match:
        return None
    program, arguments = match.group(1).rpartition(b"/")[2], (match.group(2) or b"").split()
    if program == b"env":
        # `env -S VAR=value python3 -u`: the first word that is neither an option nor a variable.
        program = next((word for word in arguments if not word.startswith(b"-") and b"=" not in word), b"")
        program = program.rpartition(b"/")[2]
    text = program.decode("ascii", "replace").lower()
    names = _BY_INTERPRETER.get(text) or _BY_INTERPRETER.get(re.sub(r"[\d.]+$", "", text))
    return names[0] if names else None
