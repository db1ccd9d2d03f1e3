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
from google.protobuf import descriptor_pool

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

    def __init__(self, tokens: TokenCheck, longest_seconds: float = 0.0) -> None:
        """`longest_seconds`: of a unary call, UNARY_CAP_SECONDS when 0."""
        self._tokens = tokens
        self._longest_seconds = longest_seconds
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
        streams = bool(handler.response_streaming)
        call = _Call(self, (metrics.call_type(streams), service, method), str(authorization))
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

    @property
    def cap_seconds(self) -> float:
        return self._longest_seconds or UNARY_CAP_SECONDS

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


def show_methods(services: list[str]) -> None:
    """Starts the metrics of all methods of these services at 0. They must be of protos that are imported."""
    pool = descriptor_pool.Default()
    for service in services:
        methods = pool.FindServiceByName(service).methods
        metrics.show_methods(service, {method.name: bool(method.server_streaming) for method in methods})


class _Call:
    def __init__(self, edge: Edge, labels: tuple[str, str, str], authorization: str) -> None:
        self._edge, self.labels, self._authorization = edge, labels, authorization

    def unary(self, behaviour: Callable[..., Any]) -> Callable[..., Any]:
        async def handle(request: Any, context: Any) -> Any:
            async with _Measured(self, context):
                self._edge.admit(self._authorization)
                left = context.time_remaining()
                cap = self._edge.cap_seconds
                async with asyncio.timeout(cap if left is None else min(left, cap)):
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

    def report(self, error: BaseException) -> CodekilnError:
        _, service, method = self.labels
        return self._edge.report(service, method, error)


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
