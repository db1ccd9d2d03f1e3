"""What vLLM would be started with on CPUs and on GPUs. On GPUs it was never run here: this holds what we ask of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codekiln.core.errors import FailedPrecondition
from codekiln.inference.model_files import ModelFiles
from codekiln.inference.vllm_options import Device, EngineOptions, arguments, environment, gpus_used

OPTIONS = EngineOptions(0.5, Path("/cache/vllm"), Path("/tmp/x"))


def test_on_the_cpu_nothing_is_compiled_and_the_cache_has_the_settings_size(files: ModelFiles) -> None:
    made = arguments(files, OPTIONS, Device())
    assert made["enforce_eager"] and made["kv_cache_memory_bytes"] == 1 << 29
    assert not {"gpu_memory_utilization", "tensor_parallel_size"} & set(made)


def test_on_gpus_all_of_them_share_the_model_and_most_of_their_memory(files: ModelFiles) -> None:
    made = arguments(files, OPTIONS, Device(gpus=2))
    assert made["tensor_parallel_size"] == 2
    assert 0.5 < made["gpu_memory_utilization"] < 1
    assert made["dtype"] == "auto"
    assert not {"enforce_eager", "kv_cache_memory_bytes", "distributed_executor_backend"} & set(made)


def test_a_cache_that_is_too_small_matters_on_the_cpu_alone(files: ModelFiles) -> None:
    small = replace(OPTIONS, kv_cache_gib=0.0001)
    with pytest.raises(FailedPrecondition) as caught:
        arguments(files, small, Device())
    assert caught.value.reason == "KV_CACHE_TOO_SMALL"
    arguments(files, small, Device(gpus=1))


@pytest.mark.parametrize(
    ("shape", "visible", "used"),
    [
        ((4, 2, 128), 1, 1),
        ((4, 2, 128), 2, 2),
        ((4, 2, 128), 4, 4),  # each key-value head on two GPUs
        ((4, 2, 128), 8, 4),
        ((6, 3, 96), 4, 3),
        ((9, 3, 96), 2, 1),
        ((32, 8, 100), 8, 4),
        ((0, 0, 0), 8, 8),
    ],
)
def test_no_more_gpus_are_used_than_the_model_can_be_divided_by(
    files: ModelFiles, shape: tuple[int, int, int], visible: int, used: int
) -> None:
    assert gpus_used(replace(files, shape=shape), visible) == used


def test_a_model_s_shape_is_that_of_its_configuration(files: ModelFiles) -> None:
    assert files.shape == (4, 2, 128)


@pytest.mark.parametrize(("cores", "threads"), [(1, "1"), (2, "1"), (8, "7")])
def test_one_core_stays_free_for_requests(cores: int, threads: str) -> None:
    assert environment(OPTIONS, cores, {})["OMP_NUM_THREADS"] == threads


def test_a_deployment_may_change_what_is_taste_and_not_what_keeps_it_safe() -> None:
    given = {"OMP_NUM_THREADS": "3", "HF_HUB_OFFLINE": "0", "VLLM_WORKER_MULTIPROC_METHOD": "fork"}
    made = environment(OPTIONS, 8, given)
    assert made["OMP_NUM_THREADS"] == "3"
    assert (made["HF_HUB_OFFLINE"], made["VLLM_WORKER_MULTIPROC_METHOD"]) == ("1", "spawn")


def test_all_that_is_written_is_below_the_two_folders() -> None:
    made = environment(OPTIONS, 2, {})
    paths = [value for value in made.values() if value.startswith("/")]
    assert len(paths) == 4 and all(path.startswith(("/cache/vllm", "/tmp/x")) for path in paths)
