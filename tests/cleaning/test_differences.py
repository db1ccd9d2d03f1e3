"""What changed, side by side: both texts can be read off, and a hidden value cannot."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codekiln.cleaning.differences import MAX_HUNKS, MAX_LINES, Hunk, hunks

LINES = st.lists(st.text(alphabet="ab c.@\u00e9\U0001f600", max_size=12), max_size=12).map("\n".join)


def text(lines: tuple[tuple[tuple[str, bool], ...], ...], marked: bool | None = None) -> list[str]:
    return ["".join(t for t, m in line if marked is None or m is marked) for line in lines]


@given(LINES, LINES)
def test_hunks_hold_lines_of_both_texts_and_only_where_they_differ(before: str, after: str) -> None:
    found = hunks(before, after)
    assert bool(found) == (before != after) and len(found) <= MAX_HUNKS
    for hunk in found:
        old, new = text(hunk.before), text(hunk.after)
        assert len(old) <= MAX_LINES and len(new) <= MAX_LINES
        assert before.split("\n")[hunk.line - 1 : hunk.line - 1 + len(old)] == old
        assert not new or "\n".join(new) in after
        assert any(m for line in (*hunk.before, *hunk.after) for _, m in line) or [""] in (old, new)


@given(st.from_regex(r"[a-z]{8,30}", fullmatch=True), st.from_regex(r"[0-9]{8,30}", fullmatch=True))
def test_a_hidden_value_cannot_be_read(value: str, substitute: str) -> None:
    line = "password = '{}'  # of mine"
    [hunk] = hunks(f"x\n{line.format(value)}\ny", f"x\n{line.format(substitute)}\ny", hide=True)
    [shown] = text(hunk.before)
    assert value[3:] not in shown and "\u2022" * 6 in shown and hunk.line == 2
    assert text(hunk.before, False) == text(hunk.after, False) == [line.format("")]
    assert text(hunk.after, True) == [substitute]


def test_what_stands_between_two_marks_is_marked_with_them() -> None:
    [hunk] = hunks("to ada@lovelace.org now", "to kim@example.net now")
    assert hunk.after == ((("to ", False), ("kim@example.net", True), (" now", False)),)


def test_lines_that_went_stand_alone() -> None:
    assert hunks("a\nb\nc\nd", "a\nd") == (Hunk(2, ((("b", True),), (("c", True),)), ()),)


def test_long_lines_are_cut_around_the_mark() -> None:
    [hunk] = hunks("x " * 5000 + "old" + " y" * 5000, "x " * 5000 + "new" + " y" * 5000)
    [shown] = text(hunk.after)
    assert "new" in shown and len(shown) < 200 and shown.startswith("\u2026") and shown.endswith("\u2026")


def test_a_large_change_takes_no_time_to_speak_of() -> None:
    before = "\n".join(f"line {i % 7}" for i in range(100_000))
    assert hunks(before, before.replace("line 3", "LINE") + "\nmore")
