"""The secret key of the substitutes: 32 random bytes, made once for each store, and once for each home folder.

Without a secret, whoever has a dataset could confirm a guess: hash an address, look for its substitute. A dataset's
identity holds the key's fingerprint, so that another key is other work. See docs/decisions/0011-key-of-substitutes.md.
Light: a cache hit must not wait for more than this.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import warnings
from pathlib import Path

from codekiln.core.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound
from codekiln.core.store.interface import ObjectStore

STORE_KEY = "keys/anonymization"
"""Where a store keeps it."""
FILE_NAME = "anonymization.key"
"""Its name in codekiln's home, for what runs without a store. The same 32 bytes as in a store."""
KEY_BYTES = 32
_LEAST_BYTES = 16


def of_store(store: ObjectStore) -> bytes:
    """The store's key, made where there is none; of several that make one at once all get the same.

    Raises FailedPrecondition where the object is not a key.
    """
    try:
        return _checked(store.get(STORE_KEY), store.uri(STORE_KEY))
    except NotFound:
        try:
            store.create(STORE_KEY, made := secrets.token_bytes(KEY_BYTES))
        except AlreadyExists:
            return _checked(store.get(STORE_KEY), store.uri(STORE_KEY))
        return made


def of_home(home: Path) -> bytes:
    """The key in the folder, made where there is none, readable by its owner alone.

    Where the folder cannot be written: a random key, with a warning. Raises FailedPrecondition where the file is
    no key.
    """
    path = home / FILE_NAME
    try:
        if not path.exists():
            _make(path)
        return _checked(path.read_bytes(), str(path))
    except OSError as error:
        warnings.warn(
            f"{path} cannot be used ({error.strerror or error}): substitutes are keyed for this process only, and the "
            "next one makes others. Name a writable folder in CODEKILN_HOME, or give redact a key",
            RuntimeWarning,
            stacklevel=2,
        )
        return secrets.token_bytes(KEY_BYTES)


def given(key: bytes) -> bytes:
    """A key that a caller brings. Raises InvalidArgument for one that could be guessed by trying."""
    if len(key) < _LEAST_BYTES:
        raise InvalidArgument(
            f"key must have at least {_LEAST_BYTES} bytes, got {len(key)}: take secrets.token_bytes({KEY_BYTES})",
            reason="BAD_KEY",
        )
    return key


def fingerprint(key: bytes) -> str:
    """16 hexadecimal digits that tell keys apart and say nothing of them."""
    return hmac.digest(key, b"codekiln fingerprint", hashlib.sha256).hex()[:16]


def _make(path: Path) -> None:
    """Atomically: readers find all of a key or none, and of several makers one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as writing:
            writing.write(secrets.token_bytes(KEY_BYTES))
            writing.flush()
            os.fsync(writing.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(arriving, path)
    finally:
        arriving.unlink(missing_ok=True)


def _checked(key: bytes, where: str) -> bytes:
    if len(key) != KEY_BYTES:
        raise FailedPrecondition(
            f"{where} is not a key of substitutes: it has {len(key)} bytes, a key has {KEY_BYTES}. Put the right one "
            "there, or remove it, and another is made",
            reason="ANONYMIZATION_KEY_BAD",
        )
    return key
