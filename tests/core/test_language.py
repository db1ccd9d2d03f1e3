from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.language import LANGUAGES, candidates, detect


@pytest.mark.parametrize(
    ("path", "content", "language"),
    [
        ("a/b.py", b"", "Python"),
        ("A.PY", b"", "Python"),
        ("stub.pyi", b"", "Python"),
        ("Dockerfile", b"FROM x", "Dockerfile"),
        ("x/CMakeLists.txt", b"", "CMake"),
        ("notes.txt", b"", "Text"),
        ("a.tar.gz", b"", None),
        (".hidden", b"", None),
        (".bashrc", b"", "Shell"),
        ("run", b"#!/bin/sh\n", "Shell"),
        ("run", b"#!/usr/bin/env python3\n", "Python"),
        ("run", b"#! /usr/bin/env -S PYTHONPATH=x python3.11 -u\r\n", "Python"),
        ("run", b"#!/opt/node18\n", "JavaScript"),
        ("run", b"#!/usr/bin/env\n", None),
        ("run", b"\x7fELF", None),
        ("run", b"", None),
        ("a.h", b"int f(void);\n", "C"),
        ("a.h", b"#include <vector>\n", "C++"),
        ("a.h", b"  namespace a {\n", "C++"),
        ("a.h", b"@interface A : NSObject\n", "Objective-C"),
        ("a.m", b"% a comment\nfunction y = f(x)\n", "MATLAB"),
        ("a.m", b"#import <A/B.h>\n% odd\n", "Objective-C"),
        ("a.m", b"", "Objective-C"),
        ("a.pl", b"use strict;\n", "Perl"),
        ("a.pl", b":- module(a, []).\n", "Prolog"),
        ("a.v", b"module a;\n", "Verilog"),
        ("a.v", b"Theorem a : True.\n", "Rocq Prover"),
        ("a.ts", b"const a = 1", "TypeScript"),
        ("a.ts", b"<?xml version='1.0'?>", "XML"),
    ],
)
def test_languages_are_named_as_linguist_does(path: str, content: bytes, language: str | None) -> None:
    assert detect(path, content) == language


@given(st.text(max_size=40), st.binary(max_size=200))
def test_any_path_and_content_gives_a_known_language_or_none(path: str, content: bytes) -> None:
    names, language = candidates(path), detect(path, content)
    assert language is None or language in LANGUAGES
    if names is not None and language is not None:
        assert language in names
    if names == ():
        assert language is None


@given(st.sampled_from(sorted(LANGUAGES)), st.data())
def test_every_extension_of_the_table_leads_to_its_language(name: str, data: st.DataObject) -> None:
    extension = data.draw(st.sampled_from(LANGUAGES[name].extensions.split()))
    assert name in (candidates(f"a/b.{extension.upper()}") or ())
