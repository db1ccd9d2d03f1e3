"""One stage at a time: ingest, tokenizer, train, evaluate. Cleaning has more than one command: see cleaning.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click
import yaml
from google.protobuf import json_format

from codekiln.cli import taken
from codekiln.cli.following import follow, ref_text
from codekiln.cli.local import services, stopped_by_signals
from codekiln.cli.plain import as_data
from codekiln.cli.specification import parse_spec
from codekiln.client import Client
from codekiln.client.kinds import KINDS
from codekiln.core.errors import InvalidArgument
from codekiln.core.settings import load_settings

_SET = click.option(
    "--set", "settings", multiple=True, metavar="FIELD=VALUE", help="A field of the specification; repeatable."
)
_REQUEST = click.option("--request-id", default="", help="The same id returns the same job.")
_DETACH = click.option("--detach", is_flag=True, help="Print the job and leave it running (needs `codekiln up`).")
_NAME = click.option("--name", default="", help="Point this name at the result, for example `mine/dataset`.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON line.")


def stage(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every stage has."""
    for option in (_JSON, _NAME, _DETACH, _REQUEST, _SET):
        command = option(command)
    return command


@click.command()
@click.option("--folder", multiple=True, metavar="PATH", help="A folder of source files; repeatable.")
@click.option("--git", multiple=True, metavar="URL", help="A git repository, path or URL; repeatable.")
@click.option(
    "--archive", multiple=True, metavar="PATH", help="An archive or package, or a folder of them; repeatable."
)
@click.option("--parquet", multiple=True, metavar="PATH", help="Parquet in The Stack's columns; repeatable.")
@click.option("--json-lines", multiple=True, metavar="PATH", help="JSON lines in The Stack's columns; repeatable.")
@click.option("--hugging-face", multiple=True, metavar="PATH", help="A Hugging Face dataset on disk; repeatable.")
@click.option("--hub", multiple=True, metavar="OWNER/NAME", help="A dataset of the hub at HF_ENDPOINT; repeatable.")
@click.option("--installed-packages", is_flag=True, help="This Python's standard library and packages.")
@click.option("--license", "license_id", default="", help="SPDX id of what says none itself.")
@stage
def ingest(
    folder: tuple[str, ...],
    git: tuple[str, ...],
    archive: tuple[str, ...],
    parquet: tuple[str, ...],
    json_lines: tuple[str, ...],
    hugging_face: tuple[str, ...],
    hub: tuple[str, ...],
    installed_packages: bool,
    license_id: str,
    **options: Any,
) -> None:
    """Read source code into a corpus.

    Archives are .zip and .tar (.gz, .bz2, .xz, .zst), Python wheels and sdists, npm packages, crates, Go module zips
    and Debian source packages (.dsc). Parquet and JSON lines (.gz, .zst) have one row a file, as The Stack v1 and v2,
    or one a repository, as v3. A PATH is of the machine that runs the worker, or s3://bucket/prefix in its store.

    \b
    codekiln ingest --folder ~/src/app --license MIT
    codekiln ingest --git https://example.org/team/app.git --set languages=[Python,Go]
    codekiln ingest --archive ~/packages --parquet s3://data/the-stack
    codekiln ingest --hugging-face ~/datasets/code --set "max_language_bytes={JSON: 8000000}"
    codekiln ingest --installed-packages --set max_bytes=64000000

    A recipe can give sources weights and splits too: see recipes/several-sources.yaml and docs/ingestion.md.
    """
    sources: list[dict[str, Any]] = [{"folder": {"path": path, "license": license_id}} for path in folder]
    sources += [{"git": {"url": url, "license": license_id}} for url in git]
    sources += [{"archive": {"path": path, "license": license_id}} for path in archive]
    tables = (("parquet", parquet), ("json_lines", json_lines), ("hugging_face", hugging_face))
    sources += [{kind: {"path": path}} for kind, paths in tables for path in paths]
    sources += [{"hugging_face": {"name": name}} for name in hub]
    sources += [{"installed_packages": {}}] if installed_packages else []
    if not sources:
        raise InvalidArgument("nothing to read: give a source, such as --folder PATH (see --help)", reason="NO_SOURCE")
    run_stage("ingestion", {"sources": sources}, {}, **options)


