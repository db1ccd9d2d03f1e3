"""Sources in, `corpus` out. `identify` names the artifact before anything is read; `ingest` makes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.errors import Conflict, FailedPrecondition
from codekiln.core.jobs.worker import Context
from codekiln.core.opt_outs import REASON, OptOuts
from codekiln.ingestion.blob import git_blob_id
from codekiln.ingestion.plan import Planned, make_plan
from codekiln.ingestion.selection import LANGUAGE_LIMIT, Selection
from codekiln.ingestion.sources.opening import open_source
from codekiln.ingestion.sources.source import Cursor, Skipped, SourceFile
from codekiln.ingestion.sources.source import Source as OpenSource
from codekiln.ingestion.spec import IngestionSpec, Source

if TYPE_CHECKING:
    from codekiln.ingestion.shards import ShardWriter, Totals

CODE_VERSION = 4
"""Goes up when the same sources would give other bytes."""


def identify(spec: IngestionSpec, context: Context) -> Key:
    """The corpus's key: what the sources hold now, and what changes the output of the rest."""
    wanted = _selection(spec)
    parameters: dict[str, Any] = {
        "sources": [source.fingerprint(wanted) for source in _open(spec.sources, context)],
        "languages": sorted(set(spec.languages)),
        "max_bytes": spec.max_bytes,
        "max_file_bytes": spec.max_file_bytes,
        "shard_bytes": spec.shard_bytes,
        "opt_outs": sorted(set(spec.opt_outs)),
    }
    if spec.max_bytes or spec.max_language_bytes:
        parameters["seed"] = spec.seed
    if weights := _weights(spec):
        parameters["weights"] = weights
    if spec.max_language_bytes:
        parameters["max_language_bytes"] = dict(sorted(spec.max_language_bytes.items()))
    return Key("corpus", CODE_VERSION, parameters)


def ingest(spec: IngestionSpec, key: Key, context: Context) -> Manifest:
    """Reads the sources, or what an earlier attempt left unread, and publishes.

    Raises FailedPrecondition where nothing matched, and Conflict where a source changed while it was read.
    """
    from codekiln.ingestion.shards import ShardWriter

    spec = replace(spec, sources=_pinned(spec.sources, key))
    wanted = _selection(spec)
    context.progress("listing", 0, 0, "repositories")
    sources = _open(spec.sources, context)
    plan = make_plan(sources, wanted, spec.max_bytes, spec.seed, _weights(spec), bool(spec.max_language_bytes))
    writer = ShardWriter(context.store, context.work_prefix(key), spec.shard_bytes)
    _stream(plan, wanted, OptOuts(spec.opt_outs), spec.max_language_bytes, writer, context)
    totals = writer.totals
    if not totals.files:
        raise _empty(totals)
    if identify(spec, context).ref != key.ref:
        raise Conflict("a source changed while it was read: leave it alone and run again", reason="SOURCE_CHANGED")
    draft = Draft(context.store, key)
    for part in writer.parts:
        draft.adopt(part)
    summary = _summary(totals, len(writer.repositories)) | _remarks(sources)
    return draft.publish(summary=summary, licenses=dict(totals.licenses))


def _stream(
    plan: list[Planned],
    wanted: Selection,
    opt_outs: OptOuts,
    language_limits: dict[str, int],
    writer: ShardWriter,
    context: Context,
) -> None:
    from codekiln.ingestion.shards import Position

    expected = sum(planned.bytes for planned in plan)
    first = writer.position
    for unit in range(first.unit, len(plan)):
        cursor = first.cursor if unit == first.unit else Cursor()
        for item in plan[unit].repository.files(wanted, plan[unit].share, cursor):
            writer.position = Position(unit, cursor)
            totals = writer.totals
            if isinstance(item, Skipped):
                totals.skipped[item.reason] += 1
                cursor = Cursor(cursor.items + 1, cursor.bytes)
            else:
                # What is left out here still was this repository's share: a stream that goes on counts it.
                cursor = Cursor(cursor.items + 1, cursor.bytes + len(item.content))
                if reason := _left_out(item, opt_outs, language_limits, totals):
                    totals.skipped[reason] += 1
                else:
                    writer.add(item)
            context.progress(
                "reading", totals.bytes, max(expected, totals.bytes + 1), "bytes", metrics=_figures(totals)
            )
    writer.position = Position(len(plan))
    writer.flush()
    context.progress("reading", writer.totals.bytes, writer.totals.bytes, "bytes", metrics=_figures(writer.totals))


