"""All completions of an evaluation: asked for many at a time, kept as they come.

So a killed worker asks only for the rest, and a second run judges the same ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from codekiln.core.errors import NotFound
from codekiln.core.hashing import digest_of
from codekiln.core.store import ObjectStore
from codekiln.evaluation.benchmark import Problem
from codekiln.evaluation.completion import STOPS, truncate
from codekiln.evaluation.inference import Inference
from codekiln.evaluation.spec import EvaluationSpec
from codekiln.v1 import inference_pb2

_STREAMS = 32
_PIECE = 32
"""Completions that are kept together; as many are lost at most twice when a worker is killed."""


@dataclass(frozen=True)
class Completion:
    """One sample of one problem, cut where its function ends."""

    task_id: str
    sample: int
    text: str
    shortened: bool


class Collection:
    """Completions of a list of problems, sample by sample, in pieces under `prefix`."""

    def __init__(self, store: ObjectStore, prefix: str, problems: Sequence[Problem], spec: EvaluationSpec) -> None:
        self._store = store
        self._prefix = prefix
        self._spec = spec
        wanted = [(problem, sample) for problem in problems for sample in range(spec.samples)]
        self._pieces = [wanted[i : i + _PIECE] for i in range(0, len(wanted), _PIECE)]
        self._kept: dict[int, list[Completion]] = {}
        for number in range(len(self._pieces)):
            if (piece := self._read(number)) is not None:
                self._kept[number] = piece

    @property
    def total(self) -> int:
        return sum(map(len, self._pieces))

    @property
    def done(self) -> int:
        return sum(map(len, self._kept.values()))

    def all(self) -> list[Completion]:
        """In the order of problems and samples, once `collect` has returned."""
        return [completion for number in sorted(self._kept) for completion in self._kept[number]]

    def collect(self, inference: Inference, tell: Callable[[int], None]) -> None:
        """Asks for what is missing. `tell(done)` is called for each."""
        missing = [number for number in range(len(self._pieces)) if number not in self._kept]
        asked = [(number, pair) for number in missing for pair in self._pieces[number]]
        done, piece = self.done, []
        threads = ThreadPoolExecutor(_STREAMS)
        try:
            answers = threads.map(lambda item: self._ask(inference, *item[1]), asked)
            for (number, _), completion in zip(asked, answers, strict=True):
                done += 1
                tell(done)
                piece.append(completion)
                if len(piece) == len(self._pieces[number]):
                    inference.check()
                    self._keep(number, piece)
                    piece = []
        finally:
            # Whatever ended it early, an error or a signal: streams that are open end with their channel.
            threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, inference: Inference, problem: Problem, sample: int) -> Completion:
        sampling = inference_pb2.Sampling(
            max_tokens=self._spec.max_tokens,
            temperature=self._spec.temperature,
            top_p=self._spec.top_p,
            seed=int(digest_of([self._spec.seed, problem.task_id, sample])[:8], 16),
            stop=STOPS,
        )
        completed = inference.complete(problem.prompt, sampling)
        return Completion(problem.task_id, sample, truncate(problem.prompt, completed.text), completed.shortened)

    def _key(self, number: int) -> str:
        return f"{self._prefix}completions/{number:05}.jsonl"

    def _keep(self, number: int, piece: list[Completion]) -> None:
        self._store.put(self._key(number), b"".join(json.dumps(asdict(c)).encode() + b"\n" for c in piece))
        self._kept[number] = piece

    def _read(self, number: int) -> list[Completion] | None:
        try:
            lines = self._store.get(self._key(number)).splitlines()
        except NotFound:
            return None
        return [Completion(**json.loads(line)) for line in lines]
