"""The work of one evaluation: try the benchmark, ask the model, judge, publish."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.jobs.worker import Context
from codekiln.evaluation.benchmark import Benchmark, malformed, open_benchmark
from codekiln.evaluation.completions import Collection, Completion
from codekiln.evaluation.inference import open_inference
from codekiln.evaluation.lineage import bits_per_byte, contamination
from codekiln.evaluation.report import Judged, beside_scores, by_problem, completion_lines, outcome_lines, scores
from codekiln.evaluation.samples import samples
from codekiln.evaluation.sandbox.opening import open_sandbox
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.spec import EvaluationSpec


def evaluate(spec: EvaluationSpec, key: Key, context: Context) -> Manifest:
    """The benchmark's own solutions are judged first: what that shows of the benchmark and of this machine belongs into
    the report of a model. With `canonical` it is the report."""
    began = time.monotonic()
    benchmark = open_benchmark(context.store, spec.benchmark)
    known = _known(spec, benchmark, context)
    shown: dict[str, Any] = {}
    canonical, sandbox = _judge_canonical(spec, benchmark, context)
    if spec.canonical or spec.model is None:
        judged = canonical
    else:
        completions, shown = _ask(spec, key, benchmark, context)
        judged, sandbox = _judge(spec, benchmark, completions, context, "judging")
    beside = beside_scores(spec, benchmark, judged, known["contamination"])
    results = {**scores(spec, benchmark, judged), **beside, **known, "canonical": _canonical_summary(canonical)}
    draft = Draft(context.store, key)
    draft.add_json("report.json", {**results, **shown, "outcomes_by_problem": by_problem(benchmark, judged)})
    draft.add_bytes("outcomes.jsonl", outcome_lines(judged))
    draft.add_bytes("completions.jsonl", completion_lines(judged))
    seconds = time.monotonic() - began
    return draft.publish(summary={**results, **shown, **sandbox, "seconds": round(seconds, 1)})


def _known(spec: EvaluationSpec, benchmark: Benchmark, context: Context) -> dict[str, Any]:
    model = None if spec.canonical else spec.model
    return {
        "bits_per_byte": None if model is None else bits_per_byte(context.store, model),
        "contamination": contamination(context.store, model, spec.benchmark, benchmark.name),
    }


def _judge_canonical(
    spec: EvaluationSpec, benchmark: Benchmark, context: Context
) -> tuple[list[Judged], dict[str, Any]]:
    """Raises FailedPrecondition where a test cannot be run at all."""
    solutions = [Completion(problem.task_id, 0, problem.canonical_solution, False) for problem in benchmark.problems]
    judged, sandbox = _judge(spec, benchmark, solutions, context, "trying the benchmark")
    for one in judged:
        if one.verdict.outcome is Outcome.MALFORMED_TEST:
            what = f"the test of `{one.completion.task_id}` cannot be run ({one.verdict.detail})"
            raise malformed(spec.benchmark, what)
    return judged, sandbox


def _canonical_summary(judged: Sequence[Judged]) -> dict[str, Any]:
    failed = {one.completion.task_id: str(one.verdict.outcome) for one in judged if not one.passed}
    return {"passed": len(judged) - len(failed), "problems": len(judged), "failed": failed}


def _ask(
    spec: EvaluationSpec, key: Key, benchmark: Benchmark, context: Context
) -> tuple[list[Completion], dict[str, Any]]:
    if spec.model is None:
        raise AssertionError("an evaluation without a model has nobody to ask")
    prefix = context.work_prefix(key)
    collection = Collection(context.store, prefix, benchmark.problems, spec)
    with open_inference(spec.inference_endpoint, context.settings, spec.model) as inference:
        inference.load(lambda what, seconds: context.progress("loading model", seconds, 0, "seconds"))
        collection.collect(
            inference, lambda done: context.progress("asking the model", done, collection.total, "completions")
        )
        shown = samples(context.store, prefix, inference)
        inference.check()
    return collection.all(), shown


def _judge(
    spec: EvaluationSpec, benchmark: Benchmark, completions: Sequence[Completion], context: Context, phase: str
) -> tuple[list[Judged], dict[str, Any]]:
    """Verdicts in the order of completions, and what the summary says of the sandbox."""
    problems = {problem.task_id: problem for problem in benchmark.problems}
    programs = [problems[completion.task_id].program(completion.text) for completion in completions]
    limits = Limits(cpu_seconds=spec.timeout_seconds)
    verdicts: list[Verdict] = []
    context.progress(phase, 0, len(programs), "problems")
    with open_sandbox(context.settings, context.scratch, limits) as sandbox:
        began, seen = time.monotonic(), Counter[Outcome]()
        for verdict in sandbox.judge(programs):
            verdicts.append(verdict)
            seen[verdict.outcome] += 1
            context.progress(phase, len(verdicts), len(programs), "problems", metrics=_figures(seen))
        seconds = time.monotonic() - began
        about = {
            "sandbox": sandbox.about(),
            "executions_per_second": round(len(programs) / seconds, 1),
        }
    return [Judged(*pair) for pair in zip(completions, verdicts, strict=True)], about


def _figures(seen: Counter[Outcome]) -> dict[str, float]:
    return {"passed": seen[Outcome.PASSED], **{f"outcome/{outcome}": number for outcome, number in seen.items()}}