def _withdrawn(file: SourceFile, opt_outs: OptOuts) -> bool:
    return opt_outs.cover(file.repository, file.path, lambda: git_blob_id(file.content), lambda: file.content)


def _left_out(file: SourceFile, opt_outs: OptOuts, language_limits: dict[str, int], totals: Totals) -> str:
    """Why a file of a source is not taken, or the empty string."""
    if opt_outs and _withdrawn(file, opt_outs):
        return REASON
    limit = language_limits.get(file.language)
    beyond = limit is not None and totals.language_bytes[file.language] + len(file.content) > limit
    return LANGUAGE_LIMIT if beyond else ""


def _figures(totals: Totals) -> dict[str, float]:
    return {"files": totals.files, "skipped": totals.skipped.total()}


def _selection(spec: IngestionSpec) -> Selection:
    return Selection(frozenset(spec.languages), spec.max_file_bytes)


def _weights(spec: IngestionSpec) -> list[float] | None:
    """None where no source has one."""
    given = [source.weight for source in spec.sources]
    return None if all(weight is None for weight in given) else [1.0 if w is None else w for w in given]


def _open(sources: tuple[Source, ...], context: Context) -> list[OpenSource]:
    ours, settings = _own_folders(context), context.settings
    return [open_source(source, settings, context.scratch / f"source-{i}", ours) for i, source in enumerate(sources)]


def _remarks(sources: list[OpenSource]) -> dict[str, Any]:
    """What there is to know of each source that has something, by its number in the specification."""
    found = {str(i): remarks for i, source in enumerate(sources) if (remarks := source.remarks())}
    return {"sources": found} if found else {}


def _own_folders(context: Context) -> list[Path]:
    """What we write ourselves must not be read as source, should it lie inside a folder."""
    folders = [context.settings.home.absolute(), context.scratch]
    if context.store.url.startswith("file://"):
        folders.append(Path(context.store.url.removeprefix("file://")))
    return folders


def _pinned(sources: tuple[Source, ...], key: Key) -> tuple[Source, ...]:
    """The sources at the commits that the key names: a branch may have moved since."""
    return tuple(
        _at(source, known.get("revision", "")) for source, known in zip(sources, key.parameters["sources"], strict=True)
    )


def _at(source: Source, commit: str) -> Source:
    if source.git:
        return replace(source, git=replace(source.git, revision=commit))
    if source.hugging_face and source.hugging_face.name:
        return replace(source, hugging_face=replace(source.hugging_face, revision=commit))
    return source


def _summary(totals: Totals, repositories: int) -> dict[str, Any]:
    languages = {
        name: {"files": totals.language_files[name], "bytes": totals.language_bytes[name]}
        for name in sorted(totals.language_files)
    }
    return {
        "files": totals.files,
        "bytes": totals.bytes,
        "repositories": repositories,
        "languages": languages,
        "skipped": dict(sorted(totals.skipped.items())),
    }


def _empty(totals: Totals) -> FailedPrecondition:
    if not totals.skipped:
        return FailedPrecondition("the sources hold no files: check their paths", reason="EMPTY_CORPUS")
    reasons = ", ".join(f"{reason} {files}" for reason, files in totals.skipped.most_common())
    return FailedPrecondition(
        f"no file of the sources was taken, {totals.skipped.total()} were left out ({reasons}): widen `languages`, "
        "raise `max_file_bytes` or name other sources",
        reason="EMPTY_CORPUS",
    )
