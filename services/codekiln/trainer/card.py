"""The model card: README.md of an exported model. Says what it was made from and what it is not good for. Pure."""

from __future__ import annotations

from typing import Any

from codekiln.core.spec import to_json
from codekiln.trainer.spec import TrainerSpec

_SHOWN_LICENSES = 20


def model_card(spec: TrainerSpec, vocab_size: int, summary: dict[str, Any], licenses: dict[str, int]) -> str:
    """Markdown with the front matter that Hugging Face's hub reads."""
    shape = spec.shape
    per_parameter = summary["tokens_seen"] / summary["parameters"]
    return f"""---
library_name: transformers
pipeline_tag: text-generation
tags: [code, codekiln]
---
# A code-completion model made by codekiln

{summary["parameters"]:,} parameters, trained from scratch on {summary["tokens_seen"]:,} tokens
({per_parameter:.2f} a parameter) from `{spec.tokens}`. It completes code{_infill(spec.fim_rate)}.

| | at start | at end |
| --- | --- | --- |
| loss on held-out text, nats a token | {summary["loss_start"]:.4f} | {summary["loss_end"]:.4f} |
| bits per byte of held-out text | {summary["bits_per_byte_start"]:.4f} | {summary["bits_per_byte_end"]:.4f} |

## What it is not good for
{_limits(per_parameter)}
It was not taught to follow instructions, to converse or to be safe. It may repeat code of its training data word for
word, with the obligations of that code's licence, and it may write code that is wrong or insecure: review what it
writes. It was trained on {spec.sequence_length:,} tokens of context; more, up to {shape.max_position:,}, are untested.

## Shape
Qwen3: {shape.layers} blocks of width {shape.hidden_size}, {shape.heads} query and {shape.kv_heads} key-value heads of
{shape.head_dim}, MLP of {shape.intermediate_size}, vocabulary of {vocab_size:,}, tied head, float32.

## Training
{summary["steps"]:,} steps of {spec.batch_size} x {spec.sequence_length} tokens, {summary["seconds"]:,.0f} s
at {summary["tokens_per_second"]:,.0f} tokens/s. `metrics.jsonl` has a row for every step.

{_table(spec)}

## Licences of the training data
{_licenses(licenses)}
"""


def _infill(fim_rate: float) -> str:
    if fim_rate == 0:
        return " and was not trained to fill gaps (fim_rate was 0)"
    return " and fills gaps,\nasked as `<|fim_prefix|>` before `<|fim_suffix|>` after `<|fim_middle|>`"


def _limits(per_parameter: float) -> str:
    if per_parameter < 20:
        return (
            f"It saw {per_parameter:.2f} tokens a parameter where about 20 are usual (Hoffmann et al., 2022): it has\n"
            "learned the look of code and little of its meaning. Do not use it for work."
        )
    return "It is small: expect the next few tokens to be good and whole functions to be wrong."


def _table(spec: TrainerSpec) -> str:
    hidden = ("tokens", "shape", "steps", "batch_size", "sequence_length")
    rows = [f"| {name} | {value} |" for name, value in to_json(spec).items() if name not in hidden]
    return "\n".join(["| parameter | value |", "| --- | --- |", *rows])


def _licenses(licenses: dict[str, int]) -> str:
    if not licenses:
        return "Not recorded: the data came without licences."
    ranked = sorted(licenses.items(), key=lambda item: (-item[1], item[0]))
    rows = [f"| {name} | {count:,} |" for name, count in ranked[:_SHOWN_LICENSES]]
    if len(ranked) > _SHOWN_LICENSES:
        rows.append(
            f"| {len(ranked) - _SHOWN_LICENSES} more | {sum(count for _, count in ranked[_SHOWN_LICENSES:]):,} |"
        )
    return "\n".join(["| licence | files |", "| --- | --- |", *rows])
