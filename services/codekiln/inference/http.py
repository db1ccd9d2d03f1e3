"""The OpenAI-compatible endpoint: POST /v1/completions, GET /v1/models, GET /health. Same loop, same engine as gRPC."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from codekiln.core.errors import CodekilnError, FailedPrecondition, Internal, InvalidArgument, NotFound
from codekiln.core.rpc.auth import HEADER, TokenCheck
from codekiln.core.settings import Settings
from codekiln.core.telemetry.logs import logger
from codekiln.inference import openai_api
from codekiln.inference.completion import Piece, Prompt, Usage, complete, infill_prompt, text_prompt, token_prompt
from codekiln.inference.host import LoadedModel, ModelHost
from codekiln.inference.model_status import State
from codekiln.inference.openai_api import CompletionRequest

T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]

_LARGEST_BODY = 8 << 20


class Api:
    """The routes. `application` is an ASGI app, whoever serves it."""

    def __init__(self, host: ModelHost, tokens: TokenCheck) -> None:
        self._host = host
        self._tokens = tokens
        self._log = logger("http")
        self.application = Starlette(
            routes=[
                Route("/v1/completions", self._guarded(self._completions), methods=["POST"]),
                Route("/v1/models", self._guarded(self._models)),
                Route("/health", self._health),
            ],
            exception_handlers={404: _unknown, 405: _unknown},
        )

    def _guarded(self, handler: Handler) -> Handler:
        """Lets callers in and gives errors OpenAI's form."""

        async def handle(request: Request) -> Response:
            try:
                self._tokens.check(request.headers.get(HEADER, ""))
                return await handler(request)
            except CodekilnError as error:
                return _failure(error)
            except Exception:
                self._log.error("unexpected error", path=request.url.path, exc_info=True)
                return _failure(Internal("an unexpected error: the server's log has the details", reason="UNEXPECTED"))

        return handle

    async def _health(self, request: Request) -> Response:
        status = self._host.status
        ready = status.state is State.READY
        body = {"status": status.state.value.lower(), "model": str(status.model or ""), "message": status.message}
        return JSONResponse(body, 200 if ready else 503, {} if ready else {"Retry-After": "2"})

    async def _models(self, request: Request) -> Response:
        return JSONResponse(openai_api.model_list(self._host.loaded))

    async def _completions(self, request: Request) -> Response:
        wanted = openai_api.parse_completion(await _json(request))
        model = self._host.model()
        if wanted.model and not await self._host.answers_to(wanted.model):
            raise NotFound(f"`{wanted.model}` is not served here, `{model.name}` is", reason="MODEL_NOT_FOUND")
        prompts = [await _prompt(model, wanted, number) for number in range(len(wanted.prompts))]
        pieces = _merged([complete(model, prompt, wanted.sampling) for prompt in prompts], wanted.sampling.n)
        id = f"cmpl-{uuid.uuid4().hex}"
        headers = {"codekiln-model": str(model.files.ref)}
        if wanted.stream:
            events = self._events(id, model, pieces, wanted.include_usage)
            return StreamingResponse(events, media_type="text/event-stream", headers=headers)
        return JSONResponse(await _unless_gone(request, _whole(id, model, pieces)), headers=headers)

    async def _events(
        self, id: str, model: LoadedModel, pieces: AsyncIterator[tuple[int, Piece]], include_usage: bool
    ) -> AsyncIterator[str]:
        usages = []
        try:
            async with contextlib.aclosing(pieces):  # type: ignore[type-var]
                async for index, piece in pieces:
                    usages += [piece.usage] if piece.usage else []
                    yield _event(openai_api.chunk(id, model, [openai_api.choice(index, piece)]))
            if include_usage:
                yield _event(openai_api.chunk(id, model, [], _sum(usages)))
        except CodekilnError as error:
            yield _event(openai_api.error_body(error))
        yield "data: [DONE]\n\n"


