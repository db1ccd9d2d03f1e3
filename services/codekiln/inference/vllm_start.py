"""Starts vLLM on what it finds, CPU or GPUs; with what, is in vllm_options.py.

Imports vLLM only when called: the import alone takes 8 s and 0.8 GB.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from codekiln.core.errors import FailedPrecondition
from codekiln.core.machine import cores
from codekiln.inference.lifeline import spawned_with_lifeline
from codekiln.inference.model_files import ModelFiles
from codekiln.inference.vllm_options import Device, EngineOptions, arguments, environment


def start_llm(files: ModelFiles, options: EngineOptions, given_up: threading.Event) -> Any:
    """An AsyncLLM whose engine is ready. Blocks for 20 s or more; once `given_up` is set, it starts no process.

    Raises FailedPrecondition (ARCHITECTURE_UNKNOWN, KV_CACHE_TOO_SMALL, NO_DEVICE), and what vLLM raises.
    """
    os.environ.update(environment(options, cores(), os.environ))
    from vllm.engine.arg_utils import AsyncEngineArgs
    from vllm.v1.engine.async_llm import AsyncLLM

    device = _find_device()
    _check_architecture(files)
    chosen = arguments(files, options, device)
    if not device.gpus:
        _inspect_here(files)
    if given_up.is_set():
        raise InterruptedError("given up")
    with spawned_with_lifeline():
        return AsyncLLM.from_engine_args(AsyncEngineArgs(**chosen))


def _find_device() -> Device:
    """GPUs by what vLLM's own build sees of them, which heeds CUDA_VISIBLE_DEVICES and a pod's devices."""
    from vllm.platforms import current_platform

    if current_platform.is_cpu():
        return Device()
    gpus = current_platform.device_count() if current_platform.is_cuda_alike() else 0
    if gpus < 1:
        raise FailedPrecondition(
            "vLLM's build for GPUs sees none: give the pod some (`nvidia.com/gpu`), or use its build for CPUs",
            reason="NO_DEVICE",
        )
    return Device(gpus)


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
