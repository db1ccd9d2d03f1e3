from __future__ import annotations

from email.message import Message
from email.parser import Parser

import pytest

from codekiln.ingestion.license_metadata import by_classifiers, own_part, package_licenses
from codekiln.ingestion.license_text import Licenses

from .material import GPL3, MIT


def metadata(text: str) -> Message:
    return Parser().parsestr(text)


@pytest.mark.parametrize(
    ("text", "licenses"),
    [
        (
            "License-Expression: MIT AND (BSD-3-Clause OR Foo-9)\n",
            Licenses(("BSD-3-Clause OR Foo-9", "MIT"), "metadata"),
        ),
        ("License-Expression: MIT\nLicense: GPLv3\n", Licenses(("MIT",), "metadata")),
        (
            "License: Apache 2.0\nClassifier: License :: OSI Approved :: MIT License\n",
            Licenses(("Apache-2.0",), "metadata"),
        ),
        ("License: BSD\nClassifier: License :: OSI Approved :: MIT License\n", Licenses(("MIT",), "classifier")),
        ("License: BSD\nClassifier: License :: OSI Approved :: BSD License\n", Licenses(("MIT",), "file")),
        ("License: UNKNOWN\n", Licenses(("MIT",), "file")),
        ("Name: a\n", Licenses(("MIT",), "file")),
        ("License: " + MIT.replace("\n", "\n        ") + "\n", Licenses(("MIT",), "metadata")),
    ],
)
def test_the_most_exact_statement_counts(text: str, licenses: Licenses) -> None:
    assert package_licenses(metadata(text), lambda: [MIT]) == licenses


def test_nothing_said_is_unknown() -> None:
    assert package_licenses(metadata("License: Other\n"), list) == Licenses()


def test_one_unclear_classifier_makes_all_of_them_unclear() -> None:
    mit = "License :: OSI Approved :: MIT License"
    assert by_classifiers(["License :: OSI Approved", mit, "Topic :: Text"]) == ("MIT",)
    assert by_classifiers([mit, "License :: Other/Proprietary License"]) == ()


def test_licences_of_bundled_binaries_are_not_those_of_the_source() -> None:
    text = f"{MIT}\n----\n\nThis binary distribution of Thing also bundles the following\nsoftware:\n\n{GPL3}"
    assert own_part(text).strip().endswith("----")
    assert package_licenses(metadata(""), lambda: [text]).ids == ("MIT",)
