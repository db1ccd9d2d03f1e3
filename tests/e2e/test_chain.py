"""The chain without a served model: cache hits, what a changed parameter repeats, kills at any moment."""

from __future__ import annotations

import json
import random
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.folder import Folder
from tests.s3 import S3Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

RECIPE = """
name: small
benchmark: {name: humaneval}
ingestion:
  sources: [{installed_packages: {only: [click, rich, attrs, pluggy, packaging], exclude_standard_library: true}}]
  languages: [Python]
cleaning: {}
tokenizer: {vocab_size: 1024}
tokens: {held_out_share: 0.2}
trainer:
  shape: {layers: 2, hidden_size: 64, heads: 2, kv_heads: 1, head_dim: 32, intermediate_size: 128}
  sequence_length: 64
  batch_size: 4
  steps: STEPS
  warmup_steps: 2
  checkpoint_steps: 10
"""


def write_recipe(folder: Folder, steps: int, extra: str = "") -> str:
    (folder.path / "small.yaml").write_text(RECIPE.replace("STEPS", str(steps)) + extra)
    return "small.yaml"


def test_a_second_run_is_all_cache_hits_and_a_changed_parameter_repeats_only_what_follows(folder: Folder) -> None:
    first = folder.result("run", write_recipe(folder, steps=20))
    assert not any(stage["cached"] for stage in first["stages"].values())
    assert folder.processes() == []

    second = folder.result("run", write_recipe(folder, steps=20))
    assert all(stage["cached"] for stage in second["stages"].values())

    third = folder.result("run", write_recipe(folder, steps=21))
    repeated = {kind for kind, stage in third["stages"].items() if not stage["cached"]}
    assert repeated == {"trainer"}
    assert third["stages"]["cleaning"]["artifact"] == first["stages"]["cleaning"]["artifact"]

    lineage = folder.run("lineage", "small/model")
    assert lineage.returncode == 0
    assert "MIT" in lineage.stdout
    assert first["stages"]["ingestion"]["artifact"] in lineage.stdout


def test_killed_at_any_moment_the_next_run_goes_on_and_makes_the_same(folder: Folder, tmp_path: Path) -> None:
    recipe = write_recipe(folder, steps=40)
    moments = random.Random(7)
    for how in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
        process = folder.start("run", recipe)
        time.sleep(moments.uniform(2.0, 9.0))
        process.send_signal(how)
        process.communicate(timeout=60)
        wait_for_silence(folder)
    survived = folder.result("run", recipe)

    other = Folder(tmp_path / "unbroken")
    other.path.mkdir()
    share_key(folder, other)
    unbroken = other.result("run", write_recipe(other, steps=40))
    assert artifacts(survived) == artifacts(unbroken)
    assert part_digests(folder, "small/model") == part_digests(other, "small/model")
    assert part_digests(folder, "small/dataset") == part_digests(other, "small/dataset")


def share_key(folder: Folder, other: Folder) -> None:
    """Datasets of two stores are equal only with one key of substitutes."""
    key = Path(".codekiln/store/keys/anonymization")
    (other.path / key).parent.mkdir(parents=True)
    (other.path / key).write_bytes((folder.path / key).read_bytes())


def artifacts(result: dict[str, dict[str, dict[str, str]]]) -> dict[str, str]:
    return {kind: stage["artifact"] for kind, stage in result["stages"].items()}


def part_digests(folder: Folder, name: str) -> dict[str, str]:
    """SHA-256 by part, without parts that hold times."""
    shown = folder.result("artifacts", name)
    timed = ("metrics.jsonl", "README.md", "report.html", "report.json")
    return {part["name"]: part["sha256"] for part in shown["parts"] if part["name"] not in timed}


def wait_for_silence(folder: Folder) -> None:
    """Servers and workers end by themselves once their `run` is gone."""
    deadline = time.monotonic() + 60
    while folder.processes():
        assert time.monotonic() < deadline, [process.cmdline() for process in folder.processes()]
        time.sleep(0.1)


def test_what_cannot_work_says_so_in_one_sentence_and_leaves_nothing(folder: Folder) -> None:
    bad = write_recipe(folder, steps=20, extra="\n").replace(".yaml", "")
    text = (folder.path / f"{bad}.yaml").read_text().replace("vocab_size: 1024", "vocab_size: 200000")
    (folder.path / "large.yaml").write_text(text)
    done = folder.run("run", "large.yaml", "--json")
    assert done.returncode == 1
    error = json.loads(done.stdout.splitlines()[-1])["error"]
    assert error["reason"] == "VOCAB_TOO_LARGE"
    assert folder.processes() == []


@pytest.mark.s3
def test_the_same_chain_runs_on_s3_and_leaves_nothing_but_caches_on_the_machine(folder: Folder, s3: S3Server) -> None:
    for name, value in vars(s3.credentials).items():
        (folder.path / name).write_text(value)
        folder.settings[f"CODEKILN_STORE_{name.upper()}_FILE"] = str(folder.path / name)
    folder.settings["CODEKILN_STORE"] = s3.url(prefix="team")
    first = folder.result("run", write_recipe(folder, steps=20))
    assert not any(stage["cached"] for stage in first["stages"].values())
    assert not (folder.path / ".codekiln" / "store").exists()
    shown = folder.result("artifacts", "small/model")
    assert all(part["uri"].startswith("s3://") for part in shown["parts"])
    second = folder.result("run", write_recipe(folder, steps=20))
    assert all(stage["cached"] for stage in second["stages"].values())
    assert folder.processes() == []
