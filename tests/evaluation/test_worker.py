from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codekiln.core.artifacts import Draft, Key, Manifest, Ref, find, open_artifact, read_part
from codekiln.core.errors import Conflict, FailedPrecondition
from codekiln.core.jobs.record import JobState, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.jobs.worker import EXIT_RETRY, EXIT_STOPPED, Context, work_on
from codekiln.core.settings import Settings
from codekiln.core.spec import to_json
from codekiln.core.store import ObjectStore, open_store
from codekiln.evaluation.benchmark import Problem
from codekiln.evaluation.spec import EvaluationSpec
from codekiln.evaluation.worker import STAGES, identify, work
from codekiln.v1 import inference_pb2
from tests.evaluation.material import ADD, DOUBLE, human_eval, publish_benchmark
from tests.evaluation.scripted import ScriptedInference, serve_script
from tests.evaluation.serving import serve_sandbox

SERVICES = Path(__file__).parents[2] / "services"


@pytest.fixture
def inference() -> Iterator[ScriptedInference]:
    with serve_script() as script:
        yield script


@pytest.fixture
def context(store: ObjectStore, tmp_path: Path) -> Context:
    (tmp_path / "scratch").mkdir()
    return Context(store, Settings(workers=1), tmp_path / "scratch", lambda progress: None)


def model(store: ObjectStore) -> Ref:
    return Draft(store, Key("model", 1, {})).publish(summary={"bits_per_byte_end": 2.5}).ref


def evaluate(context: Context, **fields: Any) -> Manifest:
    spec = EvaluationSpec(**fields)
    return work(spec, identify(spec, context), context)


def lines(context: Context, manifest: Manifest, part: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in read_part(context.store, manifest.part(part)).splitlines()]


def test_the_benchmarks_own_solutions_all_pass_without_a_model(context: Context) -> None:
    report = evaluate(
        context, benchmark=publish_benchmark(context.store, human_eval(), "humaneval").ref, canonical=True
    )
    assert report.summary["outcomes"] == {"passed": 164}
    assert report.summary["pass_at"]["1"]["value"] == 1.0
    assert report.summary["canonical"] == {"passed": 164, "problems": 164, "failed": {}}
    assert report.summary["contamination"]["status"] == "unknown"
    assert report.summary["sandbox"]["landlock_abi"] >= 4


def test_judged_behind_a_service_a_report_is_the_same_and_says_where(context: Context, tmp_path: Path) -> None:
    problems = [ADD, replace(ADD, task_id="T/wrong", canonical_solution="    return a - b\n"), DOUBLE]
    reports = []
    with serve_sandbox(tmp_path / "served", WORKERS=1) as server:
        for settings in (Settings(workers=1), Settings(sandbox_endpoint=server.address)):
            store = open_store((tmp_path / (settings.sandbox_endpoint or "local")).as_uri(), None)
            there = Context(store, settings, context.scratch, lambda progress: None)
            reports.append(evaluate(there, benchmark=publish_benchmark(store, problems).ref, canonical=True))
    local, remote = reports
    assert [(part.name, part.sha256) for part in remote.parts] == [(part.name, part.sha256) for part in local.parts]
    assert remote.summary["outcomes"] == {"passed": 2, "failed": 1}
    assert (local.summary["sandbox"].pop("remote"), remote.summary["sandbox"].pop("remote")) == (False, True)
    assert remote.summary["sandbox"] == local.summary["sandbox"]


def test_a_model_is_asked_and_judged(context: Context, inference: ScriptedInference) -> None:
    inference.answers = {ADD.prompt: "    return a + b\n\ndef other():\n    pass\n", DOUBLE.prompt: "    return x +\n"}
    benchmark = publish_benchmark(context.store, [ADD, DOUBLE]).ref
    report = evaluate(context, model=model(context.store), benchmark=benchmark, inference_endpoint=inference.address)
    summary = report.summary
    assert summary["pass_at"]["1"]["value"] == 0.5
    assert summary["outcomes"] == {"passed": 1, "syntax_error": 1}
    assert (summary["parse_share"], summary["bits_per_byte"]) == (0.5, 2.5)
    assert summary["completion"]["completion"] and summary["infill"]["infill"]
    assert lines(context, report, "completions.jsonl")[0]["completion"] == "    return a + b\n"
    assert [line["outcome"] for line in lines(context, report, "outcomes.jsonl")] == ["passed", "syntax_error"]


