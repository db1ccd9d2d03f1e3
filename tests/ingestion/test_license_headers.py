"""What source files say of themselves: SPDX lines in every kind of comment, and notices without one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.ingestion.license_headers import NOTHING, header_of, opening_comment
from codekiln.ingestion.license_text import Licenses, LicenseTree, licenses_of_file

from .material import MIT

GPL = """This program is free software; you can redistribute it and/or modify it under the terms of the GNU General
Public License as published by the Free Software Foundation; either version 2 of the License, or (at your
option) any later version."""
APACHE = """Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in
compliance with the License. You may obtain a copy of the License at http://www.apache.org/licenses/LICENSE-2.0"""
BSD = """Redistribution and use in source and binary forms, with or without modification, are permitted provided that:
Redistributions in binary form must reproduce the above copyright notice, this list of conditions."""
NCSA = """Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated files, to deal with it without restriction, subject to the following conditions:
Redistributions of source code must retain the above copyright notice, this list of conditions and disclaimers."""
TRI = """The contents of this file are subject to the Mozilla Public License Version 1.1 (the "License");
Alternatively, the contents of this file may be used under the terms of either the GNU General Public License Version 2
or later (the "GPL"), or the GNU Lesser General Public License Version 2.1 or later (the "LGPL")"""
EITHER = """Licensed under the Apache License, Version 2.0 <LICENSE-APACHE or
http://www.apache.org/licenses/LICENSE-2.0> or the MIT license
<LICENSE-MIT or http://opensource.org/licenses/MIT>, at your
option. This file may not be copied except according to those terms."""


