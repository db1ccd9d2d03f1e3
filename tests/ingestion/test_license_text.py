from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.ingestion.license_text import Licenses, LicenseTree, header_ids, is_license_file, match_text

from .material import GPL3, MIT

BSD = "Redistribution and use in source and binary forms, with or without modification, are permitted.\n"
BINARY = "2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions.\n"
ENDORSE = "Neither the name of the holder may be used to endorse or promote products derived from this software.\n"
ADVERTISE = "3. All advertising materials mentioning features must display an acknowledgement.\n"
ISC = "Permission to use, copy, modify, and/or distribute this software for any purpose "
ISC += "with or without fee is hereby granted"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (MIT, ("MIT",)),
        (MIT.split("The above")[0], ("MIT-0",)),
        ("Apache License\n  Version 2.0, January 2004\n http://...", ("Apache-2.0",)),
        (BSD + BINARY, ("BSD-2-Clause",)),
        (BSD + BINARY + ENDORSE, ("BSD-3-Clause",)),
        (BSD + BINARY + ADVERTISE + ENDORSE, ("BSD-4-Clause",)),
        (ISC + ", provided that the above copyright notice appears in all copies.", ("ISC",)),
        (ISC + ".\n\nTHE SOFTWARE IS PROVIDED AS IS", ("0BSD",)),
        ("Mozilla Public License Version 2.0\n=====\n\n1. Definitions", ("MPL-2.0",)),
        (GPL3, ("GPL-3.0-only",)),
        ("GNU GENERAL PUBLIC LICENSE\n Version 2, June 1991", ("GPL-2.0-only",)),
        ("GNU LESSER GENERAL PUBLIC LICENSE\n Version 2.1, February 1999", ("LGPL-2.1-only",)),
        ("GNU LESSER GENERAL PUBLIC LICENSE Version 3, 29 June 2007", ("LGPL-3.0-only",)),
        ("GNU AFFERO GENERAL PUBLIC LICENSE Version 3, 19 November 2007", ("AGPL-3.0-only",)),
        ("This is free and unencumbered software released into the public domain.", ("Unlicense",)),
        ("PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2\n-----", ("PSF-2.0",)),
        (MIT + "\n\n" + GPL3, ("GPL-3.0-only", "MIT")),
        ("All rights reserved.", ()),
    ],
)
def test_texts_are_recognised(text: str, ids: tuple[str, ...]) -> None:
    assert match_text(text) == ids


@given(st.lists(st.sampled_from(["\n", "  ", "\n * ", "\n// ", "\r\n", "\t"]), min_size=1, max_size=5))
def test_line_breaks_and_comment_marks_do_not_matter(breaks: list[str]) -> None:
    words = MIT.split(" ")
    text = "".join(word + breaks[i % len(breaks)] for i, word in enumerate(words))
    assert match_text(text) == ("MIT",)


@given(st.text(max_size=400), st.binary(max_size=400))
def test_nothing_breaks_the_matcher(text: str, content: bytes) -> None:
    for ids in (match_text(text), header_ids(b"# SPDX-License-Identifier: " + content)):
        assert isinstance(ids, tuple) and all(isinstance(id, str) and id for id in ids)


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        (b"# SPDX-License-Identifier: Apache-2.0\nx = 1\n", ("Apache-2.0",)),
        (b"/* SPDX-License-Identifier: GPL-2.0-or-later WITH Foo-exception */\n", ("GPL-2.0-or-later",)),
        (b"#!/bin/sh\n// SPDX-License-Identifier: (MIT OR Apache-2.0)\r\n", ("Apache-2.0 OR MIT",)),
        (b"<!-- SPDX-License-Identifier: MIT -->", ("MIT",)),
        (b"PATTERN = 'SPDX-License-Identifier: MIT'\n", ()),
        (b"# SPDX-License-Identifier: not a licence at all!\n", ()),
        (b"\n" * 3000 + b"# SPDX-License-Identifier: MIT\n", ()),
    ],
)
def test_spdx_headers_are_read_from_comments_at_the_top_only(content: bytes, ids: tuple[str, ...]) -> None:
    assert header_ids(content) == ids


def test_names_of_licence_files() -> None:
    for name in (
        "LICENSE",
        "a/LICENCE.md",
        "COPYING.LESSER",
        "UNLICENSE",
        "LICENSE-MIT",
        "LICENSES/MIT.txt/LICENSE.txt",
    ):
        assert is_license_file(name), name
    for name in ("license.py", "licensed.txt", "a/LICENSE/b.txt", "copyright.js", "my-license-checker"):
        assert not is_license_file(name), name


def test_the_nearest_licence_file_speaks_and_the_specification_where_there_is_none() -> None:
    tree = LicenseTree("Apache-2.0")
    tree.add("a/LICENSE", MIT.encode())
    tree.add("a/vendored/COPYING", GPL3.encode())
    tree.add("b/LICENSE-MIT", MIT.encode())
    tree.add("b/LICENSE-GPL", GPL3.encode())
    tree.add("c/LICENSES/MIT.txt", MIT.encode())
    assert tree.of("a/x/y.py") == Licenses(("MIT",), "file")
    assert tree.of("a/vendored/z.c") == Licenses(("GPL-3.0-only",), "file")
    assert tree.of("b/z.c") == Licenses(("GPL-3.0-only", "MIT"), "file")
    assert tree.of("c/z.c") == Licenses(("MIT",), "file")
    assert tree.of("z.c") == Licenses(("Apache-2.0",), "source spec")


def test_an_unknown_licence_text_does_not_inherit_the_folder_above() -> None:
    tree = LicenseTree()
    tree.add("LICENSE", MIT.encode())
    tree.add("vendored/LICENSE", b"Ask us before you use this.")
    assert tree.of("x.py").ids == ("MIT",)
    assert tree.of("vendored/x.py") == Licenses()
