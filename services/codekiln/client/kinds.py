"""Kinds of jobs: which service makes them, and by which method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from codekiln.v1 import (
    cleaning_pb2,
    cleaning_pb2_grpc,
    evaluation_pb2,
    evaluation_pb2_grpc,
    ingestion_pb2,
    ingestion_pb2_grpc,
    tokenizer_pb2,
    tokenizer_pb2_grpc,
    trainer_pb2,
    trainer_pb2_grpc,
)


@dataclass(frozen=True)
class Kind:
    """How a job of one kind is created, and what it makes."""

    service: str
    stub: Callable[[Any], Any]
    method: str
    request: Callable[..., Any]
    spec: type[Message]
    artifact: str


KINDS: dict[str, Kind] = {
    "ingestion": Kind(
        "ingestion", ingestion_pb2_grpc.IngestionServiceStub, "CreateIngestion",
        ingestion_pb2.CreateIngestionRequest, ingestion_pb2.IngestionSpec, "corpus",
    ),
    "benchmark": Kind(
        "ingestion", ingestion_pb2_grpc.IngestionServiceStub, "CreateBenchmark",
        ingestion_pb2.CreateBenchmarkRequest, ingestion_pb2.BenchmarkSpec, "benchmark",
    ),
    "cleaning": Kind(
        "cleaning", cleaning_pb2_grpc.CleaningServiceStub, "CreateCleaning",
        cleaning_pb2.CreateCleaningRequest, cleaning_pb2.CleaningSpec, "dataset",
    ),
    "tokenizer": Kind(
        "tokenizer", tokenizer_pb2_grpc.TokenizerServiceStub, "CreateTokenizer",
        tokenizer_pb2.CreateTokenizerRequest, tokenizer_pb2.TokenizerSpec, "tokenizer",
    ),
    "tokens": Kind(
        "tokenizer", tokenizer_pb2_grpc.TokenizerServiceStub, "CreateTokens",
        tokenizer_pb2.CreateTokensRequest, tokenizer_pb2.TokensSpec, "tokens",
    ),
    "trainer": Kind(
        "trainer", trainer_pb2_grpc.TrainerServiceStub, "CreateTraining",
        trainer_pb2.CreateTrainingRequest, trainer_pb2.TrainerSpec, "model",
    ),
    "evaluation": Kind(
        "evaluation", evaluation_pb2_grpc.EvaluationServiceStub, "CreateEvaluation",
        evaluation_pb2.CreateEvaluationRequest, evaluation_pb2.EvaluationSpec, "report",
    ),
}  # fmt: skip
