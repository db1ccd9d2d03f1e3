"""`codekiln clean`, and `codekiln report` of what it made."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import click

from codekiln.cli.stages import run_stage, stage


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
@stage
def corpus(corpus: str, benchmark: tuple[str, ...], known: tuple[str, ...], **options: Any) -> None:
    """Clean CORPUS into a dataset, with a report of every drop.

    \b
    codekiln clean demo/corpus
    codekiln clean corpus:3f9a01 --set max_line_length=500 --set near_duplicate_threshold=0.8
    """
    run_stage("cleaning", {}, {"corpus": corpus, "benchmarks": list(benchmark), "known": list(known)}, **options)


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
