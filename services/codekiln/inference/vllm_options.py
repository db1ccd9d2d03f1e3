"""What vLLM is started with, as plain data: its environment and arguments for the device that it found. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codekiln.core.errors import FailedPrecondition
from codekiln.inference.model_files import ModelFiles

MOST_SEQUENCES = 128
"""Completions computed at once; others wait in vLLM's queue."""
_GPU_SHARE = 0.9
"""Of a GPU's memory, for weights and key-value cache. The rest is for CUDA's own context and for graphs."""
_BLOCK_TOKENS = 128
"""vLLM's on CPUs; one block more than a sequence fills is its own."""


@dataclass(frozen=True)
class EngineOptions:
    """What a deployment decides."""

    kv_cache_gib: float
    """On the CPU. On GPUs the cache has what the weights leave."""
    cache: Path
    """Where vLLM may keep what it computes about models."""

    temporary: Path
    """For sockets between vLLM's processes, which it never removes; a short path, since theirs may have 107 bytes."""


@dataclass(frozen=True)
class Device:
    """What vLLM computes on: `gpus` of them, or the CPU where there are none."""

    gpus: int = 0


def environment(options: EngineOptions, cores: int, given: Mapping[str, str]) -> dict[str, str]:
    """What vLLM reads from the environment, its processes too. What a deployment has `given` is kept."""
    cache = options.cache.absolute()
    chosen = {
        # One core stays with gRPC, HTTP and detokenizing: without it first tokens come seconds late under load.
        "OMP_NUM_THREADS": str(max(1, cores - 1)),
        "VLLM_LOGGING_LEVEL": "ERROR",
        "VLLM_LOGGING_STREAM": "ext://sys.stderr",
        "TRANSFORMERS_VERBOSITY": "error",
        "TORCH_CPP_LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
        "VLLM_CACHE_ROOT": str(cache),
        # Compiled kernels: of GPUs alone, and worth a minute at the next start.
        "TRITON_CACHE_DIR": str(cache / "triton"),
        # FlashInfer's sampler is compiled by nvcc when it is first used, which no image of ours has.
        "VLLM_USE_FLASHINFER_SAMPLER": "0",
    }
    always = {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_RPC_BASE_PATH": str(options.temporary),
        "TMPDIR": str(options.temporary),
        # On GPUs vLLM forks where it is not told otherwise: not out of a process with gRPC's threads, and a forked
        # engine would not run the lifeline.
        "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    }
    return {name: given.get(name, value) for name, value in chosen.items()} | always


def arguments(files: ModelFiles, options: EngineOptions, device: Device) -> dict[str, Any]:
    """Of AsyncEngineArgs. Raises FailedPrecondition (KV_CACHE_TOO_SMALL)."""
    common: dict[str, Any] = {
        "model": str(files.folder),
        "served_model_name": str(files.ref),  # the label of vLLM's metrics: not a path of this machine
        "max_model_len": files.max_length,
        "max_num_seqs": MOST_SEQUENCES,
        # Sampling comes from the request alone, not from defaults hidden in generation_config.json.
        "generation_config": "vllm",
        "use_tqdm_on_load": False,
    }
    if device.gpus:
        return common | {
            # Weights in fp32, as the trainer writes them, are computed with in bfloat16 where the GPU can.
            "dtype": "auto",
            "gpu_memory_utilization": _GPU_SHARE,
            "tensor_parallel_size": gpus_used(files, device.gpus),
        }
    _check_cache(files, options)
    return common | {
        "dtype": "float32",
        # No compiler and no warm-up: with both this and the cache's size given, vLLM skips profiling.
        "enforce_eager": True,
        "kv_cache_memory_bytes": int(options.kv_cache_gib * (1 << 30)),
        "distributed_executor_backend": "codekiln.inference.executor.InEngineExecutor",
    }


def gpus_used(files: ModelFiles, visible: int) -> int:
    """All that the pod was given, or the most of them that the model's shape can be divided by."""
    heads, kv_heads, inner = files.shape

    def divides(count: int) -> bool:
        # Key-value heads may also be fewer: each is then on several GPUs.
        whole = not kv_heads % count or (kv_heads > 0 and not count % kv_heads)
        return not heads % count and not inner % count and whole

    return max(count for count in range(1, visible + 1) if divides(count))


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
