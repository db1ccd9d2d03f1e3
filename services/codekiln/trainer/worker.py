"""The trainer's worker: `python -m codekiln.trainer.worker JOB_ID ATTEMPT`. Light: torch lives in the ranks it starts.

A second attempt goes on from the newest checkpoint of the first; the model is published here, its folder checked.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from codekiln.core.artifacts import Draft, Key, Manifest, lineage, open_artifact
from codekiln.core.jobs.worker import Context, Stage, run_worker
from codekiln.core.store import ObjectStore
from codekiln.trainer import checkpoint, export, inputs, metrics
from codekiln.trainer.plan import Plan
from codekiln.trainer.spec import CODE_VERSION, TrainerSpec
from codekiln.trainer.supervision import run_ranks


def identify(spec: TrainerSpec, context: Context) -> Key:
    """The model's identity: the specification, the tokens and the tokenizer that made them."""
    tokens = open_artifact(context.store, spec.tokens)
    return Key("model", CODE_VERSION, spec.parameters(), (spec.tokens, inputs.tokenizer_of(tokens)))


def train(spec: TrainerSpec, key: Key, context: Context) -> Manifest:
    """Trains, or goes on training, and publishes the model."""
    here = inputs.fetch(
        spec,
        context.store,
        context.settings.home.absolute() / "cache",
        lambda done, total: context.progress("fetching tokens", done, total, "bytes"),
    )
    plan = make_plan(spec, key, here, context)
    run_ranks(plan, context)
    return publish(plan, key, here, context)


def make_plan(spec: TrainerSpec, key: Key, here: inputs.Inputs, context: Context) -> Plan:
    """The plan of this attempt, with the checkpoint to go on from."""
    prefix = f"{context.work_prefix(key)}checkpoints/"
    return Plan(
        spec=spec,
        training=key.ref.digest,
        checkpoints=prefix,
        train=here.train,
        validation=here.validation,
        dtype=here.dtype,
        vocab_size=here.vocab_size,
        special_tokens=here.special_tokens,
        ranks=here.ranks,
        resume=checkpoint.fetch_newest(context.store, prefix, context.scratch / "resume"),
        folder=context.scratch,
    )


def publish(plan: Plan, key: Key, here: inputs.Inputs, context: Context) -> Manifest:
    """Completes the folder that the ranks left to one that transformers and vLLM load, checks it and publishes it."""
    folder, spec = plan.result, plan.spec
    summary = metrics.summary(
        metrics.read(folder / "metrics.jsonl"), export.parameters(spec.shape, plan.vocab_size), spec.fim_rate
    )
    licenses = data_licenses(context.store, key)
    for name in inputs.TOKENIZER_PARTS:
        shutil.copyfile(here.tokenizer / name, folder / name)
    export.write(folder, spec, plan.vocab_size, plan.special_tokens, summary, licenses)
    export.verify(folder)
    return _publish(context, key, folder, summary, licenses)


def data_licenses(store: ObjectStore, key: Key) -> dict[str, int]:
    """Files by licence of what the tokens were made from: of the nearest ancestor that counts them."""
    for manifest in lineage(store, key.inputs[0]):
        if manifest.licenses:
            return manifest.licenses
    return {}


def _publish(
    context: Context, key: Key, folder: Path, summary: dict[str, object], licenses: dict[str, int]
) -> Manifest:
    draft = Draft(context.store, key)
    files = sorted(folder.iterdir())
    for done, path in enumerate(files):
        context.progress("publishing", done, len(files), "files", metrics=_numbers(summary))
        draft.add_file(path.name, path)
    return draft.publish(summary=summary, licenses=licenses)


def _numbers(summary: dict[str, object]) -> dict[str, float]:
    return {name: float(value) for name, value in summary.items() if isinstance(value, int | float)}


STAGES = [Stage("trainer", TrainerSpec, identify, train)]

if __name__ == "__main__":
    run_worker("trainer", STAGES)
