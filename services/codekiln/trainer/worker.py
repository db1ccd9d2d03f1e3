"""The trainer's worker: `python -m codekiln.trainer.worker JOB_ID ATTEMPT`. Light: torch lives in the ranks it starts.

A second attempt goes on from the newest checkpoint of the first; the model is published here, its folder checked.
Several nodes run this same command: the first leads and writes the job's record, the others follow.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from codekiln.core.artifacts import Draft, Key, Manifest, lineage
from codekiln.core.jobs.worker import Context, Stage, run_worker
from codekiln.core.store import ObjectStore
from codekiln.trainer import checkpoint, export, inputs, metrics
from codekiln.trainer.follower import follow
from codekiln.trainer.gang import Gang
from codekiln.trainer.leader import Leader
from codekiln.trainer.node import ALONE, Node, follows, node_of
from codekiln.trainer.plan import Plan, checkpoints, make_plan
from codekiln.trainer.spec import TrainerSpec
from codekiln.trainer.supervision import run_ranks


def identify(spec: TrainerSpec, context: Context) -> Key:
    """The model's identity."""
    return inputs.model_key(spec, context.store)


def train(spec: TrainerSpec, key: Key, context: Context, node: Node = ALONE, gang: Gang | None = None) -> Manifest:
    """Trains, or goes on training, and publishes the model. With a gang it leads the nodes that belong to it."""
    node.share(spec.processes)
    resume = context.scratch / "resume"
    newest = checkpoint.fetch_newest(context.store, checkpoints(key, context), resume)
    leader = Leader(gang, node, context) if gang else None
    if leader:
        leader.call(newest)
    here = inputs.fetch(
        spec,
        context.store,
        inputs.cache(context.settings),
        lambda done, total: context.progress("fetching tokens", done, total, "bytes"),
    )
    plan = make_plan(spec, key, here, resume if newest else None, context)
    if leader:
        leader.train(plan)
    else:
        run_ranks(plan, context)
    return publish(plan, key, here, context)


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


def lead(spec: TrainerSpec, key: Key, context: Context) -> Manifest:
    """Trains as the node that this process is: the only one, or the first of several."""
    node = node_of(os.environ)
    gang = Gang(context.store, sys.argv[1], int(sys.argv[2])) if node.count > 1 else None
    return train(spec, key, context, node, gang)


STAGES = [Stage("trainer", TrainerSpec, identify, lead)]

if __name__ == "__main__":
    if follows(os.environ):
        sys.exit(follow(sys.argv[1], int(sys.argv[2])))
    run_worker("trainer", STAGES)
