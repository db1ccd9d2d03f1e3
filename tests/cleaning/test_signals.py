"""Signals of quality: of every threshold a file that it drops, values that can be counted by hand, and good files that stay."""

# ruff: noqa: E501
from __future__ import annotations

import io
import token
import tokenize
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.openings import Openings, keywords
from codekiln.cleaning.scanning import scan
from codekiln.cleaning.steps.quality import QualityStep, measure
from codekiln.cleaning.steps.signals.registry import SIGNALS
from codekiln.cleaning.steps.signals.thresholds import FIXTURES, TABLE, thresholds_of
from tests.cleaning.material import FUNCTION, document, stdlib


def names(count: int) -> list[str]:
    """Different words of letters."""
    return [f"{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i * 7 % 26)}name" for i in range(count)]


def each(pattern: str, count: int) -> str:
    """A line for each of so many names: `$` in the pattern is the name."""
    return "".join(pattern.replace("$", name) + "\n" for name in names(count))


BAD: dict[str, tuple[str, str, str]] = {
    "characters": ("import os\nimport sys\n", "a.py", "Python"),
    "words": ("x" * 60 + " = 1\n", "a.py", "Python"),
    "replacement_share": (FUNCTION + "# \ufffd\ufffd\ufffd \ufffd\ufffd\ufffd\ufffd \ufffd\ufffd\n", "a.py", "Python"),
    "digit_share": ("values = [\n" + "    12345, 67890, 24680,\n" * 50 + "]\n", "a.py", "Python"),
    "whitespace_share": (each(" " * 30 + "do($)", 60), "a.rb", "Ruby"),
    "mean_line": ("\n".join(f"{n[:2]} {n[2]}" for n in names(60)), "a.rb", "Ruby"),
    "repeated_line_share": ("do_the_same_thing(again)\n" * 40, "a.py", "Python"),
    "top_2gram_share": (each("    alongerword another $", 60), "a.rb", "Ruby"),
    "top_3gram_share": (each("  alongerword, another.$ = alongerword", 60).replace("another", "in"), "a.rb", "Ruby"),
    "top_4gram_share": (each("one_of two_of three_of four_of $$", 60), "a.rb", "Ruby"),
    "xml_start": ('<?xml version="1.0"?>\n' + FUNCTION, "a.py", "Python"),
    "literal_line_share": ("NAMES = [\n" + each('    "name $",', 90) + "]\n", "a.py", "Python"),
    "bare_word_share": ("WORDS = %w[\n" + each("  $", 90) + "].freeze\n", "a.rb", "Ruby"),
    "insert_share": ("CREATE TABLE a (b int);\n" + each("INSERT INTO a VALUES (1, '$', 2);", 60), "a.sql", "SQL"),
    "commented_code_share": ("namespace A\n{\n" + each("        // var $ = Make.$();\n        // $.Run();", 30) + "}\n", "a.cs", "C#"),
    "comment_share": (each("# Here is said what $ may be good for, and when it is not.", 60) + "x = 1\n", "a.py", "Python"),
    "prompt_comment_share": ("def solve(values):\n    # Your code here\n    return compute(values)\n\nprint(solve(read_values()))\n", "a.py", "Python"),
    "todo_share": (each("// TODO: $ is not there yet", 9) + "function a() { start(); }\nb();\nc();\nd();\n", "a.js", "JavaScript"),
    "string_share": ("x = '''" + each("a line of the text about $ which says a lot", 40) + "'''\n", "a.py", "Python"),
    "long_string_share": (each("f('" + "a b c d e f g h i j k l m n " * 2 + "$')", 30), "a.js", "JavaScript"),
    "long_word_share": (each("x = '" + "abcdefghijklmnopqrstuvwxyz_$" * 2 + "'", 30), "a.py", "Python"),
    "base64_word_share": (each("k('aGVsbG8gd29ybGQ1$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4')", 30), "a.py", "Python"),
    "hex_word_share": (each("$(0xdeadbeefcafe, 0xfeedfacebabe)", 30), "a.c", "C"),
    "import_share": (each("from $.one import two, three", 30), "a.py", "Python"),
    "print_share": (each("print(f'${one + two} of it')", 30), "a.py", "Python"),
    "zero_share": (each("$ = 0", 30) + "start()\n", "a.py", "Python"),
    "pass_share": (each("class $(Exception):\n    pass\n", 30), "a.py", "Python"),
    "definition_share": (each("def $(one, two): return one + two * three(two)", 30), "a.py", "Python"),
    "trivial_function_share": (each("def $(one):\n    return one.two\n", 30), "a.py", "Python"),
    "main_functions": ("int main(int argc) { return run(argc); }\nvoid help(void) { show(text); }\n" * 2, "a.c", "C"),
    "lines": ("key: a\n" * 4 + each("$: a", 520), "a.yaml", "YAML"),
    "size": (each("$: a value that is rather long, as values may be", 130), "a.json", "JSON"),
    "visible_characters": ("<html><head><title>one two three</title></head>" + "<br>" * 20 + "<p class='a b c d'>e</p></html>", "a.html", "HTML"),
    "visible_share": ("<p>" + each("$ says a thing", 20) + "</p>" + each("<img src='$' alt='this and that' title='$ or $ or $' class='one two three'>", 30), "a.html", "HTML"),
    "unknown_text_name": (each("$ is a word of the list that one finds here", 30), "words.txt", "Text"),
}  # fmt: skip
GOOD = {
    "Python": FUNCTION,
    "JavaScript": "export function total(tree, seen = new Set()) {\n  if (seen.has(tree)) return 0;\n  seen.add(tree);\n  return tree.value + tree.children.reduce((sum, child) => sum + total(child, seen), 0);\n}\n",
    "YAML": "on: push\njobs:\n  test:\n    runs-on: linux\n    steps:\n    - uses: checkout\n    - run: make test lint types\n",
    "HTML": "<html><body><h1>About</h1><p>" + "This page says what the project is for, who made it and where to ask. " * 3 + "</p></body></html>",
    "Text": "numpy\npandas\nscikit-learn\nrequests\npytest\nhypothesis\npyyaml\ntorch\nclick\nrich\nflask\n",
}  # fmt: skip


