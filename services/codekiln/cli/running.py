"""`codekiln run`: a recipe's stages in order, each taking the artifacts of those before it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click
from google.protobuf.message import Message

from codekiln.cli.following import follow, ref_text
from codekiln.cli.local import services, stopped_by_signals
from codekiln.cli.plain import as_data
from codekiln.cli.recipe import Recipe, Stage, load_recipe
from codekiln.cli.summary import print_summary, show_live
from codekiln.client import Client
from codekiln.core.settings import load_settings
from codekiln.v1 import artifact_pb2, job_pb2

_TITLES = {
    "benchmark": "benchmark", "ingestion": "ingestion", "cleaning": "cleaning", "tokenizer": "tokenizer",
    "tokens": "packing", "trainer": "training", "evaluation": "evaluation",
}  # fmt: skip


@click.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON line instead of the screen.")
def run(recipe: Path, as_json: bool) -> None:
    """Run a recipe: ingest, clean, train a tokenizer, pack, train, evaluate.

    \b
    codekiln run recipes/demo.yaml        the demo: this machine's own Python packages
    codekiln run recipes/own-code.yaml    your folders and repositories; edit the file first

    Finished stages are cache hits, so running it again goes on where it stopped, and changing one parameter
    repeats that stage and those after it. Uses the services of `codekiln up` where they run, else its own
    for the time being. Ctrl-C stops everything and loses nothing.
    """
    settings = load_settings("cli")
    parsed = load_recipe(recipe)
    start = time.monotonic()
    with stopped_by_signals(), services(settings) as (client, _):
        try:
            jobs = run_stages(client, parsed)
        except KeyboardInterrupt:
            click.echo("\nstopping; run the same command again to go on", err=True)
            raise
        live = show_live(client, jobs, sys.stderr)
        results = {kind: client.artifact(_text(job)) for kind, job in jobs.items()}
    seconds = time.monotonic() - start
    if as_json:
        click.echo(json.dumps(_as_json(parsed, jobs, results, seconds)))
    else:
        print_summary(parsed.name, recipe, results, jobs, live, seconds)


def run_stages(client: Client, recipe: Recipe) -> dict[str, job_pb2.Job]:
    """Runs all stages and names what they make `<recipe>/<artifact kind>`. Raises the error of the first that fails."""
    jobs: dict[str, job_pb2.Job] = {}
    for stage in recipe.stages:
        job = client.create(stage.kind, _with_inputs(stage, jobs))
        jobs[stage.kind] = follow(client, job, _TITLES[stage.kind])
        client.set_name(f"{recipe.name}/{_text(jobs[stage.kind]).partition(':')[0]}", _text(jobs[stage.kind]))
    return jobs


def _with_inputs(stage: Stage, jobs: dict[str, job_pb2.Job]) -> Message:
    spec = type(stage.spec)()
    spec.CopyFrom(stage.spec)
    for field, source in stage.inputs.items():
        ref = jobs[source].artifacts[0]
        if spec.DESCRIPTOR.fields_by_name[field].is_repeated:
            getattr(spec, field).append(ref)
        else:
            getattr(spec, field).CopyFrom(ref)
    return spec


def _text(job: job_pb2.Job) -> str:
    return ref_text(job.artifacts[0])


def _as_json(
    recipe: Recipe, jobs: dict[str, job_pb2.Job], results: dict[str, artifact_pb2.Artifact], seconds: float
) -> dict[str, Any]:
    stages = {
        kind: {
            "artifact": _text(job),
            "cached": job.cached,
            "job": job.id,
            "seconds": round(job.end_time.ToMicroseconds() / 1e6 - job.create_time.ToMicroseconds() / 1e6, 2),
            "summary": as_data(results[kind].summary),
        }
        for kind, job in jobs.items()
    }
    return {"recipe": recipe.name, "seconds": round(seconds, 2), "stages": stages}
