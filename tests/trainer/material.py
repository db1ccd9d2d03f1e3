"""A tokenizer and tokens of this Python's standard library, and what a worker is given."""

from __future__ import annotations

import base64
import json
import sysconfig
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore
from codekiln.trainer import checkpoint, inputs, worker
from codekiln.trainer.metrics import Row
from codekiln.trainer.plan import Plan, checkpoints, make_plan
from codekiln.trainer.spec import ModelShape, TrainerSpec

SPECIAL = (
    "<|endoftext|>",
    "<|fim_prefix|>",
    "<|fim_middle|>",
    "<|fim_suffix|>",
    "<|fim_pad|>",
    "<|repo_name|>",
    "<|file_sep|>",
)
TINY = ModelShape(layers=2, hidden_size=32, heads=2, kv_heads=1, head_dim=16, intermediate_size=64, max_position=64)
VOCAB_SIZE = 512


@cache
def texts() -> tuple[str, ...]:
    """Some twenty real files."""
    root = Path(sysconfig.get_paths()["stdlib"]) / "json"
    folders = (root, root.parent / "email", root.parent / "html")
    return tuple(path.read_text() for folder in folders for path in sorted(folder.glob("*.py")))


@cache
def tokenizer() -> Tokenizer:
    """A byte-level BPE whose last ids are the special tokens."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE - len(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    made.train_from_iterator(texts(), trainer)
    made.add_special_tokens(list(SPECIAL))
    return made


def special_tokens() -> dict[str, int]:
    return {name: tokenizer().token_to_id(name) for name in SPECIAL}


def publish_tokenizer(store: ObjectStore) -> Manifest:
    draft = Draft(store, Key("tokenizer", 1, {"vocab_size": VOCAB_SIZE}))
    draft.add_bytes("tokenizer.json", tokenizer().to_str().encode())
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "model_max_length": 1 << 20}
    draft.add_json("tokenizer_config.json", config)
    draft.add_bytes("ranks.tiktoken", b"".join(_rank(token, id) for token, id in _spelled()))
    draft.add_json("codekiln.json", {"vocab_size": VOCAB_SIZE, "special_tokens": special_tokens()})
    return draft.publish()


def publish_tokens(store: ObjectStore, documents: tuple[str, ...] = (), *, shards: int = 2) -> Manifest:
    """Every tenth document is held out."""
    documents = documents or texts()
    made_by = publish_tokenizer(store)
    draft = Draft(store, Key("tokens", 1, {"documents": len(documents)}, (made_by.ref,)))
    splits = {
        "train": [text for number, text in enumerate(documents) if number % 10],
        "validation": [text for number, text in enumerate(documents) if number % 10 == 0],
    }
    for split, held in splits.items():
        count = shards if split == "train" else 1
        for number in range(count):
            draft.add_bytes(f"{split}/shard-{number:05d}.bin", _ids(held[number::count]).tobytes())
    index = {"dtype": "uint16", "vocab_size": VOCAB_SIZE, "special_tokens": special_tokens()}
    draft.add_bytes("index.json", json.dumps(index).encode())
    return draft.publish(licenses={"Python-2.0": len(documents)})


def new_context(
    store: ObjectStore, folder: Path, report: Callable[[Progress], None] = lambda progress: None
) -> Context:
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    # One thread, so that sums are taken in the same order everywhere.
    return Context(store, Settings(home=folder.parent / "home", workers=1, store=store.url), scratch, report)


def new_spec(tokens: Manifest, **fields: object) -> TrainerSpec:
    values = {"shape": TINY, "steps": 12, "sequence_length": 32, "batch_size": 4, "checkpoint_steps": 5}
    return TrainerSpec(tokens=tokens.ref, **(values | fields))  # type: ignore[arg-type]


def _ids(held: list[str]) -> np.ndarray:
    end = special_tokens()["<|endoftext|>"]
    ids = [id for text in held for id in [*tokenizer().encode(text).ids, end]]
    return np.array(ids, "<u2")


def _spelled() -> list[tuple[bytes, int]]:
    """Bytes of every token; ByteLevel writes each byte as one printable character."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {chr(byte): byte for byte in plain}
    letters |= {chr(256 + n): byte for n, byte in enumerate(b for b in range(256) if b not in plain)}
    vocabulary = sorted(tokenizer().get_vocab(with_added_tokens=False).items(), key=lambda item: item[1])
    return [(bytes(letters[letter] for letter in token), id) for token, id in vocabulary]


def _rank(token: bytes, id: int) -> bytes:
    return base64.b64encode(token) + b" " + str(id).encode() + b"\n"


def new_plan(spec: TrainerSpec, context: Context) -> Plan:
    """The plan that a worker would make."""
    here = inputs.fetch(spec, context.store, inputs.cache(context.settings), lambda done, total: None)
    key, resume = worker.identify(spec, context), context.scratch / "resume"
    newest = checkpoint.fetch_newest(context.store, checkpoints(key, context), resume)
    return make_plan(spec, key, here, resume if newest else None, context)


def untimed(rows: list[Row]) -> list[Row]:
    """Rows without what the clock says."""
    return [{k: v for k, v in row.items() if k not in ("seconds", "tokens_per_second", "mfu")} for row in rows]
