"""`python -m bench.pii [--json]`: our own figures. Peers are not run here yet."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from typing import Any

from bench.pii.planting import Case, carriers, cases
from bench.pii.scoring import Spans, score
from codekiln.cleaning import redact


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=200, help="cases of every kind; 200 by default")
    parser.add_argument("--half", choices=["open", "held"], default="held", help="the half to score; `held` by default")
    parser.add_argument("--wrong", type=int, default=0, help="show so many lines that went wrong")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    files = carriers()
    scores, decoys, wrong = score(cases(arguments.half, arguments.each, files), ours)
    result: dict[str, Any] = {
        "half": arguments.half,
        "languages": len(files),
        "f1": {kind: round(one.f1, 4) for kind, one in scores.items()},
        "f1_min": round(min(one.f1 for one in scores.values()), 4),
        "decoys_hit": sum(decoys.values()) / (len(decoys) * arguments.each),
        **untouched(files),
    }
    for kind, one in sorted(scores.items(), key=lambda item: item[1].f1):
        print(f"{kind:<22} F1 {one.f1:6.3f}   whole {one.exact:>4}  part {one.partial:>3}  missed {one.missed:>3}")
    for name, count in decoys.items():
        if count:
            print(f"decoy {name:<30} {count} findings")
    for line in wrong[: arguments.wrong]:
        print("  " + line)
    print(f"{result['f1_min']} the least F1, {result['mb_per_cpu_s']} MB/CPU-s")
    print(f"{result['redactions_per_mb']} redactions a MB of untouched files, e-mail addresses apart")
    if arguments.json:
        print(json.dumps(result))


def ours(case: Case) -> Spans:
    return [(span.kind, span.start, span.end) for span in redact(case.text, language=case.language).spans]


def untouched(files: dict[str, list[tuple[str, str]]]) -> dict[str, Any]:
    """Speed on the files as they are, and what is replaced in them but e-mail addresses, which are really there."""
    texts = [(language, text.encode()) for language, held in files.items() for _, text in held]
    size = sum(len(data) for _, data in texts) / 1e6
    redact(b"")
    start = time.process_time()
    found = Counter(span.kind for language, data in texts for span in redact(data, language=language).spans)
    seconds = time.process_time() - start
    other = {kind: count for kind, count in found.items() if kind != "email"}
    return {
        "mb_per_cpu_s": round(size / seconds, 1),
        "redactions_per_mb": round(sum(other.values()) / size, 3),
        "redacted": other,
    }


if __name__ == "__main__":
    main()