def dropped(subject: Document) -> str:
    result = QualityStep().apply(subject)
    return result.reason if isinstance(result, Drop) else ""


def test_every_threshold_has_an_example() -> None:
    assert set(BAD) == {threshold.signal for group in (*TABLE.values(), FIXTURES) for threshold in group}
    assert set(BAD) <= set(SIGNALS)


@pytest.mark.parametrize("signal", BAD)
def test_a_signal_drops_its_bad_file(signal: str) -> None:
    text, path, language = BAD[signal]
    subject = document(text, path, language)
    failed = {
        measured.threshold.signal: measured.threshold.told(measured.value)
        for measured in measure(subject)
        if not measured.passed
    }
    assert signal in failed, [(m.threshold.signal, m.value) for m in measure(subject)]
    assert dropped(subject) in failed
    assert failed[signal].startswith(signal.replace("_", " "))


@pytest.mark.parametrize("language", GOOD)
def test_good_files_stay(language: str) -> None:
    assert dropped(document(GOOD[language], "requirements.txt" if language == "Text" else "a/file", language)) == ""


def test_a_table_of_constants_with_its_code_stays() -> None:
    table = (
        "static const uint32_t K[] = {\n"
        + "    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,\n" * 11
        + "};\n"
    )
    logic = each("static int $(int a) { return rotate(a) ^ step(a); }", 14)
    assert dropped(document(table + logic, "a.c", "C")) == ""
    assert dropped(document(table, "a.c", "C")) != ""
    leap = (
        "var LEAP = [\n" + "  78796800, 94694400, 126230400, 157766400, 189302400, 220924800, 252460800,\n" * 6 + "];\n"
    )
    assert dropped(document(leap + each("function $(a) { return LEAP[a]; }", 8), "a.js", "JavaScript")) == ""
    assert dropped(document(leap, "a.js", "JavaScript")) == "digit_share"


def test_enums_schemas_and_interfaces_with_long_comments_stay() -> None:
    enum = "public enum Name {\n" + each("    $,", 90) + "}\n"
    assert dropped(document(enum, "A.java", "Java")) == ""
    opcodes = "const (\n\tA_NOP = iota\n" + each("\tA_$_OP", 90).upper() + ")\n"
    assert dropped(document(opcodes, "a.go", "Go")) == ""
    schema = each(
        "CREATE TABLE $ (\n    id bigint PRIMARY KEY,\n    name text NOT NULL\n);\nINSERT INTO $ VALUES (1, 'none');",
        20,
    )
    assert dropped(document(schema, "a.sql", "SQL")) == ""
    interface = (
        "public interface A {\n"
        + each("    /**\n     * Finds $ by what it is called:\n     * <pre>find(a);</pre>\n     */\n    B $(C c);", 20)
        + "}\n"
    )
    assert dropped(document(interface, "A.java", "Java")) == ""


def test_the_detail_says_value_and_threshold() -> None:
    text, path, language = BAD["comment_share"]
    assert QualityStep().apply(document(text, path, language)) == Drop("comment_share", "comment share 0.98 > 0.95")
    assert QualityStep().apply(document("x = 1")) == Drop("characters", "characters 3 < 50")


def test_tests_stay_and_are_counted() -> None:
    body = "".join(f"    assert total({name!r}) == known({name!r})\n" for name in names(30))
    result = QualityStep().apply(document(f"def test_total():\n{body}", "tests/test_total.py"))
    assert isinstance(result, Document) and [(t.group, t.name) for t in result.tallies] == [("kind", "test")]


