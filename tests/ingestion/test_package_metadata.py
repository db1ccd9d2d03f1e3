"""What packages say of themselves: as they should, as they often do, and as nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.ingestion.sources.archive_kind import classify, newest_date, stem
from codekiln.ingestion.sources.debian import changelog_date, parse_dsc
from codekiln.ingestion.sources.inflating import Broken
from codekiln.ingestion.sources.package_metadata import from_cargo, from_npm, from_python

PIECES = st.sampled_from(
    ["Name", "Version", "License", "{", "}", "name", "version", "license", "[package]", "=", "MIT", "*", "**", "?", "[",
     "]", "Copyright", "-", "0", "1", "é", ": ", "\n", " ", '"', "Files: ", "Source: ", "GPL-2+ or ", "\t", "\0"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=40).map("".join).map(str.encode) | st.binary(max_size=200)


@given(TEXTS)
@settings(deadline=None, max_examples=300)
def test_whatever_stands_there_is_a_package_or_none(content: bytes) -> None:
    for package in (from_python(content, lambda: ()), from_npm(content), from_cargo(content)):
        assert package is None or package.name.strip()
    assert changelog_date(content) is None or changelog_date(content) != 0
    try:
        assert parse_dsc(content).tarballs
    except Broken as broken:
        assert str(broken)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"name": "a", "version": "1", "license": "SEE LICENSE IN x"}', ("a", "1", ())),
        (b'{"name": "../../etc", "version": "1"}', ("../../etc", "1", ())),
        (b'{"name": "a\\nb", "version": "1"}', None),
        (b'{"name": ["a"], "version": "1"}', None),
        (b"[]", None),
        (b"[" * 100_000, None),
    ],
)
def test_odd_package_jsons(content: bytes, expected: object) -> None:
    package = from_npm(content)
    assert (package and (package.name, package.version, package.licenses.ids)) == expected


def test_a_cargo_toml_that_inherits_from_its_workspace_says_nothing_of_it() -> None:
    package = from_cargo(b'[package]\nname = "a"\nversion.workspace = true\nlicense.workspace = true\n')
    assert package and (package.name, package.version, package.licenses.ids) == ("a", "", ())


def test_a_dsc_cannot_name_files_of_other_folders() -> None:
    for name in ("../x.orig.tar.gz", "/etc/x.tar.gz", "a/x.tar.gz"):
        with pytest.raises(Broken):
            parse_dsc(f"Source: a\nVersion: 1\nFiles:\n {'0' * 32} 5 {name}\n".encode())


@pytest.mark.parametrize(
    ("file", "name", "version"),
    [
        ("x/thing-1.2.3.tar.gz", "thing", "1.2.3"),
        ("thing_v2.0-rc1.zip", "thing", "2.0-rc1"),
        ("my-lib-2024.tgz", "my-lib", "2024"),
        ("main.zip", "main", ""),
        ("a.b.tar.zst", "a.b", ""),
        (".zip", ".zip", ""),
    ],
)
def test_what_says_nothing_is_named_by_its_file(file: str, name: str, version: str) -> None:
    kind = classify(file, ["a.py", "b/c.py"], {}, "")
    assert (kind.name, kind.version, kind.prefix) == (name, version, "")
    assert stem(file)


def test_dates_before_there_were_archives_and_far_ahead_are_none() -> None:
    assert newest_date([]) is newest_date([499162500]) is newest_date([1153704088]) is None
    assert newest_date([5, 1_700_000_000, 1 << 40]) == 1_700_000_000