def test_equal_evaluations_are_equal_bytes(context: Context, inference: ScriptedInference, tmp_path: Path) -> None:
    parts = []
    for attempt in ("one", "two"):
        other = Context(open_store((tmp_path / attempt).as_uri(), None), context.settings, context.scratch, print)
        benchmark = publish_benchmark(other.store, [ADD, DOUBLE]).ref
        report = evaluate(
            other, model=model(other.store), benchmark=benchmark, inference_endpoint=inference.address,
            samples_per_problem=3, k=(1, 3), temperature=0.8,
        )  # fmt: skip
        parts.append([(part.name, part.sha256) for part in report.parts])
    assert parts[0] == parts[1]


def test_samples_of_a_problem_are_drawn_with_seeds_of_their_own(context: Context, inference: ScriptedInference) -> None:
    benchmark = publish_benchmark(context.store, [ADD, DOUBLE]).ref
    evaluate(
        context, model=model(context.store), benchmark=benchmark, inference_endpoint=inference.address,
        samples_per_problem=4, temperature=0.8, k=(2,),
    )  # fmt: skip
    seeds = [request.sampling.seed for request in inference.asked if request.prompt in (ADD.prompt, DOUBLE.prompt)]
    assert len(set(seeds)) == len(seeds) == 8


def numbered(count: int) -> list[Problem]:
    return [replace(ADD, task_id=f"T/{i}", prompt=f"# {i}\n{ADD.prompt}") for i in range(count)]


def prompts(inference: ScriptedInference) -> list[str]:
    return [request.prompt for request in inference.asked if request.prompt.startswith("# ")]


def test_what_was_asked_once_is_not_asked_again(context: Context, inference: ScriptedInference) -> None:
    problems = numbered(40)
    fields = {
        "model": model(context.store),
        "benchmark": publish_benchmark(context.store, problems).ref,
        "inference_endpoint": inference.address,
    }
    inference.refused = {problems[39].prompt}
    with pytest.raises(FailedPrecondition, match="refused"):
        evaluate(context, **fields)
    assert len(list(context.store.list("work/"))) == 1
    inference.refused, inference.asked = set(), []
    report = evaluate(context, **fields)
    assert sorted(prompts(inference)) == sorted(problem.prompt for problem in problems[32:])
    inference.asked = []
    assert evaluate(context, **fields).summary["outcomes"] == report.summary["outcomes"]
    assert inference.asked == []


@pytest.mark.parametrize(("how", "status"), [(signal.SIGKILL, -9), (signal.SIGTERM, EXIT_STOPPED)])
def test_a_worker_that_is_ended_asks_only_for_the_rest_and_loses_nothing(
    how: int, status: int, store: ObjectStore, inference: ScriptedInference, tmp_path: Path
) -> None:
    problems = numbered(40)
    benchmark = publish_benchmark(store, problems).ref
    spec = EvaluationSpec(model(store), benchmark, inference_endpoint=inference.address)
    jobs = JobRepository(store, "evaluation")
    job = jobs.create("evaluation", to_json(spec), "r")
    environment = {
        **os.environ, "PYTHONPATH": str(SERVICES), "CODEKILN_HOME": str(tmp_path), "CODEKILN_STORE": store.url,
        "CODEKILN_WORKERS": "1",
    }  # fmt: skip

    def run(attempt: int) -> subprocess.Popen[bytes]:
        jobs.update(job.id, lambda job: change(job, JobState.STARTING, attempt=attempt))
        command = [sys.executable, "-m", "codekiln.evaluation.worker", job.id, str(attempt)]
        return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)

    inference.refused = {problems[39].prompt}
    inference.held.clear()
    worker = run(1)
    wait_until(lambda: any(store.list("work/")))
    worker.send_signal(how)
    assert worker.wait(10) == status
    inference.refused, inference.asked = set(), []
    inference.held.set()
    assert run(2).wait(60) == 0
    assert jobs.get(job.id).state is JobState.SUCCEEDED
    assert sorted(prompts(inference)) == sorted(problem.prompt for problem in problems[32:])
    report = open_artifact(store, jobs.get(job.id).artifacts[0])
    judged = [json.loads(line)["task_id"] for line in read_part(store, report.part("outcomes.jsonl")).splitlines()]
    assert judged == [problem.task_id for problem in problems]


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        os.sched_yield()


