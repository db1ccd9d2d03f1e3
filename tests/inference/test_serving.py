"""The real thing: the server as a process, with vLLM. One start is shared; what ends it comes last."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import httpx
import psutil
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from codekiln.core.artifacts import Ref
from codekiln.core.names import set_name
from codekiln.core.store import open_store
from codekiln.inference.model_files import ModelFiles
from codekiln.v1 import inference_pb2, inference_pb2_grpc

from .material import SPECIAL_TOKENS, model_parts, publish_model

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STATUS = inference_pb2.GetModelStatusRequest()


@dataclass
class Server:
    """A server process, and a stub for it."""

    process: subprocess.Popen[bytes]
    addresses: dict[str, str]
    stub: Any
    ref: Ref
    log: Path

    @property
    def tree(self) -> list[psutil.Process]:
        """The process and all that it started."""
        front = psutil.Process(self.process.pid)
        return [front, *front.children(recursive=True)]

    @property
    def spawned(self) -> bool:
        """True once vLLM's process is there. Others come and go while vLLM looks at the machine."""
        for process in self.tree[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                if "multiprocessing" in " ".join(process.cmdline()):
                    return True
        return False

    def wait_until(self, state: int) -> Any:
        while (status := self.stub.GetModelStatus(STATUS).status).state != state:
            ended = (inference_pb2.MODEL_STATE_FAILED, inference_pb2.MODEL_STATE_READY)
            assert status.state not in ended or state == inference_pb2.MODEL_STATE_LOADING, self.log.read_text()
            select.select([], [], [], 0.1)
        return status

    def wait_for_health(self, serving: bool) -> None:
        """Of the service, as a kubelet asks; of the process it is always good until it is told to end."""
        wanted = HealthCheckResponse.SERVING if serving else HealthCheckResponse.NOT_SERVING
        request = HealthCheckRequest(service="codekiln.v1.InferenceService")
        with grpc.insecure_channel(self.addresses["health"]) as channel:
            while HealthStub(channel).Check(request, timeout=10).status != wanted:
                assert self.process.poll() is None, self.log.read_text()
                select.select([], [], [], 0.05)

    def complete(self, prompt: str, **sampling: Any) -> tuple[str, Any]:
        """The text of completion 0, and the last message."""
        request = inference_pb2.CompleteRequest(prompt=prompt, sampling=inference_pb2.Sampling(**sampling))
        replies = list(self.stub.Complete(request, timeout=60))
        return "".join(reply.text for reply in replies if reply.index == 0), replies[-1]


@contextlib.contextmanager
def started(home: Path, **settings: str) -> Iterator[Server]:
    """A server on this home with demo/model in its store, asked to load it. Killed in the end, if it still runs."""
    store = open_store((home / "store").as_uri())
    manifest = publish_model(store)
    set_name(store, "demo/model", manifest.ref)
    address_file, log = home / "address.json", home / "log"
    address_file.unlink(missing_ok=True)
    variables = {"home": str(home), "model": "demo/model", "address_file": str(address_file), **settings}
    variables["health_listen"] = "127.0.0.1:0"
    environment = {**os.environ, **{f"CODEKILN_{name.upper()}": value for name, value in variables.items()}}
    # What a killed server leaves behind, sockets in a temporary folder, goes with the test's folder.
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(home)}
    with log.open("wb") as file:
        command = [sys.executable, "-m", "codekiln.inference.server"]
        process = subprocess.Popen(command, env=environment, stderr=file)
    try:
        while not address_file.exists():
            assert process.poll() is None, log.read_text()
            select.select([], [], [], 0.05)
        addresses = json.loads(address_file.read_text())
        with grpc.insecure_channel(addresses["grpc"]) as channel:
            stub = inference_pb2_grpc.InferenceServiceStub(channel)
            yield Server(process, addresses, stub, manifest.ref, log)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with started(home, drain_seconds="20") as serving:
        serving.wait_for_health(False)
        serving.wait_until(inference_pb2.MODEL_STATE_READY)
        serving.wait_for_health(True)
        yield serving


