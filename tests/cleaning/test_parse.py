"""The parse check: what a language's hard features, its mistakes and templates come to."""

# ruff: noqa: E501
from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.parse import collect, measure
from codekiln.cleaning import judge
from codekiln.cleaning.document import Drop
from codekiln.cleaning.steps.parse import PARSERS, ParseStep
from tests.cleaning.parse_examples import BAD, GOOD, document, said


@pytest.mark.parametrize("language", GOOD)
def test_hard_features_are_kept(language: str) -> None:
    assert said(GOOD[language], language) == ""


@pytest.mark.parametrize(("language", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_broken_files_are_dropped_with_language_and_place(language: str, text: str) -> None:
    result = ParseStep().apply(document(text, language))
    assert isinstance(result, Drop)
    assert result.reason == "parse_error"
    assert result.detail.startswith(f"{language}, ")


@pytest.mark.parametrize("language", GOOD)
def test_conflicts_and_noise_are_found_in_every_language(language: str) -> None:
    good = GOOD[language]
    conflict = f"<<<<<<< HEAD\n{good}=======\n{good}>>>>>>> feature\n"
    assert said(conflict, language) == "line 1: a merge that was not finished"
    assert "control characters" in said(good + "\x01\x02\x03\x04\n", language)


def test_a_problem_names_the_line() -> None:
    assert said("int a;\n\nint f(int b { return b; }\n", "C").startswith("line 3: ")
    assert said("<template/>\n<script>\nlet a = 1\nlet b = ;\n</script>\n", "Vue").startswith("line 4: ")
    assert said('{\n"a": 1,,\n}', "JSON").startswith("line 2: ")


def test_json_has_comments_lines_and_long_numbers() -> None:
    assert said('{\n  // why\n  "a": "http://b", /* c */\n  "d": [1,],\n}', "JSON") == ""
    assert said('{"a": 1}\n{"a": 2}\n', "JSON") == ""
    assert said("1" * 5000, "JSON") == ""


def test_templates_of_yaml_are_no_errors() -> None:
    assert said("{{- if .Values.a }}\na: {{ .Values.b }}\n{{- end }}\n", "YAML") == ""
    assert said("{{- if .Values.a }}\na: [{{ .Values.b }}\nc: d\n{{- end }}\n", "YAML")


@pytest.mark.parametrize("language", GOOD)
def test_lines_may_end_as_in_windows(language: str) -> None:
    assert said(GOOD[language].replace("\n", "\r\n"), language) == ""


def test_client_commands_and_texts_of_several_lines_may_end_as_in_windows() -> None:
    assert said("drop package a\r\n/\r\n\r\nbegin\r\n  b.c('d');\r\nend;\r\n/\r\n", "SQL") == ""
    assert said('const char* a = L"b.\\n\\\r\nDo you want to remove this? It is that we have.";\r\n', "C++") == ""


def test_macros_of_c_are_no_errors() -> None:
    text = "GIT_BEGIN_DECL\nNORETURN void f(int a UNUSED);\nint g(void) { list_for_each(p, q) { h(p); } return 0; }\n"
    assert said(text, "C") == ""


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("C#", "abstract class A\n#if X\n  : B\n#endif\n{\n  void F(\n#if X\n    int a\n#else\n    long a\n#endif\n  ) { }\n}\n"),
        ("C++", "template class API_EXPORT a::b<c>;\nAPI_INLINE log::log(int a) : b(a) {}\n"),
        ("Kotlin", "context(raise: Raise<E>) public fun <E> f(e: E): Nothing = raise.raise(e)\nval x = where?.let { it }\n"),
        ("Swift", "struct A { @_lifetime(borrow self) func f(_ a: __owned B) { g(value: (), b: c) } }\n"),
        ("Rust", 'fn f() { g(\n    a,\n    #[cfg(b)]\n    c,\n); }\n'),
        ("HTML", "<p>Levels >= 20 & more</p>\n"),
        ("Svelte", "<p>Tracking & Billing</p>\n"),
        ("SQL", ".timeout 30000\nSELECT 'a\\' FROM [b c] WHERE d = ##e;\nGRANT :a TO :b;\n"),
        ("PLSQL", "create package body a is\n  subtype t is varchar2(9);\n  b constant number := 1;\n  procedure c is begin d($$plsql_unit); end;\nend;\n/\n"),
        ("TSQL", "CREATE PROC a\n  @b INT,\n  @c INT\nAS\nBEGIN\n  INSERT INTO [d] ([e]) VALUES (\n    @b\n  )\nEND\nGO\n"),
        ("Shell", "#!/bin/zsh\nif (( ! $+commands[a] )); then\n  b=(${(f)\"$(c)\"})\nfi\n() { d **/*(N) }\n"),
        ("Shell", "cat <<E\nThe text that we have here will be read.\nE\n"),
        ("Shell", ": <<=cut\n\n=head1 NAME\n\nThe text that we have here will be `read.\n\n=cut\n\na=1\n"),
        ("Shell", "a() {\ncat <<E\nWe don't (\nE\n}\nb() {\nc=`d \"\\n\\nit's `\ne=$[$f + 1]\ng=$((h -i j | k l) 2>m)\n}\n"),
        ("Shell", "emulate sh\nif { a; } &&\n   { b; }\nthen\n  for ((i=0; i<3; i++)) {\n    c || { d; }\\\n    && e\n  }\nfi\n"),
        ("Shell", "a | while read f; do \\\n  if b; then\n    c\n  fi \\\ndone\n"),
        ("Shell", "# vim: ft=zsh\na() {\n  if (( b == 0 )) { c $#d e }\n  if [[ f ]] then\n    g\n  fi\n}\n"),
        ("Shell", "case \"$a\" in\n\\[*)\n  b \"${c:$d:$e}\" %(f)s <<E\n%(g)s\nE\n  ;;\nesac\n"),
        ("SQL", "CREATE OPERATOR # (\n  RIGHTARG = a, NEGATOR = !#\n);\nCREATE RULE b AS ON INSERT TO c DO INSTEAD (\n  INSERT INTO d VALUES (1);\n  SELECT 2;\n);\n"),
        ("SQLPL", "set term !;\n\nrecreate package a\nas\nbegin\n  procedure b;\nend!\n\nset term ;!\n"),
        ("C", "@PRAGMA@\n#ifndef _@PREFIX@_A\n#if @HAVE_A@\n# @INCLUDE_NEXT@ @NEXT_A@\n#endif\nint @A_B@ (int);\n#endif\n"),
        ("C", "/* Types by number. */\n{0x01, N_(\"FAT12\")},\n{0x02, N_(\"XENIX root\")},\n"),
        ("C", "typedef void (API_PTR *F)(int a);\nstatic void f(A __unused a, const void __unused *b) {}\n"),
        ("C++", "class A : public B\n{\nsignals:\n  void c();\npublic slots:\n  void d();\n};\nclass E FINAL : public F, public G {\npublic:\n  int h;\n};\n"),
        ("JavaScript", "/** @flow */\nimport typeof A from 'a';\nopaque type B: string = string;\ntype C = {| +d: ?E, ...F<G>, ... |};\ncomponent H(i?: ?J) { return (k: any); }\n"),
        ("JavaScript", "import A from '<%= b %>';\n<% if (c) { %>\nconst d = [%FRAMEWORKS%];\n<% } %>\n"),
        ("Ruby", "class <%= class_name %>Uploader < A::B\n  <%- if c -%>\n  d :<%= e %>\n  <%- end -%>\nend\n"),
        ("HTML", "@(a: Seq[B])(implicit c: D)\n@* why *@\n<a href=\"@routes.E.f(\"g\")\" @if(h < 1){checked=\"i\"}>\n@a.map { b =>\n  <b>@b(\"c\").map(_ -> \"<d>\")</b>\n}</a><script>var e = @Html(f);</script>\n"),
        ("HTML", "<& /Elements/A, b => loc(\"it's\"), c => \\@d &>\n% if ( $e < 1 ) {\n<h2 class=\"<% loc(\"f\") %>\">g</h2>\n% }\n<%init>\nmy $h = \"<p class='\";\n</%init>\n"),
        ("HTML", "<roundcube:include file=\"a.html\" />\n<a title=\"<roundcube:label name=\"b\" />\" href='c'>d</a>\n"),
        ("SQL", "########\n# It's (\n### b\nSELECT 1;\n"),
        ("SQL", "CREATE OPERATOR <<% (\n  LEFTARG = c, PROCEDURE = d, COMMUTATOR = '%>>'\n);\n"),
        ("SQL", "INSERT INTO a (b,\n<?lsmb IF c('d') < 0; ?>\n  e,\n<?lsmb END; ?>\n  f) SELECT 1;\n"),
        ("Shell", "for a in b; do\n  { case $a in\n    c) d ;;\n  esac } || e\ndone\n"),
        ("C", "__attribute_cold__\nint a(int b);\n\n__attribute_nonnull__()\nvoid c(char * restrict d);\n"),
        ("C++", "namespace a {\nclass Foundation_API B: public C\n  /// Encodes all data written to it.\n{\npublic:\n  int d;\n};\nclass _Export E : public F { int g; };\n}\n"),
        ("HTML", "@model A\n@{\n  var b = 1 < 2;\n}\n<p class=\"@(b ? \"c\" : \"d\")\">@Html.E(\"f\", \"g\")</p>\n"),
        ("HTML", "<#-- <a --><#if a?? && b gt 1><p class=\"<#if c>d<#else>e</#if>\">${f!\"g\"}</p></#if>\n"),
        ("C++", "namespace a {\npublic ref class B sealed : public C\n{\n    [D(e)]\n    property F::String^ G { F::String^ get(); void set(F::String^ h); }\n    event I<Object^>^ J;\ninternal:\n    void k(Array<int>^ l) { auto m = ref new N(); for each (auto o in l) { p(o); } }\n};\n}\n"),
        ("C", "int a(int b) {\n  CHECK_OP(b, ==, 1);\n  OP(+=);\n  return c(<, b);\n}\n"),
        ("SQL", "* a = it's\n*if (*? != 42)\n  \\q Wrong (\n*end if\n\\.\n\nSELECT ' FROM b\n.;\n/= c() \\p (\n/c(d)e;\n* ((f = 2))\nSELECT 1;\n:;\n"),
        ("HTML", "<html>\n<body>\n<div id='a'>\n<p>b\n<ul><li>c</li>\n"),
        ("HTML", "<p>a</p>\n</div>\n</body>\n</html>\n"),
        ("HTML", "<html>\n<roundcube:if condition=\"a\" />\n<body class=\"b-<roundcube:exp expression=\"c ?: 'd'\">\">\n<roundcube:endif />\n<div>\n"),
        ("HTML", "<select>\n{% if a %}\n<option value=\"{{ b }}\"\n{% else %}\n<option value=\"{{ c }}\"\n{% endif %}\n{% if d %}selected{% endif %}>e</option>\n</select>\n"),
        ("C", "BT_A, BT_B, /* c */\nBT_D, BT_E,\n"),
        ("C", "extern void XMLCALL a_handler(void *b, const B_Char *c);\nextern int XMLCALL d(int e);\n"),
        ("C", "#define A(b, c) \\\n  f(b, \\\n    int t = s(b), /* keep 'b' */ \\\n    c)\n\nint d;\n"),
        ("C", "#define A 1 /* why (and\n             * how) */\nint a(int b UNUSED) { return (b); } FOO(\n;\n)\n"),
        ("C++", "HRESULT __cdecl a(\n  _In_reads_bytes_(c) const uint8_t* b,\n  _In_ size_t c,\n  _Outptr_opt_ B** d) noexcept;\nvoid XM_CALL E::f(_In_z_ G2 const& h) const {}\n"),
        ("C++", "module;\n#include \"..\\a\\b.h\"\nexport module c.d;\nimport std;\nexport namespace e { int f(); }\nexport template <typename T> T g(T h);\n"),
        ("C++", "TEST_CASE_TEMPLATE(\"a\", F, float, long double) {\n  SUBCASE(\"b\") {\n    using c::d, c::e, c::f;\n    CHECK(g == 1);\n  }\n}\n"),
        ("Swift", "func a(_ b: consuming sending C) -> sending D {\n  nonisolated(unsafe) let e = b.f()\n  switch consume e { case .g: return () as ()? }\n}\n"),
        ("SQL", "SELECT 1;\n>> 1\n\nSELECT (2);\n> A ]\n> -\n> rows: 1\n\nscript nodata;\n> exception B\n"),
        ("SQL", "DELIMITER $$\nCREATE FUNCTION a() RETURNS INT\nBEGIN\n  #IT'S (\n  DECLARE b INT; #FEES\n  RETURN 1;\nEND $$\n"),
        ("SQL", "INSERT INTO `a` VALUES ('\x01','\x01','\x01','\x01');\n\ufeffDELETE FROM `b`;\n"),
        ("SQL", "run resource 'a.sql';\nautocommit off;\nBEGIN\\;SELECT 1\\;ROLLBACK;\nSELECT 2;\n"),
        ("PLSQL", "create package body a is\n  procedure b is begin\n    $if $$c $then\n      d('$$');\n    $elsif $$e $then null; $end\n    loop\n      exit when ( f >= g or\n                  h <= 0 );\n    end loop;\n  end;\nend a;\n/\n"),
        ("TSQL", "DROP SERVICE [//A/B(c];\nGO\nALTER DATABASE [a] SET ANSI_NULLS OFF,\n  ANSI_PADDING OFF WITH ROLLBACK IMMEDIATE;\nGO\n"),
        ("HTML", "<!-- script src='a'></script>\n<script></script -->\n<style><!--\nb { c: d }\n//-->\n</style><script>\n  %CONFIG%\n  e();\n</script>\n"),
    ],
)  # fmt: skip
def test_what_grammars_do_not_know_is_kept(language: str, text: str) -> None:
    assert said(text, language) == ""


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("C", "#ifndef A_H\n#define A_H\nint f(int a { return a; }\n#endif\n"),
        ("PHP", "import os\n\nprint(os.name)\n"),
        ("HTML", "import os\n\nprint(os.name)\n"),
        ("YAML", "The quick answer is that nobody has looked at this part since we moved.\n"),
        ("Shell", "a=1\nIt was decided in the meeting on Tuesday that we will revisit the numbers\n"),
        ("Shell", "#!/bin/zsh\nautoload -U a\nif (( $+b )); then\n  c\n"),
        ("TSQL", "CREATE PROC a AS\nBEGIN\n  SELECT 1\n  IF @b = 1\n  BEGIN\n    SELECT 2\n"),
        ("SQL", "SELECT 1;\nSELECT 2;\nSELE"),
        ("SQL", "CREATE OPERATOR # (\n  RIGHTARG = a\n;\nSELECT 1;\n"),
        ("SQL", "CREATE RULE a AS ON INSERT TO b DO INSTEAD (\n  SELECT 1;\n"),
        ("Shell", "emulate sh\nif { a; }\n  b\nfi\n"),
        ("Shell", "for ((i=0; i<3; i++)) {\n  a\n"),
        ("Shell", ": <<=cut\na\n"),
        ("C", '{0x01, N_("FAT12")},\n{0x02, N_("XENIX root"},\n'),
        ("JavaScript", "/** @flow */\ntype A = {| +b: ?C |};\nlet d = ;\n"),
        ("Ruby", "class <%= class_name %>Uploader\n  def a(\nend\n"),
        ("HTML", "<html>\n<body>\n<div id='a'>\n<p>b</p>\n<ul><li>cut"),
        ("C++", "public ref class A sealed\n{\n    property String^ B { String^ get(; }\n};\n"),
        ("HTML", "<html>\n<body>\n<div>\n<ul>\n</body>\n</html>\n<section>\n"),
        ("SQL", "SELECT 1;\n> A\nSELECT (2;\n> B\n"),
        (
            "PLSQL",
            "create package body a is\n  procedure b is begin\n    $if $$c $then\n      d(;\n    $end\n  end;\nend a;\n/\n",
        ),
        ("C++", "void f() {\n    CHECK( a( b{}, b{ ) == 0 );\n}\n"),
        ("C++", "import std;\nexport namespace a { int f(; }\n"),
        ("C++", "TEST(a, b) {\n  c(;\n}\n"),
        ("SQL", "* a = 1\nSELECT (1;\n*if (*a)\n*end if\n"),
        ("HTML", '@(a: B)\n<p class=\'@c("d")>e</p>\n'),
    ],
)
def test_files_of_another_kind_and_files_cut_off_are_dropped(language: str, text: str) -> None:
    assert said(text, language)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_no_bytes_crash_a_parser(language: str, data: st.DataObject) -> None:
    good = GOOD[language]
    cut = data.draw(st.integers(0, len(good)))
    middle = data.draw(
        st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["@x", "'", '"', "{", "\\", "/*", "<<E\n"])
    )
    for text in (good[:cut], good[:cut] + middle, good[:cut] + middle + good[cut:]):
        assert isinstance(said(text, language), str)


