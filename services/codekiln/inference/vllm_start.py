"""Starts vLLM: its environment and arguments, chosen so that nothing is fetched, compiled or started that need not be.

Imports vLLM only when called: the import alone takes 8 s and 0.8 GB.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codekiln.core.errors import FailedPrecondition
from codekiln.inference.lifeline import spawned_with_lifeline
from codekiln.inference.model_files import ModelFiles

MOST_SEQUENCES = 128
"""Completions computed at once; others wait in vLLM's queue."""
_BLOCK_TOKENS = 128
"""vLLM's on CPUs; one block more than a sequence fills is its own."""


@dataclass(frozen=True)
class EngineOptions:
    """What a deployment decides."""

    kv_cache_gib: float
    cache: Path
    """Where vLLM may keep what it computes about models."""

    temporary: Path
    """For sockets between vLLM's processes, which it never removes; a short path, since theirs may have 107 bytes."""


def start_llm(files: ModelFiles, options: EngineOptions, given_up: threading.Event) -> Any:
    """An AsyncLLM whose engine is ready. Blocks for 20 s or more; once `given_up` is set, it starts no process.

    Raises FailedPrecondition (ARCHITECTURE_UNKNOWN, KV_CACHE_TOO_SMALL), and what vLLM raises.
    """
    os.environ.update(_environment(options))
    from vllm.engine.arg_utils import AsyncEngineArgs
    from vllm.platforms import current_platform
    from vllm.v1.engine.async_llm import AsyncLLM

    arguments: dict[str, Any] = {
        "model": str(files.folder),
        "max_model_len": files.max_length,
        "max_num_seqs": MOST_SEQUENCES,
        # Sampling comes from the request alone, not from defaults hidden in generation_config.json.
        "generation_config": "vllm",
        "use_tqdm_on_load": False,
    }
    _check_architecture(files)
    if current_platform.is_cpu():
        _check_cache(files, options)
        _inspect_here(files)
        arguments |= {
            "dtype": "float32",
            # No compiler and no warm-up: with both this and the cache's size given, vLLM skips profiling.
            "enforce_eager": True,
            "kv_cache_memory_bytes": int(options.kv_cache_gib * (1 << 30)),
            "distributed_executor_backend": "codekiln.inference.executor.InEngineExecutor",
        }
    if given_up.is_set():
        raise InterruptedError("given up")
    with spawned_with_lifeline():
        return AsyncLLM.from_engine_args(AsyncEngineArgs(**arguments))


def _environment(options: EngineOptions) -> dict[str, str]:
    """What vLLM reads from the environment, its processes too."""
    cores = len(os.sched_getaffinity(0))
    chosen = {
        # One core stays with gRPC, HTTP and detokenizing: without it first tokens come seconds late under load.
        "OMP_NUM_THREADS": str(max(1, cores - 1)),
        "VLLM_LOGGING_LEVEL": "ERROR",
        "VLLM_LOGGING_STREAM": "ext://sys.stderr",
        "TRANSFORMERS_VERBOSITY": "error",
        "TORCH_CPP_LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
        "VLLM_CACHE_ROOT": str(options.cache.absolute()),
    }
    always = {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_RPC_BASE_PATH": str(options.temporary),
        "TMPDIR": str(options.temporary),
    }
    return {name: os.environ.get(name, value) for name, value in chosen.items()} | always


def _check_architecture(files: ModelFiles) -> None:
    from vllm.model_executor.models.registry import ModelRegistry

    if not set(files.architectures) & set(ModelRegistry.get_supported_archs()):
        raise FailedPrecondition(
            f"vLLM knows no architecture of {files.ref}: config.json names {', '.join(files.architectures) or 'none'}",
            reason="ARCHITECTURE_UNKNOWN",
            model=files.ref,
        )


def _inspect_here(files: ModelFiles) -> None:
    """Registers the model's class as loaded.

    vLLM would start a process of 13 s to look at it, because looking could initialize CUDA; there is none here.
    """
    from vllm.model_executor.models.registry import ModelRegistry

    for name in files.architectures:
        if name in ModelRegistry.models:
            ModelRegistry.register_model(name, ModelRegistry.models[name].load_model_cls())


def _check_cache(files: ModelFiles, options: EngineOptions) -> None:
    """The cache must hold one sequence of the model's length; vLLM would say so only in its log."""
    blocks = -(-files.max_length // _BLOCK_TOKENS) + 1
    needed = files.kv_bytes_per_token * _BLOCK_TOKENS * blocks / (1 << 30)
    if needed > options.kv_cache_gib:
        raise FailedPrecondition(
            f"one sequence of {files.max_length} tokens of {files.ref} needs {needed:.2g} GiB of key-value cache, "
            f"there are {options.kv_cache_gib:g}: raise CODEKILN_KV_CACHE_GIB",
            reason="KV_CACHE_TOO_SMALL",
            model=files.ref,
        )
