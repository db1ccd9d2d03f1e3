"""The one interceptor: lets callers in, bounds their time, turns our errors into statuses, counts.

Unary methods of our servicers are plain functions that may block; they run in threads. Streams are async generators.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc

from codekiln.core.errors import CodekilnError, Internal
from codekiln.core.rpc.auth import HEADER, TokenCheck
from codekiln.core.rpc.status import DETAILS_KEY, DeadlineExceeded, grpc_code, to_status
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import logger

UNARY_CAP_SECONDS = 60.0
"""No unary call may take longer, whatever deadline its caller chose, or did not."""

_OPEN_SERVICES = ("grpc.health.v1.Health",)


class Edge(grpc.aio.ServerInterceptor):
    """Wraps every handler."""

    def __init__(self, tokens: TokenCheck) -> None:
        self._tokens = tokens
        self._log = logger("rpc")

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler:
        handler = await continuation(handler_call_details)
        if handler is None:
            return handler
        service, _, method = handler_call_details.method.lstrip("/").partition("/")
        if service in _OPEN_SERVICES:
            return handler
        authorization = dict(handler_call_details.invocation_metadata or ()).get(HEADER, "")
        call = _Call(self, service, method, str(authorization))
        codec = {
            "request_deserializer": handler.request_deserializer,
            "response_serializer": handler.response_serializer,
        }
        if handler.unary_unary:
            return grpc.unary_unary_rpc_method_handler(call.unary(handler.unary_unary), **codec)
        if handler.unary_stream:
            return grpc.unary_stream_rpc_method_handler(call.stream(handler.unary_stream), **codec)
        assert handler.stream_stream is not None, "no service of ours takes a stream and answers once"
        return grpc.stream_stream_rpc_method_handler(call.stream(handler.stream_stream), **codec)

    def admit(self, authorization: str) -> None:
        self._tokens.check(authorization)

    def report(self, service: str, method: str, error: BaseException) -> CodekilnError:
        """The error a caller may see: ours as it is, any other without its insides."""
        if isinstance(error, CodekilnError):
            return error
        if isinstance(error, TimeoutError):
            return DeadlineExceeded(f"{method} took too long: try again with a longer deadline")
        self._log.error("unexpected error", method=f"{service}/{method}", exc_info=True)
        return Internal("an unexpected error: the server's log has the details", reason="UNEXPECTED")


class _Call:
    def __init__(self, edge: Edge, service: str, method: str, authorization: str) -> None:
        self._edge, self._authorization = edge, authorization
        self._service, self._method = service, method

    def unary(self, behaviour: Callable[..., Any]) -> Callable[..., Any]:
        async def handle(request: Any, context: Any) -> Any:
            async with _Measured(self, context):
                self._edge.admit(self._authorization)
                left = context.time_remaining()
                async with asyncio.timeout(min(left if left is not None else UNARY_CAP_SECONDS, UNARY_CAP_SECONDS)):
                    if inspect.iscoroutinefunction(behaviour):
                        return await behaviour(request, context)
                    return await asyncio.to_thread(behaviour, request, context)

        return handle

    def stream(self, behaviour: Callable[..., Any]) -> Callable[..., Any]:
        async def handle(request: Any, context: Any) -> AsyncIterator[Any]:
            async with _Measured(self, context):
                self._edge.admit(self._authorization)
                async for response in behaviour(request, context):
                    yield response

        return handle

    @property
    def labels(self) -> tuple[str, str]:
        return self._service, self._method

    def report(self, error: BaseException) -> CodekilnError:
        return self._edge.report(self._service, self._method, error)


class _Measured:
    """Counts one call and ends it with the status that fits its error."""

    def __init__(self, call: _Call, context: Any) -> None:
        self._call, self._context = call, context

    async def __aenter__(self) -> None:
        metrics.RPC_STARTED.labels(*self._call.labels).inc()
        self._start = time.perf_counter()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        code = "OK"
        try:
            if isinstance(error, asyncio.CancelledError | GeneratorExit):
                code = "CANCELLED"
            elif isinstance(error, Exception):
                shown = self._call.report(error)
                code, status = shown.code, to_status(shown)
                details = (DETAILS_KEY, status.SerializeToString())
                await self._context.abort(grpc_code(shown), status.message, trailing_metadata=(details,))
        finally:
            metrics.RPC_HANDLED.labels(*self._call.labels, code).inc()
            metrics.RPC_SECONDS.labels(*self._call.labels).observe(time.perf_counter() - self._start)
