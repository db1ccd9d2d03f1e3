"""Programs at once: as many as cores keep busy and memory holds."""

from __future__ import annotations

import math

from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.sandbox.room import programs_at_once


def test_programs_that_use_all_they_may_fit_into_memory() -> None:
    assert programs_at_once(Limits(), cores=64, memory=2 << 30) == 2
    assert programs_at_once(Limits(), cores=64, memory=64 << 20) == 1
    assert programs_at_once(Limits(), cores=2, memory=math.inf) == 3
    assert programs_at_once(Limits(memory_bytes=1 << 30), cores=64, memory=4 << 30) == 3
