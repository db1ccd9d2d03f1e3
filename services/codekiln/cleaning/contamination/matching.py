"""Which benchmark problems a file holds. Runs of words are looked up first, for all problems at once; only where some
are found does a file get a closer look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from codekiln.cleaning.contamination.problems import Problem, Problems, squeeze
from codekiln.cleaning.contamination.shapes import (
    Shape,
    function_shapes,
    functions_around,
    loose_similarity,
    similarity,
)
from codekiln.cleaning.contamination.structure import STRUCTURE_RUN, Structure, structure
from codekiln.cleaning.contamination.views import views
from codekiln.cleaning.document import SHINGLE, Document
from codekiln.cleaning.words import Hashes, doubled

MIN_DOCSTRING = 40
"""Squeezed bytes below which a docstring is a common phrase."""
MIN_SHORT_DOCSTRING = 30
"""The same of one of fewer than 10 words: all of them must be there, one after the other."""
MIN_PROSE = 60
"""The same of a docstring's words above its examples."""
MIN_SOLUTION = 80
MIN_NAMED_SOLUTION = 20
"""The same where the file also defines the function by its name."""
MIN_RUNS = 8
RUN_SHARE = 0.4
"""Share of a problem's own runs from which an edited copy counts."""
STRUCTURE_SHARE = 0.5
LOOSE_STRUCTURE_SHARE = 0.4
MIN_SHAPE = 16
"""Smaller functions are written alike by many."""
MIN_NAMED_SHAPE = 4
"""The same where the function has the problem's name, and the name is one that few would choose."""
MIN_BARE_SHAPE = 20
"""The same where next to nothing in the function keeps its spelling, so that little is known before it is parsed."""
SMALL_SHAPE = 24
"""Below this a function must have the very same shape."""
SHAPE_SIMILARITY = 0.8
MIN_LOOSE_SHAPE = 32
"""From here on a function may have a statement more or in another place."""
LOOSE_SIMILARITY = 0.7
MIN_NAMED_LOOSE_SHAPE = 12
NAMED_LOOSE_SIMILARITY = 0.6
"""The same where the function has the problem's name."""


@dataclass(frozen=True)
class Match:
    """One problem in one file, and how it was seen."""

    problem: Problem
    evidence: str


def matches(document: Document, problems: Problems) -> list[Match]:
    """Every problem that the file holds, in the order of the benchmark."""
    found: dict[int, Match] = {}
    for view in views(document):
        runs = problems.runs_among(doubled(view.shingles, SHINGLE))
        for index, evidence in chain(
            _by_docstring(view, runs, problems),
            _by_short_docstring(view, problems),
            _by_solution(view, runs, problems),
            _by_tests(runs, problems),
            _by_name(view, problems),
            _by_shape(view, problems),
        ):
            found.setdefault(index, Match(problems.all[index], evidence))
    return [found[index] for index in sorted(found)]


def _by_docstring(document: Document, runs: Hashes, problems: Problems) -> Iterator[tuple[int, str]]:
    counts = problems.docstrings.found(runs)
    if counts is None:
        return
    squeezed = squeeze(document.data)
    totals = problems.docstrings.totals
    for index in np.flatnonzero(counts).tolist():
        docstring = problems.all[index].docstring
        # All of its words, or the same with marks of comments between its lines.
        if len(docstring) >= MIN_DOCSTRING and (docstring in squeezed or counts[index] == totals[index]):
            yield index, "docstring"
        elif totals[index] >= MIN_RUNS and counts[index] >= RUN_SHARE * totals[index]:
            yield index, f"{100 * counts[index] / totals[index]:.0f} % of its docstring"
        elif len(problems.all[index].prose) >= MIN_PROSE and problems.all[index].prose in squeezed:
            yield index, "docstring without its examples"


def _by_short_docstring(document: Document, problems: Problems) -> Iterator[tuple[int, str]]:
    counts = problems.short_docstrings.found(document.shingles)
    if counts is None:
        return
    whole = (counts > 0) & (counts == problems.short_docstrings.totals)
    for index in np.flatnonzero(whole).tolist():
        if len(problems.all[index].docstring) >= MIN_SHORT_DOCSTRING:
            yield index, "docstring"


