"""Our errors as google.rpc.Status with ErrorInfo, BadRequest and RetryInfo, and back."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from codekiln.core.errors import (
    CodekilnError,
    InvalidArgument,
    Retryable,
    Unavailable,
    Violation,
    class_of,
)

DOMAIN = "codekiln"
DETAILS_KEY = "grpc-status-details-bin"
_MESSAGE_BYTES = 600
_MOST = 8
"""Violations and metadata pairs at most: gRPC allows 8 KiB for all headers together."""


class DeadlineExceeded(Retryable):
    """The peer did not answer within the call's deadline."""

    code = "DEADLINE_EXCEEDED"
    default_reason = "DEADLINE_EXCEEDED"


class Cancelled(CodekilnError):
    """The call was cancelled."""

    code = "CANCELLED"
    default_reason = "CANCELLED"


_OF_CALLS: dict[str, type[CodekilnError]] = {"DEADLINE_EXCEEDED": DeadlineExceeded, "CANCELLED": Cancelled}


def to_status(error: CodekilnError) -> status_pb2.Status:
    """The message that goes on the wire. It travels as a header, so what would not fit there is cut."""
    metadata = {key: _cut(value, _MESSAGE_BYTES // 4) for key, value in list(error.metadata.items())[:_MOST]}
    details = [_pack(error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=metadata))]
    if isinstance(error, InvalidArgument) and error.violations:
        violations = [
            error_details_pb2.BadRequest.FieldViolation(
                field=_cut(v.field, _MESSAGE_BYTES // 6), description=_cut(v.description, _MESSAGE_BYTES // 3)
            )
            for v in error.violations[:_MOST]
        ]
        details.append(_pack(error_details_pb2.BadRequest(field_violations=violations)))
    if isinstance(error, Retryable):
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(1000)
        details.append(_pack(retry))
    message = _cut(error.message, _MESSAGE_BYTES)
    return status_pb2.Status(code=code_pb2.Code.Value(error.code), message=message, details=details)


def grpc_code(error: CodekilnError) -> grpc.StatusCode:
    return grpc.StatusCode[error.code]


def from_rpc_error(error: Any, peer: str) -> CodekilnError:
    """Our error for what a call raised. Works for servers that send no details, too."""
    code = error.code().name
    message = error.details() or code
    reason, metadata, violations = "", {}, []
    status = rpc_status.from_call(error)
    for detail in status.details if status else []:
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        if detail.Unpack(info):
            reason, metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            violations = [Violation(v.field, v.description) for v in bad.field_violations]
    if code == "UNAVAILABLE" and not reason:
        return Unavailable(
            f"nothing answers at {peer} ({message}): is it started? `codekiln up` starts all services",
            reason="SERVER_UNREACHABLE",
            peer=peer,
        )
    translated = (_OF_CALLS.get(code) or class_of(code))(message, reason=reason)
    translated.metadata = metadata
    if isinstance(translated, InvalidArgument):
        translated.violations = violations
    return translated


def _cut(text: str, limit: int) -> str:
    """Valid UTF-8 of about `limit` bytes at most."""
    data = text.encode(errors="replace")
    return data.decode() if len(data) <= limit else data[: limit - 3].decode(errors="ignore") + "..."


def _pack(
    message: any_pb2.Any | error_details_pb2.ErrorInfo | error_details_pb2.BadRequest | error_details_pb2.RetryInfo,
) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed
