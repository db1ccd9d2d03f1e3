"""The one screen after a run: what went in, what stayed, what was learnt, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import click
from google.protobuf import json_format

from codekiln.cli.following import ref_text
from codekiln.cli.progress import duration, scaled
from codekiln.client import Client
from codekiln.core.errors import CodekilnError
from codekiln.v1 import artifact_pb2, inference_pb2, job_pb2

Summaries = dict[str, dict[str, Any]]
_REASONS_SHOWN = 8


def show_live(client: Client, jobs: dict[str, job_pb2.Job], stream: IO[str]) -> bool:
    """Streams a completion and an infill where the run's own model is loaded; says whether it did."""
    if "evaluation" not in jobs or jobs["evaluation"].cached or "trainer" not in jobs:
        return False
    status = client.model_status()
    if status.state != inference_pb2.MODEL_STATE_READY or status.model != jobs["trainer"].artifacts[0]:
        return False
    sample = json_format.MessageToDict(client.artifact(ref_text(jobs["evaluation"].artifacts[0])).summary)
    sampling = inference_pb2.Sampling(max_tokens=48, temperature=0.0)
    try:
        prompt = sample.get("completion", {}).get("prompt", "def add(a, b):\n")
        stream.write(f"\ncompletion, streamed:\n{_indented(prompt)}")
        for piece in client.complete(prompt, sampling):
            stream.write(_continued(piece.text))
            stream.flush()
        if status.infill:
            gap = sample.get("infill", {})
            stream.write(f"\n\ninfill, streamed into `...`:\n{_indented(gap.get('prefix', 'def '))} ")
            for middle in client.infill(gap.get("prefix", "def "), gap.get("suffix", "(a, b):\n"), sampling):
                stream.write(_continued(middle.text))
                stream.flush()
        stream.write("\n")
    except CodekilnError as error:
        stream.write(f"\n(no sample: {error.message})\n")
    return True


def print_summary(
    name: str,
    recipe: Path,
    results: dict[str, artifact_pb2.Artifact],
    jobs: dict[str, job_pb2.Job],
    live: bool,
    seconds: float,
) -> None:
    """Prints to stdout. Leaves out what the recipe did not run."""
    summaries = {kind: json_format.MessageToDict(artifact.summary) for kind, artifact in results.items()}
    lines = [
        f"\n{name}: {duration(seconds)} min, {sum(job.cached for job in jobs.values())} of {len(jobs)} stages cached",
        "",
    ]
    for part in (_data, _vocabulary, _training, _evaluation):
        lines += part(summaries)
    if not live:
        lines += _samples(summaries)
    lines += _reports(results)
    lines += _next(name, recipe, results)
    click.echo("\n".join(lines))


def _data(summaries: Summaries) -> list[str]:
    lines = []
    if corpus := summaries.get("ingestion"):
        lines.append(
            f"  in          {corpus['files']:,.0f} files, {_mb(corpus['bytes'])}, "
            f"{corpus['repositories']:,.0f} repositories"
        )
    if dataset := summaries.get("cleaning"):
        share = 100 * dataset["bytes_kept"] / max(1, dataset["bytes_in"])
        lines.append(f"  kept        {dataset['files_kept']:,.0f} files, {_mb(dataset['bytes_kept'])} ({share:.0f} %)")
        dropped = sorted(dataset["dropped"].items(), key=lambda item: -item[1]["files"])
        shown = [f"{reason} {counts['files']:,.0f}" for reason, counts in dropped[:_REASONS_SHOWN]]
        rest = sum(counts["files"] for _, counts in dropped[_REASONS_SHOWN:])
        shown += [f"{len(dropped) - _REASONS_SHOWN} more reasons {rest:,.0f}"] if rest else []
        lines += _wrapped("  dropped     ", shown)
        if changed := dataset.get("anonymized"):
            lines += _wrapped("  anonymized  ", [f"{kind} {count:,.0f}" for kind, count in sorted(changed.items())])
    return lines


def _vocabulary(summaries: Summaries) -> list[str]:
    tokenizer = summaries.get("tokenizer")
    if not tokenizer:
        return []
    peers = "".join(f", {peer} {value:.2f}" for peer, value in sorted(tokenizer.get("peers", {}).items()))
    return [
        f"  vocabulary  {tokenizer['vocab_size']:,.0f} entries, "
        f"{tokenizer['bytes_per_token']:.2f} bytes per token{peers}"
    ]


def _training(summaries: Summaries) -> list[str]:
    model = summaries.get("trainer")
    if not model:
        return []
    return [
        f"  model       {scaled(model['parameters'])} parameters, {scaled(model['tokens_seen'])} tokens, "
        f"{model['steps']:.0f} steps",
        f"  loss        {model['loss_start']:.3f} -> {model['loss_end']:.3f}",
        f"  bits/byte   {model['bits_per_byte_start']:.3f} -> {model['bits_per_byte_end']:.3f} "
        "on held-out repositories",
    ]


def _evaluation(summaries: Summaries) -> list[str]:
    report = summaries.get("evaluation")
    if not report:
        return []
    scores = ", ".join(
        f"pass@{k} {100 * s['value']:.1f} % [{100 * s['low']:.1f}, {100 * s['high']:.1f}]"
        for k, s in sorted(report["pass_at"].items(), key=lambda item: int(item[0]))
    )
    parse = report.get("parse_share")
    lines = [f"  {report['benchmark']:<10}  {scores} on {report['problems']:.0f} problems (95 % interval)"]
    if found := report.get("contaminated_problems"):
        others = ", ".join(f"pass@{k} {100 * s['value']:.1f} %" for k, s in report["pass_at_others"].items()) or "none"
        lines.append(f"              {found:.0f} contaminated problems; on the others: {others}")
    if parse is not None:
        lines.append(f"  parse       {100 * parse:.0f} % of completions are valid Python")
    lines += _wrapped(
        "  outcomes    ", [f"{k} {v:.0f}" for k, v in sorted(report["outcomes"].items(), key=lambda i: -i[1])]
    )
    lines.append(f"  leaks       {_contamination(report.get('contamination'))}")
    return lines


def _contamination(value: Any) -> str:
    if not isinstance(value, dict) or value.get("status") != "checked":
        return "unknown: the model's dataset was not checked against this benchmark"
    problems = value.get("problems", {})
    if not problems:
        return "none found: no file of the training data holds one of the problems"
    return f"{value['files']:.0f} files with one of {len(problems)} problems were removed before training"


def _samples(summaries: Summaries) -> list[str]:
    report, lines = summaries.get("evaluation", {}), []
    if sample := report.get("completion"):
        lines += ["", "completion:", _indented(sample["prompt"] + sample["completion"])]
    if gap := report.get("infill"):
        lines += ["", "infill:", _indented(f"{gap['prefix']}[[{gap['infill']}]]{gap['suffix']}")]
    return lines


def _reports(results: dict[str, artifact_pb2.Artifact]) -> list[str]:
    wanted = {
        "cleaning": ("report.html",),
        "tokenizer": ("report.json",),
        "trainer": ("metrics.jsonl",),
        "evaluation": ("report.json",),
    }
    found = [
        f"  {kind:<10}  {part.uri}"
        for kind, names in wanted.items()
        if kind in results
        for part in results[kind].parts
        if part.name in names
    ]
    return ["", "reports", *found] if found else []


def _next(name: str, recipe: Path, results: dict[str, artifact_pb2.Artifact]) -> list[str]:
    if "trainer" not in results:
        return [
            "",
            f"next        codekiln {'report' if 'cleaning' in results else 'lineage'} {_data_name(name, results)}",
        ]
    commands = {
        f"codekiln report {name}/dataset": "what cleaning dropped and why, and what changed since the last run",
        f"codekiln serve {name}/model": "serve it: gRPC and an OpenAI-compatible endpoint",
        'codekiln complete "def fib(n):"': "ask it, from another terminal while it is served",
        f"codekiln lineage {name}/model": "from the model back to the licences of its training files",
    }
    return ["", "next", *(f"  {command:<36}{meaning}" for command, meaning in commands.items())]


def _data_name(name: str, results: dict[str, artifact_pb2.Artifact]) -> str:
    return f"{name}/{'dataset' if 'cleaning' in results else 'corpus'}"


def _wrapped(head: str, items: list[str]) -> list[str]:
    lines, line = [], head
    for item in items:
        if len(line) + len(item) > 110 and line.strip():
            lines.append(line.rstrip(" ,"))
            line = " " * len(head)
        line += f"{item}, "
    return [*lines, line.rstrip(" ,")]


def _mb(count: float) -> str:
    return f"{count / 1e6:,.1f} MB"


def _indented(text: str) -> str:
    return "    " + text.replace("\n", "\n    ")


def _continued(text: str) -> str:
    return text.replace("\n", "\n    ")
