"""Brings what a training reads to this machine: token shards and the tokenizer, verified, into a cache that lasts.

The cache is `<home>/cache/<kind>/<digest>/`. A file is fetched beside its place and renamed into it, so trainings that
start together may share it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codekiln.core.artifacts import Key, Manifest, Part, Ref, fetch_part, open_artifact, sha256_of_file
from codekiln.core.errors import DataLoss, FailedPrecondition
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore
from codekiln.trainer.spec import CODE_VERSION, TrainerSpec

TOKENIZER_PARTS = ("tokenizer.json", "tokenizer_config.json", "codekiln.json")
"""Travel with the model."""
_RANKS = "ranks.tiktoken"
_NEEDED = ("<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")


@dataclass(frozen=True)
class Inputs:
    """Local files, and what index.json says of them."""

    train: tuple[Path, ...]
    validation: tuple[Path, ...]
    dtype: str
    vocab_size: int
    special_tokens: dict[str, int]
    tokenizer: Path
    """Folder with the tokenizer's parts."""

    @property
    def ranks(self) -> Path:
        return self.tokenizer / _RANKS


def cache(settings: Settings) -> Path:
    """Where inputs are kept on this machine."""
    return settings.home.absolute() / "cache"


def model_key(spec: TrainerSpec, store: ObjectStore) -> Key:
    """The model's identity: the specification, the tokens and the tokenizer that made them."""
    tokens = open_artifact(store, spec.tokens)
    return Key("model", CODE_VERSION, spec.parameters(), (spec.tokens, tokenizer_of(tokens)))


def tokenizer_of(tokens: Manifest) -> Ref:
    """The tokenizer that made these tokens."""
    for ref in tokens.inputs:
        if ref.kind == "tokenizer":
            return ref
    raise DataLoss(f"{tokens.ref} does not name the tokenizer that made it", reason="NO_TOKENIZER", artifact=tokens.ref)


def fetch(spec: TrainerSpec, store: ObjectStore, cache: Path, report: Callable[[int, int], None]) -> Inputs:
    """Fetches what is not there yet; `report(done, total)` in bytes.

    Raises FailedPrecondition (TOO_FEW_TOKENS) where a split does not fill one window, and DataLoss for a part that is
    missing or changed.
    """
    tokens = open_artifact(store, spec.tokens)
    tokenizer = open_artifact(store, tokenizer_of(tokens))
    wanted = [(tokens, part) for part in tokens.parts if part.name == "index.json" or part.name.endswith(".bin")]
    wanted += [(tokenizer, tokenizer.part(name)) for name in (*TOKENIZER_PARTS, _RANKS)]
    total, done = sum(part.bytes for _, part in wanted), 0
    for manifest, part in wanted:
        report(done, total)
        _cached(store, part, _folder(cache, manifest.ref) / part.name)
        done += part.bytes
    report(total, total)
    index = json.loads((_folder(cache, tokens.ref) / "index.json").read_text())
    inputs = Inputs(
        train=_split(cache, tokens, "train/"),
        validation=_split(cache, tokens, "validation/"),
        dtype=index["dtype"],
        vocab_size=index["vocab_size"],
        special_tokens=index["special_tokens"],
        tokenizer=_folder(cache, tokenizer.ref),
    )
    _check(spec, inputs)
    return inputs


def _folder(cache: Path, ref: Ref) -> Path:
    return cache / ref.kind / ref.digest


def _split(cache: Path, tokens: Manifest, prefix: str) -> tuple[Path, ...]:
    parts = sorted(part.name for part in tokens.parts_under(prefix) if part.name.endswith(".bin"))
    return tuple(_folder(cache, tokens.ref) / name for name in parts)


def _cached(store: ObjectStore, part: Part, path: Path) -> None:
    if path.exists() and path.stat().st_size == part.bytes and sha256_of_file(path) == part.sha256:
        return
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        fetch_part(store, part, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _check(spec: TrainerSpec, inputs: Inputs) -> None:
    width = {"uint16": 2, "uint32": 4}.get(inputs.dtype)
    if width is None:
        raise DataLoss(
            f"index.json of {spec.tokens} has dtype `{inputs.dtype}`: uint16 and uint32 are known", reason="BAD_INDEX"
        )
    for name in _NEEDED:
        if name not in inputs.special_tokens:
            raise FailedPrecondition(
                f"the vocabulary of {spec.tokens} has no `{name}`: make the tokens with a tokenizer of codekiln",
                reason="SPECIAL_TOKEN_MISSING",
                token=name,
            )
    for split, paths in (("training", inputs.train), ("validation", inputs.validation)):
        longest = max((path.stat().st_size // width for path in paths), default=0)
        if longest <= spec.sequence_length:
            raise FailedPrecondition(
                f"the {split} shards of {spec.tokens} hold {longest:,} tokens at most, and one sequence needs "
                f"{spec.sequence_length + 1:,}: ingest more code, or lower sequence_length",
                reason="TOO_FEW_TOKENS",
                split=split,
            )
