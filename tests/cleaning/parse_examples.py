"""A file that each language accepts, files that it rejects, and what the parse check says of one."""

# ruff: noqa: E501
from __future__ import annotations

from codekiln.cleaning.document import Document
from codekiln.cleaning.steps.parse import problem

GOOD = {
    "Python": "async def f(*, a: int = 1, **k):\n    match a:\n        case [x, *_] if (y := x): return f'{y!r:>{a}}'\n",
    "JavaScript": "export class A { #x = 1n; static { } get y() { return this?.#x ?? /a[/]b/u; } }\nexport { A as class };\n",
    "TypeScript": "interface V<in out A> { a?: A }\ntype T = import('x').Y<string>;\nlet u = <const P,>(p: P) => p satisfies V<P>;\n",
    "TSX": "export const A = <T,>({ a }: { a: T }) => <B.C a={a} {...a}>{`x${a}`}</B.C>;\n",
    "Vue": "<template><p v-if='a < 1' @click=\"b\">{{ a }}</p></template>\n<script setup lang='ts'>\nconst a: number = 1\n</script>\n",
    "Svelte": "<script lang=\"ts\">let a: number = $state(1);</script>\n{#if a}<p onclick={() => a++}>{a}</p>{/if}\n",
    "HTML": "<!doctype html>\n<ul><li>a<li>b</ul><br><script>let a = 1 < 2;</script><style>p { color: red }</style>\n",
    "CSS": "@media (width >= 1px) { a::before { content: '}'; --x: {a: b}; background: url(data:a;b) } }\n",
    "SCSS": "@use 'a';\n@mixin m($a...) { &:not(.b) { #{$a}-c: map.get($a, 'd'); @content; } } // e\n.a-#{1} { @include m(1) { x: y; } }\n",
    "Less": ".m(@a; @b: 1) when (@a > 0) { w: ~`1`; .n() !important; @{a}-b: c; }\n@plugin 'x';\n.a:extend(.b all) { }\n",
    "Java": "sealed interface S permits A {}\nrecord A(int x) implements S { A { if (x < 0) throw new Error(\"\"\"\n  t\"\"\"); } }\n",
    "Kotlin": "inline fun <reified T> f(crossinline b: T.() -> Unit) = when (val x = 1) { in 1..2 -> \"${x}\" else -> null }\n",
    "Go": "package a\n\nfunc F[T ~int | string](x ...T) (r <-chan T) { L:\n\tfor range 3 { break L }\n\treturn }\n",
    "Rust": "impl<'a, const N: usize> A<'a, N> where for<'b> F: Fn(&'b u8) { async fn f() -> r#type { r#\"\"\"#; 'x: loop {} } }\n",
    "C": "#define A(x) do { x; } while (0\n#if B\nint f(int a) {\n#else\nint f(long a) {\n#endif\n  return (struct S){.a = a}.a;\n}\n",
    "C++": "template <typename... T> requires (C<T> && ...) auto f(T&&... t) noexcept { return [=, ...u = t]<class X>(X) mutable {}; }\n",
    "C#": "record R(int A) { public required string B { get; init; } = $\"{A:x}\" + \"\"\"q\"\"\"; int F() => A switch { > 1 => 2, _ => 3 }; }\n",
    "Ruby": "def f(a:, **k, &b) = a\nx = <<~E.strip\n  #{1}\nE\ncase x\nin {a: Integer => y} then y\nend\n",
    "PHP": "<?php\n#[A]\nenum S: string { case B = 'b'; }\nfinal class C { public function __construct(private ?int $x = null) {} }\n?>\n<p><?= $a ?></p>\n",
    "Swift": "@main struct A<T: P & Q> { var x: some View { if case .b(let y)? = z { Text(\"\\(y)\") } }; func f() async throws -> (Int, T) { (1, t) } }\n",
    "Scala": "object A { def f[F[_]: M, A <: B](x: => A)(implicit y: C) = for { z <- x if z > 1 } yield s\"${z}\" }\n",
    "Shell": "case \"$a\" in\n  -*|x) cat <<'E'\n$(\nE\n  ;;\nesac\nfor ((i=0; i<3; i++)); do [[ $a =~ ^b ]] && echo \"${a[@]:1}\"; done\n",
    "SQL": "CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql;\nINSERT INTO a VALUES ('it''s; (');\n",
    "JSON": '{"a": [1, 2e3, null, "\\u00e9"]}\n',
    "YAML": "a: &x\n  - |\n    b: [\n  - !!str 1\n---\nc: *x\nd: {e: f}\n".replace("*x", "1"),
    "TOML": "[a.\"b c\"]\nd = 1979-05-27T07:32:00Z\n[[e]]\nf = { g = [1, 2] }\nh = '''\n[\n'''\n",
}  # fmt: skip

