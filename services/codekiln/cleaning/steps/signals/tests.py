"""Signals of tests. Tests stay: who completes code completes tests too, and StarCoder kept them. They are counted."""

from __future__ import annotations

import re

from codekiln.cleaning.document import Document
from codekiln.cleaning.openings import keywords
from codekiln.cleaning.patterns import might_match
from codekiln.cleaning.steps.signals.groups import group_of

_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|testdata|fixtures?|__fixtures__|__tests__|__mocks__|specs?|golden|samples?)/"
    r"|(?:^|/)(?:test_|conftest)|_test\.|[.-](?:test|spec)\.|(?:^|/)\w+Tests?\.(?:java|kt|cs|scala|swift)$",
)
ASSERTIONS = {
    "python": keywords("assert*", "self.assert*", "np.testing.assert*"),
    "javascript": keywords("expect*", "assert*", "t.is", "t.equal"),
    "java": keywords("assert*", "Assert*"),
    "go": keywords("assert.*", "require.*", "t.Error*", "t.Fatal*"),
    "c": keywords("assert*", "ASSERT_*", "EXPECT_*", "TEST_*", "CHECK*", "REQUIRE*"),
    "csharp": keywords("Assert*"),
    "rust": keywords("assert*", "debug_assert*"),
}

_FIXTURE = re.compile(r"(?:^|/)(?:testdata|fixtures?|__fixtures__|__mocks__|golden|samples?)/")
_may_be_test, _may_be_fixture = might_match(_PATH.pattern), might_match(_FIXTURE.pattern)


def is_test(path: str) -> bool:
    """Whether the path is that of a test or of what tests read."""
    return _may_be_test(path) and _PATH.search(path) is not None


def is_fixture(path: str) -> bool:
    """Whether the path is that of what tests read."""
    return _may_be_fixture(path) and _FIXTURE.search(path) is not None


def assert_share(document: Document) -> float:
    """Lines that assert, of all lines of code; 0 below 0.2."""
    words = ASSERTIONS.get(group_of(document.language))
    return document.openings.share(words) if words else 0.0