class HttpEndpoint:
    """Serves the API by uvicorn in the running event loop."""

    def __init__(self, host: ModelHost, settings: Settings) -> None:
        self._settings = settings
        self._api = Api(host, TokenCheck(settings.auth_token_file))
        self.address = ""

    async def start(self) -> int:
        """Listens, and returns the port. Raises FailedPrecondition (PORT_IN_USE)."""
        listener = _listener(self._settings.http_listen)
        settings = self._settings
        config = uvicorn.Config(
            self._api.application,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
            ssl_certfile=settings.tls_cert_file,
            ssl_keyfile=settings.tls_key_file,
            ssl_ca_certs=str(settings.tls_client_ca_file) if settings.tls_client_ca_file else None,
        )
        self._server = _Uvicorn(config)
        self._serving = asyncio.create_task(self._server.serve([listener]))
        port = int(listener.getsockname()[1])
        self.address = f"{settings.http_listen.rpartition(':')[0]}:{port}"
        return port

    async def stop(self) -> None:
        """Lets requests in flight finish within the drain time."""
        self._server.should_exit = True
        await self._serving


class _Uvicorn(uvicorn.Server):  # type: ignore[misc]
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are `serve`'s business."""
        yield


def _listener(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    try:
        return socket.create_server(
            (host.strip("[]"), int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except (OSError, ValueError, OverflowError) as error:
        raise FailedPrecondition(
            f"{address} cannot be listened on ({error}): choose another with CODEKILN_HTTP_LISTEN", reason="PORT_IN_USE"
        ) from error


async def _json(request: Request) -> Any:
    body = bytearray()
    async for data in request.stream():
        body += data
        if len(body) > _LARGEST_BODY:
            raise InvalidArgument(f"the body has more than {_LARGEST_BODY} bytes", reason="BODY_TOO_LARGE")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f"the body is not JSON: {error}", reason="BAD_BODY") from None


async def _prompt(model: LoadedModel, wanted: CompletionRequest, number: int) -> Prompt:
    prompt = wanted.prompts[number]
    field = "prompt" if len(wanted.prompts) == 1 else f"prompt[{number}]"
    if not isinstance(prompt, str):
        return token_prompt(model, prompt, field)
    if wanted.suffix is not None:
        return await infill_prompt(model, prompt, wanted.suffix)
    return await text_prompt(model, prompt, field)


async def _whole(id: str, model: LoadedModel, pieces: AsyncIterator[tuple[int, Piece]]) -> dict[str, Any]:
    texts: dict[int, str] = {}
    finishes: dict[int, str] = {}
    usages = []
    async with contextlib.aclosing(pieces):  # type: ignore[type-var]
        async for index, piece in pieces:
            texts[index] = texts.get(index, "") + piece.text
            finishes[index] = piece.finish
            usages += [piece.usage] if piece.usage else []
    choices = [openai_api.choice(i, Piece(i, texts[i], finishes[i])) for i in sorted(texts)]
    return openai_api.chunk(id, model, choices, _sum(usages))


async def _merged(streams: list[AsyncIterator[Piece]], n: int) -> AsyncIterator[tuple[int, Piece]]:
    """Pieces of all prompts as they come; completion j of prompt i has index i * n + j, as OpenAI numbers them."""
    queue: asyncio.Queue[tuple[int, Piece] | BaseException | None] = asyncio.Queue(maxsize=64)

    async def pump(number: int, stream: AsyncIterator[Piece]) -> None:
        try:
            async with contextlib.aclosing(stream):  # type: ignore[type-var]
                async for piece in stream:
                    await queue.put((number * n + piece.index, piece))
            await queue.put(None)
        except Exception as error:
            await queue.put(error)

    tasks = [asyncio.create_task(pump(number, stream)) for number, stream in enumerate(streams)]
    try:
        left = len(tasks)
        while left:
            item = await queue.get()
            if isinstance(item, BaseException):
                raise item
            if item is None:
                left -= 1
            else:
                yield item
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The work's result; the work is cancelled when the client has gone."""
    task = asyncio.create_task(work)

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    watch = asyncio.create_task(gone())
    try:
        await asyncio.wait([task, watch], return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise FailedPrecondition("the client has gone", reason="DISCONNECTED")
        return task.result()
    finally:
        for pending in (task, watch):
            pending.cancel()
        await asyncio.gather(task, watch, return_exceptions=True)


def _sum(usages: list[Usage]) -> Usage:
    return Usage(sum(u.prompt_tokens for u in usages), sum(u.completion_tokens for u in usages))


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def _failure(error: CodekilnError) -> JSONResponse:
    headers = openai_api.retry_after(error)
    return JSONResponse(openai_api.error_body(error), openai_api.error_status(error), headers)


async def _unknown(request: Request, error: Exception) -> Response:
    sentence = f"there is no {request.method} {request.url.path}: POST /v1/completions, GET /v1/models and GET /health"
    return _failure(NotFound(sentence, reason="NO_SUCH_PATH"))