def test_tables_in_fixtures_go_earlier_than_elsewhere() -> None:
    table = "NAMES = [\n" + each('    "name $",', 70) + "]\n" + each("run($.total, known.$)", 24)
    assert dropped(document(table)) == ""
    assert dropped(document(table, "tests/fixtures/names.py")) == "literal_line_share"
    assert all(threshold in thresholds_of("Python", True) for threshold in FIXTURES)


@pytest.mark.parametrize(
    ("language", "text", "comments"),
    [
        ("Python", 'x = "# no" # yes\n', ["# yes"]),
        ("Python", "x = '''# no\n# no'''  # yes\n", ["# yes"]),
        ("Python", 'def f():\n    r"""Doc."""\n    return """no"""\n', ['"""Doc."""']),
        ("Python", 'x = f(\n    """no""",\n)\n', []),
        ("Python", "x = 'it\\'s # no'\n", []),
        ("JavaScript", "a('// no'); // yes\n/* and\n this */ b(`/* no */ ${c}`)\n", ["// yes", "/* and\n this */"]),
        ("JavaScript", "x = s.replace(/[\"'/*]/g, '') // yes\n", ["// yes"]),
        ("JavaScript", "x = a / b; // yes\ny = c / d\n", ["// yes"]),
        ("TypeScript", "const url = 'http://example.org'; // yes\n", ["// yes"]),
        ("Go", "x := `// no \\`; y := '\"' // yes\n", ["// yes"]),
        ("C", 'char *a = "/* no */", b = \'"\'; /* yes */\n', ["/* yes */"]),
        ("Java", 'String s = """\n  // no\n  """; // yes\n', ["// yes"]),
        ("C#", 'var s = @"\\"; // yes\n', ["// yes"]),
        ("Rust", 'fn f<\'a>(x: &\'a str) -> char { r#"// no "no" "#; \'"\' } // yes\n', ["// yes"]),
        ("Shell", "echo ${x#no} $# 'a # no' # yes\n", ["# yes"]),
        ("SQL", "select '-- no' -- yes\n", ["-- yes"]),
        ("CSS", "a { b: url(http://x.org/y); } /* yes */\n", ["/* yes */"]),
        ("HTML", "<p>no</p><!-- yes -->", ["<!-- yes -->"]),
        ("Lua", "x = '-- no' --[[ yes\n yes ]] y = 1\n", ["--[[ yes\n yes ]]"]),
        ("C", "x = 1; /* never closed\n", ["/* never closed\n"]),
        ("COBOL", "* not known\n", []),
    ],
)  # fmt: skip
def test_comments_are_told_from_strings(language: str, text: str, comments: list[str]) -> None:
    assert [comment.decode() for comment in scan(text.encode(), language).comments] == comments


def test_comments_of_python_are_those_of_its_own_tokenizer() -> None:
    for path in stdlib("*.py", 120):
        source = path.read_text(errors="ignore")
        theirs = [t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == token.COMMENT]
        ours = [c.decode() for c in scan(source.encode(), "Python").comments if c.startswith(b"#")]
        assert ours == theirs, path


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.sampled_from("\"'`#/*\\\n ax-<>![]={}"), max_size=200),
    st.sampled_from(["Python", "JavaScript", "Rust", "Lua", "Ruby"]),
)
def test_nothing_is_lost_in_a_scan(text: str, language: str) -> None:
    found = scan(text.encode(), language)
    assert len(found.code) + sum(map(len, found.comments)) + sum(map(len, found.strings)) == len(text.encode())


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("\n \timportpass;x("), max_size=120))
def test_openings_count_as_a_plain_loop_does(text: str) -> None:
    lines = [line.strip(" \t") for line in text.split("\n") if line.strip(" \t")]
    found = Openings(text.encode())
    assert found.lines == len(lines)
    whole = [line for line in lines if line.startswith("import") and not (line[6:7].isalnum() or line[6:7] == "_")]
    assert found.count(keywords("import")) == len(whole)
    assert found.count(keywords("import*")) == sum(line.startswith("import") for line in lines)
    assert found.count(keywords("pass", alone=True)) == sum(
        line.startswith("pass") and line[4:].lstrip(" \t")[:1] in ("", ";") for line in lines
    )
    table = np.zeros(256, bool)
    table[ord("(")] = True
    assert found.holding(table).tolist() == ["(" in line for line in lines]


def _hostile() -> Iterator[tuple[str, str]]:
    yield "Python", "'''" * 300_000
    yield "Python", '"' * 1_000_000
    yield "JavaScript", "/*" * 500_000
    yield "JavaScript", "`${" * 300_000
    yield "Rust", 'r#"' * 300_000
    yield "HTML", "<script" * 150_000
    yield "HTML", "<!--" * 250_000
    yield "HTML", "<" * 1_000_000
    yield "Ruby", "\n=begin" * 100_000


@pytest.mark.parametrize(("language", "text"), list(_hostile()))
def test_hostile_text_is_measured_all_the_same(language: str, text: str) -> None:
    assert all(np.isfinite(signal(document(text, "a.x", language))) for signal in SIGNALS.values())