def all_end(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Waits, and returns those that are still there. A zombie, whoever should collect it, has ended."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_greedy_completion_is_the_same_every_time_and_by_either_way_in(server: Server) -> None:
    text, last = server.complete("def add(a", temperature=0, max_tokens=20)
    assert text
    assert last.usage.prompt_tokens > 0
    assert server.complete("def add(a", temperature=0, max_tokens=20)[0] == text
    body = {"prompt": "def add(a", "temperature": 0, "max_tokens": 20, "stop": None}
    reply = httpx.post(f"http://{server.addresses['http']}/v1/completions", json=body, timeout=60)
    assert reply.json()["choices"][0]["text"] == text
    assert reply.headers["codekiln-model"] == str(server.ref)


def test_the_engine_computes_what_transformers_computes(server: Server, home: Path) -> None:
    script = """
import sys, torch
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
folder, prompt = sys.argv[1:]
tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
ids = tokenizer(prompt, return_tensors="pt").input_ids
made = model.generate(ids, max_new_tokens=12, do_sample=False, temperature=None, pad_token_id=0)[0, ids.shape[1]:]
sys.stdout.write(tokenizer.decode(made, skip_special_tokens=True))
"""
    folder = home / "cache" / "models" / server.ref.digest
    command = [sys.executable, "-c", script, str(folder), "def add(a"]
    expected = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # What is left of a UTF-8 sequence at the end is not sent.
    assert server.complete("def add(a", temperature=0, max_tokens=12)[0] == expected.rstrip("\ufffd")


def test_a_seed_makes_a_draw_repeatable_and_n_completions_differ(server: Server) -> None:
    def draw(seed: int) -> list[str]:
        sampling = inference_pb2.Sampling(n=4, seed=seed, temperature=1.5, top_p=1.0, max_tokens=12)
        texts = [""] * 4
        for reply in server.stub.Complete(inference_pb2.CompleteRequest(prompt="def", sampling=sampling), timeout=60):
            texts[reply.index] += reply.text
        return texts

    assert draw(1) == draw(1) != draw(2)
    assert len(set(draw(1))) == 4


def test_n_greedy_completions_are_equal(server: Server) -> None:
    sampling = inference_pb2.Sampling(n=3, temperature=0, max_tokens=5)
    texts = [""] * 3
    for reply in server.stub.Complete(inference_pb2.CompleteRequest(prompt="def", sampling=sampling), timeout=60):
        texts[reply.index] += reply.text
    assert len(set(texts)) == 1
    assert reply.usage.completion_tokens == 15


def test_a_stop_text_ends_a_completion_before_it(server: Server) -> None:
    whole, _ = server.complete("def add(a", temperature=0, max_tokens=20)
    stop = whole[5]
    text, last = server.complete("def add(a", temperature=0, max_tokens=20, stop=[stop])
    assert text == whole[: whole.index(stop)]
    assert last.finish_reason == inference_pb2.FINISH_REASON_STOP


def test_special_tokens_end_a_completion_and_never_show(server: Server) -> None:
    # With random weights and a high temperature, one of 7 specials among 290 tokens comes within 200 draws.
    sampling = inference_pb2.Sampling(n=32, temperature=2, top_p=1.0, max_tokens=200, seed=0)
    texts, finishes = [""] * 32, [0] * 32
    request = inference_pb2.InfillRequest(prefix="def <|fim_middle|>", suffix="<|endoftext|>", sampling=sampling)
    for reply in server.stub.Infill(request, timeout=120):
        texts[reply.index] += reply.text
        finishes[reply.index] = reply.finish_reason or finishes[reply.index]
    assert inference_pb2.FINISH_REASON_STOP in finishes
    assert not [text for text in texts if any(token in text for token in SPECIAL_TOKENS)]


def test_an_infill_s_prompt_has_three_tokens_more_than_its_text(server: Server, files: ModelFiles) -> None:
    request = inference_pb2.InfillRequest(prefix="def add(a", suffix="<|fim_middle|>")
    *_, last = server.stub.Infill(request, timeout=60)
    ordinary = len(files.tokenizer.encode("def add(a")) + len(files.tokenizer.encode("<|fim_middle|>"))
    assert last.usage.prompt_tokens == ordinary + 3


def test_a_completion_ends_where_the_model_ends(server: Server) -> None:
    _, last = server.complete("x y " * 60, temperature=0, max_tokens=10_000)
    assert last.usage.prompt_tokens + last.usage.completion_tokens <= 256


def test_a_hundred_cancelled_requests_leave_nothing_running(server: Server) -> None:
    sampling = inference_pb2.Sampling(max_tokens=240, temperature=1)
    for _ in range(100):
        call = server.stub.Complete(inference_pb2.CompleteRequest(prompt="d", sampling=sampling))
        next(call)
        call.cancel()
    deadline = time.monotonic() + 30
    while metric(server, "vllm:num_requests_running") or metric(server, "codekiln_inference_running"):
        assert time.monotonic() < deadline
    assert metric(server, "vllm:kv_cache_usage_perc") == 0


def metric(server: Server, name: str) -> float:
    # vLLM counts when its engine steps: a request of one token makes it count again.
    server.complete("d", max_tokens=1)
    text = httpx.get(f"http://{server.addresses['metrics']}/metrics").text
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def test_vllm_s_metrics_and_ours_are_on_one_endpoint(server: Server) -> None:
    text = httpx.get(f"http://{server.addresses['metrics']}/metrics").text
    for name in ("vllm:num_requests_running", "vllm:generation_tokens_total", "codekiln_inference_tokens_total"):
        assert f"\n{name}" in text


def test_it_fits_a_laptop(server: Server) -> None:
    resident = sum(process.memory_info().rss for process in server.tree)
    assert len(server.tree) <= 3
    assert resident < 4 << 30


def test_a_killed_engine_is_started_again(server: Server) -> None:
    engine = next(process for process in server.tree if "EngineCore" in process.name())
    engine.kill()
    server.wait_until(inference_pb2.MODEL_STATE_LOADING)
    server.wait_for_health(False)
    server.wait_until(inference_pb2.MODEL_STATE_READY)
    server.wait_for_health(True)
    assert server.complete("def", max_tokens=2)[1].usage.completion_tokens


def test_sigterm_lets_streams_finish_and_leaves_no_process(server: Server) -> None:
    tree, sampling = server.tree, inference_pb2.Sampling(max_tokens=250, temperature=1, n=16, seed=1)
    call = server.stub.Complete(inference_pb2.CompleteRequest(prompt="d", sampling=sampling))
    replies = [next(call)]
    server.process.send_signal(signal.SIGTERM)
    server.wait_for_health(False)
    replies += list(call)
    assert replies[-1].HasField("usage")
    assert server.process.wait(60) == 0, server.log.read_text()
    assert not all_end(tree, 10)
    with pytest.raises(grpc.RpcError) as caught:
        server.stub.GetModelStatus(STATUS)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_that_ends_while_loading_leaves_no_engine(home: Path, number: int) -> None:
    with started(home) as loading:
        while not loading.spawned:
            assert loading.process.poll() is None, loading.log.read_text()
            select.select([], [], [], 0.05)
        tree = loading.tree
        loading.process.send_signal(number)
        assert loading.process.wait(30) == (0 if number == signal.SIGTERM else -number)
        assert not all_end(tree, 10)


def test_a_killed_server_leaves_no_engine(home: Path) -> None:
    with started(home) as serving:
        serving.wait_until(inference_pb2.MODEL_STATE_READY)
        tree = serving.tree
        serving.process.kill()
        serving.process.wait()
        assert not all_end(tree, 5)


def test_what_the_engine_cannot_serve_fails_with_a_sentence_and_the_server_stays(home: Path) -> None:
    config = {**json.loads(model_parts()["config.json"]), "architectures": ["Abacus"], "model_type": "abacus"}
    store = open_store((home / "store").as_uri())
    foreign = publish_model(store, {"config.json": json.dumps(config).encode()})
    with started(home, kv_cache_gib="0.0001") as serving:
        status = serving.wait_until(inference_pb2.MODEL_STATE_FAILED)
        assert status.reason == "KV_CACHE_TOO_SMALL"
        assert "CODEKILN_KV_CACHE_GIB" in status.message
        serving.stub.LoadModel(inference_pb2.LoadModelRequest(model=str(foreign.ref)))
        status = serving.wait_until(inference_pb2.MODEL_STATE_FAILED)
        assert status.reason == "ARCHITECTURE_UNKNOWN"
        assert "Abacus" in status.message
