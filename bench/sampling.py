"""Watches this process's descendants in a thread: CPU seconds and proportional set size."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import psutil

_PERIOD = 0.1


@dataclass
class Sample:
    """The process tree at one moment: proportional set size in bytes, and CPU seconds so far."""

    when: float
    pss: int
    cpu: float


@dataclass
class Sampler:
    """Samples this process's descendants in a thread."""

    memory: bool = True
    """For which the kernel walks all of their pages: two busy workers on two cores lose an eighth of their speed."""
    samples: list[Sample] = field(default_factory=list)
    _cpu: dict[tuple[int, float], float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(_PERIOD):
            pss = 0
            for process in me.children(recursive=True):
                try:
                    times = process.cpu_times()
                    self._cpu[process.pid, process.create_time()] = times.user + times.system
                    pss += process.memory_full_info().pss if self.memory else 0
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            self.samples.append(Sample(time.time(), pss, sum(self._cpu.values())))

    def stop(self) -> None:
        self._stop.set()

    def between(self, start: float, end: float) -> dict[str, float]:
        inside = [s for s in self.samples if start <= s.when <= end + _PERIOD] or self.samples[-1:]
        return {
            "cpu_seconds": round(inside[-1].cpu - inside[0].cpu, 2),
            "peak_bytes": max(sample.pss for sample in inside),
        }
