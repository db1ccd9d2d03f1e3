"""`codekiln report`: a dataset's report with the times of its run and what changed since the dataset before it.

Reads the store that the settings name; runs no service and writes nothing but the page.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from codekiln.cleaning.report.page import render
from codekiln.cleaning.report.since import compare, previous, read_report
from codekiln.cleaning.report.times import read_times
from codekiln.cleaning.standalone.running import run
from codekiln.core.artifacts import Manifest, open_artifact
from codekiln.core.errors import CodekilnError, InvalidArgument
from codekiln.core.names import is_name, resolve
from codekiln.core.settings import load_settings
from codekiln.core.store import ObjectStore, open_store


@click.command()
@click.argument("dataset")
@click.option("--compare-with", default="")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--open", "open_it", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def main(dataset: str, compare_with: str, output: Path | None, open_it: bool, as_json: bool) -> None:
    """As `codekiln report --help` says."""
    settings = load_settings("cleaning")
    store = open_store(settings.store_url, settings.store_credentials())
    manifest = _open(store, dataset)
    report = read_report(store, manifest)
    if times := read_times(store, manifest.ref):
        report["times"] = times
    if since := _since(store, manifest, report, dataset, compare_with):
        report["since"] = since
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    path = output or Path(f"report-{manifest.ref.digest[:8]}.html")
    path.write_text(render(report), encoding="utf-8")
    print(path)
    if open_it:
        click.launch(str(path))


def _open(store: ObjectStore, text: str) -> Manifest:
    ref = resolve(store, text)
    if ref.kind != "dataset":
        raise InvalidArgument(
            f"`{text}` is a {ref.kind}, only a dataset has this report: `codekiln lineage {text}` shows what it was "
            "made from",
            reason="NOT_A_DATASET",
        )
    return open_artifact(store, ref)


def _since(
    store: ObjectStore, manifest: Manifest, report: dict[str, Any], dataset: str, compare_with: str
) -> dict[str, Any] | None:
    if compare_with:
        other = _open(store, compare_with)
        return compare(report, read_report(store, other), other.ref, "as asked for")
    found = previous(store, manifest, dataset if is_name(dataset) else "")
    if not found:
        return None
    other, chosen = found
    try:
        return compare(report, read_report(store, other), other.ref, chosen)
    except CodekilnError as error:
        click.echo(f"not compared with the dataset before: {error.message}", err=True)
        return None


if __name__ == "__main__":
    sys.exit(run(main, "codekiln report"))
