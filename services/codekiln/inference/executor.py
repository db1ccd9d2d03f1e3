"""Loaded by name in vLLM's engine process; nothing else imports it."""

from __future__ import annotations

from vllm.v1.executor.uniproc_executor import UniProcExecutor


class InEngineExecutor(UniProcExecutor):  # type: ignore[misc]
    """Computes in the engine process itself.

    On CPUs vLLM would replace the executor named `uni` by one more process of 1.2 GB and 8 s, which exists to pin
    OpenMP threads; OMP_NUM_THREADS, set before the start, is enough for one process.
    """
