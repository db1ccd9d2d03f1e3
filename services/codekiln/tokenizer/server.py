"""The tokenizer service: `python -m codekiln.tokenizer.server`. Thin: jobs do the work."""

from __future__ import annotations

from typing import Any

import grpc

from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.server import serve
from codekiln.core.spec import from_message
from codekiln.tokenizer.spec import TokenizerSpec, TokensSpec
from codekiln.v1 import tokenizer_pb2, tokenizer_pb2_grpc


class Tokenizer(tokenizer_pb2_grpc.TokenizerServiceServicer):
    """Creates tokenizer and packing jobs."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def CreateTokenizer(
        self, request: tokenizer_pb2.CreateTokenizerRequest, context: Any
    ) -> tokenizer_pb2.CreateTokenizerResponse:
        spec = from_message(TokenizerSpec, request.spec)
        return tokenizer_pb2.CreateTokenizerResponse(
            job=self._backend.create_job("tokenizer", spec, request.request_id)
        )

    def CreateTokens(
        self, request: tokenizer_pb2.CreateTokensRequest, context: Any
    ) -> tokenizer_pb2.CreateTokensResponse:
        spec = from_message(TokensSpec, request.spec)
        return tokenizer_pb2.CreateTokensResponse(job=self._backend.create_job("tokens", spec, request.request_id))


def register(server: grpc.aio.Server, backend: Backend) -> list[str]:
    tokenizer_pb2_grpc.add_TokenizerServiceServicer_to_server(Tokenizer(backend), server)
    return ["codekiln.v1.TokenizerService"]


if __name__ == "__main__":
    serve("tokenizer", register)
