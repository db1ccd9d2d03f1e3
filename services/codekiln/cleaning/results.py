"""What the phases of a cleaning said, put together."""

from __future__ import annotations

from dataclasses import dataclass

from codekiln.cleaning.counts import Counts
from codekiln.cleaning.deduplicating import STEP as DUPLICATES_STEP
from codekiln.cleaning.deduplication.finding import Found
from codekiln.cleaning.observing import Observed
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.errors import FailedPrecondition


@dataclass(frozen=True)
class Filtered:
    """What filtering said of all shards."""

    counts: Counts
    kept: list[int]
    steps: list[str]
    observed: Observed
    leaks: list[list[str]]
    """Benchmark, task, repository, path and evidence."""


class Results:
    """Counts of all phases, put together."""

    def __init__(self, spec: CleaningSpec, filtered: Filtered, found: Found) -> None:
        self.spec = spec
        self.counts = filtered.counts
        self.filtered = filtered
        self.found = found
        self.kept = [kept - found.by_shard.get(shard, 0) for shard, kept in enumerate(filtered.kept)]
        for reason, amount in found.dropped.items():
            self.counts.drop(DUPLICATES_STEP, reason, amount["bytes"], amount["files"])

    @property
    def dropped(self) -> dict[str, dict[str, int]]:
        """Files and bytes by reason, most files first."""
        reasons = {r: vars(a) for step in self.counts.dropped.values() for r, a in step.items()}
        return dict(sorted(reasons.items(), key=lambda item: (-item[1]["files"], item[0])))

    def check_not_empty(self) -> None:
        """Raises FailedPrecondition where nothing is left, with the reasons and what to change."""
        if self.counts.seen.files == 0:
            raise FailedPrecondition(
                f"{self.spec.corpus} has no files: check the sources of its ingestion", reason="CORPUS_EMPTY"
            )
        if sum(self.kept) > 0:
            return
        top = list(self.dropped.items())[:3]
        reasons = ", ".join(f"{amount['files']:,} as {reason}" for reason, amount in top)
        advice = next((_ADVICE[reason] for reason, _ in top if reason in _ADVICE), _ADVICE[""])
        raise FailedPrecondition(
            f"every one of the {self.counts.seen.files:,} files of {self.spec.corpus} was dropped: {reasons}. {advice}",
            reason="DATASET_EMPTY",
            **{reason: amount["files"] for reason, amount in top},
        )


_ADVICE = {
    "licence_unknown": "Set keep_unlicensed where you may use files without a known licence",
    "licence_not_allowed": "Name the licences that you may use in `licenses`",
    "parse_error": "Set require_parse to false to keep files that do not parse",
    "line_too_long": "Raise max_line_length",
    "lines_too_long": "Raise max_mean_line_length",
    "few_letters": "Lower min_alphabetic_share",
    "benchmark_problem": "The corpus holds little but benchmark problems: ingest other sources",
    "": "Ingest other sources: `codekiln ingest --help` shows which there are",
}
