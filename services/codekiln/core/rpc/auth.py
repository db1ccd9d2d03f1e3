"""Bearer tokens from a mounted file, read again when it changes."""

from __future__ import annotations

import hmac
from pathlib import Path

from codekiln.core.errors import Unauthenticated, Unavailable

HEADER = "authorization"


class TokenCheck:
    """Lets in callers whose `authorization: Bearer TOKEN` is a line of the file; everybody where there is no file."""

    def __init__(self, path: Path | None) -> None:
        """Raises Unavailable where the file cannot be read."""
        self._path = path
        self._stamp = (0, 0, 0)
        self._tokens: list[bytes] = []
        if path is not None:
            self._current()

    def check(self, authorization: str) -> None:
        """Raises Unauthenticated."""
        if self._path is None:
            return
        scheme, _, token = authorization.partition(" ")
        if not token or scheme.lower() != "bearer":
            raise Unauthenticated("no token: send metadata `authorization: Bearer TOKEN`", reason="TOKEN_MISSING")
        given = token.strip().encode()
        # All are compared, in constant time each, so that time tells nothing.
        if not sum(hmac.compare_digest(given, known) for known in self._current()):
            raise Unauthenticated("unknown token: ask whoever runs codekiln for one", reason="TOKEN_UNKNOWN")

    def _current(self) -> list[bytes]:
        assert self._path is not None
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if stamp != self._stamp:
                lines = self._path.read_bytes().splitlines()
                self._tokens = [line.strip() for line in lines if line.strip() and not line.startswith(b"#")]
                self._stamp = stamp
        except OSError as error:
            raise Unavailable(
                f"the token file {self._path} cannot be read: {error.strerror}", reason="TOKENS_UNREADABLE"
            ) from error
        return self._tokens
