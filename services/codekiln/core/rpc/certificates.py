"""A server's certificates, from files that may change while it runs."""

from __future__ import annotations

import ssl
from pathlib import Path

import grpc

from codekiln.core.errors import CodekilnError, FailedPrecondition
from codekiln.core.telemetry.logs import logger


def certificates(cert_file: Path, key_file: Path, client_ca_file: Path | None) -> grpc.ServerCertificateConfiguration:
    """Raises FailedPrecondition where a file cannot be read or is not what it should be."""
    try:
        pair = (key_file.read_bytes(), cert_file.read_bytes())
        authorities = client_ca_file.read_bytes() if client_ca_file else None
    except OSError as error:
        raise FailedPrecondition(f"cannot read {error.filename}: {error.strerror}", reason="TLS_UNREADABLE") from error
    # gRPC itself only says that it cannot listen.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(cert_file, key_file)
    except (ssl.SSLError, OSError) as error:
        raise FailedPrecondition(
            f"{cert_file} and {key_file} are not a PEM certificate and its key: {_words(error)}", reason="TLS_UNUSABLE"
        ) from error
    try:
        if authorities is not None:
            context.load_verify_locations(cadata=authorities.decode("ascii", "replace"))
    except (ssl.SSLError, ValueError) as error:
        raise FailedPrecondition(
            f"{client_ca_file} has no PEM certificates of authorities: {_words(error)}", reason="TLS_UNUSABLE"
        ) from error
    return grpc.ssl_server_certificate_configuration([pair], authorities)


def renewed_certificates(
    cert_file: Path, key_file: Path, client_ca_file: Path | None
) -> grpc.ServerCertificateConfiguration | None:
    """Asked before each handshake. None, to go on with those before, where files are just being replaced."""
    try:
        return certificates(cert_file, key_file, client_ca_file)
    except CodekilnError as error:
        logger("server").warning("certificates not renewed", reason=error.reason, error=error.message)
        return None


def _words(error: Exception) -> str:
    return (getattr(error, "reason", None) or str(error)).lower().replace("_", " ")
