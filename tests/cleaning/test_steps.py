"""Every step: a file that it keeps and a file that it drops, by reason."""

from __future__ import annotations

import pytest

from codekiln.cleaning.document import Document, Drop, Step
from codekiln.cleaning.steps.anonymize import AnonymizeStep
from codekiln.cleaning.steps.decode import DecodeStep
from codekiln.cleaning.steps.encoded import EncodedStep
from codekiln.cleaning.steps.licence import LicenceStep
from codekiln.cleaning.steps.lines import LineStep
from codekiln.cleaning.steps.parse import ParseStep
from codekiln.cleaning.steps.size import MAX_BYTES, SizeStep
from tests.cleaning.anonymize_examples import made
from tests.cleaning.material import FUNCTION, KEY, document, stdlib


def reason(step: Step, subject: Document) -> str:
    """Why the step drops it, empty where it stays."""
    result = step.apply(subject)
    return result.reason if isinstance(result, Drop) else ""


@pytest.mark.parametrize(
    ("licenses", "expected"),
    [
        (("MIT",), ""),
        (("apache-2.0", "BSD-3-Clause"), ""),
        (("MIT OR GPL-3.0-only",), ""),
        (("MIT AND GPL-3.0-only",), "licence_not_allowed"),
        (("(MIT OR GPL-2.0-only) AND ISC",), ""),
        (("Apache-2.0 WITH LLVM-exception",), ""),
        (("MIT", "GPL-3.0-or-later"), "licence_not_allowed"),
        (("OR",), "licence_not_allowed"),
        (("(MIT",), "licence_not_allowed"),
        ((), "licence_unknown"),
    ],
)
def test_licence(licenses: tuple[str, ...], expected: str) -> None:
    assert reason(LicenceStep(), document(FUNCTION, licenses=licenses)) == expected


def test_licences_that_the_caller_names_replace_the_list() -> None:
    assert reason(LicenceStep(["GPL-3.0-only"]), document(FUNCTION, licenses=("GPL-3.0-only",))) == ""
    assert reason(LicenceStep(["GPL-3.0-only"]), document(FUNCTION)) == "licence_not_allowed"
    assert reason(LicenceStep(keep_unlicensed=True), document(FUNCTION, licenses=())) == ""


def test_size() -> None:
    assert reason(SizeStep(), document(FUNCTION)) == ""
    assert reason(SizeStep(), document(b"")) == "empty"
    assert reason(SizeStep(), document(b" \n\t\n")) == "empty"
    assert reason(SizeStep(), document(b"x" * (MAX_BYTES + 1))) == "too_large"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("s = 'gr\u00fc\u00df'\n".encode(), "s = 'gr\u00fc\u00df'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("x = '\u20ac'\n".encode("utf-16"), "x = '\u20ac'\n"),
        ("x = 1\n".encode("utf-32"), "x = 1\n"),
        (b"a = 1\r\nb = 2\rc = 3\n", "a = 1\nb = 2\nc = 3\n"),
        ("# -*- coding: latin-1 -*-\ns = '\u00e9'\n".encode("latin-1"), "# -*- coding: utf-8 -*-\ns = '\u00e9'\n"),
        ("#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\ns = '\u0416'\n".encode("cp1251"),
         "#!/usr/bin/python\n# vim: set fileencoding=utf-8 :\ns = '\u0416'\n"),
    ],
)  # fmt: skip
def test_decode_reads_what_files_are_written_in(data: bytes, expected: str) -> None:
    result = DecodeStep().apply(document(data))
    assert isinstance(result, Document)
    assert result.text == expected


def test_decode_guesses_small_files() -> None:
    text = "# Автор программы\nимя = 'привет, мир, это простой пример'\nprint(имя)\n" * 4
    result = DecodeStep().apply(document(text.encode("koi8-r")))
    assert isinstance(result, Document) and result.tallies[0].group == "encoding"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x7fELF\x02\x01\0\0\0", "binary"),
        (b"# -*- coding: utf-8 -*-\ns = '\xe9'\n", "undecodable"),
        (b"\xff\xfe\xff", "undecodable"),
        (b"x = '\xff\xfe\xfa'\n" * 9000, "undecodable"),
        ("a\0b".encode("utf-16"), "binary"),
    ],
)
def test_decode_drops_what_is_no_text(data: bytes, expected: str) -> None:
    assert reason(DecodeStep(), document(data)) == expected