def _by_solution(document: Document, runs: Hashes, problems: Problems) -> Iterator[tuple[int, str]]:
    counts = problems.solutions.found(runs)
    if counts is None:
        return
    squeezed = squeeze(document.data)
    totals = problems.solutions.totals
    for index in np.flatnonzero(counts).tolist():
        problem = problems.all[index]
        named = b"def" + problem.entry_point.lower().encode() + b"(" in squeezed
        if len(problem.solution) >= (MIN_NAMED_SOLUTION if named else MIN_SOLUTION) and problem.solution in squeezed:
            yield index, "solution"
        elif totals[index] >= MIN_RUNS and counts[index] >= RUN_SHARE * totals[index]:
            yield index, f"{100 * counts[index] / totals[index]:.0f} % of its solution"


def _by_tests(runs: Hashes, problems: Problems) -> Iterator[tuple[int, str]]:
    counts = problems.tests.found(runs)
    if counts is None:
        return
    totals = problems.tests.totals
    for index in np.flatnonzero((totals >= MIN_RUNS) & (counts >= RUN_SHARE * totals)).tolist():
        yield index, f"{100 * counts[index] / totals[index]:.0f} % of its tests"


def _by_name(document: Document, problems: Problems) -> Iterator[tuple[int, str]]:
    if b"def " not in document.data:
        return
    counts = problems.names.found(document.words.hashes)
    if counts is None:
        return
    for index in np.flatnonzero(counts).tolist():
        wanted, name = problems.all[index].shape, problems.all[index].entry_point.encode()
        places = [found.start() for found in re.finditer(rb"\bdef[ \t]+%s[ \t]*\(" % re.escape(name), document.data)]
        shapes = (shape for source in functions_around(document.data, places) for shape in function_shapes(source))
        if len(wanted) >= MIN_NAMED_SHAPE and any(_same_of_a_name(wanted, shape) for shape in shapes):
            yield index, "a function of the same name and shape"


def _same_of_a_name(wanted: Shape, shape: Shape) -> bool:
    least = 1.0 if len(wanted) < MIN_SHAPE else SHAPE_SIMILARITY
    return similarity(wanted, shape) >= least or (
        len(wanted.loose) >= MIN_NAMED_LOOSE_SHAPE and loose_similarity(wanted, shape) >= NAMED_LOOSE_SIMILARITY
    )


def _by_shape(document: Document, problems: Problems) -> Iterator[tuple[int, str]]:
    if b"def " not in document.data:
        return
    found = structure(document.data, document.words)
    counts = problems.structures.found(found.runs)
    if counts is None:
        return
    totals = problems.structures.totals
    for index in np.flatnonzero((counts > 0) & (counts >= LOOSE_STRUCTURE_SHARE * totals)).tolist():
        wanted = problems.all[index].shape
        if counts[index] < STRUCTURE_SHARE * totals[index] and len(wanted) < MIN_LOOSE_SHAPE:
            continue
        if len(wanted) < (MIN_SHAPE if totals[index] > 1 else MIN_BARE_SHAPE):
            continue
        shapes = list(_shapes_near(document, found, problems.all[index]))
        best = max((similarity(wanted, shape) for shape in shapes), default=0.0)
        if best >= (1.0 if len(wanted) < SMALL_SHAPE else SHAPE_SIMILARITY):
            yield index, f"a function of the same shape, similarity {best:.2f}"
        elif len(wanted) >= MIN_LOOSE_SHAPE:
            loose = max((loose_similarity(wanted, shape) for shape in shapes), default=0.0)
            if loose >= LOOSE_SIMILARITY:
                yield index, f"a function of nearly the same statements, similarity {loose:.2f}"


def _shapes_near(document: Document, found: Structure, problem: Problem) -> Iterator[Shape]:
    """Shapes of functions in which enough of the problem's runs lie together: large files have all runs somewhere."""
    total = len(problem.structure_runs)
    places = np.flatnonzero(np.isin(found.runs, problem.structure_runs))
    ends = np.searchsorted(places, places + 2 * total + STRUCTURE_RUN)
    share = STRUCTURE_SHARE if len(problem.shape) < MIN_LOOSE_SHAPE else LOOSE_STRUCTURE_SHARE
    dense = places[ends - np.arange(len(places)) >= share * total]
    for source in functions_around(document.data, found.starts[dense].tolist()):
        yield from function_shapes(source)
