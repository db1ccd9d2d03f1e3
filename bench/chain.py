"""The whole chain, stage by stage: seconds, bytes, CPU seconds and peak memory.

`python -m bench.chain --json [RECIPE]` runs the recipe in a fresh folder with services of its own, samples processes
four times a second, and prints a table and one JSON line. CPU seconds and memory are of all that run during a
stage: servers, workers, Dask, torchrun, vLLM.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from bench.sampling import Sampler
from codekiln.cli.following import ref_text
from codekiln.cli.local import LocalServices, make_client
from codekiln.cli.recipe import load_recipe
from codekiln.cli.running import run_stages
from codekiln.client import Client
from codekiln.core.settings import load_settings
from codekiln.v1 import job_pb2


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.chain", description=__doc__)
    parser.add_argument("recipe", nargs="?", default="recipes/demo.yaml", type=Path)
    parser.add_argument("--json", action="store_true", help="print only the JSON line")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        result = measure(arguments.recipe, Path(home))
    if not arguments.json:
        print_table(result)
    print(json.dumps(result))


def measure(recipe: Path, home: Path) -> dict[str, Any]:
    """Runs the recipe once, everything under `home`."""
    settings = replace(load_settings("bench"), home=home, store="")
    services, sampler = LocalServices(settings), Sampler()
    thread = threading.Thread(target=sampler.run, daemon=True)
    thread.start()
    start = time.monotonic()
    try:
        services.start()
        with make_client(settings, {name: record["grpc"] for name, record in services.records.items()}) as client:
            jobs = run_stages(client, load_recipe(recipe))
            seconds = time.monotonic() - start
            stages = {kind: _stage(client, job, sampler) for kind, job in jobs.items()}
    finally:
        services.stop()
        sampler.stop()
        thread.join()
    peak = max(sample.pss for sample in sampler.samples)
    return {"bench": "chain", "recipe": recipe.name, "seconds": round(seconds, 1), "peak_bytes": peak, "stages": stages}


def _stage(client: Client, job: job_pb2.Job, sampler: Sampler) -> dict[str, Any]:
    start, end = job.create_time.ToMicroseconds() / 1e6, job.end_time.ToMicroseconds() / 1e6
    artifact = client.artifact(ref_text(job.artifacts[0]))
    summary = json_format.MessageToDict(artifact.summary)
    return {
        "seconds": round(end - start, 2),
        "bytes": int(summary.get("bytes_in") or summary.get("bytes") or sum(part.bytes for part in artifact.parts)),
        **sampler.between(start, end),
    }


def print_table(result: dict[str, Any]) -> None:
    print(f"{'stage':<12}{'seconds':>10}{'MB':>10}{'CPU s':>10}{'peak MB':>10}")
    for name, stage in result["stages"].items():
        print(
            f"{name:<12}{stage['seconds']:>10.1f}{stage['bytes'] / 1e6:>10.1f}"
            f"{stage['cpu_seconds']:>10.1f}{stage['peak_bytes'] / 1e6:>10.0f}"
        )
    print(f"{'all':<12}{result['seconds']:>10.1f}{'':>10}{'':>10}{result['peak_bytes'] / 1e6:>10.0f}")


if __name__ == "__main__":
    main()
