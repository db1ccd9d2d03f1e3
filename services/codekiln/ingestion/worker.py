"""Does one ingestion or benchmark job: `python -m codekiln.ingestion.worker JOB_ID ATTEMPT`."""

from __future__ import annotations

from codekiln.core.jobs.worker import Stage, run_worker
from codekiln.ingestion.benchmark import identify as identify_benchmark
from codekiln.ingestion.benchmark import import_benchmark
from codekiln.ingestion.corpus import identify as identify_corpus
from codekiln.ingestion.corpus import ingest
from codekiln.ingestion.spec import BenchmarkSpec, IngestionSpec

STAGES = [
    Stage("ingestion", IngestionSpec, identify_corpus, ingest),
    Stage("benchmark", BenchmarkSpec, identify_benchmark, import_benchmark),
]

if __name__ == "__main__":
    run_worker("ingestion", STAGES)
