"""Runs sampled files through the ordinary steps under two sets of rules, in processes of this machine.

What the two have in common is done once: a step that both have, on a document that both came to.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from codekiln.cleaning.contamination.problems import BenchmarkText, Problems, read_problems
from codekiln.cleaning.document import Document, Drop, Step
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import build_steps
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.standalone.judging import NO_SECRET
from codekiln.core.machine import cores

_ALONE = 200
"""Files that are tried in this process: another takes a second to start."""
_CHUNK = 50


@dataclass(frozen=True)
class Trial:
    """What is tried: rules before and after, the benchmarks for both, and steps to leave out."""

    before: CleaningSpec
    after: CleaningSpec
    benchmarks: tuple[BenchmarkText, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fate:
    """Of one file under one set of rules; kept where there is no step."""

    step: str = ""
    reason: str = ""
    detail: str = ""

    @property
    def kept(self) -> bool:
        return not self.step


@dataclass(frozen=True)
class Tried:
    """One file and its fate before and after."""

    repository: str
    path: str
    language: str
    bytes: int
    before: Fate
    after: Fate


def try_files(trial: Trial, documents: Sequence[Document]) -> tuple[list[str], list[Tried]]:
    """Names of the steps, in order; and the files in theirs. Raises InvalidArgument for a malformed benchmark."""
    _begin(trial)
    names = list(dict.fromkeys(step.name for steps in _steps for step in steps))
    if len(documents) <= _ALONE or cores() == 1:
        return names, [_try(document) for document in documents]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores(), mp_context=spawn, initializer=_begin, initargs=(trial,)) as pool:
        return names, list(pool.map(_try, documents, chunksize=_CHUNK))


_steps: tuple[tuple[Step, ...], tuple[Step, ...]] = ((), ())
"""Before and after, of this process."""


def _begin(trial: Trial) -> None:
    global _steps
    problems = read_problems(trial.benchmarks) if trial.benchmarks else Problems()
    before, after = (
        tuple(step for step in build_steps(rules, Needs(problems, NO_SECRET)) if step.name not in trial.without)
        for rules in (trial.before, trial.after)
    )
    _steps = before, tuple(_twin(step, before) for step in after)


def _twin(step: Step, others: Sequence[Step]) -> Step:
    """The same step of the other set where it has the same settings."""
    return next((other for other in others if type(other) is type(step) and vars(other) == vars(step)), step)


def _try(document: Document) -> Tried:
    known: dict[tuple[int, int], Document | Drop] = {}
    before, after = (_fate(document, steps, known) for steps in _steps)
    size = len(document.data)
    return Tried(document.repo_name, document.path, document.language, size, before, after)


def _fate(document: Document, steps: Sequence[Step], known: dict[tuple[int, int], Document | Drop]) -> Fate:
    for step in steps:
        place = (id(step), id(document))
        result = known.get(place) or known.setdefault(place, step.apply(document))
        if isinstance(result, Drop):
            return Fate(step.name, result.reason, result.detail)
        document = result
    return Fate()
