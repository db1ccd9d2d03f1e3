"""Names: small records that point to an artifact and change by compare-and-swap. They keep their history.

Promotion and rollback are moves of a name. `resolve` takes what people write: `kind:digest`, a unique prefix of at
least six digits, or a name.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from codekiln.core.artifacts import KINDS, Ref, list_refs, open_artifact
from codekiln.core.errors import AlreadyExists, Conflict, DataLoss, InvalidArgument, NotFound
from codekiln.core.store.interface import ObjectStore

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}(/[A-Za-z0-9][A-Za-z0-9._-]{0,62}){0,4}")
_PREFIX = re.compile(r"[0-9a-f]{6,32}")
_ATTEMPTS = 50


def resolve(store: ObjectStore, text: str) -> Ref:
    """Raises NotFound where nothing fits, InvalidArgument where the text is neither a reference nor a name."""
    kind, colon, digits = text.partition(":")
    if colon:
        if kind not in KINDS or not _PREFIX.fullmatch(digits):
            return Ref.parse(text)
        if len(digits) == 32:
            return open_artifact(store, Ref(kind, digits)).ref
        return _by_prefix(store, kind, digits)
    history = read_name(store, text)
    if not history:
        raise NotFound(
            f"nothing is named `{text}`: `codekiln artifacts` lists what there is", reason="NAME_NOT_FOUND", name=text
        )
    return history[0]


def read_name(store: ObjectStore, name: str) -> list[Ref]:
    """Where the name points and pointed, newest first; empty where it was never set. Raises InvalidArgument."""
    return [Ref.parse(move["ref"]) for move in _read(store, check_name(name))[0]]


def set_name(store: ObjectStore, name: str, ref: Ref) -> list[Ref]:
    """Points the name at an artifact and returns where it points and pointed. Setting what is set changes nothing.

    Raises NotFound where the artifact does not exist.
    """
    check_name(name)
    open_artifact(store, ref)
    for attempt in range(_ATTEMPTS):
        moves, etag = _read(store, name)
        if moves and moves[0]["ref"] == str(ref):
            return [Ref.parse(move["ref"]) for move in moves]
        moves.insert(0, {"ref": str(ref), "time": time.time()})
        record = json.dumps({"name": name, "moves": moves}, indent=1).encode()
        try:
            if etag:
                store.replace(_key(name), record, etag)
            else:
                store.create(_key(name), record)
        except (AlreadyExists, Conflict):
            time.sleep(min(0.002 * 2 ** min(attempt, 6), 0.1))
            continue
        return [Ref.parse(move["ref"]) for move in moves]
    raise Conflict(f"name `{name}` is changed by too many at once: try again", reason="NAME_CONTENDED", name=name)


def list_names(store: ObjectStore) -> dict[str, Ref]:
    """All names and where they point."""
    names = {}
    for info in store.list("names/"):
        name = info.key.removeprefix("names/").removesuffix(".json")
        names[name] = read_name(store, name)[0]
    return names


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def check_name(name: str) -> str:
    """Returns the name. Raises InvalidArgument for one that is none."""
    if not is_name(name):
        raise InvalidArgument(
            f"`{name[:80]}` is not a name: letters, digits, `.`, `_` and `-`, in segments separated by `/`",
            reason="BAD_NAME",
        )
    return name


def _read(store: ObjectStore, name: str) -> tuple[list[dict[str, Any]], str]:
    """Its moves, newest first, and the record's tag; nothing and `` where it was never set."""
    try:
        data, etag = store.get_with_etag(_key(name))
    except NotFound:
        return [], ""
    try:
        moves = json.loads(data)["moves"]
        _ = [Ref.parse(move["ref"]) for move in moves]
    except (ValueError, KeyError, TypeError, InvalidArgument) as error:
        raise DataLoss(f"the record of the name `{name}` cannot be read: {error}", reason="NAME_UNREADABLE") from error
    return moves, etag


def _by_prefix(store: ObjectStore, kind: str, digits: str) -> Ref:
    fitting = [ref for ref in list_refs(store, kind) if ref.digest.startswith(digits)]
    if not fitting:
        raise NotFound(
            f"no {kind} begins with `{digits}`: `codekiln artifacts` lists them", reason="ARTIFACT_NOT_FOUND"
        )
    if len(fitting) > 1:
        raise InvalidArgument(
            f"{len(fitting)} artifacts begin with `{kind}:{digits}`: write more digits", reason="AMBIGUOUS_REFERENCE"
        )
    return fitting[0]


def _key(name: str) -> str:
    return f"names/{name}.json"
