"""The one exception tree. Callers see these, never grpc's, minio's or the operating system's.

    CodekilnError
    |-- InvalidArgument        a field is wrong; carries field violations with paths
    |-- NotFound               nothing has that name
    |-- AlreadyExists          the same id was used for something else
    |-- FailedPrecondition     the world must change first: empty corpus, missing tensor, full disk
    |-- ResourceExhausted      a limit was reached
    |-- Unauthenticated        no token, or not ours
    |-- PermissionDenied       a token that may not do this
    |-- DataLoss               stored bytes are not the bytes that were published
    |-- Internal               a defect of ours
    `-- Retryable              try again later
        |-- Unavailable        a peer or the store does not answer
        `-- Conflict           somebody changed the record first: read it again

Two kinds matter to a caller: Retryable (try again) and all the others (never as it is).
Every error has a stable `reason` in UPPER_SNAKE_CASE, and a message that says what, where and what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Violation:
    """One wrong field: its path such as `spec.sources[0].path`, and what is wrong with it."""

    field: str
    description: str


class CodekilnError(Exception):
    """Root of the tree. `code` is the name of the gRPC status it maps to."""

    code: ClassVar[str] = "UNKNOWN"
    default_reason: ClassVar[str] = "UNKNOWN"

    def __init__(self, message: str, *, reason: str = "", **metadata: Any) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or self.default_reason
        self.metadata = {key: str(value) for key, value in metadata.items()}

    def to_json(self) -> dict[str, Any]:
        """The form kept in a job record."""
        return {"reason": self.reason, "message": self.message, "metadata": self.metadata, "code": self.code}


class InvalidArgument(CodekilnError):
    """A field is wrong. `violations` names each with its path."""

    code = "INVALID_ARGUMENT"
    default_reason = "INVALID_ARGUMENT"

    def __init__(
        self, message: str = "", *, violations: list[Violation] | None = None, reason: str = "", **metadata: Any
    ) -> None:
        self.violations = violations or []
        if not message:
            message = "; ".join(f"{v.field}: {v.description}" for v in self.violations)
        super().__init__(message, reason=reason, **metadata)

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | {"violations": [vars(violation) for violation in self.violations]}


class NotFound(CodekilnError):
    """Nothing has that name."""

    code = "NOT_FOUND"
    default_reason = "NOT_FOUND"


class AlreadyExists(CodekilnError):
    """The same id was used for something else."""

    code = "ALREADY_EXISTS"
    default_reason = "ALREADY_EXISTS"


class FailedPrecondition(CodekilnError):
    """The world must change before this can work."""

    code = "FAILED_PRECONDITION"
    default_reason = "FAILED_PRECONDITION"


class ResourceExhausted(CodekilnError):
    """A limit was reached: disk, memory, queue."""

    code = "RESOURCE_EXHAUSTED"
    default_reason = "RESOURCE_EXHAUSTED"


class Unauthenticated(CodekilnError):
    """No token, or not one of ours."""

    code = "UNAUTHENTICATED"
    default_reason = "UNAUTHENTICATED"


class PermissionDenied(CodekilnError):
    """A token that may not do this."""

    code = "PERMISSION_DENIED"
    default_reason = "PERMISSION_DENIED"


class DataLoss(CodekilnError):
    """Stored bytes are not the bytes that were published."""

    code = "DATA_LOSS"
    default_reason = "DATA_LOSS"


class Internal(CodekilnError):
    """A defect of ours."""

    code = "INTERNAL"
    default_reason = "INTERNAL"


class Retryable(CodekilnError):
    """Try again later."""


class Unavailable(Retryable):
    """A peer or the store does not answer."""

    code = "UNAVAILABLE"
    default_reason = "UNAVAILABLE"


class Conflict(Retryable):
    """Somebody changed the record first."""

    code = "ABORTED"
    default_reason = "CONFLICT"


def from_json(data: dict[str, Any]) -> CodekilnError:
    """The error of a job record, as the class that fits its code."""
    error = class_of(data.get("code", ""))(data.get("message", ""), reason=data.get("reason", ""))
    error.metadata = dict(data.get("metadata", {}))
    if isinstance(error, InvalidArgument):
        error.violations = [Violation(**violation) for violation in data.get("violations", [])]
    return error


def class_of(code: str) -> type[CodekilnError]:
    """The class for the name of a gRPC status; Internal for one that is none of ours."""
    return next((kind for kind in _CLASSES if kind.code == code), Internal)


_CLASSES: tuple[type[CodekilnError], ...] = (
    InvalidArgument, NotFound, AlreadyExists, FailedPrecondition, ResourceExhausted, Unauthenticated, PermissionDenied,
    DataLoss, Internal, Unavailable, Conflict,
)  # fmt: skip
