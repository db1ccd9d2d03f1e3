"""The ordered table of steps, and the way of files through them. What happens is counted here, once for all steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from codekiln.cleaning.counts import KEPT, Counts, licence_name
from codekiln.cleaning.document import Document, Drop, Step, Tally
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.steps.anonymize import AnonymizeStep
from codekiln.cleaning.steps.benchmark import BenchmarkStep
from codekiln.cleaning.steps.decode import DecodeStep
from codekiln.cleaning.steps.encoded import EncodedStep
from codekiln.cleaning.steps.generated import GeneratedStep
from codekiln.cleaning.steps.licence import LicenceStep
from codekiln.cleaning.steps.license_header import LicenseHeaderStep
from codekiln.cleaning.steps.lines import LineStep
from codekiln.cleaning.steps.notebook import NotebookStep
from codekiln.cleaning.steps.opt_out import OptOutStep
from codekiln.cleaning.steps.parse import ParseStep
from codekiln.cleaning.steps.quality import QualityStep
from codekiln.cleaning.steps.size import SizeStep
from codekiln.cleaning.steps.vendored import VendoredStep
from codekiln.cleaning.text.steps import STEPS as TEXT_STEPS

STEPS: tuple[Callable[[CleaningSpec, Needs], Step | None], ...] = (
    lambda spec, _: OptOutStep(spec.opt_outs) if spec.opt_outs else None,
    lambda spec, _: LicenceStep(spec.licenses, spec.keep_unlicensed),
    lambda spec, _: SizeStep(),
    lambda spec, _: DecodeStep(),
    lambda spec, _: NotebookStep(),
    lambda spec, _: LineStep(spec.max_line_length, spec.max_mean_line_length, spec.min_alphabetic_share),
    lambda spec, _: EncodedStep(),
    lambda spec, _: GeneratedStep(),
    lambda spec, _: VendoredStep(),
    lambda spec, _: LicenseHeaderStep(),
    lambda spec, _: ParseStep() if spec.require_parse else None,
    lambda spec, _: QualityStep(),
    lambda spec, needs: AnonymizeStep(needs.key, spec.anonymize_also) if spec.anonymize else None,
    lambda spec, needs: BenchmarkStep(needs.problems) if needs.problems else None,
)
"""In the order in which they run: what decides by little comes before what reads or parses the whole file."""

BY_PROFILE = {"code": STEPS, "text": TEXT_STEPS}


def build_steps(spec: CleaningSpec, needs: Needs) -> tuple[Step, ...]:
    """The steps that this spec asks for."""
    made = (make(spec, needs) for make in BY_PROFILE[spec.profile])
    return tuple(step for step in made if step is not None)


@dataclass(frozen=True)
class Dropped:
    """A drop with the step that decided it."""

    step: str
    drop: Drop
    language: str
    """That the file had when it went."""


@dataclass
class Run:
    """One file on its way through the steps."""

    found: Document
    result: Document | Dropped
    """What became of it so far."""
    took: dict[str, int] = field(default_factory=dict)
    """Nanoseconds by step."""
    changes: list[tuple[str, Document, Document]] = field(default_factory=list)
    """Each step that changed the content, with the file before and after."""


TOGETHER, TOGETHER_BYTES = 64, 1 << 20
"""Files that go through the steps together: as many as the processor's caches hold."""


def together(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """The documents in order, a few at a time."""
    some: list[Document] = []
    held = 0
    for document in documents:
        some.append(document)
        held += len(document.data)
        if len(some) >= TOGETHER or held >= TOGETHER_BYTES:
            yield some
            some, held = [], 0
    if some:
        yield some


class Pipeline:
    """Runs files through the steps and counts."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._steps = steps
        self.counts = Counts()

    @property
    def steps(self) -> list[str]:
        """Their names, in order."""
        return [step.name for step in self._steps]

    def run(self, document: Document) -> Document | Dropped:
        """The document after the last step, or where and why it went."""
        return self.run_all([document])[0].result

    def run_all(self, documents: Sequence[Document]) -> list[Run]:
        """The same for each of a few documents, in order.

        A step has all of them before the next one has any: its code and tables stay in the processor's caches, which
        saves a quarter of the time. Give it what `together` does: what is measured of all is held until the end.
        """
        runs = [Run(document, document) for document in documents]
        left = runs
        for step in self._steps:
            left = [run for run in left if self._apply(step, run)]
        for run in runs:
            self._count(run)
        return runs

    @staticmethod
    def _apply(step: Step, run: Run) -> bool:
        """Whether the file stays."""
        before = run.result
        assert isinstance(before, Document)
        began = time.perf_counter_ns()
        after = step.apply(before)
        run.took[step.name] = time.perf_counter_ns() - began
        if isinstance(after, Drop):
            run.result = Dropped(step.name, after, before.language)
            return False
        if after.data is not before.data:
            run.changes.append((step.name, before, after))
        run.result = after
        return True

    def _count(self, run: Run) -> None:
        size, licence, result = len(run.found.data), licence_name(run.found.licenses), run.result
        self.counts.seen.add(size)
        if isinstance(result, Dropped):
            self.counts.drop(result.step, result.drop.reason, size)
            self.counts.decide(result.language, licence, result.drop.reason, size)
            self._tally(result.drop.tallies)
            return
        for name, _, _ in run.changes:
            self.counts.change(name, size)
        self.counts.decide(result.language, licence, KEPT, size)
        self._tally(result.tallies)

    def _tally(self, tallies: tuple[Tally, ...]) -> None:
        for tally in tallies:
            self.counts.tally(tally.group, tally.name, tally.count)
