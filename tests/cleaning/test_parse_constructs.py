"""Constructs of right files that grammars and the readings of SQL did not know: each class was dropped once."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from codekiln.cleaning.steps.parse import data
from codekiln.cleaning.steps.parse.brackets import of_c
from codekiln.cleaning.steps.parse.macros import MACROS
from codekiln.cleaning.steps.parse.words import in_other_words
from tests.cleaning.parse_examples import said

RIGHT = [
    ("C#", "class A { Task F(bool async) { if (async) { g(async: true); } return async ? h(async) : async && i.async(); } }\n"),
    ("C#", "class A { void F() { partial = 1;\n  required = 2; } int G() { return b(async, c => async\n ? 1 : 2); } }\n"
           "class B { void F() {\n    partial = 1;\n    required = 2;\n    required = 3;\n} }\n"),
    ("C#", 'class A { string F() { return $@"a ""{b}"""; } string G() { return @$"""{b}"" (""c"""; } }\n'),
    ("C#", "unsafe class A\n{\n    void F()\n    {\n        *(IntPtr*)this.a.b = IntPtr.Zero;\n        *(sbyte*)a = (sbyte)b;\n        *(int*)a = 1;\n        *(D**)a = c;\n    }\n}\n"),
    ("Ruby", "a = ->(b; c) { c }\n"),
    ("Ruby", "def a\n  return(\n    1\n    2\n  )\nend\n"),
    ("TypeScript", "interface A { b: (string) => string; c: (number, any) => [string, number] }\n"),
    ("TypeScript", "const a = await b<typeof import('c')>()\n"),
    ("Swift", "func a() {\n  b([.try, .await, .unsafe])\n  switch c { case .await: d(self: 1, try: 2)\n  default: return .try }\n}\n"),
    ("Swift", "func a() {\n  if #available(_nonCopyable, *), let b = c { d() }\n  guard #available(_typedThrows, *) else { return }\n}\n"),
    ("Swift", "func a() {\n  b(to: (@convention(c) (_ c: any D) -> E?).self)\n  f((() -> String).self, g)\n}\n"),
    ("Swift", "var a = #Predicate<Array<String>> { $0.isEmpty }\nvar b = #Predicate<Dictionary<String, Int>> { $0.isEmpty }\n"),
    ("Swift", "extension A {\n  @objc(addB:)\n  @NSManaged public func addB(_ value: C)\n\n  @_silgen_name(\"$sD\")\n  mutating func d<E>(f: (G) throws -> E) throws -> E\n}\n"),
    ("Swift", "let a = /^`[^`(]*`$/\nlet b = c.d(/[(]/, e)\n"),
    ("Swift", "protocol A {\n  func a<B>(\n    c: D\n  ) where B: C,\n    B.D == E,\n    F.G == H\n}\n"),
    ("C++", "A_TEMPLATE(b, char, c)->d(1);\nA_TEMPLATE(b, uint8_t)\n    ->d(1, 1 << 2);\nA_TEMPLATE(int)->d(2);\n"),
    ("C++", "static A a[] = {\n#define B(c, d) { #c, e##c, \\\n  (d) }\n  B(f, 1),\n#undef B\n};\n"),
    ("C++", "T f() {\n  co_await g();\n  co_yield {1, 2};\n  co_return {};\n}\n"),
    ("C++", "#include \"a.h\"\nusing namespace System;\n[assembly:AssemblyTitleAttribute(B)];\n[assembly:AssemblyVersionAttribute(C)];\n"),
    ("C++", "#import <A/B.h>\nnamespace c { struct D; }\n@interface E : F\n@property (nonatomic) G *g;\n- (void)h:(int)i with:(J<K *> *)j;\n@end\n"),
    ("C", "@class A;\n- (instancetype)b:(int)c;\n"),
    ("SQL", "UPDATE a SET b = c.case FROM (SELECT CASE WHEN d THEN 1 END FROM e) c;\nSELECT f FROM case;\n"),
    ("SQL", "REPAIR TABLE a;\nREPACK b USING INDEX c;\nCHECKSUM TABLE d;\nRESTART;\n"),
    ("SQL", "DECLARE\n  b number(38, 2) DEFAULT 0.0;\n  a CURSOR FOR SELECT 1;\nBEGIN\n  c := 1;\nEND;\n"),
    ("SQL", "SELECT CASE WHEN (a - 1) // 4 = b // (c) THEN 1 END FROM d;\n"),
    ("SQL", "SELECT [a('#.') FOR b IN c || [1, 2]]\n    || [d FOR d IN e[1:f - 1]\n        IF d > a('#')];\n"),
    ("SQL", "SET a = s3a://b/c;\nSELECT 1;\n"),
    ("SQL", "DELIMITER |\n\nCREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW BEGIN\n  SELECT 1;\nEND;\n|\n\nCREATE TRIGGER c BEFORE UPDATE ON b FOR EACH ROW BEGIN\n  SELECT 2;\nEND;\n|\n\nDELIMITER ;\n"),
    ("SQL", "!connect jdbc:a:b=c(d admin\n!set e f\nSELECT 1;\n!tables\n"),
    ("SQL", "spool a.sql\nSELECT 1;\nspool off\n$ del a.tmp (\n! rm a.tmp it's\n"),
    ("SQL", "SELECT a FROM b WHERE c @@@ ('d' ## 10 ## 'e')\nORDER BY f;\n"),
    ("SQL", "CREATE OPERATOR pg_catalog.## (\n  LEFTARG = a, RIGHTARG = b\n);\n"),
    ("PLSQL", "create procedure a is\nbegin\n  null;\nend;\n  /\nbegin\n  a;\nend;\n  /\n"),
    ("TSQL", "/* it's old:\n/* why */\nGO\n*/\nSELECT 1;\n/* a /* b /* c */ d */ ( */\nGO\n"),
    ("TSQL", "SELECT a.* FROM OPENROWSET('b', 'c'; 'd'; 'e', f) AS a;\nGO\n"),
    ("TSQL", "IF @a > 0 GOTO EndSave;\nSELECT x.b AS [--C'D] FROM x;\nEndSave:\n"),
]  # fmt: skip

