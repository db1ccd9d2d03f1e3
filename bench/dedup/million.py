"""A million small documents in one process: `python -m bench.dedup.million [COUNT]`. Its last line is JSON.

Each has 6 to 20 lines drawn from real files; one of twenty is a copy of an earlier one, one of ten a copy with a line
changed. They are made one after the other and not held.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections.abc import Iterator

from bench.dedup.sample import natural
from codekiln.cleaning import duplicates

_FILES = 400
_REMEMBERED = 10_000


def documents(count: int) -> Iterator[bytes]:
    """The same ones each time."""
    draw = random.Random(0)
    lines = [line for data in natural(_FILES) for line in data.split(b"\n") if len(line) > 20]
    earlier: list[list[bytes]] = []
    for number in range(count):
        chance = draw.random()
        if earlier and chance < 0.15:
            made = list(draw.choice(earlier))
            if chance > 0.05:
                made[draw.randrange(len(made))] = b"changed = %d" % number
        else:
            made = draw.choices(lines, k=draw.randint(6, 20))
            if len(earlier) < _REMEMBERED:
                earlier.append(made)
        yield b"\n".join(made)


def main(count: str = "1000000") -> None:
    start = time.process_time()
    clusters = duplicates(documents(int(count)))
    print(
        json.dumps(
            {
                "documents": int(count),
                "cpu_seconds": round(time.process_time() - start, 1),
                "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
                "clusters": len(clusters),
                "dropped": sum(len(cluster.members) - 1 for cluster in clusters),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
