"""The ordered table of steps, and the counting, which is done here once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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


@dataclass
class Amount:
    """Files and their bytes as found."""

    files: int = 0
    bytes: int = 0

    def add(self, bytes: int, files: int = 1) -> None:
        self.files += files
        self.bytes += bytes


@dataclass
class Counts:
    """What happened to files: in, dropped by step and reason, tallies by group. Adds up over shards."""

    seen: Amount = field(default_factory=Amount)
    dropped: dict[str, dict[str, Amount]] = field(default_factory=dict)
    tallies: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def dropped_files(self) -> int:
        return sum(amount.files for reasons in self.dropped.values() for amount in reasons.values())

    def drop(self, step: str, reason: str, bytes: int, files: int = 1) -> None:
        self.dropped.setdefault(step, {}).setdefault(reason, Amount()).add(bytes, files)

    def tally(self, group: str, name: str, count: int) -> None:
        names = self.tallies.setdefault(group, {})
        names[name] = names.get(name, 0) + count

    def merge(self, other: Counts) -> None:
        self.seen.add(other.seen.bytes, other.seen.files)
        for step, reasons in other.dropped.items():
            for reason, amount in reasons.items():
                self.drop(step, reason, amount.bytes, amount.files)
        for group, names in other.tallies.items():
            for name, count in names.items():
                self.tally(group, name, count)

    def to_json(self) -> dict[str, Any]:
        dropped = {step: {reason: vars(a) for reason, a in reasons.items()} for step, reasons in self.dropped.items()}
        return {"seen": vars(self.seen), "dropped": dropped, "tallies": self.tallies}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Counts:
        dropped = {step: {r: Amount(**a) for r, a in reasons.items()} for step, reasons in data["dropped"].items()}
        return Counts(Amount(**data["seen"]), dropped, data["tallies"])


@dataclass(frozen=True)
class Dropped:
    """A drop with the step that decided it."""

    step: str
    drop: Drop


class Pipeline:
    """Runs files through the steps and counts."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._steps = steps
        self.counts = Counts()

    def run(self, document: Document) -> Document | Dropped:
        """The document after the last step, or where and why it went."""
        size = len(document.data)
        self.counts.seen.add(size)
        for step in self._steps:
            result = step.apply(document)
            if isinstance(result, Drop):
                self.counts.drop(step.name, result.reason, size)
                self._tally(result.tallies)
                return Dropped(step.name, result)
            document = result
        self._tally(document.tallies)
        return document

    def _tally(self, tallies: tuple[Tally, ...]) -> None:
        for tally in tallies:
            self.counts.tally(tally.group, tally.name, tally.count)
