"""Prometheus metrics of a process. Names begin with `codekiln_` or `grpc_server_`; labels are few and bounded.

Never a job id, path, user or error text as a label. Stage figures (kept and dropped, loss, pass@k) live here too, so
that one file shows all names.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from codekiln import __version__

BUILD_INFO = Gauge("codekiln_build_info", "1, labelled with the version.", ["version", "service"])
RPC_STARTED = Counter("grpc_server_started_total", "RPCs begun.", ["grpc_service", "grpc_method"])
RPC_HANDLED = Counter(
    "grpc_server_handled_total", "RPCs ended, by status.", ["grpc_service", "grpc_method", "grpc_code"]
)
RPC_SECONDS = Histogram("grpc_server_handling_seconds", "Duration of RPCs.", ["grpc_service", "grpc_method"])

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
JOB_PROGRESS_AGE = Gauge(
    "codekiln_job_oldest_progress_seconds", "Age of the oldest report of a running job.", ["service"]
)
JOB_RATIO = Gauge("codekiln_job_progress_ratio", "Progress of the newest running job of a kind, 0 to 1.", ["kind"])
JOB_FIGURE = Gauge("codekiln_job_figure", "Live figures of the newest running job of a kind.", ["kind", "figure"])

RECONCILE_SECONDS = Histogram("codekiln_reconcile_duration_seconds", "One pass of the reconciler.", ["service"])
RECONCILE_ERRORS = Counter("codekiln_reconcile_errors_total", "Passes that failed.", ["service"])

STORE_SECONDS = Histogram("codekiln_store_request_seconds", "Duration of store requests.", ["verb"])
STORE_ERRORS = Counter("codekiln_store_errors_total", "Store requests that failed.", ["verb", "reason"])
STORE_CONFLICTS = Counter("codekiln_store_conflicts_total", "Conditional writes that lost a race.", ["verb"])

WORKER_RATIO = Gauge("codekiln_worker_progress_ratio", "Progress of this process's job, 0 to 1.", ["kind"])
WORKER_FIGURE = Gauge("codekiln_worker_figure", "Live figures of this process's job.", ["kind", "figure"])

RESULT_FIGURE = Gauge("codekiln_result_figure", "Figures of the newest finished job of a kind.", ["kind", "figure"])
CLEANING_DROPPED_FILES = Gauge("codekiln_cleaning_dropped_files", "Files the newest cleaning dropped.", ["reason"])
CLEANING_DROPPED_BYTES = Gauge("codekiln_cleaning_dropped_bytes", "Bytes the newest cleaning dropped.", ["reason"])
EVALUATION_OUTCOMES = Gauge("codekiln_evaluation_outcomes", "Programs of the newest evaluation.", ["outcome"])
EVALUATION_PASS_RATIO = Gauge("codekiln_evaluation_pass_ratio", "pass@k of the newest evaluation, 0 to 1.", ["k"])


def serve_metrics(listen: str, service: str) -> str:
    """Serves this process's metrics in a thread until it ends. Returns host:port. Raises OSError."""
    host, _, port = listen.rpartition(":")
    server, _ = start_http_server(int(port), host.strip("[]"))
    BUILD_INFO.labels(__version__, service).set(1)
    return f"{host}:{server.server_port}"
