"""Whether a store honours conditional writes: records could be lost on one that does not."""

from __future__ import annotations

import secrets

from codekiln.core.errors import AlreadyExists, Conflict, FailedPrecondition, NotFound
from codekiln.core.store.interface import ObjectStore


def check_conditions(store: ObjectStore, where: str) -> None:
    """Writes a small object, tries to overwrite it wrongly in both ways, and removes it.

    Raises FailedPrecondition (STORE_WITHOUT_CONDITIONS) where one of them succeeds.
    """
    key = f"probe/{secrets.token_hex(8)}"
    store.create(key, b"1")
    try:
        stale = store.get_with_etag(key)[1]
        store.replace(key, b"2", stale)
        try:
            store.create(key, b"3")
        except AlreadyExists:
            pass
        else:
            raise _refused(where, "a write that is to create an object replaces one (If-None-Match)")
        try:
            store.replace(key, b"4", stale)
        except (Conflict, NotFound):
            return
        raise _refused(where, "a write that is to replace one version replaces any (If-Match)")
    finally:
        store.delete(key)


def _refused(where: str, what: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"the store at {where} ignores conditions: {what}, so records could be lost. Use one that honours them "
        "(MinIO, Versity, SeaweedFS >= 4.17, AWS)",
        reason="STORE_WITHOUT_CONDITIONS",
        store=where,
    )
