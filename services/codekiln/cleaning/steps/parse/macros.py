"""What C and C++ hold that their grammars do not know: macros, and extensions of Microsoft's compilers."""

from __future__ import annotations

import re

from codekiln.cleaning.steps.parse.words import ARGUMENTS, Mend, blank, capitals

_NO_TYPES = frozenset(
    b"static extern inline const constexpr virtual unsigned signed return else define typedef new".split()
)
_WORD_BEFORE = re.compile(rb"(\w+)[ \t*&]*\Z")


def _convention(match: re.Match[bytes]) -> bytes:
    """Nothing in its place where a type is before it, else it is the type."""
    before = _WORD_BEFORE.search(match.string[max(0, match.start() - 60) : match.start()])
    return match[0] if before is None or before[1] in _NO_TYPES else blank(match)


def _kept(match: re.Match[bytes]) -> bytes:
    """All but the group."""
    return (
        match[0][: match.start(1) - match.start()]
        + re.sub(rb"[^\n]", b" ", match[1])
        + match[0][match.end(1) - match.start() :]
    )


def _continued(match: re.Match[bytes]) -> bytes:
    """A comment blanked if a line that goes on ends with it. All others match too, or each `/*` would read the line."""
    return match[0] if match[1] is None else b" " * (match.start(1) - match.start()) + match[1]