@pytest.mark.parametrize(
    "line",
    [
        "# {}", "// {}", "/* {} */", "/*! {} */", "//! {}", " * {}", "-- {}", "--[[ {} ]]", "; {}", ";; {}", "% {}",
        "(* {} *)", "{{- {} -}}", "{{ {} }}", "{{# {} #}}", "<!-- {} -->", "<!--- {} --->", "<%# {} %>", "<%-- {} --%>",
        '.\\" {}', '" {}', "' {}", "dnl {}", "REM {}", "@rem {}", ":: {}", "C {}", ".. {}", '"""{}"""', "<# {} #>",
        "{}", "# Copyright 2020 Ada <ada@example.org> {}", "/* Copyright Ada. {} */",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_spdx_lines_are_read_in_every_kind_of_comment(line: str, encoding: str) -> None:
    text = line.format("SPDX-License-Identifier: MIT OR GPL-2.0-or-later") + "\ncode\n"
    assert header_of(text.encode(encoding)).ids == ("GPL-2.0-or-later OR MIT",)


@pytest.mark.parametrize("line", ['x = "SPDX-License-Identifier: MIT"', "print('# SPDX-License-Identifier: MIT')"])
def test_a_line_of_code_is_no_spdx_line(line: str) -> None:
    assert header_of(line.encode()).ids == ()


@pytest.mark.parametrize("mark", ["# {}", "// {}", " * {}", "; {}", "-- {}", "% {}", "! {}", "dnl {}"])
@pytest.mark.parametrize(
    ("notice", "ids"),
    [
        (GPL, ("GPL-2.0-or-later",)),
        (APACHE, ("Apache-2.0",)),
        (MIT, ("MIT",)),
        (BSD, ("BSD-2-Clause",)),
        (TRI, ("GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",)),
        (EITHER, ("Apache-2.0 OR MIT",)),
        ("Licensed to the ASF. The ASF licenses this file to you " + APACHE[9:], ("Apache-2.0",)),
        ("This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0.", ("MPL-2.0",)),
        ("Distributed under the Boost Software License, Version 1.0. (See LICENSE_1_0.txt)", ("BSL-1.0",)),
        ("This work is licensed under the terms of the GNU GPL, version 2 or later.", ("GPL-2.0-or-later",)),
        (
            "under the terms of the GNU General Public License as published by the\n"
            "Free Software Foundation; either version 3, or (at your option) any later version.",
            ("GPL-3.0-or-later",),
        ),
        ("Released under the terms of the GNU GPL, see COPYING", ("GPL-1.0-or-later",)),
        ("This source code is licensed under the MIT license found in the\nLICENSE file of this tree.", ("MIT",)),
        ("Licensed under the MIT License. See License.txt in the project root.", ("MIT",)),
        (
            "under the terms of the Lesser GNU General Public License as published by the FSF;\n"
            "either version 3 of the License, or (at your option) any later version.",
            ("LGPL-3.0-or-later",),
        ),
        (NCSA, ("NCSA",)),
        ("License: BSD 3 clause", ("BSD-3-Clause",)),
        ("@license MIT (see LICENSE)", ("MIT",)),
        ("Dual licensed under the MIT or GPL Version 2 licenses.", ("GPL-2.0-only OR MIT",)),
        ("Foo: proprietary and confidential. Unauthorized copying is prohibited.", ("LicenseRef-Proprietary",)),
        # These say nothing by themselves: what lies beside the file does.
        ("Use of this source code is governed by a BSD-style license that is in the LICENSE file.", ()),
        ("License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl)", ("AGPL-3.0-or-later",)),
        (
            "This file is subject to the terms and conditions of the GNU General Public\nLicense. See COPYING.",
            ("GPL-1.0-or-later",),
        ),
        (
            "governed by the Business Source License. As of the Change Date, use of this software will be\n"
            "governed by the Apache License, Version 2.0.",
            ("BUSL-1.1",),
        ),
        ("ORACLE PROPRIETARY/CONFIDENTIAL. Use is subject to license terms.", ("LicenseRef-Proprietary",)),
        ("This is free and unencumbered software released into the public domain.", ("Unlicense",)),
        ("licensed under Mulan PSL v2.", ("MulanPSL-2.0",)),
        ("SPDX-License-Identifier: MIT (see LICENSE)", ("MIT",)),
        ("Licensed under the BSD license", ()),
        ("dual licensed under the terms of the Apache License, Version\n2.0, and the BSD License. See LICENSE.", ()),
        ("License: see LICENSE", ()),
        ("Copyright 2020 Ada. All rights reserved.", ()),
    ],
)
def test_notices_without_an_spdx_line_are_understood(mark: str, notice: str, ids: tuple[str, ...]) -> None:
    text = "".join(mark.format(line).rstrip() + "\n" for line in notice.splitlines()) + "code = 1\n"
    assert header_of(text.encode()).ids == ids


@pytest.mark.parametrize(
    "text",
    [
        f"#!/bin/sh\n\n/*\n{GPL}\n*/\ncode", f'"""What it does.\n\n{GPL}\n"""\ncode', f"<?php\n/**\n{GPL}\n*/\n",
        f"<!--\n{GPL}\n-->\n<template>", f"<?xml version='1.0'?>\n<!--\n{GPL}\n-->\n<a/>", f"(*\n{GPL}\n*)\nlet x = 1",
        f"{{-\n{GPL}\n-}}\nmodule X", f"--[[\n{GPL}\n]]\nx = 1", f"=begin\n{GPL}\n=end\nx = 1",
        f"package x;\n/* {GPL} */\n",
    ],
)  # fmt: skip
def test_notices_are_found_in_the_comment_that_a_file_begins_with(text: str) -> None:
    assert header_of(text.encode()).ids == ("GPL-2.0-or-later",)


@pytest.mark.parametrize(
    "text", [f"x = 1\n# {GPL}", f'TEMPLATE = """\n{GPL}\n"""', f'{{"text": "{MIT}"}}', f"int x;\n/* {GPL} */", GPL, MIT]
)
def test_notices_behind_code_are_those_of_something_else(text: str) -> None:
    assert header_of(text.encode()).ids == ()


def test_a_notice_counts_before_the_folder_and_that_of_a_part_beside_it() -> None:
    folder = Licenses(("MIT",), "file", 1.0)
    comment = "".join(f"// {line}\n" for line in GPL.splitlines()).encode()
    assert licenses_of_file(comment, folder) == Licenses(("GPL-2.0-or-later",), "header")
    assert licenses_of_file(b"int x;\n", folder) is folder
    part = b"// Parts of this file are derived from Foo, which is licensed under the Apache License 2.0.\n"
    assert licenses_of_file(part, folder) == Licenses(("Apache-2.0", "MIT"), "header")


@pytest.mark.parametrize(
    ("precedence", "ids", "evidence"),
    [
        ("override", ("CC0-1.0",), "metadata"),
        ("aggregate", ("CC0-1.0", "MIT"), "header"),
        ("closest", ("MIT",), "header"),
    ],
)
def test_reuse_says_whether_its_word_goes_before_the_header(
    precedence: str, ids: tuple[str, ...], evidence: str
) -> None:
    tree = LicenseTree()
    entry = f'[[annotations]]\npath = "**"\nprecedence = "{precedence}"\nSPDX-License-Identifier = "CC0-1.0"'
    tree.add("REUSE.toml", f"version = 1\n{entry}".encode())
    found = licenses_of_file(b"# SPDX-License-Identifier: MIT\n", tree.of("a.py"))
    assert (found.ids, found.evidence) == (ids, evidence)
    assert licenses_of_file(b"x = 1\n", tree.of("a.py")).ids == ("CC0-1.0",)


@given(st.binary(max_size=400), st.sampled_from(["#", "/*", '"""', "{-", "<!--", "C "]))
def test_no_content_breaks_the_reader(content: bytes, start: str) -> None:
    for text in (content, start.encode() + b" licensed under the " + content):
        assert all(header_of(text).ids) and isinstance(opening_comment(text.decode("utf-8", "replace")), str)


@pytest.mark.parametrize(
    "unit", ["under the ", "// licensed under the terms of ", "# [a](", "| x license ", "<", "*/ "]
)
def test_long_repetitions_say_nothing(unit: str) -> None:
    assert header_of(("// licensed " + unit * 10_000).encode()) == NOTHING
    assert header_of("".join(f"// licensed {unit}\n" for _ in range(10_000)).encode()) == NOTHING
