"""Quality filters: files that are code by name but hold next to nothing, data, or one thing over and over.

What is measured is in signals/, and what drops a file in signals/thresholds.py. Tests are kept, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from codekiln.cleaning.document import Document, Drop, Measure, Tally
from codekiln.cleaning.steps.signals.bounds import BOUNDS, Bound
from codekiln.cleaning.steps.signals.registry import SIGNALS, Signal
from codekiln.cleaning.steps.signals.tests import is_fixture, is_test
from codekiln.cleaning.steps.signals.thresholds import Threshold, thresholds_of


@dataclass(frozen=True)
class Measured:
    """A signal's value for a file beside the threshold that it must pass."""

    threshold: Threshold
    value: float

    @property
    def passed(self) -> bool:
        """Whether it passes."""
        return self.threshold.passed_by(self.value)


class QualityStep:
    """Drops files with little to learn from: the reason is the signal's name, the detail its value and threshold."""

    name = "quality"

    def apply(self, document: Document) -> Document | Drop:
        for threshold, signal, bound in _checks(document.language, is_fixture(document.path)):
            if threshold.lines and document.openings.lines < threshold.lines:
                continue
            if bound and threshold.passed_by(bound(document)):
                continue
            value = signal(document)
            if not threshold.passed_by(value):
                return Drop(threshold.signal, threshold.told(value))
        document.forget_sights()  # nobody looks again, and a batch holds its documents
        return document.noted(Tally("kind", "test")) if is_test(document.path) else document

    def measure(self, document: Document) -> Iterator[Measure]:
        """Every signal that has a threshold for this file."""
        for measured in measure(document):
            limit = measured.threshold
            yield Measure(limit.signal.replace("_", " "), measured.value, least=limit.below, most=limit.above)


@cache
def _checks(language: str, fixture: bool) -> tuple[tuple[Threshold, Signal, Bound | None], ...]:
    """What a file has to pass: thresholds, signals, and bounds of these where there are cheap ones."""
    return tuple(
        (threshold, SIGNALS[threshold.signal], BOUNDS.get(threshold.signal))
        for threshold in thresholds_of(language, fixture)
    )


def measure(document: Document) -> Iterator[Measured]:
    """Every signal that has a threshold for this file, measured when it is asked for."""
    for threshold in thresholds_of(document.language, is_fixture(document.path)):
        if not threshold.lines or document.openings.lines >= threshold.lines:
            yield Measured(threshold, SIGNALS[threshold.signal](document))
