"""Prometheus metrics of completions. vLLM's own (`vllm:...`) are on the same endpoint, untouched."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "codekiln_inference_requests_total",
    "Completions ended, by what was asked and how it ended: stop, length, cancelled or error.",
    ["kind", "outcome"],
)
FIRST_TOKEN_SECONDS = Histogram(
    "codekiln_inference_time_to_first_token_seconds",
    "From the request to its first token.",
    ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60),
)
SECONDS = Histogram(
    "codekiln_inference_request_seconds",
    "From the request to its last token.",
    ["kind"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
TOKENS = Counter("codekiln_inference_tokens_total", "Tokens, `prompt` and `completion`.", ["kind"])
RUNNING = Gauge("codekiln_inference_running", "Requests that have had a token and are not ended.")
WAITING = Gauge("codekiln_inference_waiting", "Requests that wait for their first token.")
READY = Gauge("codekiln_inference_model_ready", "1 where a model is loaded and answers.")
LOAD_SECONDS = Gauge("codekiln_inference_model_load_seconds", "How long loading the model took.")
ENGINE_DEATHS = Counter("codekiln_inference_engine_deaths_total", "Engine processes that died without being told to.")

for _kind in ("complete", "infill"):
    FIRST_TOKEN_SECONDS.labels(_kind)
    SECONDS.labels(_kind)
    for _outcome in ("stop", "length", "cancelled", "error"):
        REQUESTS.labels(_kind, _outcome)
for _kind in ("prompt", "completion"):
    TOKENS.labels(_kind)
