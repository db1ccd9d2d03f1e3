"""Counts verdicts for Prometheus, in whichever process the programs are judged."""

from __future__ import annotations

from codekiln.core.telemetry import metrics
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict

for outcome in Outcome:
    metrics.SANDBOX_RUNS.labels(str(outcome))  # from 0 on, so that the first one is seen as an increase


def count(verdict: Verdict, seconds: float) -> None:
    metrics.SANDBOX_RUNS.labels(str(verdict.outcome)).inc()
    metrics.SANDBOX_SECONDS.observe(seconds)
