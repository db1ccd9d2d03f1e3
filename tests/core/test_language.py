from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.core.language import LANGUAGES, Detection, candidates, detect
from codekiln.core.language.heuristics import rules_of
from codekiln.core.language.tables import BINARY_EXTENSIONS, BY_EXTENSION, DEFAULTS, GENERIC


@pytest.mark.parametrize(
    ("path", "content", "language", "rule"),
    [
        ("a/b.py", b"", "Python", "extension"),
        ("A.PY", b"", "Python", "extension"),
        ("stub.pyi", b"", "Python", "extension"),
        ("Dockerfile", b"FROM x", "Dockerfile", "filename"),
        ("x/CMakeLists.txt", b"", "CMake", "filename"),
        ("go.mod", b"module x\n", "Go Module", "filename"),
        ("tsconfig.json", b"{}", "JSON with Comments", "filename"),
        ("a.html.erb", b"<p>", "HTML+ERB", "extension"),
        ("notes.txt", b"", "Text", "heuristic .txt"),
        ("a.tar.gz", b"", "", ""),
        (".hidden", b"", "", ""),
        (".bashrc", b"", "Shell", "filename"),
        # Interpreter lines.
        ("run", b"#!/bin/sh\n", "Shell", "interpreter"),
        ("run", b"#!/usr/bin/env python3\n", "Python", "interpreter"),
        ("run", b"#! /usr/bin/env -S PYTHONPATH=x python3.11 -u\r\n", "Python", "interpreter"),
        ("run", b"#!/usr/bin/env --split-string sed -f\n", "sed", "interpreter"),
        ("run", b"#!/bin/sh\nexec ruby $0 $@\n", "Ruby", "interpreter"),
        ("run", b"#!/usr/bin/env osascript -l JavaScript\n", "", ""),
        ("run", b"#!/opt/node18\n", "JavaScript", "default"),
        ("run", b"#!/usr/bin/Rscript --vanilla\n", "R", "interpreter"),
        ("run", b"#!/usr/bin/env wolframscript\n", "Wolfram Language", "interpreter"),
        ("run", b"#!/usr/bin/env MathematicaScript\n", "Wolfram Language", "interpreter"),
        ("run", b"#!/usr/bin/env\n", "", ""),
        ("run", b"\x7fELF", "", ""),
        ("run", b"", "", ""),
        ("task.cgi", b"#!/usr/bin/python\n", "Python", "interpreter"),
        ("a.py", b"#!/bin/sh\n", "Shell", "interpreter"),
        # Modelines: they come first.
        ("run", b"x\n# vim: ft=ruby\n", "Ruby", "modeline"),
        ("run", b"/* vim: set ts=4 filetype=php: */", "PHP", "modeline"),
        ("run", b"# vim: set ft=php", "", ""),
        ("run", b"# vim: titlestring=a\\ ft=perl ts=4\n", "", ""),
        ("a.h", b"// -*- C++ -*-\n", "C++", "modeline"),
        ("a.inc", b"; -*- coding: utf-8; mode: Asm -*-\n", "Assembly", "modeline"),
        ("a.txt", b"a\nb\nc\nd\ne\nf # -*- ruby -*- g\nh\ni\nj\nk\nl\n", "Text", "heuristic .txt"),
        # Content of a file whose name says nothing.
        ("a.unknown", b"<?xml version='1.0'?>\n<a/>", "XML", "xml"),
        ("page.3x11", b".TH A 3\n.SH NAME\n", "Roff Manpage", "heuristic .man"),
        ("image.unknown", b"<?xml version=\0", "", ""),
        # Extensions that several languages share.
        ("django.mo", b"\xde\x12\x04\x95\0\0\0\0", "", ""),
        ("a.mo", b"model A\nend A;\n", "Modelica", "heuristic .mo"),
        ("a.sql", "SELECT 1;".encode("utf-16"), "SQL", "heuristic .sql"),
        ("a.h", b"int f(void);\n", "C", "heuristic .h"),
        ("a.h", b"#include <vector>\n", "C++", "heuristic .h"),
        ("a.h", b"  namespace a {\n", "C++", "heuristic .h"),
        ("a.h", b"@interface A : NSObject\n", "Objective-C", "heuristic .h"),
        ("a.m", b"% a comment\nfunction y = f(x)\n", "MATLAB", "heuristic .m"),
        ("a.m", b"#import <A/B.h>\n% odd\n", "Objective-C", "heuristic .m"),
        ("a.m", b"", "Objective-C", "default .m"),
        ("a.m", b":- module a.\n", "Mercury", "heuristic .m"),
        ("a.pl", b"use strict;\n", "Perl", "heuristic .pl"),
        ("a.pl", b":- module(a, []).\n", "Prolog", "heuristic .pl"),
        ("a.v", b"module a(\n", "Verilog", "heuristic .v"),
        ("a.v", b"Theorem a : True.\nProof.\n", "Rocq Prover", "heuristic .v"),
        ("a.v", b"fn main() {\n", "V", "heuristic .v"),
        ("a.ts", b"const a = 1", "TypeScript", "heuristic .ts"),
        ("a.ts", b"<?xml version='1.0'?>\n<TS version='2.1'>", "XML", "heuristic .ts"),
        ("a.rs", b"use std::io;\n", "Rust", "heuristic .rs"),
        ("a.fs", b"\xef\xbb\xbfmodule A\n", "F#", "heuristic .fs"),
        ("a.sql", b"SELECT 1;\n", "SQL", "heuristic .sql"),
        ("a.sql", b"select a.nextval from dual;\n", "PLSQL", "heuristic .sql"),
        ("a.yml", b"openapi: 3.0.1\n", "OASv3-yaml", "heuristic .yml"),
        ("a.d", b"module a.b;\n", "D", "heuristic .d"),
        ("a.d", b"out/a.o: src/a.c src/a.h\n", "Makefile", "heuristic .d"),
        ("list.txt", b"127.0.0.1 localhost\n", "Hosts File", "heuristic .txt"),
        ("a.mm", b"<map version='1'>", "XML", "heuristic .mm"),
        # Extensions that are too common to say anything by themselves.
        ("a.sol", b"pragma solidity ^0.8.0;\n", "Solidity", "heuristic .sol"),
        ("a.sol", b"nothing of the kind\n", "", ""),
    ],
)
def test_languages_are_named_as_linguist_does(path: str, content: bytes, language: str, rule: str) -> None:
    assert detect(path, content) == Detection(language, rule)