def test_judge_names_language_and_line() -> None:
    source = """
// Mean is the arithmetic mean of values, zero of none.
func Mean(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	var total float64
	for _, each := range values {
		total += each
	}
	return total / float64(len(values))
}
"""
    verdict = judge("a/b.go", f"package a\n{source}func G( {{ }}\n".encode())
    assert (verdict.keep, verdict.step, verdict.rule) == (False, "parse", "parse_error")
    assert verdict.reason.startswith("Go, line 14")
    assert judge("a/b.go", f"package a\n{source}".encode()).keep


def test_every_language_has_a_good_and_a_bad_example() -> None:
    assert GOOD.keys() == BAD.keys() == PARSERS.keys() - {"PLSQL", "PLpgSQL", "SQLPL", "TSQL", "JSON with Comments"}
    assert json.loads(GOOD["JSON"])


def test_the_bench_keeps_right_files_and_finds_broken_ones(tmp_path: Path) -> None:
    for number in range(5):
        body = "".join(f"    if (a > {n}) {{\n      a = step{number}(a);\n    }}\n" for n in range(9))
        (tmp_path / f"A{number}.java").write_text(
            f"class A{number} {{\n  int run(int a) {{\n{body}    return a;\n  }}\n}}\n"
        )
    (tmp_path / "a.rb").write_text("def a\n  1\nend\n" * 9)
    result = measure("Java", collect(tmp_path, {"Java", "Ruby"}, 10))
    assert (result.files, result.rejected) == (5, [])
    assert {kind: found / made for kind, (made, found) in result.broken.items()} == dict.fromkeys(
        ("truncated", "bracket", "conflict", "prose", "mixed", "binary"), 1.0
    )
