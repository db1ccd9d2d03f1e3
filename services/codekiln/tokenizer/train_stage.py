"""The stage `tokenizer`: sample, train, export, check, measure, publish. Each step is a file of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from codekiln.core.artifacts import Draft, Key, Manifest, open_artifact
from codekiln.core.errors import FailedPrecondition
from codekiln.core.jobs.worker import Context
from codekiln.tokenizer import export, peers
from codekiln.tokenizer.compression import OURS, Compression, measure
from codekiln.tokenizer.documents import Catalogue, Documents, Mask
from codekiln.tokenizer.holdout import held_out, sample, whole_repositories
from codekiln.tokenizer.spec import MAX_TRAINING_BYTES, TokenizerSpec
from codekiln.tokenizer.training import train
from codekiln.tokenizer.vocabulary import Vocabulary

_HELD_OUT_SHARE = 0.02
_MEASURED_BYTES = 16_000_000
"""Enough for three digits of bytes per token; each peer reads it at some 8 MB/s."""
_CHECKED_DOCUMENTS, _CHECKED_CHARACTERS = 100, 1 << 18
"""How many held-out documents, and how much of each, both exports must read alike."""


@dataclass(frozen=True)
class Selection:
    """Which documents do what."""

    training: Mask
    measured: Mask
    held_out: bool
    """Whether the measured ones are others than those trained on; a single document must do for both."""


def train_tokenizer(spec: TokenizerSpec, key: Key, context: Context) -> Manifest:
    """Trains and publishes a `tokenizer`."""
    dataset = open_artifact(context.store, spec.dataset)
    documents = Documents(context.store, dataset, context.scratch)
    catalogue = documents.catalogue(
        spec.seed, lambda done, total: context.progress("looking through", done, total, "bytes")
    )
    selection = select(catalogue, spec)
    texts = _with_progress(documents, catalogue, selection.training, context, "counting")
    merging = _said(lambda: context.progress("merging", 0, spec.vocab_size, "entries"))
    tokenizer, vocabulary = train(itertools.chain((text for _, text in texts), merging), spec.vocab_size)
    files = export.files(tokenizer, vocabulary)
    checked = itertools.islice(documents.read(catalogue, selection.measured), _CHECKED_DOCUMENTS)
    export.check_equal(files["tokenizer.json"], vocabulary, (text[:_CHECKED_CHARACTERS] for _, text in checked))
    compared = {OURS: vocabulary.encoding, **peers.at_hand(peers.folders(context.settings))}
    compression = measure(_with_progress(documents, catalogue, selection.measured, context, "measuring"), compared)

    draft = Draft(context.store, key)
    for name, content in files.items():
        draft.add_bytes(name, content)
    sizes = {name: encoding.n_vocab for name, encoding in compared.items()}
    draft.add_json("report.json", _report(vocabulary, catalogue, selection, compression, sizes))
    return draft.publish(summary=_summary(vocabulary, catalogue, selection, compression), licenses=dataset.licenses)


def select(catalogue: Catalogue, spec: TokenizerSpec) -> Selection:
    """Raises FailedPrecondition (TOO_MUCH_TRAINING_TEXT) where the sample is more than can be counted."""
    apart = held_out(catalogue, _HELD_OUT_SHARE, spec.seed)
    training = sample(catalogue, ~apart, spec.max_bytes)
    if catalogue.bytes_of(training) > MAX_TRAINING_BYTES:
        raise FailedPrecondition(
            f"{catalogue.bytes_of(training):,} bytes of training text are more than the {MAX_TRAINING_BYTES:,} whose "
            "pairs can be counted: set `max_bytes` to train on a seeded sample",
            reason="TOO_MUCH_TRAINING_TEXT",
            field="max_bytes",
        )
    measured = sample(catalogue, apart if apart.any() else training, _MEASURED_BYTES)
    return Selection(training, measured, bool(apart.any()))


def _with_progress(
    documents: Documents, catalogue: Catalogue, mask: Mask, context: Context, phase: str
) -> Iterator[tuple[str, str]]:
    done, total = 0, catalogue.bytes_of(mask)
    for language, text in documents.read(catalogue, mask):
        yield language, text
        done += len(text.encode())
        context.progress(phase, min(done, total), total, "bytes")
    context.progress(phase, total, total, "bytes")


def _said(say: Callable[[], None]) -> Iterator[str]:
    """No texts; says something when those before it have been read."""
    say()
    yield from ()


def _summary(
    vocabulary: Vocabulary, catalogue: Catalogue, selection: Selection, compression: Compression
) -> dict[str, Any]:
    return {
        "vocab_size": vocabulary.size,
        "bytes_per_token": compression.all.bytes_per_token(OURS),
        "languages": {name: count.bytes_per_token(OURS) for name, count in compression.languages.items()},
        "peers": {name: compression.all.bytes_per_token(name) for name in compression.all.tokens if name != OURS},
        "train_bytes": catalogue.bytes_of(selection.training),
        "held_out_bytes": compression.all.bytes if selection.held_out else 0,
    }


def _report(
    vocabulary: Vocabulary, catalogue: Catalogue, selection: Selection, compression: Compression, sizes: dict[str, int]
) -> dict[str, Any]:
    measured = sorted({catalogue.names[number] for number in catalogue.repositories[selection.measured]})
    longest = sorted(vocabulary.tokens, key=lambda token: (-len(token), token))[:20]
    return {
        "vocab_size": vocabulary.size,
        "vocab_sizes": sizes,
        "trained_on": {
            "documents": int(selection.training.sum()),
            "bytes": catalogue.bytes_of(selection.training),
        },
        "measured_on": {
            "held_out": selection.held_out,
            "whole_repositories": selection.held_out and whole_repositories(catalogue, selection.measured),
            "repositories": measured,
        },
        "all": compression.all.to_json(),
        "languages": {name: count.to_json() for name, count in compression.languages.items()},
        "longest_tokens": [token.decode("utf-8", "backslashreplace") for token in longest],
    }
