"""The training loop of one rank: restore, step, evaluate, checkpoint, leave a result.

Knows torch and the plan; starts no process and publishes no model. Equal plans give equal rows and weights, however
often the training was cut: the state is weights, moments and the step, and all of it lies in a checkpoint.
"""

from __future__ import annotations

import json
import math
import threading
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from codekiln.core.artifacts import Key
from codekiln.core.errors import DataLoss, FailedPrecondition, Internal
from codekiln.core.store import ObjectStore
from codekiln.trainer import checkpoint, metrics
from codekiln.trainer.bits import byte_lengths, evaluate
from codekiln.trainer.fim import Fim
from codekiln.trainer.model import Decoder
from codekiln.trainer.optim import Optimizer, learning_rate
from codekiln.trainer.order import Order
from codekiln.trainer.plan import Plan
from codekiln.trainer.shards import Shards, spread
from codekiln.trainer.spec import CODE_VERSION
from codekiln.trainer.utilization import Utilization
from codekiln.trainer.world import World

_EVALUATED_TOKENS = 8192
"""The same ones every time, so that the curve is one. On two cores they cost about a second, at every checkpoint."""


class Training:
    """The state of one rank."""

    def __init__(self, plan: Plan, world: World, store: ObjectStore) -> None:
        spec = plan.spec
        self.plan, self.spec, self.world, self.store = plan, spec, world, store
        self.model = Decoder(spec.shape, plan.vocab_size)
        self.model.initialize(spec.seed)
        self.model.to(world.device)
        self.optimizer = Optimizer(self.model, spec.weight_decay)
        self.rows: list[metrics.Row] = []
        self.step = 0
        if plan.resume:
            self._restore(plan.resume)
        self._check_agreement()
        self.parallel = world.parallel(self.model)
        self.shards = Shards(plan.train, plan.dtype, spec.sequence_length)
        self.validation = Shards(plan.validation, plan.dtype, spec.sequence_length)
        self.lengths = torch.from_numpy(byte_lengths(plan.ranks, plan.vocab_size)).to(world.device)
        self.order = Order(self.shards.windows, spec.seed)
        self.fim = fim(plan)
        self.utilization = Utilization(spec, sum(p.numel() for p in self.model.parameters()), world)

    def run(self, stopping: threading.Event) -> bool:
        """Trains to the end, or until every rank knows that one was told to stop; says whether it came to the end."""
        if not self.rows:
            self._record({"step": 0, "tokens": 0} | self._evaluate())
        while self.step < self.spec.steps:
            row, stop = self._update(stopping.is_set())
            ended = self.step == self.spec.steps
            due = self.step % self.spec.checkpoint_steps == 0
            if ended or due:
                row |= self._evaluate()
            self._record(row)
            if ended or due or stop:
                self._checkpoint()
            if stop and not ended:
                return False
        self._leave_result()
        return True

    def batch(self, step: int) -> torch.Tensor:
        """This rank's share of a step's batch, (sequences, sequence_length + 1)."""
        samples = self.order.batch(step, self.spec.batch_size, self.world.rank, self.world.size)
        ids = np.stack([self.fim.apply(self.shards.window(sample.window), sample) for sample in samples])
        if ids.max() >= self.plan.vocab_size:
            raise DataLoss(
                f"{self.spec.tokens} holds the token id {ids.max()}, and its vocabulary has {self.plan.vocab_size}: "
                "make the tokens again",
                reason="TOKEN_OUT_OF_RANGE",
            )
        return torch.from_numpy(ids).to(self.world.device)

    def _update(self, stop: bool) -> tuple[metrics.Row, bool]:
        """One step. Returns its row, and whether any rank was told to stop."""
        start = time.perf_counter()
        ids = self.batch(self.step)
        with self.world.precision():
            logits = self.parallel(ids[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1).float(), ids[:, 1:].flatten())
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.spec.clip_norm)
        shared = self.world.sum(torch.stack([loss.detach(), torch.tensor(float(stop), device=loss.device)])).tolist()
        mean, rate = shared[0] / self.world.size, learning_rate(self.step, self.spec)
        self._check_finite(mean, float(norm))
        self.optimizer.step(self.step, rate)
        self.step += 1
        seconds, tokens = time.perf_counter() - start, self.spec.batch_size * self.spec.sequence_length
        row = {
            "step": self.step,
            "loss": mean,
            "lr": rate,
            "gradient_norm": float(norm),
            "tokens": self.step * tokens,
            "seconds": round(seconds, 6),
            "tokens_per_second": round(tokens / seconds, 1),
            "mfu": round(self.utilization.of(tokens / seconds), 6),
        }
        return row, shared[1] > 0

    def _check_finite(self, loss: float, norm: float) -> None:
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise FailedPrecondition(
                f"training diverged at step {self.step + 1} of {self.spec.steps} (loss {loss:g}, gradient {norm:g}): "
                f"lower learning_rate (it was {self.spec.learning_rate:g}) or raise warmup_steps",
                reason="LOSS_NOT_FINITE",
                step=self.step + 1,
            )

    def _evaluate(self) -> metrics.Row:
        windows = spread(self.validation.windows, max(1, _EVALUATED_TOKENS // self.spec.sequence_length))
        score = evaluate(self.model, self.validation, windows, self.lengths, self.world)
        return {"validation_loss": score.loss, "bits_per_byte": score.bits_per_byte}

    def _record(self, row: metrics.Row) -> None:
        self.rows.append(row)
        if self.world.leads:
            metrics.append(self.plan.rows, row)

    def _checkpoint(self) -> None:
        if not self.world.leads:
            return
        folder = self.plan.folder / "checkpoint"
        folder.mkdir(exist_ok=True)
        save_file(self.model.state_dict(), folder / "model.safetensors")
        save_file(self.optimizer.state, folder / "optimizer.safetensors")
        state = {"training": self.plan.training, "step": self.step, "torch": torch.__version__}
        (folder / "state.json").write_text(json.dumps(state))
        metrics.write(folder / "metrics.jsonl", self.rows)
        key = checkpoint_key(self.plan, self.step)
        summary = {"step": self.step, "steps": self.spec.steps, "loss": self.rows[-1]["loss"]}
        checkpoint.publish(self.store, self.plan.checkpoints, key, self.step, folder, summary)
        # For those who watch; no row of the curve.
        metrics.append(self.plan.rows, {"step": self.step, metrics.CHECKPOINT: time.time()})

    def _restore(self, folder: Path) -> None:
        device = str(self.world.device)
        self.model.load_state_dict(load_file(folder / "model.safetensors", device))
        self.optimizer.load(load_file(folder / "optimizer.safetensors", device))
        self.step = json.loads((folder / "state.json").read_text())["step"]
        self.rows = metrics.read(folder / "metrics.jsonl")

    def _check_agreement(self) -> None:
        """The leader said which checkpoint to go on from; all must have taken it."""
        total = self.world.sum(torch.tensor([float(self.step)], device=self.world.device)).item()
        if total != self.step * self.world.size:
            raise Internal("the processes went on from checkpoints of different steps", reason="CHECKPOINTS_DIFFER")

    def _leave_result(self) -> None:
        if self.world.leads:
            self.plan.result.mkdir()
            # transformers asks for the format; the head is the embedding and is not written twice.
            save_file(self.model.state_dict(), self.plan.result / "model.safetensors", {"format": "pt"})
            metrics.write(self.plan.result / "metrics.jsonl", self.rows)


def checkpoint_key(plan: Plan, step: int) -> Key:
    """Identity of the checkpoint of a step."""
    return Key("checkpoint", CODE_VERSION, {"training": plan.training, "step": step}, (plan.spec.tokens,))


def fim(plan: Plan) -> Fim:
    """Fill-in-the-middle with the ids that the vocabulary gives its special tokens."""
    ids = plan.special_tokens
    return Fim(
        rate=plan.spec.fim_rate,
        prefix=ids["<|fim_prefix|>"],
        middle=ids["<|fim_middle|>"],
        suffix=ids["<|fim_suffix|>"],
        end=ids["<|endoftext|>"],
        seed=plan.spec.seed,
    )