BAD = {
    "Python": ["def f(:\n    pass\n", "class A:\n    def f(self)\n        pass\n", "x = [1, 2\ny = 3\n"],
    "JavaScript": ["function f( {\n", "let a = ;\n", "if (a { b(); }\n"],
    "TypeScript": ["let x: = 3;\n", "interface A { a: \n", "function f(a: string { }\n"],
    "TSX": ["const a = <A>;\n", "const a = <A b={></A>;\n"],
    "Vue": [
        "<template><p></template>\n<script>\nlet a = ;\n</script>\n",
        "<script>\nexport default {\n  data() {\n</script>\n",
    ],
    "Svelte": ["<script>let a = (;</script>\n<p>{a}</p>\n", "{#if a}<p>{a}</p>\n"],
    "HTML": ["<p class='a><b>c</b></p>\n", "<script>let a = (;</script>\n"],
    "CSS": ["a { color: red;\n", "a } b { }\n", "/* never closed\na { }\n"],
    "SCSS": ["@mixin a { b: c;\n", "a { b: 'c; }\n"],
    "Less": [".m( { a: b }\n", "a { b: c }}\n"],
    "Java": ["class A { void f() { int x = ; } }\n", "class A { void f( { } }\n", "class A {\n"],
    "Kotlin": ["fun f( { }\n", "class A { fun g() {\n", "val x = = 1\n"],
    "Go": ["package a\nfunc f( {}\n", "package a\nfunc f() { x := }\n", "package a\nfunc f() {\n"],
    "Rust": ["fn f( {}\n", "fn f() { let x = ; }\n", "impl A { fn f() {\n"],
    "C": ["int f(int a { return a; }\n", "int f(void) { return 1;\n", "int f(void) { return (1; }\n"],
    "C++": ["class A { void f( { } };\n", "template <class T void f() {}\n", "namespace a { int f() {\n"],
    "C#": ["class A { void F( { } }\n", "class A { int x = ; }\n", "namespace A { class B {\n"],
    "Ruby": ["def f(\n  1\nend\n", "class A\n  def f\n", "x = [1, 2\nputs x\n"],
    "PHP": ["<?php\nfunction f( { }\n", "<?php\nif ($a { echo 1; }\n", "<?php\nclass A {\n"],
    "Swift": ["func f( { }\n", "struct A { func g() {\n", "let x = = 1\n"],
    "Scala": ["object A { def f( = 1 }\n", "object A {\n", "class A { val x = }\n"],
    "Shell": ["if [ a ]; then\n  echo b\n", "case x in\n  a) b ;;\n", "for i in 1 2; do echo $i\n"],
    "SQL": ["SELECT (1 FROM a;\n", "INSERT INTO a VALUES ('b);\n", "Hello, this is a letter;\n"],
    "JSON": ['{"a": 1,, "b": 2}', '{"a": [1, 2}', '{"a": "b'],
    "YAML": ["a: [1, 2\nb: 3\n", "a: b: c\n", "a:\n\t- b\n"],
    "TOML": ["a = \n", "[a\nb = 1\n", "a = 1\na = 2\n"],
}


def document(text: str | bytes, language: str) -> Document:
    data = text.encode() if isinstance(text, str) else text
    return Document("", "file", "", "", language, (), "", data, len(data))


def said(text: str | bytes, language: str) -> str:
    return problem(document(text, language))