def test_lines() -> None:
    wide = "x = 1  # " + "word " * 300 + "\n"
    assert reason(LineStep(), document(FUNCTION)) == ""
    assert reason(LineStep(), document(FUNCTION * 20 + wide)) == "line_too_long"
    assert reason(LineStep(), document(FUNCTION * 20 + wide, language="Markdown")) == ""
    assert reason(LineStep(2000), document(FUNCTION * 20 + wide)) == ""
    assert reason(LineStep(), document("word " * 40 + "\n" + "word " * 30)) == "lines_too_long"
    assert reason(LineStep(), document("a\n" * 100_001)) == "too_many_lines"
    assert reason(LineStep(), document("a\n" * 100_000)) == ""
    assert reason(LineStep(), document("1 + 2 * (3 - 4)\n" * 9 + "total\n")) == "few_letters"
    assert reason(LineStep(), document("0f 1e 2d 3c 11\n" * 9, language="WebAssembly")) == ""


def test_lines_are_measured_in_characters() -> None:
    line = "\u6587" * 900 + "\n"
    assert reason(LineStep(max_mean=1000), document(line * 3)) == ""
    assert reason(LineStep(max_mean=1000), document("\u6587" * 1001 + "\n")) == "line_too_long"


def test_encoded() -> None:
    blob = made("blob", 1030)
    assert reason(EncodedStep(), document(FUNCTION)) == ""
    assert reason(EncodedStep(), document(FUNCTION * 9 + f'x = "{blob}"\n')) == "encoded_data"
    assert reason(EncodedStep(), document(FUNCTION + f'x = "{blob[:200]}"\n')) == ""
    assert reason(EncodedStep(), document("x = [" + "0x1f, 0xa0, " * 90 + "]")) == ""  # a space ends a run
    assert reason(EncodedStep(), document("x = [" + "0x1f,0xa0," * 40 + "]")) == "encoded_data"
    assert reason(EncodedStep(), document('x = "' + "\\u0416" * 40 + '"')) == "encoded_data"


@pytest.mark.parametrize(
    ("language", "good", "bad"),
    [
        ("Python", "match x:\n    case 1: pass\n", "print 'hello'\n"),
        ("Python", "async def f():\n    return '\\d'\n", "def f(:\n    pass\n"),
        ("JavaScript", "const a = () => <b>{1}</b>;\n", "function ( {\n"),
        ("TypeScript", "interface A<T> { a?: T }\nconst x = <T,>(y: T) => y as unknown;\n", "let x: = 3;\n"),
        ("TSX", "const a = (p: Props) => <A b={p}>c</A>;\n", "const a = <A>;\n"),
    ],
)
def test_parse(language: str, good: str, bad: str) -> None:
    assert reason(ParseStep(), document(good, language=language)) == ""
    assert reason(ParseStep(), document(bad, language=language)) == "parse_error"


def test_languages_without_a_parser_are_counted() -> None:
    result = ParseStep().apply(document("PROGRAM x", language="COBOL"))
    assert isinstance(result, Document)
    assert [(t.group, t.name) for t in result.tallies] == [("parse", "not checked: COBOL")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Python", "x = " + "(" * 100_000),
        ("Python", "x = " + "-" * 100_000 + "1"),
        ("Python", "x = a" + ".a" * 50_000 + "("),
        ("Python", "if x:\n" + "".join(" " * i + "if x:\n" for i in range(1, 400))),
        ("JavaScript", "[" * 100_000),
        ("TypeScript", "{" * 100_000),
    ],
)
def test_hostile_nesting_is_dropped_and_not_crashed_on(language: str, text: str) -> None:
    assert reason(ParseStep(), document(text, language=language)) == "parse_error"


def test_real_code_parses() -> None:
    for path in stdlib("*.py", 150):
        assert reason(ParseStep(), document(path.read_bytes())) == "", path


def test_anonymize_counts_by_kind_and_keeps_the_rest() -> None:
    result = AnonymizeStep(KEY).apply(document(FUNCTION + "# ada@lovelace.org, grace@navy.mil\n"))
    assert isinstance(result, Document)
    assert [(t.group, t.name, t.count) for t in result.tallies] == [("anonymized", "email", 2)]
    assert result.text.startswith(FUNCTION)


def test_anonymized_code_still_parses() -> None:
    step, parse = AnonymizeStep(KEY), ParseStep()
    changed = 0
    for path in stdlib("*.py", 400) + stdlib("email/*.py") + stdlib("encodings/*.py"):
        before = document(path.read_bytes())
        result = step.apply(before)
        assert isinstance(result, Document), path
        if result is not before:
            changed += 1
            assert reason(parse, result) == "", path
    assert changed > 5
