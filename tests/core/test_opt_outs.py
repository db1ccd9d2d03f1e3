from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.opt_outs import OptOuts, check

CONTENT = b"x = 1\n"
BLOB = "0" * 39 + "a"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize(
    ("entry", "repository", "path", "covered"),
    [
        ("acme/widgets", "acme/widgets", "a.py", True),
        ("Acme/Widgets", "acme/WIDGETS", "a.py", True),
        ("acme/widgets", "acme/widgets2", "a.py", False),
        ("acme/*", "acme/widgets", "a.py", True),
        ("acme/*", "other/acme", "a.py", False),
        ("acme/widgets:src/*", "acme/widgets", "src/deep/a.py", True),
        ("acme/widgets:src/*", "acme/widgets", "lib/a.py", False),
        ("acme/widgets:a.py", "acme/gadgets", "a.py", False),
        ("*:*/secret.py", "any/one", "x/secret.py", True),
        ("flask", "flask", "a.py", True),
        (f"blob:{BLOB}", "any/one", "a.py", True),
        (f"blob:{'0' * 40}", "any/one", "a.py", False),
        (f"sha256:{SHA256}", "any/one", "a.py", True),
        (f"sha256:{'0' * 64}", "any/one", "a.py", False),
    ],
)
def test_what_an_entry_covers(entry: str, repository: str, path: str, covered: bool) -> None:
    assert check([entry], "opt_outs") == []
    assert OptOuts([entry]).cover(repository, path, lambda: BLOB, lambda: CONTENT) == covered


@pytest.mark.parametrize("entry", ["", " ", "acme/widgets ", ":a.py", "acme:", "blob:12", f"sha256:{'A' * 64}"])
def test_what_is_no_entry_is_named_with_its_place(entry: str) -> None:
    (violation,) = check(["acme/widgets", entry], "spec.opt_outs")
    assert violation.field == "spec.opt_outs[1]"


def test_hashes_are_made_only_where_an_entry_needs_one() -> None:
    def never() -> bytes:
        raise AssertionError("not needed")

    opt_outs = OptOuts(["acme/widgets", "acme/gadgets:src/*"])
    assert not opt_outs.needs_content and OptOuts([f"sha256:{SHA256}"]).needs_content
    assert not opt_outs.cover("other/one", "a.py", lambda: str(never()), never)
    assert not OptOuts()


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=12), st.text(max_size=12))
def test_no_entry_breaks_the_list(entries: list[str], repository: str, path: str) -> None:
    assert OptOuts(entries).cover(repository, path, lambda: BLOB, lambda: CONTENT) in (True, False)


def test_a_path_may_begin_at_the_root() -> None:
    for entry in ("acme/gadgets:/src/*", "ACME/Gadgets:src/*", "acme/*:/src/*"):
        opted = OptOuts([entry])
        assert opted and opted.cover("acme/gadgets", "src/a/b.py", str, bytes)
        assert not opted.cover("acme/gadgets", "lib/src/a.py", str, bytes)
        assert not opted.cover("other/gadgets", "src/a.py", str, bytes)
