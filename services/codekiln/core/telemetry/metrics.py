"""Prometheus metrics of a process. Names begin with `codekiln_` or `grpc_server_`; labels are few and bounded.

Never a job id, path, user or error text as a label. One file shows all names, but for those of inference, which are in
its own metrics.py. Label sets that are known beforehand start at 0, so that `rate` sees the first event too.
"""

from __future__ import annotations

import os

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics, start_http_server

from codekiln import __version__

# A `_created` beside every counter and histogram would be a third of all series, and nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]

JOB_KINDS = {
    "ingestion": ("ingestion", "benchmark"),
    "cleaning": ("cleaning",),
    "tokenizer": ("tokenizer", "tokens"),
    "trainer": ("trainer",),
    "evaluation": ("evaluation",),
}
"""Kinds of jobs by service."""
_ENDS = ("SUCCEEDED", "FAILED", "CANCELLED")
_FAULTS = ("INTERNAL", "UNAVAILABLE", "DATA_LOSS", "DEADLINE_EXCEEDED")
"""Statuses that are our fault and not the caller's; alerts count them."""
_ALERTED_FAILURES = ("SANDBOX_UNAVAILABLE", "SANDBOX_FAILED")

BUILD_INFO = Gauge("codekiln_build_info", "1, labelled with version and commit.", ["version", "commit", "service"])

_RPC = ["grpc_type", "grpc_service", "grpc_method"]
RPC_STARTED = Counter("grpc_server_started_total", "RPCs begun.", _RPC)
RPC_HANDLED = Counter("grpc_server_handled_total", "RPCs ended, by status.", [*_RPC, "grpc_code"])
RPC_SECONDS = Histogram(
    "grpc_server_handling_seconds",
    "Duration of RPCs; streams last as long as somebody watches.",
    _RPC,
    # Reading a record takes some milliseconds, a completion seconds; no unary call may take more than 60 s.
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600),
)

JOBS = Gauge("codekiln_jobs", "Jobs by state, of those that have not been swept.", ["service", "state"])
JOB_SECONDS = Histogram(
    "codekiln_job_duration_seconds",
    "From creation to the end.",
    ["kind", "state"],
    buckets=(1, 5, 15, 60, 300, 900, 3600, 14400, 86400, 604800),
)
JOB_QUEUE_SECONDS = Histogram(
    "codekiln_job_queue_seconds",
    "From creation to the first report of a worker.",
    ["kind"],
    buckets=(0.1, 0.5, 1, 2, 5, 15, 60, 300, 3600),
)
JOB_RETRIES = Counter("codekiln_job_retries_total", "Attempts after the first.", ["kind"])
JOB_FAILURES = Counter(
    "codekiln_job_failures_total", "Jobs that failed, by the reason of their error.", ["kind", "reason"]
)
JOB_PROCESS_SECONDS = Counter(
    "codekiln_job_process_seconds_total",
    "Running time of jobs times their processes; of a training on GPUs these are GPU seconds.",
    ["kind"],
)
JOB_PROGRESS_AGE = Gauge(
    "codekiln_job_oldest_progress_seconds", "Age of the oldest report of a running job.", ["service"]
)
JOB_WAITING_AGE = Gauge(
    "codekiln_job_oldest_waiting_seconds", "Age of the oldest job whose worker has not reported yet.", ["service"]
)
JOB_RATIO = Gauge("codekiln_job_progress_ratio", "Progress of a kind's newest job in its phase, 0 to 1.", ["kind"])
JOB_RATE = Gauge(
    "codekiln_job_progress_rate", "Units a second of a kind's newest job, by phase.", ["kind", "phase", "unit"]
)
JOB_FIGURE = Gauge("codekiln_job_figure", "What a kind's newest job told last, while it ran.", ["kind", "figure"])
CHECKPOINT_TIME = Gauge(
    "codekiln_training_checkpoint_timestamp_seconds",
    "When the newest checkpoint was made, or training began; the oldest of all running trainings.",
    ["service"],
)

RECONCILE_SECONDS = Histogram("codekiln_reconcile_duration_seconds", "One pass of the reconciler.", ["service"])
RECONCILE_ERRORS = Counter("codekiln_reconcile_errors_total", "Passes or jobs of a pass that failed.", ["service"])

