"""What a page adds to a text: running headers and footers, page numbers, form feeds.

Where form feeds tell pages apart, lines that come again at the edges of pages go. Where none do, page numbers that
count up tell where pages end, and lines that come again beside those go. A line alone that can be nothing but a page
number ("- 12 -", "Page 3 of 10") always goes.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise

from codekiln.cleaning.text.stamps import stamped
from codekiln.cleaning.text.structure import CONTINUES, ends, starts

_DASH = r"[-\u2013\u2014~\u2022|=]"
_EXPLICIT = re.compile(
    rf"[ \t]*(?:{_DASH}{{1,3}}[ \t]*(?:page[ \t]*)?(?:\d{{1,4}}|[ivxlc]{{1,6}})(?:[ \t]*/[ \t]*\d{{1,4}})?[ \t]*{_DASH}{{1,3}}"
    r"|(?:page|pg\.?|p\.)[ \t]*\d{1,4}(?:[ \t]*(?:of|/)[ \t]*\d{1,4})?"
    r"|[<\[(]?\d{1,4}[ \t]+of[ \t]+\d{1,4}[>\])]?"
    rf"|{_DASH}?[ \t]*제?[ \t]*\d{{1,4}}[ \t]*(?:쪽|페이지)[ \t]*{_DASH}?"
    r"|(?:쪽|페이지|쪽번호)[ \t]*:?[ \t]*\d{1,4}(?:[ \t]*/[ \t]*\d{1,4})?"
    r"|총?[ \t]*\d{1,4}[ \t]*(?:쪽|페이지)[ \t]*(?:중|/)[ \t]*제?[ \t]*\d{1,4}[ \t]*(?:쪽|페이지)?)[ \t]*$",
    re.IGNORECASE,
)
_BARE = re.compile(r"[ \t]*(\d{1,4})(?:[ \t]*/[ \t]*\d{1,4})?[ \t]*$")
_ROMAN = re.compile(r"[ \t]*[ivxl]{1,6}[ \t]*$")
_NUMBERED = re.compile(
    r"[ \t]*(?:(?P<left>\d{1,4})[ \t]{1,}(?P<after>\D.{1,90}?)|(?P<before>.{1,90}?\D)[ \t]{1,}(?P<right>\d{1,4}))[ \t]*$"
)
_DIGITS = re.compile(r"\d+")
_STRUCTURAL = re.compile(
    r"\W*(?:section|sec|article|art|chapter|part|title|claim|rule|count|exhibit|schedule|appendix|example|table|fig|figure"
    r"|step|paragraph|item|\u00a7|제|청구항|실시예|도|표|별표)?[\W#]*(?:조|장|절|편|항|호)?\W*$",
    re.IGNORECASE,
)
"""What is left of "\\u00a7 3" or "\제3\조" without its number: a heading that counts up, and no page's."""
_ITEM = re.compile(
    r"[ \t]*(?:\d{1,3}[.)][ \t]|\([a-z0-9]{1,3}\)[ \t]|[\u2460-\u2473]|[<\[](?:개정|신설|본조|전문|제목))"
)
"""Items and notes of amendments, which are alike on many pages of a statute."""
_EDGE = 3
"""Lines that a header or footer may have."""
_MOST, _WORDS = 120, 6
"""Characters of a header, and words of one that ends like a sentence."""
_OFTEN = 3
"""Times that a stamp comes where it is one of every page."""
_NEAR, _FAR = 8, 120
"""Lines with text on a page: fewer and it is a list that counts, more and the numbers have to do with nothing."""


def drop_page_furniture(text: str) -> tuple[str, int]:
    """The text without it, pages joined, and how many lines went."""
    if "\f" in text:
        text, gone = _by_form_feeds(text)
    else:
        gone = 0
    lines = text.split("\n")
    marked = _page_numbers(lines)
    stamps = stamped(text)
    marked |= _beside(lines, marked, stamps)
    marked |= _at_distance(lines)
    # Left where they are they would part the sentence that the page broke.
    marked |= _stamps_beside(lines, marked, stamps)
    if not marked:
        return text, gone
    return _without(lines, marked), gone + len(marked)