def test_a_prompt_longer_than_the_model_is_shortened_and_the_report_says_so(
    context: Context, inference: ScriptedInference
) -> None:
    inference.longest_prompt = len(ADD.prompt) - 10
    fields = {"model": model(context.store), "benchmark": publish_benchmark(context.store, [ADD]).ref}
    assert evaluate(context, inference_endpoint=inference.address, **fields).summary["prompts_shortened"] == 1


def test_an_endpoint_that_nobody_serves_is_tried_again(store: ObjectStore, tmp_path: Path) -> None:
    spec = EvaluationSpec(model(store), publish_benchmark(store, [ADD]).ref, inference_endpoint="127.0.0.1:1")
    jobs = JobRepository(store, "evaluation")
    job = jobs.create("evaluation", to_json(spec), "r")
    jobs.update(job.id, lambda job: change(job, JobState.STARTING, attempt=1))
    handler = signal.getsignal(signal.SIGTERM)
    try:
        status = work_on(job.id, 1, jobs, STAGES, store, Settings("evaluation", home=tmp_path, workers=1))
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert status == EXIT_RETRY
    assert jobs.get(job.id).state is JobState.RUNNING
    assert find(store, identify(spec, None).ref) is None  # type: ignore[arg-type]


def test_no_endpoint_at_all_is_said(context: Context) -> None:
    with pytest.raises(FailedPrecondition) as caught:
        evaluate(context, model=model(context.store), benchmark=publish_benchmark(context.store, [ADD]).ref)
    assert caught.value.reason == "NO_INFERENCE_ENDPOINT"


def test_a_model_that_cannot_be_loaded_fails_with_the_servers_reason(
    context: Context, inference: ScriptedInference
) -> None:
    inference.failure = ("MODEL_INCOMPLETE", "tensor `x` is missing")
    fields = {"model": model(context.store), "benchmark": publish_benchmark(context.store, [ADD]).ref}
    with pytest.raises(FailedPrecondition, match="tensor `x` is missing") as caught:
        evaluate(context, inference_endpoint=inference.address, **fields)
    assert caught.value.reason == "MODEL_INCOMPLETE"


def test_a_model_that_loads_for_a_while_is_waited_for(context: Context, inference: ScriptedInference) -> None:
    inference.loading_answers = 2
    fields = {"model": model(context.store), "benchmark": publish_benchmark(context.store, [ADD]).ref}
    assert evaluate(context, inference_endpoint=inference.address, **fields).summary["problems"] == 1


def test_completions_of_another_model_are_not_taken(context: Context, inference: ScriptedInference) -> None:
    inference.goes_over_to = Ref("model", "f" * 32)
    fields = {"model": model(context.store), "benchmark": publish_benchmark(context.store, [ADD]).ref}
    with pytest.raises(Conflict, match="went over to"):
        evaluate(context, inference_endpoint=inference.address, **fields)
    assert list(context.store.list("work/")) == []


def test_a_test_that_cannot_run_is_found_before_the_model_is_asked(
    context: Context, inference: ScriptedInference
) -> None:
    broken = replace(ADD, task_id="T/broken", test="def check(candidate:\n")
    fields = {"model": model(context.store), "benchmark": publish_benchmark(context.store, [ADD, broken]).ref}
    with pytest.raises(FailedPrecondition, match="T/broken") as caught:
        evaluate(context, inference_endpoint=inference.address, **fields)
    assert caught.value.reason == "BENCHMARK_MALFORMED"
    assert inference.asked == []


def test_a_benchmark_whose_own_solution_fails_is_reported(context: Context) -> None:
    wrong = replace(ADD, task_id="T/wrong", canonical_solution="    return a - b\n")
    report = evaluate(context, benchmark=publish_benchmark(context.store, [ADD, wrong]).ref, canonical=True)
    assert report.summary["canonical"] == {"passed": 1, "problems": 2, "failed": {"T/wrong": "failed"}}


def test_identify_imports_nothing_heavy() -> None:
    heavy = ("grpc", "torch", "pyarrow", "numpy")
    code = f"import sys, codekiln.evaluation.worker; print([name for name in {heavy} if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(SERVICES)}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_stops_reach_the_server(context: Context, inference: ScriptedInference) -> None:
    fields = {"model": model(context.store), "benchmark": publish_benchmark(context.store, [ADD]).ref}
    evaluate(context, inference_endpoint=inference.address, **fields)
    request: inference_pb2.CompleteRequest = inference.asked[0]
    assert "\ndef " in request.sampling.stop
    assert request.sampling.temperature == 0.0
