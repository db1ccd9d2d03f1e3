"""The stage `tokens`: encode each shard of the dataset into a piece, cut the pieces into token shards, publish.

Shards of the dataset, row groups in a shard and documents in a row group are each in an order drawn from the seed. At
most one row group's text, one piece and one token shard are in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codekiln.core.artifacts import Draft, Key, Manifest, open_artifact
from codekiln.core.jobs.worker import Context
from codekiln.core.machine import cores
from codekiln.core.settings import Settings
from codekiln.tokenizer.documents import Catalogue, Documents, Mask, draw
from codekiln.tokenizer.holdout import held_out
from codekiln.tokenizer.packing import Ids, Packed, cut, dtype_of, encode, join
from codekiln.tokenizer.pieces import SPLITS, Pieces
from codekiln.tokenizer.spec import TokensSpec
from codekiln.tokenizer.vocabulary import Vocabulary, load

_AT_ONCE = 256
"""Documents given to the encoder's threads together."""


def pack_tokens(spec: TokensSpec, key: Key, context: Context) -> Manifest:
    """Packs and publishes `tokens`."""
    vocabulary = load(context.store, open_artifact(context.store, spec.tokenizer))
    dataset = open_artifact(context.store, spec.dataset)
    documents = Documents(context.store, dataset, context.scratch)
    catalogue = documents.catalogue(
        spec.seed, lambda done, total: context.progress("looking through", done, total, "bytes")
    )
    validation = held_out(catalogue, spec.held_out_share, spec.seed)
    pieces = Pieces(context.store, context.work_prefix(key), dtype_of(vocabulary.size))
    order = sorted(range(len(catalogue.shards)), key=lambda shard: draw(spec.seed, catalogue.shards[shard].name))
    _encode(order, _ShardEncoder(documents, catalogue, validation, vocabulary, spec.seed), pieces, context)

    draft = Draft(context.store, key)
    splits = {split: list(_write(draft, split, order, pieces, spec.shard_tokens, context)) for split in SPLITS}
    draft.add_json("index.json", _index(vocabulary, spec, splits))
    return draft.publish(summary=_summary(splits), licenses=dataset.licenses)


class _ShardEncoder:
    """Makes a piece of one shard of the dataset."""

    def __init__(
        self, documents: Documents, catalogue: Catalogue, validation: Mask, vocabulary: Vocabulary, seed: int
    ) -> None:
        self._documents, self._validation = documents, validation
        self.catalogue, self._vocabulary, self._seed = catalogue, vocabulary, seed

    def encode(self, shard: int, pool: ThreadPoolExecutor, done: Any) -> dict[str, Packed]:
        """`done` is told of bytes of text as they are encoded."""
        ids: dict[str, list[Ids]] = {split: [] for split in SPLITS}
        sizes: dict[str, list[int]] = {split: [] for split in SPLITS}
        for rows, texts, lengths in self._batches(shard):
            encoded = pool.map(lambda text: encode(text, self._vocabulary), texts)
            for row, document, length in zip(rows, encoded, lengths, strict=True):
                split = SPLITS[int(self._validation[row])]
                ids[split].append(document)
                sizes[split].append(length)
            done(sum(lengths))
        dtype = dtype_of(self._vocabulary.size)
        return {split: join(ids[split], sizes[split], dtype) for split in SPLITS}

    def _batches(self, shard: int) -> Iterator[tuple[list[int], list[str], list[int]]]:
        """Rows, texts and their UTF-8 bytes, in seeded order, without empty documents."""
        part = self.catalogue.shards[shard]
        with self._documents.open_shard(part) as file:
            first_rows = np.cumsum([0, *(group_rows(file, group) for group in range(file.num_row_groups))])
            groups = sorted(range(file.num_row_groups), key=lambda group: draw(self._seed, part.name, str(group)))
            for group in groups:
                content = file.read_row_group(group, columns=["content"]).column("content")
                first = self.catalogue.rows_of(shard).start + int(first_rows[group])
                order = np.argsort(self.catalogue.draws[first : first + len(content)], kind="stable")
                lengths = pc.binary_length(content).to_numpy()
                order = order[lengths[order] > 0]
                for start in range(0, len(order), _AT_ONCE):
                    taken = order[start : start + _AT_ONCE]
                    yield (
                        [first + int(number) for number in taken],
                        content.take(taken).to_pylist(),
                        lengths[taken].tolist(),
                    )


def group_rows(file: pq.ParquetFile, group: int) -> int:
    return int(file.metadata.row_group(group).num_rows)


def _encode(order: list[int], encoder: _ShardEncoder, pieces: Pieces, context: Context) -> None:
    """Makes the pieces that are not there yet."""
    catalogue = encoder.catalogue
    missing = [shard for shard in order if not pieces.finished(shard)]
    total = int(catalogue.bytes.sum())
    encoded = total - sum(int(catalogue.bytes[catalogue.rows_of(shard)].sum()) for shard in missing)

    def done(size: int) -> None:
        nonlocal encoded
        encoded += size
        context.progress("encoding", min(encoded, total), total, "bytes")

    done(0)
    with ThreadPoolExecutor(_threads(context.settings)) as pool:
        for shard in missing:
            pieces.write(shard, encoder.encode(shard, pool, done))


def _write(
    draft: Draft, split: str, order: list[int], pieces: Pieces, shard_tokens: int, context: Context
) -> Iterator[dict[str, Any]]:
    """Writes the shards of one split and describes each."""
    phase = f"writing {split}"
    read = (
        _announced(pieces.read(shard, split), done, len(order), phase, context) for done, shard in enumerate(order, 1)
    )
    for number, packed in enumerate(cut(read, shard_tokens)):
        name = f"{split}/shard-{number:05d}"
        draft.add_bytes(f"{name}.bin", packed.ids.tobytes())
        draft.add_bytes(f"{name}.idx", packed.ends.astype("<i8").tobytes())
        yield {"name": name, **packed.counts()}


def _announced(piece: Packed, done: int, total: int, phase: str, context: Context) -> Packed:
    context.progress(phase, done, total, "pieces")
    return piece


def _index(vocabulary: Vocabulary, spec: TokensSpec, splits: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        "dtype": "uint16" if dtype_of(vocabulary.size).itemsize == 2 else "uint32",
        "vocab_size": vocabulary.size,
        "eos_id": vocabulary.end_of_text,
        "special_tokens": vocabulary.special_ids,
        "tokenizer": str(spec.tokenizer),
        "dataset": str(spec.dataset),
        "shards": splits,
    }


def _summary(splits: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    totals = {
        split: {what: sum(shard[what] for shard in shards) for what in ("tokens", "documents", "bytes")}
        for split, shards in splits.items()
    }
    # The end-of-text tokens are no text: without them this is comparable with the tokenizer's report.
    tokens = sum(total["tokens"] - total["documents"] for total in totals.values())
    bytes = sum(total["bytes"] for total in totals.values())
    return {**totals, "bytes_per_token": round(bytes / tokens, 4)}


def _threads(settings: Settings) -> int:
    return settings.workers or cores()
