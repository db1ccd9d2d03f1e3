"""One completion and one infill of fixed prompts, for people: what the model is like, beside its score."""

from __future__ import annotations

import json
from typing import Any

from codekiln.core.errors import NotFound
from codekiln.core.store import ObjectStore
from codekiln.evaluation.completion import STOPS, truncate
from codekiln.evaluation.inference import Inference
from codekiln.v1 import inference_pb2

PROMPT = '''import os


def read_lines(path):
    """Return the lines of a text file, without their ends."""
'''
PREFIX = """class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        """
SUFFIX = """

    def pop(self):
        return self.items.pop()
"""
_SAMPLING = inference_pb2.Sampling(max_tokens=64, temperature=0.0, seed=0, stop=STOPS)
_MIDDLE = inference_pb2.Sampling(max_tokens=32, temperature=0.0, seed=0, stop=("\n\n", "<|"))


def samples(store: ObjectStore, prefix: str, inference: Inference) -> dict[str, Any]:
    """`completion`, and `infill` where the model can; kept under `prefix`, so that a retry shows the same."""
    key = f"{prefix}samples.json"
    try:
        found: dict[str, Any] = json.loads(store.get(key))
    except NotFound:
        found = _ask(inference)
        store.put(key, json.dumps(found).encode())
    return found


def _ask(inference: Inference) -> dict[str, Any]:
    text = inference.complete(PROMPT, _SAMPLING).text
    found = {"completion": {"prompt": PROMPT, "completion": truncate(PROMPT, text)}}
    if inference.infills:
        middle = inference.infill(PREFIX, SUFFIX, _MIDDLE)
        found["infill"] = {"prefix": PREFIX, "suffix": SUFFIX, "infill": middle}
    return found
