"""The record: whatever is asked of it in whatever order, it only ever moves as the state machine allows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from codekiln.core.artifacts import KINDS, Ref
from codekiln.core.errors import FailedPrecondition
from codekiln.core.jobs.record import Job, JobState, Progress, change

STATES = st.sampled_from(JobState)
FINAL = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)
REFS = st.builds(Ref, st.sampled_from(KINDS), st.text("0123456789abcdef", min_size=32, max_size=32))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
JOBS = st.builds(
    Job,
    id=st.text(),
    kind=st.text(),
    spec=st.dictionaries(st.text(), st.integers() | st.text() | st.none()),
    spec_digest=st.text(),
    request_id=st.text(),
    created=NUMBERS,
    state=STATES,
    revision=st.integers(),
    attempt=st.integers(),
    failures=st.integers(),
    progress=st.builds(
        Progress, st.text(), NUMBERS, NUMBERS, st.text(), NUMBERS, st.dictionaries(st.text(), NUMBERS), NUMBERS
    ),
    error=st.none() | st.dictionaries(st.text(), st.text()),
    artifacts=st.lists(REFS, max_size=2).map(tuple),
    cached=st.booleans(),
    started=NUMBERS,
    ended=NUMBERS,
)


def new_job(**values: Any) -> Job:
    return Job("toy-1", "toy", {}, "digest", "request", 1.0, **values)


@given(JOBS)
def test_a_record_survives_its_json(job: Job) -> None:
    assert Job.from_json(json.loads(json.dumps(job.to_json()))) == job


class Transitions(RuleBasedStateMachine):
    """Asks for any state at any time, with or without other changes."""

    def __init__(self) -> None:
        super().__init__()
        self.job = new_job()
        self.seen = [self.job.state]
        self.revisions = [self.job.revision]

    @rule(state=STATES | st.none(), attempt=st.integers(0, 5))
    def ask(self, state: JobState | None, attempt: int) -> None:
        before = self.job
        try:
            self.job = change(before, state, attempt=attempt)
        except FailedPrecondition as error:
            assert error.reason in ("ILLEGAL_TRANSITION", "JOB_ENDED")
            assert self.job is before
            return
        self.seen.append(self.job.state)
        self.revisions.append(self.job.revision)

    @invariant()
    def revisions_grow_by_one(self) -> None:
        assert self.revisions == list(range(1, len(self.revisions) + 1))

    @invariant()
    def a_final_state_is_the_last(self) -> None:
        assert not any(state in FINAL for state in self.seen[:-1])

    @invariant()
    def cancelling_is_never_left_for_work(self) -> None:
        if JobState.CANCELLING in self.seen:
            rest = self.seen[self.seen.index(JobState.CANCELLING) :]
            assert all(state is JobState.CANCELLING or state in FINAL for state in rest)

    @invariant()
    def cancelled_comes_after_a_request(self) -> None:
        if self.seen[-1] is JobState.CANCELLED:
            assert JobState.CANCELLING in self.seen or self.seen[-2] is JobState.QUEUED

    @invariant()
    def success_comes_after_a_start(self) -> None:
        if self.seen[-1] is JobState.SUCCEEDED:
            assert JobState.STARTING in self.seen or JobState.CANCELLING in self.seen


TestTransitions = Transitions.TestCase


@pytest.mark.parametrize("state", FINAL)
def test_an_ended_job_changes_no_more(state: JobState) -> None:
    job = new_job(state=state)
    with pytest.raises(FailedPrecondition, match=f"has ended as {state}"):
        change(job, progress=Progress("late"))
    for other in JobState:
        with pytest.raises(FailedPrecondition):
            change(job, other)


def test_an_illegal_transition_names_both_states() -> None:
    with pytest.raises(FailedPrecondition, match="job toy-1 is QUEUED and cannot become SUCCEEDED") as caught:
        change(new_job(), JobState.SUCCEEDED)
    assert caught.value.reason == "ILLEGAL_TRANSITION"
