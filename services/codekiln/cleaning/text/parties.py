"""Persons on a case: found where parties are named, then replaced everywhere. Cited cases and judges stay.

English: an invented surname and a common first name, in the case that the name had ("JOHN DOE" -> "AVERY HALWOLD"). The
surnames are nobody's, so a substitute accuses nobody and is known for one on a second run.
Korean: "김○수", as courts publish judgments: a surname, a circle, a syllable. The last syllable closes with a consonant
where the name did, so that particles after it (은/는, 이/가) still agree.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from codekiln.cleaning.anonymize.substitutes import Substitutes
from codekiln.cleaning.text import english_positions, korean_names
from codekiln.cleaning.text.citations import Citations
from codekiln.cleaning.text.identifiers import Found

_FIRST = [
    "Alex",
    "Avery",
    "Blake",
    "Cameron",
    "Casey",
    "Charlie",
    "Dana",
    "Drew",
    "Ellis",
    "Emery",
    "Finley",
    "Harper",
    "Hayden",
    "Jamie",
    "Jesse",
    "Jordan",
    "Kai",
    "Kendall",
    "Lee",
    "Logan",
    "Morgan",
    "Noel",
    "Parker",
    "Quinn",
    "Reese",
    "Riley",
    "Robin",
    "Rowan",
    "Sam",
    "Skyler",
    "Taylor",
    "Terry",
]
_HEADS = "Ald Ash Bram Cald Cor Dun Elm Fen Gar Hal Hol Ken Lan Mar Nor Oak Pem Quar Ren Sel Tam Ul Ver Wex Yar".split()  # noqa: SIM905
_TAILS = "brook combe dene fold gale hollow leigh mead reach stowe thwaite wold".split()  # noqa: SIM905
_INVENTED = frozenset(head + tail for head in _HEADS for tail in _TAILS)
_KOREAN_SURNAMES = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허남심노하곽성차주우구민나진지"
_OPEN, _CLOSED = "기나라모미보비사서소수아우주지호화희", "건경국근길남민범석선성숙순영욱원윤은일준진찬철현훈"
_CIRCLE = "○"
_ORGANISATION_AFTER = re.compile(
    r"[ ]+(?:&[ ]|[A-Z][\w&]*[ ]+){0,3}(?i:Inc|Corp|Co|LLC|LLP|Ltd|Limited|Company|Corporation|Industries|Foundation|University"
    r"|Group|Bank|Street|Avenue|Road|Drive|Boulevard|County|Act)\b"
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Messrs|MR|MRS|MS|DR)\b\.?[ ]+$")
_CITING = re.compile(
    r"\b(?:[Ii]n|[Ss]ee|[Uu]nder|[Cc]f\.|e\.g\.,|following|accord|[Dd]istinguish\w*|[Oo]verrul\w*|[Cc]iting|[Qq]uoting)[ \n]+$"
)
"""Before the short name of a case that the document cites, which a party may share."""
_INVERTED = re.compile(r"[,;][ ]+([A-Z][\w'\u2019-]*)(?:[ ][A-Z]\.)?(?![a-z])")
_WORD = re.compile(r"\S+")
_CAPITALISED = re.compile(r"[A-Z][\w'\u2019-]+")
_POSSESSIVE = re.compile(r"['\u2019](?:s|S)?$|-.*$")
_PARTICLES = frozenset("de del della van von der den la le bin ibn al el da dos di du ter".split())  # noqa: SIM905
_HANGUL = re.compile("[가-힣]")


def parties(text: str, citations: Citations, substitutes: Substitutes) -> Iterator[Found]:
    """Every place where a person on the case is named, and what stands there instead."""
    yield from _english(text, citations, substitutes)
    if _HANGUL.search(text):
        yield from _korean(text, citations, substitutes)


def _english(text: str, citations: Citations, substitutes: Substitutes) -> Iterator[Found]:
    known: dict[str, set[str]] = {}
    for first, last in english_positions.people(text, citations):
        surname = _plain(last)
        if surname.title() not in _INVENTED:
            known.setdefault(surname, set()).update({_plain(first)} - {""})
    if not known:
        return
    drawn = {last: _english_name(last, substitutes) for last in known}
    kept = english_positions.judges(text)
    cited = {_plain(word) for start, end in citations.spans for word in _CAPITALISED.findall(text[start:end])}
    ordinary = {last for last in known if re.search(rf"(?<![\w.@/-]){re.escape(last)}(?![\w@/-])", text)}
    for mention in _mentions(text, known):
        start, end = _whole_name(text, *mention, known)
        last = _plain(text[slice(*mention)])
        if (start, end) == mention and (
            (last in ordinary and not _TITLED.search(text, max(0, start - 8), start))
            or (last in cited and _CITING.search(text, max(0, start - 24), start))
            or _ORGANISATION_AFTER.match(text, end)
        ):
            continue
        if citations.touches(start, end) or any(a < end and start < b for a, b in kept):
            continue
        yield Found(
            start,
            end,
            "person",
            _english_substitute(text[start:end], start < mention[0], end > mention[1], drawn[last]),
        )


def _mentions(text: str, known: dict[str, set[str]]) -> Iterator[tuple[int, int]]:
    """Where the last names stand, in capitals or with one; `Doe's` too, without what follows the name."""
    for found in _CAPITALISED.finditer(text):
        word = found[0]
        if _plain(word) not in known:
            word = _POSSESSIVE.sub("", word)
        if _plain(word) in known and not text[found.start() - 1 : found.start()].isalnum():
            yield found.start(), found.start() + len(word)


def _whole_name(text: str, start: int, end: int, known: dict[str, set[str]]) -> tuple[int, int]:
    """The place of the name with the first and middle names before it, or with the first name after it and a comma."""
    last = _plain(text[start:end])
    firsts, begin = known[last], start
    for word in reversed(list(_WORD.finditer(text, max(0, start - 48), start))[-4:]):
        breaks = word[0].endswith((",", ";", ":")) or "\n\n" in text[word.end() : start] or _plain(word[0]) == last
        if breaks or not (word[0][0].isupper() or word[0] in _PARTICLES):
            break
        if _plain(word[0]) in firsts:
            begin = word.start()
    if begin == start and (after := _INVERTED.match(text, end)) and _plain(after[1]) in firsts:
        return start, after.end()
    return begin, end


def _english_substitute(name: str, has_first: bool, inverted: bool, drawn: tuple[str, str]) -> str:
    first, last = drawn
    new = f"{first} {last}" if has_first else f"{last}, {first}" if inverted else last
    return new.upper() if name.upper() == name else new


def _english_name(last: str, substitutes: Substitutes) -> tuple[str, str]:
    number = _draw(substitutes, "person", last)
    new_last = _HEADS[number(len(_HEADS))] + _TAILS[number(len(_TAILS))]
    return _FIRST[number(len(_FIRST))], new_last


def _korean(text: str, citations: Citations, substitutes: Substitutes) -> Iterator[Found]:
    forms = dict(korean_names.people(text))
    if not forms:
        return
    kept = korean_names.judges(text)
    drawn = {name: _korean_substitute(name, substitutes) for name in forms.values()}
    surnames = {korean_names.surname(name): name for name in sorted(forms.values(), reverse=True)}
    for start, end, name in (*korean_names.mentions(text, forms), *korean_names.called(text, surnames)):
        if citations.touches(start, end) or any(a < end and start < b for a, b in kept):
            continue
        new = drawn[name]
        yield Found(start, end, "person", new[0] if end - start == len(korean_names.surname(name)) else new)


def _korean_substitute(name: str, substitutes: Substitutes) -> str:
    number = _draw(substitutes, "person", name)
    closed = (ord(name[-1]) - 0xAC00) % 28 != 0
    last = _CLOSED if closed else _OPEN
    return _KOREAN_SURNAMES[number(len(_KOREAN_SURNAMES))] + _CIRCLE + last[number(len(last))]


def _draw(substitutes: Substitutes, kind: str, value: str) -> Callable[[int], int]:
    """Numbers below what is asked for, keyed by kind and value."""
    left = int(substitutes.secret(kind, f"{value.encode().hex():0<32}"), 16)

    def number(below: int) -> int:
        nonlocal left
        left, found = divmod(left, below)
        return found

    return number


def _plain(name: str) -> str:
    return name.replace("\u2019", "'").strip(".,").lower()