# Tables are read and expressions compiled when first asked for.
@settings(deadline=None)
@given(st.text(max_size=40), st.binary(max_size=200))
def test_any_path_and_content_gives_a_known_language_and_its_rule_or_neither(path: str, content: bytes) -> None:
    found = detect(path, content)
    assert found == Detection() or (found.language in LANGUAGES and found.rule)


# Tables are read and expressions compiled when first asked for.
@settings(deadline=None)
@given(st.sampled_from(sorted(BY_EXTENSION)), st.data())
def test_an_extension_leads_to_one_of_its_languages(extension: str, data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab c.:=\n", max_size=60))
    allowed = BY_EXTENSION[extension]
    if extension in GENERIC:
        assert candidates(f"a/b.{extension}") is None
        return
    assert candidates(f"a/b.{extension.upper()}") == allowed
    named = {language for rule in rules_of(extension) for language in rule.languages}
    assert detect(f"a/b.{extension}", text.encode()).language in named | set(allowed)


@pytest.mark.parametrize("path", ["a.png", "lib.so", "a.pyc", "x/a.PARQUET"])
def test_files_of_formats_without_text_are_not_worth_reading(path: str) -> None:
    assert candidates(path) == ()


def test_what_is_known_by_its_content_alone_is_read() -> None:
    assert candidates("bin/run") is candidates("deploy.unknown") is candidates("page.3") is None


def test_every_interpreter_of_the_tables_is_found() -> None:
    for language in LANGUAGES.values():
        for program in language.interpreters:
            assert detect("run", f"#!/usr/bin/env {program}\n".encode()).language, program


def test_the_tables_hold_all_of_linguist_and_agree_with_each_other() -> None:
    assert len(LANGUAGES) > 800
    assert {language.type for language in LANGUAGES.values()} == {"programming", "markup", "data", "prose"}
    assert LANGUAGES["TSX"].group == "TypeScript"
    assert not BINARY_EXTENSIONS & BY_EXTENSION.keys()
    for extension in BY_EXTENSION:
        for rule in rules_of(extension):
            assert set(rule.languages) <= LANGUAGES.keys(), extension
    shared = {key for key, names in BY_EXTENSION.items() if len(names) > 1}
    assert shared <= DEFAULTS.keys()


@pytest.mark.parametrize("extension", sorted({"d", "sol", "app", "es", "inc", "m", "tpl", "txt", "sql", "x", "pl"}))
@pytest.mark.parametrize(
    "unit", [b"a ", b"(", b"{", b"[", b"* ", b"\n", b"a(b) ", b"<", b"contract a is ", b"/*", b": "]
)
def test_repetition_is_read_in_a_moment(extension: str, unit: bytes) -> None:
    # With an engine that goes back, some of these take hours; the suite's own limit is ten minutes.
    found = detect(f"a.{extension}", unit * (1 << 20))
    assert found.language in {"", *BY_EXTENSION[extension]} and bool(found.language) == bool(found.rule)
    assert detect("a.unknown", b"vim" + unit * (1 << 20) + b"-*-" + unit * (1 << 20)).language == ""
