from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.ingestion.license_text import OTHER_TERMS, Licenses, LicenseTree, is_license_file, match_licenses
from codekiln.ingestion.license_texts import find_licenses, known_licenses

ROOT = Path(__file__).parents[2]
APACHE = (ROOT / "LICENSE").read_text()
MIT = """The MIT License (MIT)

Copyright (c) 2024 Ada Lovelace <ada@example.org>
Copyright (c) 2025 The Engine's Contributors. All rights reserved.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
ISC = """Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
"""
NOTICE = """Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in
compliance with the License."""


def found(text: str) -> dict[str, float]:
    return {match.license: match.score for match in find_licenses(text).matches}


def test_whole_texts_are_found_with_a_score() -> None:
    assert found(APACHE) == {"Apache-2.0": pytest.approx(1, abs=0.02)}
    assert found(MIT) == {"MIT": pytest.approx(1, abs=0.02)}
    assert found(ISC) == {"ISC": pytest.approx(1, abs=0.07)}
    assert found("") == found("All rights reserved.") == {}
    assert {"MIT", "GPL-3.0-only", "BSD-3-Clause"} < set(known_licenses()) and len(known_licenses()) > 600


def test_a_notice_file_gives_every_licence_in_it_however_often() -> None:
    parts = [f"package-{i} {i}.0 by somebody, see the web for more\n\n{(MIT, ISC, APACHE)[i % 3]}" for i in range(20)]
    assert set(found("\n".join(parts))) == {"MIT", "ISC", "Apache-2.0"}


@pytest.mark.parametrize("mark", ["# ", "// ", " * ", "    ", "> "])
def test_comment_marks_and_line_breaks_do_not_count(mark: str) -> None:
    words = MIT.split()
    text = "".join(f"\n{mark}{' '.join(words[i : i + 7])}" for i in range(0, len(words), 7))
    assert set(found(text)) == {"MIT"}


def test_the_closest_of_a_family_counts() -> None:
    without_condition = MIT.replace(MIT[MIT.index("The above") : MIT.index("THE SOFTWARE IS")], "")
    assert set(found(without_condition)) == {"MIT-0"}


def test_a_text_with_much_of_its_own_is_no_known_licence() -> None:
    sentences = MIT.split(". ")
    own = (
        "You must moreover send us a crate of good beer for every hundred users that you have, before the end of May. "
    )
    assert found(". ".join(sentences[:2]) + own * 3 + ". ".join(sentences[2:])) == {}


def test_the_score_is_that_of_the_text_least_alike_and_phrases_have_none() -> None:
    both = match_licenses(MIT + "\n\n" + ISC)
    assert both.ids == ("ISC", "MIT") and both.score == min(found(MIT + ISC).values())
    phrase = match_licenses("GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007")
    assert (phrase.ids, phrase.score) == (("GPL-3.0-only",), None)
    assert match_licenses(NOTICE).ids == ("Apache-2.0",)
    assert match_licenses(MIT + NOTICE).ids == ("Apache-2.0", "MIT")
    later = (
        "under the terms of the GNU General Public License ... either version 2 of the License, or any later version"
    )
    assert match_licenses(later).ids == ("GPL-2.0-or-later",)
    assert match_licenses('"Commons Clause" License Condition v1.0\n' + MIT).ids == ("LicenseRef-Commons-Clause", "MIT")


def test_an_agreement_that_holds_permissive_notices_is_not_permissive() -> None:
    clause = "The licensee shall not redistribute the library to any other party under this agreement, item {}. "
    agreement = "".join(clause.format(i) for i in range(20))
    assert match_licenses(agreement + MIT).ids == (OTHER_TERMS, "MIT")
    assert match_licenses("What the package does, and how. " * 60 + MIT).ids == ("MIT",)
    assert match_licenses(APACHE + clause).ids == ("Apache-2.0",)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_matcher(text: str) -> None:
    assert found(text) == found(text + "\n") and len(found(text)) <= 1  # too short for two licences


@pytest.mark.parametrize("text", [MIT * 1000, "the of and to in a that is " * 20_000, "\n".join([ISC, "x"] * 1000)])
def test_long_repetitions_are_read_in_a_moment(text: str) -> None:
    assert set(found(text)) <= {"MIT", "ISC"}


REUSE = """version = 1
[[annotations]]
path = "**"
SPDX-License-Identifier = "Apache-2.0"
[[annotations]]
path = ["data/*.json", 'a\\*b']
SPDX-License-Identifier = ["CC0-1.0", "MIT"]
"""
DEBIAN = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2020 Ada
License: GPL-2+ with OpenSSL exception
 You may do this and that.

Files: lib/* src/?.c
Copyright: 2021 Bob
License: Expat or LGPL-2.1, and BSD-3-clause

Files: odd/*
License: Odd-Terms

Files: perl/*
License: Artistic or GPLv3+

License: Expat
 Permission is hereby granted
"""
GNU_2 = "GNU GENERAL PUBLIC LICENSE\n Version 2, June 1991"
GNU_3 = "GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007"
LESSER_3 = "GNU LESSER GENERAL PUBLIC LICENSE Version 3, 29 June 2007"
GNU_2_LATER = """It is under the terms of the GNU General Public License as published by the Free Software Foundation;
either version 2 of the License, or (at your option) any later version."""


