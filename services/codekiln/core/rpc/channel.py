"""Channels for clients: keepalive, retries of UNAVAILABLE only, a token, and errors as ours."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc

from codekiln.core.errors import FailedPrecondition
from codekiln.core.rpc.auth import HEADER
from codekiln.core.rpc.status import from_rpc_error

CONNECTED = "codekiln-connected"
"""Initial metadata of a watch: the server has taken the call, though nothing may change for long."""

_RETRY = {
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.2s",
                "maxBackoff": "2s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    "loadBalancingConfig": [{"round_robin": {}}],
}
_OPTIONS = [
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # A pod that takes another's place has another address: 30 s until it is looked up, gRPC's own, are long.
    ("grpc.dns_min_time_between_resolutions_ms", 1_000),
    ("grpc.service_config", json.dumps(_RETRY)),
]


def open_channel(
    address: str,
    *,
    token: str = "",
    ca_file: Path | None = None,
    cert_file: Path | None = None,
    key_file: Path | None = None,
    name: str = "",
) -> grpc.Channel:
    """A channel to host:port. Opens no connection yet. With `ca_file`, TLS; with a certificate and key too, mTLS.

    `name`: what the server's certificate calls it, where that is not the host: at the end of a tunnel.
    Raises FailedPrecondition where a file cannot be read.
    """
    if ca_file is None:
        channel = grpc.insecure_channel(address, options=_OPTIONS)
    else:
        pair = (_pem(key_file), _pem(cert_file)) if cert_file and key_file else (None, None)
        credentials = grpc.ssl_channel_credentials(_pem(ca_file), *pair)
        named = [("grpc.ssl_target_name_override", name)] if name else []
        channel = grpc.secure_channel(address, credentials, options=[*_OPTIONS, *named])
    return grpc.intercept_channel(channel, _Token(token)) if token else channel


@contextlib.contextmanager
def translated(peer: str) -> Iterator[None]:
    """Turns what gRPC raises inside into our errors, which name the peer where it does not answer."""
    try:
        yield
    except grpc.RpcError as error:
        raise from_rpc_error(error, peer) from error


def _pem(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FailedPrecondition(f"cannot read {path}: {error.strerror}", reason="PEM_UNREADABLE") from error


class _Token(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    def __init__(self, token: str) -> None:
        self._pair = (HEADER, f"Bearer {token}")

    def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        return continuation(self._with_token(details), request)

    def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        return continuation(self._with_token(details), request)

    def _with_token(self, details: Any) -> Any:
        return details._replace(metadata=[*(details.metadata or ()), self._pair])
