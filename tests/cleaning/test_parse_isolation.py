"""Parsers hang, die and keep memory in a process of their own."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from codekiln.cleaning.steps.parse import isolation, tree
from codekiln.cleaning.steps.parse.isolation import Isolated
from tests.cleaning.parse_examples import said


@pytest.mark.slow
@pytest.mark.parametrize("language", ["Svelte", "TypeScript", "Kotlin"])
def test_the_process_of_the_parsers_stays_below_a_gigabyte(language: str) -> None:
    isolated = Isolated()
    try:
        for text in ("a?b:" * 100_000, "a(" * 500_000):
            assert isinstance(isolated.check(language, text.encode()), str)
            if isolated._process and isolated._process.poll() is None:
                status = Path(f"/proc/{isolated._process.pid}/status").read_text()
                assert int(status.split("VmHWM:")[1].split()[0]) < 1_000_000
        assert isolated.check("Java", b"class A {}") == ""
    finally:
        isolated.close()


def test_a_parser_gives_back_what_it_has_read() -> None:
    data = b"int f(int a) { return a + 1; }\n" * 10_000
    assert tree.check("C", data) == ""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(10):
            tree.check("C", data)
        assert tracemalloc.get_traced_memory()[0] - before < len(data)
    finally:
        tracemalloc.stop()


def test_a_process_of_the_parsers_reads_so_many_files_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "FILES", 2)
    isolated, seen = Isolated(), []
    try:
        for _ in range(5):
            assert isolated.check("Java", b"class A {}") == ""
            assert isolated.check("Java", b"class A {") != ""
            assert isolated._process is not None
            seen.append(isolated._process.pid)
    finally:
        isolated.close()
    assert len(set(seen)) == 5


HOSTILE = ["[" * 100_000, "(" * 100_000, "{" * 100_000, "<a>" * 100_000, "{{" * 50_000, "/*" * 50_000, "'" * 100_001]


@pytest.mark.parametrize(
    "language", ["Python", "JavaScript", "Java", "C++", "Kotlin", "Less", "SQL", "JSON", "YAML", "TOML"]
)
def test_hostile_files_come_to_an_end(language: str) -> None:
    for text in HOSTILE:
        assert isinstance(said(text, language), str)


def test_a_parser_that_hangs_or_dies_takes_nothing_along() -> None:
    isolated = Isolated()
    try:
        assert isolated.check("HTML", b"<a>" * 100_000) == "takes too long to parse"
        assert isolated.check("Java", b"class A {}") == ""
        assert isolated._process is not None
        isolated._process.kill()
        isolated._process.wait()
        assert isolated.check("Java", b"class A {") != ""
    finally:
        isolated.close()
