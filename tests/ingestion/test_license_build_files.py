from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.ingestion.license_text import LicenseTree, is_license_file

POM = """<project><build><licenses><license><name>MIT</name></license></licenses></build>
<!-- <licenses><license><name>ISC</name></license></licenses> -->
<licenses>{}</licenses></project>"""


@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("setup.cfg", "[metadata]\nname = x\nlicense = MIT\n", ("MIT",)),
        ("setup.cfg", "[metadata]\nclassifiers =\n  License :: OSI Approved :: MIT License\n  Topic :: X\n", ("MIT",)),
        ("setup.cfg", "[metadata]\nlicense = BSD\n", ()),
        ("setup.cfg", "no section\n", ()),
        ("setup.py", "setup(name='x', license='Apache 2.0')\n", ("Apache-2.0",)),
        ("setup.py", 'setup(classifiers=["License :: OSI Approved :: ISC License (ISCL)"])\n', ("ISC",)),
        ("setup.py", "setup(\n  # license='MIT',\n  license=open('LICENSE').read())\n", ()),
        ("x.gemspec", "Gem::Specification.new do |s|\n  s.license = 'MIT'\nend\n", ("MIT",)),
        ("x.gemspec", "  spec.licenses = ['MIT', \"Ruby\"]\n", ("MIT", "Ruby")),
        ("x.gemspec", "  spec.license = LICENSE_NAME\n", ()),
        ("pom.xml", POM.format("<license><name>Apache License, Version 2.0</name></license>"), ("Apache-2.0",)),
        ("pom.xml", POM.format("".join(f"<license><name>{n}</name></license>" for n in ("MIT", "GPLv3"))),
         ("GPL-3.0-only OR MIT",)),
        ("pom.xml", POM.format("<license><name>Ours</name></license>"), ()),
    ],
)  # fmt: skip
def test_plain_words_of_build_files_are_understood(name: str, text: str, ids: tuple[str, ...]) -> None:
    assert is_license_file(name)
    tree = LicenseTree()
    tree.add(f"a/{name}", text.encode())
    found = tree.of("a/b/c.x")
    assert (found.ids, found.evidence) == (ids, "metadata" if ids else "")


@given(st.sampled_from(["setup.cfg", "setup.py", "pom.xml", "x.gemspec"]), st.binary(max_size=300))
def test_build_files_that_make_no_sense_say_nothing(name: str, content: bytes) -> None:
    tree = LicenseTree()
    tree.add(name, content)
    assert isinstance(tree.of("a.py").ids, tuple)


@pytest.mark.parametrize(
    ("name", "part"),
    [("pom.xml", "<!--"), ("pom.xml", "<build>"), ("pom.xml", "<licenses><license><name> "), ("x.gemspec", "\n"),
     ("x.gemspec", "\t\n"), ("setup.py", "license = "), ("LICENSE.html", "<script>"), ("LICENSE.html", "<style ")],
)  # fmt: skip
def test_what_never_closes_comes_to_an_end(name: str, part: str) -> None:
    tree = LicenseTree()
    tree.add(name, (part * (1_000_000 // len(part))).encode())
    assert tree.of("a.py").ids == ()