MACROS: tuple[Mend, ...] = (
    # What a configure script writes into a header, `@HAVE_STDIO_H@`.
    (re.compile(rb"@[A-Za-z_]\w*@"), capitals),
    (re.compile(rb"__has_(?:include(?:_next)?|\w+)\s*\([^()\n]*\)"), b"1"),
    # Annotations of Microsoft's headers: _In_ int a, _Out_writes_(n) char* b.
    (re.compile(rb"_(?<![\w.>:]_)[A-Z][A-Za-z]*(?:_[A-Za-z]+)*_(?!\w)(?:[ \t]*" + ARGUMENTS + rb")?(?=\s)"), blank),
    # Names of attributes alone on their line, `__attribute_cold__`.
    (re.compile(rb"^[ \t]*__[a-z]\w*__[ \t]*(?:" + ARGUMENTS + rb")?[ \t]*$", re.M), blank),
    # A macro alone on its line, with arguments or without.
    (re.compile(rb"^[ \t]*[A-Z_][A-Z0-9_]{2,}[ \t]*(?:" + ARGUMENTS + rb")?[ \t]*[;,]?[ \t]*$", re.M), blank),
    # With arguments, before a function's name on the next line.
    (re.compile(rb"\b[A-Z_][A-Z0-9_]{2,}[ \t]*" + ARGUMENTS + rb"(?=[ \t]*\n[ \t]*\w+[ \t]*\()"), blank),
    # Before a type and a name: NORETURN void f. After a name: int x UNUSED, and f(int x) WARN_UNUSED;
    (
        re.compile(
            rb"\b(?!NULL\b)[A-Z_][A-Z0-9_]{2,}(?:[ \t]*"
            + ARGUMENTS
            + rb")?[ \t]+(?=(?!const[ \t]*[*&])(?:[a-z]\w*|[A-Z]\w*[a-z]\w*|U?[0-9A-Z]+)[ \t*&]+[\w*])"
        ),
        blank,
    ),
    (
        re.compile(
            rb"(?<=[\w)\]])[ \t\n]+(?!NULL\b)[A-Z_][A-Z0-9_]{2,}(?:[ \t]*" + ARGUMENTS + rb")?(?=[ \t\n]*[,;){=])"
        ),
        blank,
    ),
    # A calling convention: extern void XMLCALL f(int x).
    (re.compile(rb"(?<=[\w*& \t][ \t])[A-Z_][A-Z0-9_]{2,}(?=[ \t]+(?:\w+::)*~?\w+[ \t]*\()"), _convention),
    # Before a constructor, and between `class` or `template` and a name.
    (
        re.compile(
            rb"^[ \t]*[A-Z_][A-Z0-9_]{2,}[ \t]+(?=(?:\w+(?:<[^<>\n]*>)?::)*(\w+)(?:<[^<>\n]*>)?::~?\1[ \t]*\()", re.M
        ),
        blank,
    ),
    (
        re.compile(
            rb"(?:class|struct|union|enum|template)\b"
            rb"([ \t]+[A-Z_][A-Z0-9_]{2,}(?:[ \t]*"
            + ARGUMENTS
            + rb")?)(?=[ \t]+[\w:]+(?:<[^\n;{]*>)?[ \t\n]*(?:[;{:]|final\b))"
        ),
        _kept,
    ),
    (
        re.compile(rb"\btemplate[ \t]+[A-Z_][A-Z0-9_]{2,}(?=[ \t]+[\w:]+)"),
        lambda match: b"template".ljust(len(match[0])),
    ),
    # What exports a class, in whatever case: class Foundation_API A : B.
    (
        re.compile(
            rb"(?:class|struct)\b([ \t]+[A-Za-z_]\w*)"
            rb"(?=[ \t]+(?!final\b)[A-Za-z_][\w:]*(?:<[^\n;{]*>)?(?:[ \t]+final\b)?\s*[:{])"
        ),
        _kept,
    ),
    # class A FINAL : B, int __unused a, and a calling convention in `(API *a)(int)`.
    (re.compile(rb"(\b(?:class|struct)[ \t]+\w+)[ \t]+[A-Z_][A-Z0-9_]{2,}(?=[ \t]*[:{])"), rb"\1"),
    (
        re.compile(rb"__(?<=[\w*][ \t]__)(?!(?:attribute|asm|typeof|extension)\b)[a-z][a-z_]*[a-z](?=[ \t]+[\w*])"),
        blank,
    ),
    (re.compile(rb"(?<=\()[ \t]*[A-Z_][A-Z0-9_]{2,}[ \t]*(?=\*[ \t]*\w+[ \t]*\)[ \t]*\()"), blank),
    # Sections of a class of Qt.
    (re.compile(rb"^[ \t]*(?:\w+[ \t]+)?(?:signals|slots|Q_SIGNALS|Q_SLOTS)[ \t]*:(?!:)", re.M), b"public:"),
    (re.compile(rb"\b\w*(?:for_?each|FOR_?EACH)\w*\s*(?=\()"), b"while"),
    # What a compiler's parser does not see: paths of Windows have backslashes, `#define` may stand within a list.
    (re.compile(rb"#[ \t]*(?:include|import|pragma|error|warning)\b[^\n]*(?<!\\)$", re.M), blank),
    (re.compile(rb"^[ \t]*#[ \t]*(?:define|undef)\b(?://(?:\\\n|[^\n])*+|\\\n|(?!/\*)[^\n])*+$", re.M), blank),
    (re.compile(rb"\bco_(?:return|yield)(?=\s*\{)"), lambda match: b"return".ljust(len(match[0]))),
    # A comment within a macro of several lines.
    (re.compile(rb"/\*(?:[^*\n]|\*(?!/))*+(?:\*/([ \t]*\\\n)?)?"), _continued),
    # Several names by one `using`.
    (
        re.compile(rb"using[ \t]+[\w:]+((?:\s*,\s*(?:typename[ \t]+)?[\w:]+(?:\.\.\.)?)+)(?=\s*;)"),
        _kept,
    ),
    # Types of several words, which may be an argument: TEST(a, long double).
    (
        re.compile(
            rb"(?:unsigned|signed|long|short)[ \t]+(?:(?:unsigned|long)[ \t]+)*(?=(?:int|double|char|short|long)\b)"
        ),
        blank,
    ),
    # An operator as an argument: CHECK_OP(a, ==, b). What declares a pointer, `(*)`, stays.
    (
        re.compile(
            rb"([(,])[ \t]*(?![*&^]{1,2}[ \t]*\))"
            rb"(?:[=!]=|<=>|&&|\|\||(?:<<|>>|[-+*/%&|^<>])=?|->\*?|[!~=])[ \t]*(?=[,)])"
        ),
        lambda match: (match[1] + b"x").ljust(len(match[0])),
    ),
)

