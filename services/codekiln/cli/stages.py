"""One stage at a time: ingest, clean, tokenizer, train, evaluate."""

from __future__ import annotations

import json
import subprocess
import sys
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


def _stage(command: Callable[..., Any]) -> Callable[..., Any]:
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
@_stage
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
    _run("ingestion", {"sources": sources}, {}, **options)


class _Clean(click.Group):
    """What is none of its commands is the name of a corpus."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "corpus", self.commands["corpus"], args


@click.group(cls=_Clean, context_settings={"ignore_unknown_options": True})
def clean() -> None:
    """Clean a corpus into a dataset, or try the steps on files.

    \b
    codekiln clean demo/corpus               a dataset, with a report of every drop
    codekiln clean preview demo/corpus       what that would keep and drop, from a sample, in seconds
    codekiln clean explain src/app.py        what every step decides of a file, and why
    codekiln clean redact src/               personal data and secrets, and what would stand there
    codekiln clean duplicates src/           files that are equal or nearly so
    """


@clean.command()
@click.argument("corpus")
@click.option("--benchmark", multiple=True, help="Benchmarks to decontaminate against; repeatable.")
@click.option("--known", multiple=True, help="Datasets whose files are not taken again; repeatable.")
@_stage
def corpus(corpus: str, benchmark: tuple[str, ...], known: tuple[str, ...], **options: Any) -> None:
    """Clean CORPUS into a dataset, with a report of every drop.

    \b
    codekiln clean demo/corpus
    codekiln clean corpus:3f9a01 --set max_line_length=500 --set near_duplicate_threshold=0.8
    """
    _run("cleaning", {}, {"corpus": corpus, "benchmarks": list(benchmark), "known": list(known)}, **options)


def _of_cleaning(name: str, help: str, *module: str) -> click.Command:
    """A command that the cleaning package has itself. Another process: this one speaks to services by gRPC alone."""

    @click.command(name, help=help, add_help_option=False, context_settings={"ignore_unknown_options": True})
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def command(arguments: tuple[str, ...]) -> int:
        return subprocess.run([sys.executable, "-m", *module, *arguments]).returncode

    return command


_STANDALONE = "codekiln.cleaning.standalone"
clean.add_command(_of_cleaning("preview", "Try rules on a sample of a corpus or folder.", _STANDALONE, "preview"))
clean.add_command(_of_cleaning("explain", "Say of files what every step decides and why.", _STANDALONE, "explain"))
clean.add_command(_of_cleaning("redact", "Find personal data and secrets in files.", _STANDALONE, "redact"))
clean.add_command(_of_cleaning("duplicates", "Find files that are equal or nearly so.", _STANDALONE, "duplicates"))


@click.command()
@click.argument("dataset")
@click.option("--compare-with", default="", metavar="DATASET", help="Another dataset; by default the one before.")
@click.option("--output", type=click.Path(dir_okay=False), help="Where the page goes; into this folder by default.")
@click.option("--open", "open_it", is_flag=True, help="Show the page in the browser.")
@click.option("--json", "as_json", is_flag=True, help="The same as one JSON line on stdout, and no page.")
def report(dataset: str, compare_with: str, output: str | None, open_it: bool, as_json: bool) -> int:
    """Write DATASET's report as a page, with the slowest files and what changed since the dataset before.

    \b
    codekiln report demo/dataset                                   a page in this folder
    codekiln report demo/dataset --compare-with dataset:3f9a01 --open
    codekiln report demo/dataset --json | jq .since.reasons
    """
    given = {"--compare-with": compare_with, "--output": output}
    options = [part for name, value in given.items() if value for part in (name, value)]
    flags = [flag for flag, on in (("--open", open_it), ("--json", as_json)) if on]
    run = [sys.executable, "-m", "codekiln.cleaning.report", *options, *flags, "--", dataset]
    return subprocess.run(run).returncode


@click.command()
@click.argument("dataset")
@click.option("--pack/--no-pack", default=True, show_default=True, help="Also pack the dataset into tokens.")
@_stage
def tokenizer(dataset: str, pack: bool, name: str, **options: Any) -> None:
    """Train a tokenizer on DATASET, and pack the dataset with it.

    \b
    codekiln tokenizer demo/dataset --set vocab_size=16384
    codekiln tokenizer demo/dataset --name mine/tokens
    """
    trained = _run("tokenizer", {}, {"dataset": dataset}, name="" if pack else name, **options)
    if pack and trained:
        _run("tokens", {}, {"dataset": dataset, "tokenizer": trained}, name=name, **options | {"settings": ()})


@click.command()
@click.argument("tokens")
@_stage
def train(tokens: str, **options: Any) -> None:
    """Train a model on TOKENS.

    \b
    codekiln train demo/tokens --set steps=1000 --set shape.layers=8
    codekiln train demo/tokens --name mine/model --set processes=2
    """
    _run("trainer", {}, {"tokens": tokens}, **options)


@click.command()
@click.argument("model")
@click.argument("benchmark")
@_stage
def evaluate(model: str, benchmark: str, **options: Any) -> None:
    """Score MODEL on BENCHMARK in the sandbox: pass@k with its interval.

    \b
    codekiln evaluate demo/model demo/benchmark
    codekiln evaluate demo/model demo/benchmark --set samples_per_problem=10 --set k=[1,10] --set temperature=0.2
    """
    _run("evaluation", {}, {"model": model, "benchmark": benchmark}, **options)


def _run(
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