@click.command()
@click.argument("dataset")
@click.option("--pack/--no-pack", default=True, show_default=True, help="Also pack the dataset into tokens.")
@stage
def tokenizer(dataset: str, pack: bool, name: str, **options: Any) -> None:
    """Train a tokenizer on DATASET, and pack the dataset with it.

    \b
    codekiln tokenizer demo/dataset --set vocab_size=16384
    codekiln tokenizer demo/dataset --name mine/tokens
    """
    trained = run_stage("tokenizer", {}, {"dataset": dataset}, name="" if pack else name, **options)
    if pack and trained:
        run_stage("tokens", {}, {"dataset": dataset, "tokenizer": trained}, name=name, **options | {"settings": ()})


@click.command()
@click.argument("tokens")
@stage
def train(tokens: str, **options: Any) -> None:
    """Train a model on TOKENS.

    \b
    codekiln train demo/tokens --set steps=1000 --set shape.layers=8
    codekiln train demo/tokens --name mine/model --set processes=2
    """
    run_stage("trainer", {}, {"tokens": tokens}, **options)


@click.command()
@click.argument("model")
@click.argument("benchmark")
@stage
def evaluate(model: str, benchmark: str, **options: Any) -> None:
    """Score MODEL on BENCHMARK in the sandbox: pass@k with its interval.

    \b
    codekiln evaluate demo/model demo/benchmark
    codekiln evaluate demo/model demo/benchmark --set samples_per_problem=10 --set k=[1,10] --set temperature=0.2
    """
    run_stage("evaluation", {}, {"model": model, "benchmark": benchmark}, **options)


def run_stage(
    kind: str,
    data: dict[str, Any],
    inputs: dict[str, str | list[str]],
    *,
    settings: tuple[str, ...],
    request_id: str,
    detach: bool,
    name: str,
    as_json: bool,
) -> str:
    """Creates the job, follows it unless it is detached, and prints what it made, which is returned.

    `inputs` are fields with names or prefixes of artifacts, resolved here.
    """
    for pair in settings:
        _assign(data, pair)
    with stopped_by_signals(), services(load_settings("cli")) as (client, own):
        if detach and own is not None:
            raise InvalidArgument("--detach needs services that stay: start `codekiln up` first", reason="NO_SERVICES")
        spec = parse_spec(KINDS[kind].spec, _referenced(client, data, inputs), "--set", kind)
        job = client.create(kind, spec, request_id)
        if not detach:
            job = follow(client, job, kind)
            if kind == "ingestion":
                for line in taken.told(as_data(client.artifact(ref_text(job.artifacts[0])).summary)):
                    click.echo(f"{kind:<13}{line}", err=True)
            if name:
                client.set_name(name, ref_text(job.artifacts[0]))
    artifact = ref_text(job.artifacts[0]) if job.artifacts else ""
    if as_json:
        click.echo(json.dumps(as_data(job)))
    else:
        click.echo(job.id if detach else artifact)
    return artifact


def _referenced(client: Client, data: dict[str, Any], inputs: dict[str, str | list[str]]) -> dict[str, Any]:
    """The specification's data with references in place of names and prefixes."""

    def ref(text: str) -> dict[str, Any]:
        return json_format.MessageToDict(client.artifact(text).ref, preserving_proto_field_name=True)

    return data | {
        field: [ref(item) for item in value] if isinstance(value, list) else ref(value)
        for field, value in inputs.items()
    }


def _assign(data: dict[str, Any], pair: str) -> None:
    """`shape.layers=8` into nested data; values are YAML."""
    path, equals, text = pair.partition("=")
    if not equals or not path:
        raise InvalidArgument(f"--set `{pair}`: write FIELD=VALUE, for example steps=500", reason="BAD_SET")
    *parents, last = path.split(".")
    for parent in parents:
        data = data.setdefault(parent, {})
        if not isinstance(data, dict):
            raise InvalidArgument(f"--set `{pair}`: `{parent}` has no fields, it was set to `{data}`", reason="BAD_SET")
    try:
        data[last] = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"--set `{pair}`: the value is not YAML", reason="BAD_SET") from error
