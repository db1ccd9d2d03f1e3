"""Counts: `python -m tests.core.toy.worker JOB_ID ATTEMPT`. Each step is an object, found again by the next attempt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.errors import AlreadyExists, FailedPrecondition, Unavailable
from codekiln.core.jobs.worker import Context, Stage, run_worker
from tests.core.toy.folder import Folder, Plan
from tests.core.toy.spec import ToySpec


def identify(spec: ToySpec, context: Context) -> Key:
    return Key("benchmark", 1, {"name": spec.name})


def count(spec: ToySpec, key: Key, context: Context) -> Manifest:
    folder = Folder(Path(spec.path))
    plan = folder.plan()
    folder.claim()
    folder.trace("workers", os.getpid())
    if plan.deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if plan.children:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        folder.trace("children", child.pid)
    for step in range(1, plan.steps + 1):
        if _do(step, folder, key, context):
            time.sleep(plan.pace)
        context.progress("counting", step, plan.steps, "steps", metrics={"step": float(step)})
        folder.trace("reached", f"{os.getpid()} {step}")
        if step == plan.trouble_at:
            _befall(plan)
        folder.wait(step)
    draft = Draft(context.store, key)
    draft.add_bytes("steps", b"".join(context.store.get(_key(i, key, context)) for i in range(1, plan.steps + 1)))
    return draft.publish(summary={"steps": plan.steps})


def _do(step: int, folder: Folder, key: Key, context: Context) -> bool:
    """Does a step once, and says whether it did: the object shows that it is done."""
    try:
        context.store.create(_key(step, key, context), f"{step}\n".encode())
    except AlreadyExists:
        return False
    folder.trace("steps", step)
    return True


def _key(step: int, key: Key, context: Context) -> str:
    return f"{context.work_prefix(key)}{step:04d}"


def _befall(plan: Plan) -> None:
    if plan.trouble == "refused":
        raise FailedPrecondition("the corpus is empty: ingest something first", reason="EMPTY_CORPUS", corpus="x")
    if plan.trouble == "away":
        raise Unavailable("the moon does not answer", reason="MOON_AWAY")
    if plan.trouble == "defect":
        raise ZeroDivisionError("a defect")
    if plan.trouble == "memory":
        raise MemoryError
    if plan.trouble == "disk":
        raise OSError(28, "No space left on device", "/some/file")
    if plan.trouble == "death":
        os.kill(os.getpid(), signal.SIGKILL)
    if plan.trouble == "exit":
        os._exit(7)


STAGES = [Stage("benchmark", ToySpec, identify, count)]

if __name__ == "__main__":
    run_worker("ingestion", STAGES)