BROKEN = [
    ("C#", "class A { Task F(bool async) { if (async { g(async: true); } } }\n"),
    ("C#", "class A {\n    void F() {\n        *(int*)a = (1;\n    }\n}\n"),
    ("C++", "#import <A/B.h>\n@interface E : F\n- (void)h:(int)i with:(J<K *> *j;\n@end\n"),
    ("C++", "#import <A/B.h>\n@class C;\nThe quick answer is that nobody has looked at it.\nint d;\n"),
    ("C++", "A_TEMPLATE(b, char, c->d(1);\nA_TEMPLATE(b, char, d)->d(1);\n"),
    ("C++", "static A a[] = {\n#define B(c) { c }\n  B(f, 1),\n#undef B\n;\n"),
    ("Swift", "protocol A {\n  func a<B>(\n    c: D\n  where B: C,\n    B.D == E\n}\n"),
    ("Swift", "extension A {\n  @NSManaged public func addB(_ value: C\n}\n"),
    ("TypeScript", "const a = await b<typeof import('c')>(\n"),
    ("SQL", "SELECT (CASE WHEN (a - 1) // 4 = b THEN 1 END FROM d;\n"),
    ("SQL", "SELECT CASE WHEN a THEN 1 FROM b;\nSELECT c.case FROM d;\n"),
    ("SQL", "DELIMITER |\nCREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW BEGIN\n  SELECT (1;\nEND;\n|\n"),
    ("TSQL", "/* it's /* why */\nSELECT 1; (\n"),
    ("TSQL", "SELECT a.* FROM OPENROWSET('b', 'c'; 'd', f AS a;\nGO\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), RIGHT)
def test_right_files_are_kept(language: str, text: str) -> None:
    assert said(text, language) == ""


@pytest.mark.parametrize(("language", "text"), BROKEN)
def test_the_same_constructs_broken_are_dropped(language: str, text: str) -> None:
    assert said(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("C", "FOO_API BAR_API int a(FOO int b) BAZ;\n// {}\n#define A /* {} */ 1\n"),
        ("C++", "FOO_API BAR_API int a(FOO int b) BAZ;\n// {}\n#define A /* {} */ 1\n"),
        ("SQL", "SELECT 1; -- {}\n# {}\nSELECT '{}';\n"),
        ("JSON", '{{"a": [1,]}} // {}\n'),
    ],
)
def test_openings_of_comments_on_one_line_take_no_long_time(language: str, text: str) -> None:
    for opening in ("#/*", "#/* "):
        assert said(text.replace("{}", opening * 50_000).replace("{{", "{").replace("}}", "}"), language) == ""


def test_openings_of_comments_that_nothing_closes_take_no_long_time() -> None:
    for language in ("JSON", "SQL", "Less"):
        assert "too long" not in said("a " + "#/*" * 80_000, language)
    assert of_c(b"#/*" * 80_000 + b"\n" + b"/*" * 80_000) == ""
    assert in_other_words(MACROS, b"#/*" * 80_000) == b"#/*" * 80_000


def test_a_comment_without_its_end_stays_in_json() -> None:
    assert data.check_json(b'{"a": 1 /* b }').startswith("line 1")
    assert data.check_json(b'{"a": 1 /* b */}') == ""


def test_comments_that_lines_go_on_after_are_blanked_alone() -> None:
    mended = in_other_words(MACROS, b"int a; /* b */ int c; /* d */ \\\n int e; /* f\n */\n")
    assert mended == b"int a; /* b */ int c;         \\\n int e; /* f\n */\n"


def test_brackets_after_a_comment_without_its_end_do_not_count() -> None:
    assert of_c(b"int a; /* (\n") == ""
    assert of_c(b"#define A /* (\nint b) /* {\n") == ""
