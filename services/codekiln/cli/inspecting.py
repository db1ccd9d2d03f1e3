"""jobs, artifacts, lineage, optout: what runs, what ran, what was made and of what."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import click
from google.protobuf.message import Message

from codekiln.cli.following import follow, ref_text
from codekiln.cli.local import services
from codekiln.cli.plain import as_data
from codekiln.cli.progress import describe, duration, scaled
from codekiln.client.addresses import SERVICES
from codekiln.core.artifacts import KINDS
from codekiln.core.errors import InvalidArgument
from codekiln.core.settings import Settings, load_settings
from codekiln.v1 import artifact_pb2, job_pb2


@click.command()
@click.argument("id", required=False)
@click.option("--cancel", is_flag=True, help="Stop the job ID.")
@click.option("--watch", is_flag=True, help="Follow the job ID until it ends.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a job.")
def jobs(id: str | None, cancel: bool, watch: bool, as_json: bool) -> None:
    """List jobs, or show, watch or cancel one.

    \b
    codekiln jobs
    codekiln jobs cleaning-1f2e3d4c5b6a79880001 --watch
    codekiln jobs trainer-1f2e3d4c5b6a79880001 --cancel
    """
    if (cancel or watch) and not id:
        raise InvalidArgument("--cancel and --watch need a job's id", reason="ID_MISSING")
    with services(load_settings("cli") if watch else _looking()) as (client, _):
        if id:
            job = client.cancel(id) if cancel else client.get(id)
            if watch:
                job = follow(client, job, job.kind)
            click.echo(_json(job) if as_json else _details(job))
            return
        found = [
            job
            for service in SERVICES
            if service != "inference" and service in client.addresses
            for job in client.jobs(service)
        ]
    for job in sorted(found, key=lambda job: -job.create_time.ToMicroseconds()):
        click.echo(_json(job) if as_json else _line(job))
    if not found and not as_json:
        click.echo("no jobs yet: `codekiln run recipes/demo.yaml` makes some", err=True)


@click.command()
@click.argument("artifact", required=False)
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line an artifact.")
def artifacts(artifact: str | None, kind: str | None, as_json: bool) -> None:
    """List artifacts, or show one with its parts.

    \b
    codekiln artifacts
    codekiln artifacts --kind model
    codekiln artifacts demo/model
    """
    with services(_looking()) as (client, _):
        if artifact:
            found = client.artifact(artifact)
            click.echo(_json(found) if as_json else _artifact_details(found))
            return
        for item in client.artifacts(f"ARTIFACT_KIND_{(kind or 'unspecified').upper()}"):
            when = item.create_time.ToDatetime().strftime("%Y-%m-%d %H:%M")
            click.echo(_json(item) if as_json else f"{ref_text(item.ref):<44}  {when}  {_brief(item)}")


@click.command()
@click.argument("artifact")
@click.option("--json", "as_json", is_flag=True, help="One JSON line an artifact.")
def lineage(artifact: str, as_json: bool) -> None:
    """Walk from ARTIFACT to all it was made from, down to the licences of the source files.

    \b
    codekiln lineage demo/model
    """
    with services(_looking()) as (client, _):
        chain = client.lineage(artifact)
    if as_json:
        for item in chain:
            click.echo(_json(item))
        return
    for item in chain:
        made_of = ", ".join(ref_text(ref) for ref in item.inputs) or "sources outside"
        click.echo(f"{ref_text(item.ref)}\n    {_brief(item)}\n    made from {made_of}")
    licenses: Counter[str] = Counter()
    source = next((item for item in chain if item.licenses and KINDS[item.ref.kind - 1] == "dataset"), None)
    for item in [source] if source else chain:
        licenses.update(item.licenses)
    if licenses:
        click.echo("licences of the source files:")
        for name, count in licenses.most_common():
            click.echo(f"    {count:>8,}  {name}")


@click.command()
@click.argument("entries", nargs=-1, metavar="REPOSITORY...")
@click.option("--hash", "hashes", multiple=True, metavar="HASH", help="A content: blob:... or sha256:...; repeatable.")
@click.option("--from", "lists", multiple=True, metavar="FILE", help="A file of entries, one a line; `-` for a pipe.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line an artifact.")
def optout(entries: tuple[str, ...], hashes: tuple[str, ...], lists: tuple[str, ...], as_json: bool) -> int:
    """Tell what holds withdrawn sources and what was made from them: REPOSITORY, or files of one.

    \b
    codekiln optout acme/widgets
    codekiln optout 'acme/*' 'acme/gadgets:src/*' --json
    codekiln optout --hash blob:9daeafb9864cf43055ae93beb0afd6c7d144bfa4
    codekiln optout --from withdrawn.txt
    """
    # Rows are read by the cleaning package, which this process does not import.
    options = [*(f"--hash={hash}" for hash in hashes), *(f"--from={path}" for path in lists), *["--json"] * as_json]
    return subprocess.run(
        [sys.executable, "-m", "codekiln.cleaning.standalone", "optout", *options, "--", *entries]
    ).returncode


def _looking() -> Settings:
    """Services that are brought along for a look start no waiting job."""
    return replace(load_settings("cli"), max_running=0)


def _line(job: job_pb2.Job) -> str:
    state = job_pb2.JobState.Name(job.state).removeprefix("JOB_STATE_")
    when = job.create_time.ToDatetime().strftime("%Y-%m-%d %H:%M:%S")
    if job.state == job_pb2.JOB_STATE_SUCCEEDED:
        text = ref_text(job.artifacts[0]) + ("  cached" if job.cached else "")
    elif job.state == job_pb2.JOB_STATE_FAILED:
        text = f"{job.error.reason}: {job.error.message}"
    else:
        text = describe(job)
    return f"{job.id:<32}  {state:<10}  {when}  {text}"


def _details(job: job_pb2.Job) -> str:
    lines = [_line(job), f"attempt {job.attempt}, revision {job.revision}, request {job.request_id}"]
    if job.HasField("end_time"):
        seconds = (job.end_time.ToMicroseconds() - job.create_time.ToMicroseconds()) / 1e6
        lines.append(f"took {duration(seconds)} min")
    lines.append(json.dumps(as_data(job.spec), indent=2))
    return "\n".join(lines)


def _artifact_details(artifact: artifact_pb2.Artifact) -> str:
    lines = [ref_text(artifact.ref), json.dumps(as_data(artifact.summary), indent=2)]
    lines += [f"{part.bytes:>14,}  {part.name:<28}  {part.uri}" for part in artifact.parts]
    return "\n".join(lines)


def _brief(artifact: artifact_pb2.Artifact) -> str:
    summary = as_data(artifact.summary)
    plain = {k: v for k, v in summary.items() if isinstance(v, int | float | str) and len(str(v)) < 40}
    return ", ".join(f"{k} {scaled(v) if isinstance(v, int | float) else v}" for k, v in list(plain.items())[:5])


def _json(message: Message) -> str:
    return json.dumps(as_data(message))