def _by_form_feeds(text: str) -> tuple[str, int]:
    pages = [[line.rstrip() for line in page.split("\n")] for page in text.split("\f")]
    full = [[at for at, line in enumerate(lines) if line] for lines in pages]
    heads = [[(page, at) for at in full[page][:_EDGE]] for page in range(len(pages))]
    feet = [[(page, at) for at in full[page][: -_EDGE - 1 : -1]] for page in range(len(pages))]
    gone: set[tuple[int, int]] = set()
    for edges in (heads, feet):
        shapes = Counter(shape for edge in edges for shape in {_shape(pages[p][at]) for p, at in edge})
        used = sum(1 for edge in edges if edge)
        least = max(2, -(-used // 3))
        for edge in edges:
            for page, at in edge:
                line = pages[page][at]
                count = shapes[_shape(line)]
                again = count >= least and _may_repeat(line)
                if count < 3:
                    again = again and _stands_off(pages[page], at)
                if not (again or _EXPLICIT.match(line) or _BARE.match(line) or _ROMAN.match(line)):
                    break
                if not (again and _is_title(pages, page, at)):
                    gone.add((page, at))
    joined = ""
    for number, lines in enumerate(pages):
        kept = "\n".join(line for at, line in enumerate(lines) if (number, at) not in gone).strip("\n")
        joined = _joined(joined, kept) if number else kept
    return joined + "\n", len(gone)


def _stands_off(page: list[str], at: int) -> bool:
    """Whether blank lines part it from the text: a line that only two pages share may be a sentence said twice."""
    return not any(line.strip() for line in page[at + 1 : at + 2]) or not any(line.strip() for line in page[:at][-1:])


def _is_title(pages: list[list[str]], page: int, at: int) -> bool:
    """What runs on as a header is the document's title where it opens the first page, which has it nowhere else."""
    line = pages[page][at].strip()
    first = page == 0 and not any(other for other in pages[0][:at])
    return first and not _DIGITS.search(line) and sum(line.lower() in other.lower() for other in pages[0]) == 1


def _page_numbers(lines: list[str]) -> set[int]:
    """Lines that are nothing but page numbers, and lines whose number at the end or start counts pages."""
    marked: set[int] = set()
    bare: list[tuple[int, int]] = []
    numbered: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, line in enumerate(lines):
        if not line or len(line) > 100 or not (_DIGITS.search(line) or _EXPLICIT.match(line)):
            continue
        if _EXPLICIT.match(line):
            marked.add(at)
        elif found := _BARE.match(line):
            bare.append((at, int(found[1])))
        elif found := _NUMBERED.match(line):
            words = _shape(found["after"] or found["before"])
            if not _STRUCTURAL.match(words):
                numbered[words].append((at, int(found["left"] or found["right"])))
    full = _full_before(lines)
    last = next((at for at in range(len(lines) - 1, -1, -1) if lines[at].strip()), -1)
    for candidates in (bare, *numbered.values()):
        marked |= _counting(candidates, full, last)
    if bare and bare[-1][0] == last > 0 and bare[-1][1] < 1000 and not lines[last - 1].strip():
        marked.add(last)
    return marked


def _counting(candidates: list[tuple[int, int]], full: list[int], last: int) -> set[int]:
    """Of (line, number): those in chains of three and more that count up by one or two at a page's distance.

    Two are enough where the second is the document's last line.
    """
    if len(candidates) < 2:
        return set()
    found: set[int] = set()
    by_number: dict[int, list[int]] = defaultdict(list)
    for at, number in candidates:
        by_number[number].append(at)
    for at, number in candidates:
        if at in found:
            continue
        chain = [at]
        while True:
            reach = [
                (other, step)
                for step in (1, 2)
                for other in by_number.get(number + step, ())
                if _NEAR <= full[other] - full[chain[-1]] <= _FAR * step
            ]
            if not reach:
                break
            other, step = reach[0]
            chain.append(other)
            number += step
        if len(chain) >= 3 or (len(chain) == 2 and chain[1] == last):
            found.update(chain)
    return found


def _beside(lines: list[str], numbers: set[int], stamps: set[int]) -> set[int]:
    """Lines right above and below page numbers that come again beside at least half of them.

    Stamps between are passed over; one that comes on every page marks its end as well as a number does.
    """
    shapes = Counter(_shape(lines[at]) for at in stamps)
    numbers = numbers | {at for at in stamps if shapes[_shape(lines[at])] >= _OFTEN}
    if len(numbers) < 2:
        return set()
    edges: list[list[int]] = []
    for at in sorted(numbers):
        edges += [_next_full(lines, at, -1, numbers, stamps), _next_full(lines, at, 1, numbers, stamps)]
    # A line between two numbers on a short page is beside both, and still one line.
    shapes = Counter(_shape(lines[at]) for at in {at for edge in edges for at in edge})
    least = max(2, len(numbers) // 2)
    found: set[int] = set()
    for edge in edges:
        for at in edge:
            line = lines[at]
            if shapes[_shape(line)] < least or not _may_repeat(line):
                break
            found.add(at)
    return found


def _stamps_beside(lines: list[str], marked: set[int], stamps: set[int]) -> set[int]:
    """Stamps with no text between them and a line that goes."""
    found: set[int] = set()
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        beside = False
        for at in order:
            if at in marked:
                beside = True
            elif at in stamps:
                found.update([at] if beside else [])
            elif lines[at].strip():
                beside = False
    return found


def _next_full(lines: list[str], at: int, step: int, numbers: set[int], stamps: set[int]) -> list[int]:
    found: list[int] = []
    at += step
    while 0 <= at < len(lines) and len(found) < _EDGE:
        if at in numbers:
            break
        if lines[at].strip() and at not in stamps:
            found.append(at)
        at += step
    return found


def _at_distance(lines: list[str]) -> set[int]:
    """The same line three times and more, each time between blank lines and a page after the last."""
    places: dict[str, list[int]] = defaultdict(list)
    for at in range(1, len(lines) - 1):
        line = lines[at]
        if 3 <= len(line) <= _MOST and not lines[at - 1].strip() and not lines[at + 1].strip():
            places[line.strip()].append(at)
    found: set[int] = set()
    for line, at_lines in places.items():
        gaps = [b - a for a, b in pairwise(at_lines)]
        if len(gaps) >= 2 and min(gaps) >= 20 and max(gaps) <= min(90, 1.5 * min(gaps)) and _may_repeat(line):
            found.update(at_lines if not ends(line) else ())
    return found


def _without(lines: list[str], marked: set[int]) -> str:
    pieces: list[list[str]] = [[]]
    for at, line in enumerate(lines):
        if at not in marked:
            pieces[-1].append(line)
        elif pieces[-1]:
            pieces.append([])
    text = "\n".join(pieces[0]).rstrip("\n") if len(pieces) > 1 else "\n".join(pieces[0])
    for piece in pieces[1:]:
        text = _joined(text, "\n".join(piece).strip("\n"))
    return text + "\n"


def _joined(before: str, after: str) -> str:
    """Two pages: one paragraph where the first breaks off inside a sentence and the second goes on with it."""
    if not before or not after:
        return before or after
    last, first = before[before.rfind("\n") + 1 :], after[: after.find("\n") if "\n" in after else None]
    stripped = first.lstrip()
    goes_on = (
        not ends(last)
        and not starts(first)
        and bool(stripped)
        and (stripped[0].islower() or "\uac00" <= stripped[0] <= "\ud7a3")
    )
    return before + (f"{CONTINUES}\n" if goes_on else "\n\n") + after


def _shape(line: str) -> str:
    """The line with numbers alike."""
    return _DIGITS.sub("#", " ".join(line.split()).casefold())


def _may_repeat(line: str) -> bool:
    """Whether it can be a header: short, no heading that counts, no sentence."""
    sentence = ends(line) and len(line.split()) > _WORDS
    return len(line) <= _MOST and not sentence and not _ITEM.match(line) and not _is_structural(line)


def _is_structural(line: str) -> bool:
    return (
        bool(_DIGITS.search(line))
        and _STRUCTURAL.match(_shape(line)) is not None
        and not _EXPLICIT.match(line)
        and not _BARE.match(line)
    )


def _full_before(lines: list[str]) -> list[int]:
    """For each line, how many lines with text come before it."""
    counts, total = [], 0
    for line in lines:
        counts.append(total)
        total += bool(line) and not line.isspace()
    return counts
