"""What a worker tells its ranks: the specification, and where on this machine everything lies. One JSON file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codekiln.core import spec as specs
from codekiln.core.artifacts import Key
from codekiln.core.jobs.worker import Context
from codekiln.trainer.inputs import Inputs
from codekiln.trainer.spec import TrainerSpec


@dataclass(frozen=True)
class Plan:
    """One attempt of one training."""

    spec: TrainerSpec
    training: str
    """Digest of the model that comes out."""
    checkpoints: str
    """Prefix in the store under which checkpoints are pointed to."""
    train: tuple[Path, ...]
    validation: tuple[Path, ...]
    dtype: str
    vocab_size: int
    special_tokens: dict[str, int]
    ranks: Path
    """The tokenizer's tiktoken ranks, for the bytes that each token spells."""
    resume: Path | None
    """Folder with the checkpoint to go on from."""
    folder: Path
    """Scratch folder of this attempt."""

    @property
    def rows(self) -> Path:
        """The rows of this attempt's steps, appended by the leading rank and followed by the worker."""
        return self.folder / "rows.jsonl"

    @property
    def failure(self) -> Path:
        """Written by the rank that failed first: the error as JSON."""
        return self.folder / "failure.json"

    @property
    def met(self) -> Path:
        """There once all nodes have met and the ranks of this one run."""
        return self.folder / "met"

    @property
    def stopped(self) -> Path:
        """There once the ranks have left because one of them, on whatever node, was told to stop."""
        return self.folder / "stopped"

    @property
    def result(self) -> Path:
        """Folder with the weights and all rows, once training has ended."""
        return self.folder / "result"

    def write(self, path: Path) -> Path:
        data = {name: _plain(value) for name, value in vars(self).items()}
        path.write_text(json.dumps(data | {"spec": specs.to_json(self.spec)}, indent=1))
        return path

    @staticmethod
    def read(path: Path) -> Plan:
        data: dict[str, Any] = json.loads(path.read_text())
        data["spec"] = specs.from_json(TrainerSpec, data["spec"])
        for name in ("train", "validation"):
            data[name] = tuple(Path(text) for text in data[name])
        for name in ("ranks", "folder"):
            data[name] = Path(data[name])
        data["resume"] = Path(data["resume"]) if data["resume"] else None
        return Plan(**data)


def make_plan(spec: TrainerSpec, key: Key, here: Inputs, resume: Path | None, context: Context) -> Plan:
    """The plan of one node for one attempt; nodes differ only in where things lie on their disks."""
    return Plan(
        spec=spec,
        training=key.ref.digest,
        checkpoints=checkpoints(key, context),
        train=here.train,
        validation=here.validation,
        dtype=here.dtype,
        vocab_size=here.vocab_size,
        special_tokens=here.special_tokens,
        ranks=here.ranks,
        resume=resume,
        folder=context.scratch,
    )


def checkpoints(key: Key, context: Context) -> str:
    """Prefix under which all attempts of one training point to their checkpoints."""
    return f"{context.work_prefix(key)}checkpoints/"


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return [str(item) for item in value] if isinstance(value, tuple) else value