SIGN_OF_EXTENSIONS = re.compile(
    rb"\b(?:ref|value)[ \t]+(?:class|struct)\b|\bref[ \t]+new\b|\bgcnew\b|[A-Za-z_>]\^[ \t]*(?:[A-Za-z_>,)(&*]|$)"
    rb"|^\[assembly:",
    re.M,
)
"""Signs of C++/CX and C++/CLI, whose pointers to objects are `String^`."""
EXTENSIONS: tuple[Mend, ...] = (
    (re.compile(rb"\b(?:ref|gc)[ \t]*new\b"), lambda match: b"new".ljust(len(match[0]))),
    (
        re.compile(
            rb"(?:\b(?:public|private|protected|internal)[ \t\n]+)?(?:\bpartial[ \t]+)?"
            rb"(?:\b(?:ref|value|interface)[ \t]+)?\b(class|struct|enum)\b(?=[ \t\n]+\w)"
        ),
        lambda match: match[1] + re.sub(rb"[^\n]", b" ", match[0][len(match[1]) :]),
    ),
    (re.compile(rb"\bgeneric(?=[ \t]*<)"), b"template"),
    (re.compile(rb"\b(?:sealed|abstract)\b(?=[ \t\n]*[:{;=])"), lambda match: b" " * len(match[0])),
    (re.compile(rb"\binternal(?=[ \t]*:)"), b"public"),
    (re.compile(rb"\^|(?<=[\w>])%(?=[ \t]*[A-Za-z_,)]|$)", re.M), b"*"),
    (re.compile(rb"\b(?:event|delegate|initonly|literal)[ \t]+(?=[A-Za-z_])"), blank),
    (re.compile(rb"\bfor[ \t]+each[ \t]*\(([^;()]*?)\bin\b"), rb"for (\1:"),
    # A property with its accessors is read as a class; one without, as a field.
    (
        re.compile(rb"\bproperty\b[^;{}()=]{0,400}?(\w+(?:[ \t]*\[[^\[\]\n]*\])?)([\s]*)\{"),
        lambda match: b"struct _" + re.sub(rb"[^\n]", b"", match[0]) + b" {",
    ),
    (re.compile(rb"\bproperty[ \t]+(?=[A-Za-z_:])"), blank),
    # Attributes on a line.
    (re.compile(rb"^[ \t]*(?:\[[A-Za-z_][\w:]*(?:" + ARGUMENTS + rb")?\];?[ \t]*)+$", re.M), blank),
)

OBJECTIVE_C = re.compile(
    rb"^[ \t]*(?:@(?:interface|implementation|protocol|property|class|end|import|autoreleasepool)\b"
    rb"|#[ \t]*import[ \t]+[<\"]"
    rb"|[-+][ \t]*\([\w<>, *^]+\)[ \t]*\w+[ \t]*(?:[:;{]|$))",
    re.M,
)
"""Headers of Objective-C and Objective-C++ have the extension of C's."""

SIGN_OF_MODULES = re.compile(rb"^[ \t]*(?:export[ \t]+)?(?:module|import)[ \t]+[\w.:]+[ \t]*;", re.M)
MODULES: tuple[Mend, ...] = (
    (
        re.compile(
            rb"^[ \t]*(?:export[ \t]+)?(?:module|import)\b[ \t]*(?:[\w.:]+|<[^<>\n]*>|\"[^\"\n]*\")?[ \t]*;", re.M
        ),
        blank,
    ),
    (re.compile(rb"^([ \t]*)export(?=\s*\{)", re.M), rb"\1namespace"),
    (re.compile(rb"^([ \t]*)export\b", re.M), rb"\1"),
)

_TYPE = rb"(?:u?int(?:8|16|32|64)_t|size_t|char|short|int|long|float|double|bool|void)"
SIGN_OF_TYPES = re.compile(rb"^[A-Z_][A-Z0-9_]{2,}[ \t]*\((?:[^();{}]{0,400},)?\s*" + _TYPE + rb"\s*[,)]", re.M)
"""A macro at the margin with a type as an argument, as benchmarks have: the type is read as a name."""
TYPES: tuple[Mend, ...] = (
    (re.compile(rb"(?<=[(,\s])" + _TYPE + rb"(?=\s*[,)])"), lambda match: b"T".ljust(len(match[0]), b"_")),
)

SIGN_OF_BODIES = re.compile(rb"^[ \t]*[A-Z_][A-Z0-9_]{2,}[ \t]*\([^;{}]{0,400}\)\s*\{", re.M)
"""A macro with a body, as tests have: it is read as a condition."""
BODIES: tuple[Mend, ...] = (
    (
        re.compile(rb"^([ \t]*)[A-Z_][A-Z0-9_]{2,}[ \t]*" + ARGUMENTS + rb"(?=\s*\{)", re.M),
        lambda match: match[1] + b"if (1)" + b"\n" * match[0].count(b"\n"),
    ),
)