@pytest.mark.parametrize(
    ("files", "path", "ids"),
    [
        ({"REUSE.toml": REUSE}, "src/a.py", ("Apache-2.0",)),
        ({"REUSE.toml": REUSE}, "data/a.json", ("CC0-1.0", "MIT")),
        ({"REUSE.toml": REUSE}, "data/deep/a.json", ("Apache-2.0",)),
        ({"REUSE.toml": REUSE}, "a*b", ("CC0-1.0", "MIT")),
        ({"sub/REUSE.toml": REUSE, "LICENSE": MIT}, "a.py", ("MIT",)),
        ({".reuse/dep5": DEBIAN, "LICENSE": MIT}, "src/long.c", ("GPL-2.0-or-later",)),
        ({"debian/copyright": DEBIAN}, "lib/deep/a.c", ("BSD-3-Clause", "LGPL-2.1-only OR MIT")),
        ({"debian/copyright": DEBIAN}, "odd/a.c", ("LicenseRef-Odd-Terms",)),
        ({"debian/copyright": DEBIAN}, "perl/a.pl", ("Artistic-1.0-Perl OR GPL-3.0-or-later",)),
        ({"package.json": '{"license": "(MIT OR GPL-2.0)"}'}, "lib/a.js", ("GPL-2.0-only OR MIT",)),
        ({"package.json": '{"license": {"type": "ISC"}}'}, "lib/a.js", ("ISC",)),
        ({"package.json": '{"licenses": [{"type": "MIT"}, {"type": "ISC"}]}'}, "lib/a.js", ("ISC OR MIT",)),
        ({"package.json": '{"license": "UNLICENSED"}', "LICENSE": "Ours."}, "a.js", ("LicenseRef-UNLICENSED",)),
        ({"package.json": '{"license": "SEE LICENSE IN x"}'}, "lib/a.js", ()),
        ({"package.json": "{" * 9000}, "lib/a.js", ()),
        ({"Cargo.toml": '[package]\nlicense = "MIT/Apache-2.0"'}, "src/a.rs", ("Apache-2.0 OR MIT",)),
        ({"Cargo.toml": '[workspace.package]\nlicense = "MIT"', "a/Cargo.toml": "[package]"}, "a/b.rs", ("MIT",)),
        ({"pyproject.toml": '[project]\nlicense = {text = "BSD-3-Clause"}'}, "a.py", ("BSD-3-Clause",)),
        ({"package.json": '{"license": "ISC"}', "LICENSE": MIT}, "a.js", ("MIT",)),
        ({"package.json": '{"license": "ISC"}', "LICENSE": "Ours."}, "a.js", ("ISC",)),
        ({"LICENSE": MIT, "web/package.json": '{"license": "ISC"}'}, "web/a.js", ("ISC",)),
        ({"package.json": '\ufeff{"license": "MIT"}'}, "a.js", ("MIT",)),
        ({"composer.json": '{"license": "proprietary"}'}, "a.php", ("LicenseRef-Proprietary",)),
        ({"pyproject.toml": '[tool.poetry]\nlicense = "MIT"'}, "a.py", ("MIT",)),
        ({"pyproject.toml": '[project]\nclassifiers = ["License :: OSI Approved :: MIT License"]'}, "a.py", ("MIT",)),
        ({"pyproject.toml": '[project]\nclassifiers = ["License :: OSI Approved :: BSD License"]'}, "a.py", ()),
        ({"pyproject.toml": "project = 1\ntool = 2"}, "a.py", ()),
        # What says `or later`, or that one is enough, where the texts cannot.
        ({"COPYING": GNU_2, "LICENSE": GNU_2_LATER}, "a.c", ("GPL-2.0-or-later",)),
        ({"COPYING": GNU_3, "COPYING.LESSER": LESSER_3}, "a.c", ("LGPL-3.0-only",)),
        ({"LICENSE-MIT": MIT, "LICENSE-APACHE": APACHE, "Cargo.toml": '[package]\nlicense = "MIT OR Apache-2.0"'},
         "a.rs", ("Apache-2.0 OR MIT",)),
        ({"COPYING": GNU_2, "package.json": '{"license": "GPL-2.0-or-later"}'}, "a.js", ("GPL-2.0-or-later",)),
        ({"COPYING": GNU_2, "LICENSE": MIT, "package.json": '{"license": "MIT"}'}, "a.js", ("GPL-2.0-only", "MIT")),
        # Lists of what was taken from others, and names of texts that lie about.
        ({"LICENSE": MIT, "LICENSE-3RD-PARTY.txt": GNU_2}, "a.c", ("MIT",)),
        ({"MIT-LICENSE.txt": MIT, "GPL-LICENSE.txt": GNU_2}, "a.js", ("GPL-2.0-only", "MIT")),
        ({"gpl-3.0.txt": GNU_3}, "a.c", ("GPL-3.0-only",)),
        ({"COPYING3": GNU_3}, "a.c", ("GPL-3.0-only",)),
        ({"LICENSE": MIT, "a.json.license": "SPDX-License-Identifier: CC0-1.0"}, "a.json", ("CC0-1.0",)),
        ({"LICENSE": MIT, "a.json.license": "none"}, "a.json", ("MIT",)),
        ({"LICENSE.html": f"<p>{MIT.replace(chr(34), '&quot;')}</p>"}, "a.py", ("MIT",)),
        ({"LICENSE": MIT, "web/license.html": "<form>Buy a license</form>"}, "web/a.js", ("MIT",)),
        ({"LICENSE": MIT, "LICENSES/GPL-3.0-only.txt": "GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007"}, "a.py",
         ("MIT",)),
    ],
)  # fmt: skip
def test_declarations_are_followed(files: dict[str, str], path: str, ids: tuple[str, ...]) -> None:
    tree = LicenseTree()
    for name, content in files.items():
        if is_license_file(name):
            tree.add(name, content.encode())
    assert tree.of(path).ids == ids


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_licence_files_are_read_in_any_encoding(encoding: str) -> None:
    tree = LicenseTree()
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    tree.add("LICENSE", mark + MIT.encode(encoding))
    assert tree.of("a.py").ids == ("MIT",)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("This project is released under the MIT license.", ("MIT",)),
        ("Licensed under either of\n\n * Apache License, Version 2.0\n * MIT license\n\nat your option.",
         ("Apache-2.0 OR MIT",)),
        ("See [MIT](https://opensource.org/licenses/MIT).", ("MIT",)),
        ("Apache License 2.0\n", ("Apache-2.0",)),
        ("BSD\n", ()),
        ("This software is under the GNU Affero General Public License v3.0", ("AGPL-3.0-only",)),
        ("You may copy it under the GNU General Public License version 2 as published by the FSF", ("GPL-2.0-only",)),
        ("This is free software under the same terms as the Perl 5 programming language system itself.",
         ("Artistic-1.0-Perl OR GPL-1.0-or-later",)),
        ("Licensed under a Creative Commons Attribution 4.0 International License.", ("CC-BY-4.0",)),
        ("http://creativecommons.org/licenses/by-nc-sa/4.0/", ("CC-BY-NC-SA-4.0",)),
        ("Covered by the Server Side Public License, v 1, or the Elastic License 2.0", ("Elastic-2.0", "SSPL-1.0")),
        ("LLAMA 2 COMMUNITY LICENSE AGREEMENT\nLlama 2 Version Release Date: July 18, 2023", ("LicenseRef-Llama",)),
        ("CreativeML Open RAIL-M\ndated August 22, 2022", ("LicenseRef-RAIL",)),
        ("It is proprietary and confidential. Unauthorized copying is prohibited.", ("LicenseRef-Proprietary",)),
        ("The library is under the LGPL, version 2.1. Its examples:\n" + MIT, ("LGPL-2.1-only", "MIT")),
        ("Dual licensed under the GNU General Public License version 2 or this:\n" + MIT, ("GPL-2.0-only OR MIT",)),
    ],
)  # fmt: skip
def test_a_licence_file_that_only_names_one_is_understood(text: str, ids: tuple[str, ...]) -> None:
    assert match_licenses(text) == Licenses(ids, "file" if ids else "", match_licenses(text).score)


@pytest.mark.parametrize(
    "clause",
    ["for non-commercial purposes only, ", "for academic use only, ", "not for any commercial use, "],
)
def test_a_known_text_that_was_narrowed_is_not_that_licence_alone(clause: str) -> None:
    narrowed = MIT.replace("subject to the following", f"{clause}subject to the following")
    assert match_licenses(narrowed).ids == (OTHER_TERMS, "MIT")
    wider = MIT.replace("without restriction", "commercial or non-commercial, without restriction")
    assert match_licenses(wider).ids == ("MIT",)


@pytest.mark.parametrize("name", ["REUSE.toml", "debian/copyright", "package.json", "Cargo.toml", ".reuse/dep5"])
@settings(deadline=None)
@given(
    content=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["license", "annotations", "path", "package"]), inner)
        ),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode())
)
def test_declarations_that_make_no_sense_declare_nothing(name: str, content: bytes) -> None:
    tree = LicenseTree()
    tree.add(name, content)
    assert isinstance(tree.of("a.py").ids, tuple)