SCALE_WANTED = Gauge("codekiln_scale_wanted_replicas", "Replicas that a Deployment is scaled to.", ["deployment"])
SCALE_ERRORS = Counter("codekiln_scale_errors_total", "Times a Deployment could not be scaled.", ["deployment"])

STORE_SECONDS = Histogram("codekiln_store_request_seconds", "Duration of store requests.", ["verb"])
STORE_ERRORS = Counter("codekiln_store_errors_total", "Store requests that failed.", ["verb", "reason"])
STORE_CONFLICTS = Counter("codekiln_store_conflicts_total", "Conditional writes that lost a race.", ["verb"])

WORKER_RATIO = Gauge("codekiln_worker_progress_ratio", "Progress of this process's job, 0 to 1.", ["kind"])
WORKER_FIGURE = Gauge("codekiln_worker_figure", "Live figures of this process's job.", ["kind", "figure"])

SANDBOX_RUNS = Counter("codekiln_sandbox_runs_total", "Programs judged, by outcome.", ["outcome"])
SANDBOX_SECONDS = Histogram(
    "codekiln_sandbox_run_seconds",
    "One program in the sandbox, until it ended or was ended.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SANDBOX_WAITING = Gauge("codekiln_sandbox_waiting", "Programs that wait for one that is being judged to end.")

RESULT_FIGURE = Gauge("codekiln_result_figure", "Figures of the newest finished job of a kind.", ["kind", "figure"])
RESULT_SECONDS = Gauge(
    "codekiln_result_duration_seconds", "Running time of the job that made the newest result of a kind.", ["kind"]
)
RESULT_PROCESS_SECONDS = Gauge(
    "codekiln_result_process_seconds", "The same, times the job's processes: what the result cost.", ["kind"]
)
CLEANING_DROPPED_FILES = Gauge("codekiln_cleaning_dropped_files", "Files the newest cleaning dropped.", ["reason"])
CLEANING_DROPPED_BYTES = Gauge("codekiln_cleaning_dropped_bytes", "Bytes the newest cleaning dropped.", ["reason"])
CLEANING_REPLACED = Gauge(
    "codekiln_cleaning_replaced_values", "Personal data and secrets the newest cleaning replaced.", ["sort"]
)
EVALUATION_OUTCOMES = Gauge("codekiln_evaluation_outcomes", "Programs of the newest evaluation.", ["outcome"])
EVALUATION_PASS_RATIO = Gauge("codekiln_evaluation_pass_ratio", "pass@k of the newest evaluation, 0 to 1.", ["k"])
EVALUATION_PASS_BOUND_RATIO = Gauge(
    "codekiln_evaluation_pass_bound_ratio", "Bounds of its 95 % interval, `low` and `high`.", ["k", "bound"]
)


def serve_metrics(listen: str, service: str) -> str:
    """Serves this process's metrics in a thread until it ends. Returns host:port. Raises OSError.

    A scrape reads what lies in memory: it never waits for the store, a job or the event loop.
    """
    host, _, port = listen.rpartition(":")
    server, _ = start_http_server(int(port), host.strip("[]"))
    show_build(service)
    return f"{host}:{server.server_port}"


def show_build(service: str) -> None:
    """What this process was built from; images name their commit in REVISION."""
    BUILD_INFO.labels(__version__, os.environ.get("REVISION") or "unknown", service).set(1)


def show_methods(service: str, methods: dict[str, bool]) -> None:
    """Starts the series of a gRPC service's methods; the value says whether a method streams."""
    for method, streams in methods.items():
        labels = (call_type(streams), service, method)
        RPC_STARTED.labels(*labels)
        RPC_SECONDS.labels(*labels)
        for code in ("OK", *_FAULTS):
            RPC_HANDLED.labels(*labels, code)


def call_type(streams: bool) -> str:
    """The established values of the label `grpc_type`."""
    return "server_stream" if streams else "unary"


def show_kinds(service: str) -> None:
    """Starts the series of the jobs of a service."""
    RECONCILE_ERRORS.labels(service)
    for kind in JOB_KINDS.get(service, ()):
        JOB_QUEUE_SECONDS.labels(kind)
        JOB_RETRIES.labels(kind)
        JOB_PROCESS_SECONDS.labels(kind)
        for state in _ENDS:
            JOB_SECONDS.labels(kind, state)
    if service == "evaluation":
        for reason in _ALERTED_FAILURES:
            JOB_FAILURES.labels("evaluation", reason)
