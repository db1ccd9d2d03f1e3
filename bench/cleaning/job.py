"""One cleaning of a corpus: `python -m bench.cleaning.job HOME CORPUS WORKERS`. Its last line is JSON.

`HOME` holds the store. Seconds are wall time from the first file read to the dataset, so without the start of Dask.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.worker import identify, work
from codekiln.core.artifacts import Ref
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.settings import Settings
from codekiln.core.store import open_store


def main(home: str, corpus: str, workers: str) -> None:
    settings = Settings(service="cleaning", home=Path(home), workers=int(workers))
    settings.scratch.mkdir(parents=True, exist_ok=True)
    phases: dict[str, float] = {}
    """When each began."""

    def report(progress: Progress) -> None:
        phases.setdefault(progress.phase, time.monotonic())

    context = Context(open_store(settings.store_url, None), settings, settings.scratch, report)
    spec = CleaningSpec(corpus=Ref.parse(corpus))
    start = time.monotonic()
    manifest = work(spec, identify(spec, context), context)
    end = time.monotonic()
    print(
        json.dumps(
            {
                "seconds": end - min(phases.values()),
                "phases": _lengths(phases, end),
                "seconds_with_start": end - start,
                "digests": [part.sha256 for part in manifest.parts_under("shard-")],
                "files_in": manifest.summary["files_in"],
                "files_kept": manifest.summary["files_kept"],
            }
        )
    )


def _lengths(starts: dict[str, float], end: float) -> dict[str, float]:
    """Seconds of each phase."""
    times = [*starts.values(), end]
    return {name: round(times[i + 1] - times[i], 2) for i, name in enumerate(starts)}


if __name__ == "__main__":
    main(*sys.argv[1:])
