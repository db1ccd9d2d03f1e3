"""Licence headers: in every style of comments they go; what else is said at the top stays; code is never touched."""

# ruff: noqa: E501
from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.document import Document
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import Pipeline, build_steps
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.steps.license_header import LicenseHeaderStep
from codekiln.core.artifacts import Ref
from tests.cleaning.material import FUNCTION, document, stdlib

NOTICE = [
    "Copyright 2019 The Example Authors. All rights reserved.",
    "",
    'Licensed under the Apache License, Version 2.0 (the "License");',
    "you may not use this file except in compliance with the License.",
    "Unless required by applicable law or agreed to in writing, software",
    'is distributed on an "AS IS" BASIS, without warranties of any kind,',
    "either express or implied. See the License for what it says",
    "of permissions.",
]


def lined(mark: str, lines: list[str]) -> str:
    return "".join(f"{mark} {line}".rstrip() + "\n" for line in lines)


def block(lines: list[str]) -> str:
    return "/*\n" + lined(" *", lines) + " */\n"


def after(text: str, language: str = "Python") -> str:
    result = LicenseHeaderStep().apply(document(text, "a.x", language))
    assert isinstance(result, Document)
    again = LicenseHeaderStep().apply(result)
    assert again is result
    return result.text


CODE = "value = compute(other)\n"


@pytest.mark.parametrize(
    ("language", "header"),
    [
        ("Python", lined("#", NOTICE)),
        ("Ruby", lined("#", NOTICE)),
        ("Shell", lined("#", NOTICE)),
        ("YAML", lined("##", NOTICE)),
        ("Go", lined("//", NOTICE)),
        ("Rust", lined("//", NOTICE)),
        ("C", block(NOTICE)),
        ("Java", block(NOTICE).replace("/*", "/**")),
        ("JavaScript", block(NOTICE).replace("/*", "/*!")),
        ("CSS", block(NOTICE)),
        ("SQL", lined("--", NOTICE)),
        ("Lua", lined("--", NOTICE)),
        ("Haskell", "{-\n" + "\n".join(NOTICE) + "\n-}\n"),
        ("Clojure", lined(";;", NOTICE)),
        ("TeX", lined("%", NOTICE)),
        ("HTML", "<!--\n" + "\n".join(NOTICE) + "\n-->\n"),
        ("C++", "/* Copyright (c) 2001-2020 A. Person */\n"),
        ("Lua", "--[[\n" + "\n".join(NOTICE) + "\n]]\n"),
        ("C#", "#region License\n" + lined("//", NOTICE) + "#endregion\n"),
        (
            "C#",
            '// ----\n// <copyright file="A.cs" company="A">\n//     Copyright (c) A. All rights reserved.\n// </copyright>\n// ----\n',
        ),
        ("JavaScript", "/*\n * 저작권 (c) 2019 김철수. 모든 권리 보유.\n */\n"),
        ("JavaScript", "// 版权所有 2019 A\n"),
        (
            "PHP",
            block(
                [
                    "This file is part of the A package.",
                    "",
                    "(c) Ann Person <ann@person.org>",
                    "",
                    "For the full copyright and license information, please view the LICENSE",
                    "file that was distributed with this source code.",
                ]
            ),
        ),
        (
            "Python",
            lined(
                "#",
                [
                    "(C) Copyright B 2020.",
                    "",
                    "Any modifications or derivative works of this code must retain this",
                    "copyright notice.",
                ],
            ),
        ),
        ("TypeScript", "// SPDX-License-Identifier: MIT\n"),
        ("C", "/* ------\n * Copyright \u00a9 2010 A\n * ------ */\n"),
    ],
)
@pytest.mark.parametrize("between", ["", "\n", "\n\n"])
def test_a_notice_goes_in_every_style(language: str, header: str, between: str) -> None:
    assert after(header + between + CODE, language) == CODE
    assert after("\n" + header + between + CODE, language) == CODE


