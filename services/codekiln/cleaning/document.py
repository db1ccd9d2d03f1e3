"""What flows through the cleaning steps: a Document goes in, a Document or a Drop comes out."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np

from codekiln.cleaning import gate
from codekiln.cleaning.kinds import Kinds
from codekiln.cleaning.openings import Openings
from codekiln.cleaning.scanning import Scan, scan
from codekiln.cleaning.words import Hashes, Words, ngrams, words

SHINGLE = 5
"""Words in a row that duplicates are compared by."""

HEAD = 8 << 10
"""Bytes that tell what a file is like: most files are shorter, and one that is bad is so from the beginning."""

FIRST = 1 << 12
"""Bytes whose words tell whether a file says the same again and again."""

WORDS = bytes(byte if byte >= 128 or chr(byte).isalnum() or byte == ord("_") else 32 for byte in range(256))
SPACE = b" \t\n\r\f\v"
_BLANK, _TAB, _CONTROLS = np.uint8(32), np.uint8(9), np.uint8(5)
"""White space but the blank is five bytes in a row; those before them wrap around to large numbers."""
SIGHTS = ("scan", "openings", "head", "first_words", "heaviest_word", "kinds", "solid", "newlines")
"""What only signals of quality ask for."""

MEASURED = ("hits", "lines", "text", "words", "shingles", *SIGHTS)
"""What a document measures of its data when it is first asked."""


@dataclass(frozen=True)
class Tally:
    """Something a step did that the report counts: `anonymized`, `email`, 3."""

    group: str
    name: str
    count: int = 1


@dataclass(frozen=True)
class Provenance:
    """What a corpus may know of a file beyond its content; None where it does not."""

    source: str | None = None
    language_rule: str | None = None
    license_score: float | None = None
    stars: int | None = None
    date: int | None = None
    """Of the revision, in seconds since 1970."""


@dataclass(frozen=True)
class Document:
    """One file of one repository. `data` is as found until the decode step, UTF-8 without a mark after it."""

    blob_id: str
    path: str
    repo_name: str
    revision_id: str
    language: str
    licenses: tuple[str, ...]
    license_evidence: str
    data: bytes
    length_bytes: int = 0
    """Of the file as found, whatever became of the data since."""
    tallies: tuple[Tally, ...] = ()
    provenance: Provenance = Provenance()

    @cached_property
    def hits(self) -> frozenset[str]:
        """Names of the patterns of the gate that occur in the data: one pass, shared by all steps."""
        return gate.shared().hits(self.data)

    @cached_property
    def lines(self) -> list[bytes]:
        """The data cut at newlines."""
        return self.data.split(b"\n")

    @cached_property
    def text(self) -> str:
        """The data as text; only after the decode step."""
        return self.data.decode()

    @cached_property
    def words(self) -> Words:
        """The data's words as numbers."""
        return words(self.data)

    @cached_property
    def head(self) -> bytes:
        """The data's first lines up to HEAD bytes: what signals of quality look at."""
        if len(self.data) <= HEAD:
            return self.data
        return self.data[: self.data.rfind(b"\n", 0, HEAD) + 1 or HEAD]

    @cached_property
    def first_words(self) -> list[bytes]:
        """The words of the data's first FIRST bytes, as they stand."""
        return self.data[:FIRST].translate(WORDS).split()

    @cached_property
    def heaviest_word(self) -> float:
        """The share of the weightiest of the first words in their bytes."""
        found = Counter(self.first_words)
        weights = map(operator.mul, map(len, found), found.values())
        return max(weights, default=0) / max(1, sum(map(len, self.first_words)))

    @cached_property
    def kinds(self) -> Kinds:
        """The first words by length and first letter."""
        return Kinds.of(self.data[:FIRST])

    @cached_property
    def shingles(self) -> Hashes:
        """Every SHINGLE words in a row, as numbers."""
        return ngrams(self.words.hashes, SHINGLE)

    @cached_property
    def solid(self) -> int:
        """Bytes of the head that are not white space."""
        head = np.frombuffer(self.head, np.uint8)
        return len(head) - int(np.count_nonzero(head == _BLANK)) - int(np.count_nonzero(head - _TAB < _CONTROLS))

    @cached_property
    def newlines(self) -> int:
        """Newlines of the head."""
        return self.head.count(b"\n")

    @cached_property
    def scan(self) -> Scan:
        """Comments, strings and code of the head."""
        return scan(self.head, self.language)

    @cached_property
    def openings(self) -> Openings:
        """How the lines of the head's code begin."""
        return Openings(self.scan.code)

    def forget_sights(self) -> None:
        """Lets go of SIGHTS, which take more memory than the text; they are measured again if asked for."""
        for name in SIGHTS:
            self.__dict__.pop(name, None)

    def changed(self, data: bytes, *tallies: Tally) -> Document:
        """The same file with other content."""
        return replace(self, data=data, tallies=self.tallies + tallies)

    def noted(self, *tallies: Tally) -> Document:
        """The same file with something to count."""
        noted = replace(self, tallies=self.tallies + tallies)
        # What was measured on the same bytes stays measured.
        for name in MEASURED:
            if name in self.__dict__:
                noted.__dict__[name] = self.__dict__[name]
        return noted


@dataclass(frozen=True)
class Drop:
    """A file that goes: a stable reason for counting, and what of this file made it so, for people."""

    reason: str
    detail: str = ""
    """Of a step with a table of rules, the rule's name."""
    tallies: tuple[Tally, ...] = ()
    problems: tuple[tuple[str, str, str], ...] = ()
    """Of a file that holds benchmark problems: benchmark, task and evidence of each."""


@dataclass(frozen=True)
class Measure:
    """A figure that a step goes by, and the least and the most that it lets pass."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None

    @property
    def passes(self) -> bool:
        """Whether a file of this value stays."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)


class Step(Protocol):
    """One cleaning step. Pure: it counts nothing and touches nothing."""

    @property
    def name(self) -> str:
        """One word for the report."""
        ...

    def apply(self, document: Document) -> Document | Drop:
        """The document, changed or not, or why it goes."""
        ...


@runtime_checkable
class Measuring(Protocol):
    """A step that goes by figures, and tells them to those who want to understand it. Not on the way of a cleaning."""

    def measure(self, document: Document) -> Iterable[Measure]:
        """All of its figures, whichever decides."""
        ...
