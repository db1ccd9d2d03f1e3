"""Does one evaluation job: `python -m codekiln.evaluation.worker JOB_ID ATTEMPT`."""

from __future__ import annotations

from codekiln.core.artifacts import Key, Manifest
from codekiln.core.jobs.worker import Context, Stage, run_worker
from codekiln.evaluation.spec import EvaluationSpec

CODE_VERSION = 2
"""Raise it when the same model and benchmark would be judged otherwise."""


def identify(spec: EvaluationSpec, context: Context) -> Key:
    return Key("report", CODE_VERSION, spec.parameters, spec.inputs)


def work(spec: EvaluationSpec, key: Key, context: Context) -> Manifest:
    from codekiln.evaluation.evaluation import evaluate

    return evaluate(spec, key, context)


STAGES = [Stage("evaluation", EvaluationSpec, identify, work)]

if __name__ == "__main__":
    run_worker("evaluation", STAGES)