@pytest.mark.parametrize(
    ("language", "before", "rest"),
    [
        ("Python", "#!/usr/bin/env python\n" + lined("#", NOTICE) + "\n", "#!/usr/bin/env python\n"),
        ("Python", "# -*- coding: utf-8 -*-\n" + lined("#", NOTICE), "# -*- coding: utf-8 -*-\n"),
        ("Python", "#!/bin/python\n# coding: latin-1\n" + lined("#", NOTICE), "#!/bin/python\n# coding: latin-1\n"),
        ("Python", lined("#", NOTICE) + "\n# What the module is for.\n", "# What the module is for.\n"),
        ("Python", '"""Copyright 2020 A."""\n', '"""Copyright 2020 A."""\n'),
        ("Python", "# pylint: disable=all\n# Copyright 2020 A\n", "# pylint: disable=all\n"),
        ("Go", lined("//", NOTICE) + "\n//go:build linux\n\n", "//go:build linux\n\n"),
        ("Go", lined("//", NOTICE) + "\n// Package a does b.\n", "// Package a does b.\n"),
        ("C", "/*\n * a.c - does things\n *\n * Copyright 2020 A\n */\n", "/*\n * a.c - does things\n *\n */\n"),
        ("C", "/* Copyright 2020 A\n *\n * Does things.\n */\n", "/*\n * Does things.\n */\n"),
        ("JavaScript", "/**\n * Copyright (c) B, Inc.\n *\n * @flow strict\n */\n", "/**\n * @flow strict\n */\n"),
        ("PHP", "<?php\n" + block(NOTICE), "<?php\n"),
        ("XML", "<?xml version='1.0'?>\n<!-- Copyright 2020 A -->\n", "<?xml version='1.0'?>\n"),
        ("CSS", '@charset "utf-8";\n' + block(NOTICE), '@charset "utf-8";\n'),
        (
            "C#",
            "#region A\n// Copyright 2020 A\n\n// What it is.\n#endregion\n",
            "#region A\n// What it is.\n#endregion\n",
        ),
        ("C#", "#region A\n// What it is.\n#endregion\n", "#region A\n// What it is.\n#endregion\n"),
        ("C#", "#region Copyright 2020 A\nint x;\n#endregion\n", "#region Copyright 2020 A\nint x;\n#endregion\n"),
        ("Lua", "--[[ Copyright 2020 A\n\nDoes things.\n]]\n", "--[[\nDoes things.\n]]\n"),
        ("C", "/* Copyright 2020 A */ int x;\n", "/* Copyright 2020 A */ int x;\n"),
        ("Python", "import os\n# Copyright 2020 A\n", "import os\n# Copyright 2020 A\n"),
        ("Python", "# Reads the licence of a package.\n", "# Reads the licence of a package.\n"),
        ("Python", "# Strips copyright lines.\n", "# Strips copyright lines.\n"),
        ("Rust", "#![allow(x)]\n// Copyright 2020 A\n", "#![allow(x)]\n// Copyright 2020 A\n"),
        ("C", "/* Copyright 2020 A, and never closed\n", "/* Copyright 2020 A, and never closed\n"),
        ("Markdown", "# Copyright 2020 A\n", "# Copyright 2020 A\n"),
        ("Python", "\n\n# What it is.\n", "\n\n# What it is.\n"),
    ],
)
def test_what_is_no_notice_stays(language: str, before: str, rest: str) -> None:
    assert after(before + CODE, language) == rest + CODE


def test_a_file_of_nothing_else_is_empty_after() -> None:
    assert after(lined("#", NOTICE)) == ""


def test_changed_files_are_counted_and_still_looked_at_for_generated_phrases() -> None:
    pipeline = Pipeline(build_steps(CleaningSpec(corpus=Ref("corpus", "0" * 32)), Needs(Problems(), bytes(32))))
    pipeline.run(document(lined("#", NOTICE) + FUNCTION))
    assert pipeline.counts.tallies["license_header"] == {"stripped": 1}
    pipeline.run(document("# Copyright 2020 A\n# This file is auto-generated\n" + FUNCTION))
    assert list(pipeline.counts.dropped) == ["generated"]


def test_code_of_real_files_is_the_same_after() -> None:
    packages = sorted(Path(pytest.__file__).parent.parent.glob("*/*.py"))[::7]
    changed = 0
    for path in (*stdlib("*.py", 150), *packages):
        data = path.read_bytes().replace(b"\r\n", b"\n")
        try:
            tree = ast.dump(ast.parse(data))
        except (SyntaxError, ValueError):
            continue
        result = LicenseHeaderStep().apply(document(data))
        assert ast.dump(ast.parse(result.data)) == tree, path
        changed += result.data != data
    assert changed > 20


LINES = st.lists(
    st.sampled_from(
        ["# Copyright 2020 A", "# Licensed under MIT", "#", "", "# words", "#!/bin/sh", "# coding: utf-8", "x = 1", '"""Copyright 2020"""',
         "# pylint: disable=x", "// Copyright 2021 B", "/* Copyright 2020", " * All rights reserved", " * words", " */", "*/", "/* a */"]
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(LINES, st.sampled_from(["Python", "C", "JavaScript", "PHP", "Shell"]))
def test_it_takes_whole_lines_of_the_top_and_running_again_changes_nothing(lines: list[str], language: str) -> None:
    text = "\n".join(lines)
    code = "x = 1"
    before = text.partition(code)[0]
    assume(before.rfind("/*") <= before.rfind("*/"))  # else it is the text of a comment, not code
    result = after(text, language)
    assert result.count(code) == text.count(code)
    first = text.find(code)
    if first >= 0:
        assert result.endswith(text[first:])
