"""What language_tables.py adds to linguist's tables: a default where linguist asks a classifier, and expressions of ours.

Data only. Expressions are RE2's, with `^` and `$` at every line.
"""

# ruff: noqa: E501
from __future__ import annotations

from typing import Any

# fmt: off
DEFAULTS = {
    "as": "ActionScript", "asc": "Public Key", "asm": "Assembly", "b": "Limbo", "bas": "Visual Basic 6.0",
    "bb": "BitBake", "cfg": "INI", "cgi": "Perl", "cl": "OpenCL", "cls": "Apex", "cs": "C#", "csl": "Kusto", "cue": "CUE",
    "d": "D", "ddl": "SQL", "dsp": "Faust", "e": "Eiffel", "es": "JavaScript", "ex": "Elixir", "f": "Fortran",
    "fcgi": "Perl", "for": "Fortran", "fpp": "Fortran", "frag": "GLSL", "fr": "Text", "frm": "Visual Basic 6.0",
    "fs": "F#", "fx": "HLSL", "g": "G-code", "gd": "GDScript", "gs": "JavaScript", "h": "C", "hh": "C++", "html": "HTML",
    "i": "SWIG", "inc": "PHP", "jq": "jq", "l": "Lex", "lisp": "Common Lisp", "ls": "LiveScript", "lsp": "Common Lisp",
    "m": "Objective-C", "m4": "M4", "mc": "Monkey C", "md": "Markdown", "ml": "OCaml", "mm": "Objective-C++",
    "mod": "XML", "mo": "Modelica", "mqh": "MQL5", "ms": "Unix Assembly", "n": "Nemerle", "nb": "Wolfram Language",
    "ncl": "NCL", "nl": "NewLisp", "odin": "Odin", "p": "OpenEdge ABL", "php": "PHP", "pl": "Perl", "plx": "Perl",
    "plt": "Gnuplot", "pm": "Perl", "pp": "Puppet", "prc": "SQL", "pro": "Prolog", "properties": "Java Properties",
    "q": "q", "qs": "Qt Script", "r": "R", "re": "Reason", "res": "ReScript", "resx": "XML", "rs": "Rust",
    "s": "Unix Assembly", "sc": "Scala", "sch": "Scheme", "scm": "Scheme", "sls": "Salt", "sp": "SourcePawn",
    "spec": "RPM Spec", "sql": "SQL", "st": "Smalltalk", "t": "Perl", "tl": "Teal", "tpl": "Smarty", "trigger": "Apex",
    "ts": "TypeScript", "tst": "Scilab", "tsx": "TSX", "txt": "Text", "v": "Verilog", "w": "CWeb", "x": "Logos",
    "yaml": "YAML", "yml": "YAML", "yy": "Yacc", "shader": "ShaderLab", "workflow": "HCL", "toc": "TeX",
    "dsc": "Debian Package Control File", "rsc": "RouterOS Script", "ash": "AGS Script", "moo": "Moocode",
    "node": "JavaScript", "deno": "TypeScript", "bun": "TypeScript", "perl": "Perl", "lua": "Lua", "ocaml": "OCaml",
}
"""Of what several languages share and no expression decides. Without an entry: the one whose main extension it is."""
OURS: dict[str, list[dict[str, Any]]] = {
    "mm": [{"language": "XML", "all": [r"\A\s*<(?:\?xml|map\b)"]}],
    "cfg": [{"language": "HAProxy", "all": [r"^\s*(?:frontend|backend|listen)\s+\S+", r"^\s*(?:bind|server|mode)\s"]}],
    "spec": [
        {"language": "RPM Spec", "all": [r"^(?:Name|Version|Summary|%define|%global|%prep|%files)\b"]},
        {"language": "Ruby", "all": [r"^\s*(?:require|describe|Gem::)"]},
        {"language": "Python", "all": [r"^\s*(?:a\s*=\s*Analysis\(|import |from \w+ import )|-\*- mode: python"]},
    ],
    "cake": [{"language": "CoffeeScript", "all": [r"->\s*$|^\s*task\s+['\"]"]}, {"language": "C#"}],
    "brd": [{"language": "Eagle", "all": [r"<eagle\b|\A\s*<\?xml"]}, {"language": "KiCad Legacy Layout"}],
    "sch": [
        {"language": "Eagle", "all": [r"<eagle\b"]},
        {"language": "XML", "all": [r"\A\s*<\?xml|<(?:\w+:)?schema\b"]},
        {"language": "KiCad Schematic", "all": [r"\A(?:EESchema|\(kicad_sch)"]},
        {"language": "Scheme"},
    ],
    "cue": [{"language": "Cue Sheet", "all": [r"^\s*(?:FILE\s+\"|TRACK\s+\d)"]}, {"language": "CUE"}],
    "dsc": [
        {"language": "DenizenScript", "all": [r"^\s*type:\s*(?:task|world|item|command|procedure|assignment|interact)"]},
        {"language": "Debian Package Control File"},
    ],
    "frag": [{"language": "JavaScript", "all": [r"^\s*(?:\(function|jQuery|\$\()|\bfunction\s*\("]}, {"language": "GLSL"}],
    "fx": [{"language": "FLUX", "all": [r"^\s*(?:source|typedef|external|node)\b.*=>|^\s*(?:source\s+\w+\s*=>)"]},
           {"language": "HLSL"}],
    "gst": [{"language": "XML", "all": [r"\A\s*<\?xml"]}, {"language": "Gosu"}],
    "jq": [{"language": "JSONiq", "all": [r"^\s*(?:jsoniq|let\s+\$|for\s+\$\w+\s+in|import\s+module)\b"]},
           {"language": "jq"}],
    "ks": [{"language": "Kickstart", "all": [r"^(?:%packages|%post|%pre|rootpw|bootloader|lang \w)"]},
           {"language": "KerboScript"}],
    "mo": [{"language": "Motoko", "all": [r"^\s*(?:import\s+\w+\s+\"|actor\b|module\s*\{|public\s+(?:func|type|shared))"]},
           {"language": "Modelica"}],
    "moo": [{"language": "Mercury", "all": [r"^\s*:-\s*(?:module|interface|import_module)\b"]}, {"language": "Moocode"}],
    "mqh": [{"language": "MQL5", "all": [r"\bMQL5\b|#include\s*<(?:Trade|Object|Arrays)|\bCTrade\b|\binput\s+group\b"]},
            {"language": "MQL4", "all": [r"\bMQL4\b|\bOrderSend\(|\bextern\s|MT4|\bOrderSelect\("]}],
    "nas": [{"language": "Nasal", "all": [r"\bvar\s+\w+\s*=|\bfunc\b\s*(?:\(|\{)|\bsetprop\("]}, {"language": "Assembly"}],
    "nb": [{"language": "Wolfram Language", "all": [r"\(\*|Notebook\["]}, {"language": "Text"}],
    "pbt": [{"language": "PowerBuilder", "all": [r"\ASave Format|^@begin"]}, {"language": "Protocol Buffer Text Format"}],
    "pluginspec": [{"language": "XML", "all": [r"\A\s*<"]}, {"language": "Ruby"}],
    "reds": [{"language": "Red", "all": [r"\bRed(?:/System)?\s*\["]}, {"language": "Redscript"}],
    "rsc": [{"language": "Rascal", "all": [r"^\s*(?:@\w+\{|module\s+[\w:]+|import\s+[\w:]+;)"]},
            {"language": "RouterOS Script"}],
    "shader": [{"language": "ShaderLab", "all": [r"(?i:^\s*shader\s+\")"]},
               {"language": "GLSL", "all": [r"^\s*#(?:version|type|shader)|\bgl_Position\b|\buniform\s+\w+|void main\("]}],
    "sls": [{"language": "Scheme", "all": [r"^\s*(?:\(|;;|#!r6rs)"]}, {"language": "Salt"}],
    "trigger": [{"language": "Shell", "all": [r"\A#!|^\s*(?:if \[|echo |export )"]}, {"language": "Apex"}],
    "vhost": [{"language": "Nginx", "all": [r"^\s*(?:server|upstream|location)\b[^<\n]*\{"]}, {"language": "ApacheConf"}],
    "workflow": [{"language": "XML", "all": [r"\A\s*<"]}, {"language": "HCL"}],
    "ash": [{"language": "KoLmafia ASH", "all": [r"^\s*(?:script\s+\"|notify\s+\w|since\s+r?\d)|\bmy_\w+\(\)|\b(?:item|skill|effect|familiar|monster) \$"]},
            {"language": "AGS Script"}],
    "ddl": [{"language": "PLSQL", "all": [r"(?i:\bvarchar2\b|\bnumber\(|\btablespace\b|create or replace)"]}, {"language": "SQL"}],
    "prc": [{"language": "PLSQL", "all": [r"(?i:create or replace|\bvarchar2\b|:=)"]}, {"language": "SQL"}],
    "fcgi": [{"language": "PHP", "all": [r"<\?php"]}],
    "cp": [{"language": "Component Pascal", "all": [r"^\s*MODULE\s+\w+\s*;"]}, {"language": "C++"}],
}
"""Where linguist has no expression at all, or none that comes to an end: ours."""
FURTHER: dict[str, list[dict[str, Any]]] = {
    "as": [{"language": "AngelScript", "all": [r"^\s*(?:#include\b|\[\w+\]\s*$|\w+@ \w|(?:shared |abstract )?class \w+\s*:|void \w+\(|array<\w)"]}],
    "bf": [{"language": "Befunge", "all": [r"#[v<>^]|[>^<v][:\\|_,.$@]|\"[^\"\n]*\"[>v<^,:]|[,_:]\s*$", r"[<>v^]", r"[\d\"]"]}],
    "for": [{"language": "Formatted", "all": [r"^\s*(?:\d*\w+\s+)?-?\d+\.\d+[\s-]+-?\d*\.?\d+|\s\d+\.\d+\s+\d+\.\d+"], "none": [r"(?i:\b(?:subroutine|program|function|real|integer|dimension|call|end)\b)"]}],
    "gs": [{"language": "Genie", "all": [r"^(?:init|uses|class \w+\s*(?::\s*\w+)?)\s*$"], "none": [r"[;{}]\s*$"]}],
    "i": [{"language": "Assembly", "all": [r"^\s*;", r"^\s+(?i:ld|st|mov|lda|ldb|jsr|rts|cmp|add|sub|equ|bra|b[a-z]{2})\w*\s"], "none": [r"^\s*(?:%|#\s*include)"]}],
    "inc": [
        {"language": "PHP", "all": [r"<\?(?:php|=)"]},
        {"language": "HTML", "all": [r"(?i:</?(?:html|head|body|div|table|tr|td|p|ul|li|a|img|script|form|center|font|br)\b[^>\n]*>)"], "none": [r"^\s*#\s*(?:include|if|define)"]},
        {"language": "Pawn", "all": [r"^\s*(?:#(?:endinput|tryinclude)|#if (?:!\s*)?defined\s|stock\s|native\s|forward\s|new\s+(?:bool:|Float:|[\w:]+\[?|\w+\s*=)|public\s+\w+\()|\bForward:|\bFloat:"]},
        {"language": "C++", "all": [r"^\s*(?:#\s*(?:include|ifdef|ifndef|if|define|pragma)\b|template\b|namespace\b|// define cpp|(?:static|inline|const|class|struct)\s)"]},
        {"language": "BitBake", "all": [r"^(?:[A-Z][A-Z0-9_]+(?:[:_][\w${}-]+)*)\s*(?:\?\??|:|\+|\.)?=\s*\"|^do_\w+\s*\("]},
        {"language": "SQL", "all": [r"(?i:^\s*(?:select|insert\s+into|update|delete\s+from|create\s+table|drop\s+table|set\s+(?:global|session|@)|flush|let\s+\$|--(?:source|echo|disable)\w*)\b)"]},
    ],
    "m": [
        {"language": "MATLAB", "all": [r"^\s*(?:function\b|classdef\b|end\s*;?\s*$|clear\b|clc\b|close all\b|for \w+\s*=|figure\b)"]},
        {"language": "M", "all": [r"^[%A-Za-z]\w*(?:\([\w,]*\))?(?:\s+;.*)?\s*$", r"^\s+(?i:s|set|w|write|q|quit|n|new|d|do|f|for|k|kill|i|if)\b"], "none": [r"[{}]|^\s*[@#]|//"]},
    ],
    "mod": [{"language": "AMPL", "all": [r"^\s*(?:param|set|var|minimize|maximize|subject to|s\.t\.)\s+\w[^\n]*[;:={,\n]"]}],
    "res": [{"language": "XML", "all": [r"\A\s*<"]}],
    "rno": [{"language": "Roff", "all": [r"^\.\\\""]}],
    "t": [
        {"language": "Terra", "all": [r"^\s*(?:local\s+)?terra\b|^\s*--|^\s*local\s+\w+\s*=|\bterralib\b"], "none": [r"^\s*(?:use|my)\s"]},
    ],
}
"""Where linguist's expressions decide nothing and its classifier would: ours, tried after them. Written while looking at
linguist's samples, so what they gain there is not gained everywhere."""
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_BLOCKER = r"(?:[Aa]d[Bb]lock(?:[ \t][Pp]lus)?|u[Bb]lock(?:[ \t][Oo]rigin)?|[Aa]d[Gg]uard)(?:[ \t]\d+(?:\.\d+)*)?"
REWRITTEN = {
    ("tpl", "Smarty"): r"(?:^|[^{])\{(?:\*\s|[$/])?\w",
    ("txt", "Vim Help File"): r"(?:^|[ \t])(?:vi|[Vv]im[<=>]?\d*|ex):.*[ \t:](?:filetype|ft|syntax)[ \t]*=help(?:$|\s|:)",
    ("txt", "Hosts File"): rf"^(?:{_BYTE}\.){{3}}{_BYTE}(?:/(?:3[0-2]|[12]?\d))?(?:[ \t]+\w[-\w]*(?:\.\w[-\w]*)*)*(?:$|\s)",
    ("txt", "Adblock Filter List"): rf"\A\[{_BLOCKER}(?:[ \t]?;[ \t]?{_BLOCKER})*\]",
}
"""What needs looks ahead or behind, which RE2 has not: said without."""
# fmt: on
