"""`python -m bench.pii [--json]`: ours and peers on one labelled set, and what we replace in real code as it is."""

from __future__ import annotations

import argparse
import json
import secrets
import statistics
import subprocess
import time
from typing import Any

from bench.pii.natural import measure
from bench.pii.peers import PEERS, Found, find
from bench.pii.planting import Carriers, Case, carriers, cases
from bench.pii.scoring import Score, Spans, score
from codekiln.cleaning import redact

KEY = secrets.token_bytes(32)
_ROUNDS = 51


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pii", description=__doc__)
    parser.add_argument("--each", type=int, default=200, help="cases of every kind; 200 by default")
    parser.add_argument("--peer-each", type=int, default=10, help="cases of every kind for the comparison; 0: no peers")
    parser.add_argument("--half", choices=["open", "held"], default="held", help="the half to score; `held` by default")
    parser.add_argument("--no-packages", action="store_true", help="leave out the real code, which has to be fetched")
    parser.add_argument("--wrong", type=int, default=0, help="show so many lines that went wrong")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    files = carriers()
    mine = list(cases(arguments.half, arguments.each, files))
    scores, decoys, wrong = score(mine, ours(mine).spans)
    result: dict[str, Any] = {
        "half": arguments.half,
        "languages": len({case.language for case in mine}),
        "f1": {kind: round(one.f1, 4) for kind, one in scores.items()},
        "precision": {kind: round(one.precision, 4) for kind, one in scores.items()},
        "recall": {kind: round(one.recall, 4) for kind, one in scores.items()},
        "f1_min": round(min(one.f1 for one in scores.values()), 4),
        "decoys": sum(case.is_decoy for case in mine),
        "decoys_hit": sum(decoys.values()),
        "mb_per_cpu_s": speed(files),
    }
    for kind, one in sorted(scores.items(), key=lambda item: item[1].f1):
        print(f"{kind:<24} F1 {one.f1:6.3f}   whole {one.exact:>4}  part {one.partial:>3}  missed {one.missed:>3}")
    for line in wrong[: arguments.wrong]:
        print("  " + line)
    print(f"{result['f1_min']} the least F1, {result['decoys_hit']} of {result['decoys']} decoys hit")
    print(f"{result['mb_per_cpu_s']} MB/CPU-s on files as they are")
    if arguments.peer_each:
        result["peers"] = compare(list(cases(arguments.half, arguments.peer_each, files)))
    if not arguments.no_packages:
        result |= packages()
    if arguments.json:
        print(json.dumps(result))


def ours(given: list[Case]) -> Found:
    """Our findings, and the CPU seconds that they took."""
    start, spans = time.process_time(), []
    for case in given:
        found = redact(case.text, key=KEY, language=case.language).spans
        spans.append([(span.kind, span.start, span.end) for span in found])
    return Found(spans, time.process_time() - start)


def speed(files: Carriers) -> float:
    """MB a CPU second on files in which nothing is planted: the median of rounds of some hundredths of a second."""
    texts = [(language, text.encode()) for language, held in files.items() for _, text in held]
    redact(b"", key=KEY)
    rounds = []
    for _ in range(_ROUNDS):
        start = time.process_time()
        for language, data in texts:
            redact(data, key=KEY, language=language)
        rounds.append(time.process_time() - start)
    return round(sum(len(data) for _, data in texts) / 1e6 / statistics.median(rounds), 1)


def compare(given: list[Case]) -> dict[str, Any]:
    """Ours and every peer on the same cases. A touch of the planted value counts as a hit here, for all of them."""
    size = sum(len(case.text) for case in given) / 1e6
    redact(b"", key=KEY)
    answers = {"ours": ours(given)} | {name: find(name, given) for name in PEERS}
    table: dict[str, dict[str, Score]] = {}
    peers: dict[str, Any] = {}
    for name, answer in answers.items():
        if not isinstance(answer, Found):
            peers[name] = {"missing": answer}
            continue
        table[name], decoys, _ = score(given, _touching(given, answer.spans))
        peers[name] = {
            "f1": {kind: round(one.f1, 3) for kind, one in table[name].items()},
            "decoys_hit": sum(decoys.values()),
            "mb_per_cpu_s": round(size / answer.cpu_seconds, 2),
        }
    names = list(table)
    print(f"\n{len(given)} cases, F1 by kind" + " " * 8 + "".join(f"{name:>16}" for name in names))
    for kind in table["ours"]:
        print(f"{kind:<32}" + "".join(f"{table[name][kind].f1:>16.3f}" for name in names))
    print(f"{'decoys hit':<32}" + "".join(f"{peers[name]['decoys_hit']:>16}" for name in names))
    print(f"{'MB/CPU-s':<32}" + "".join(f"{peers[name]['mb_per_cpu_s']:>16}" for name in names))
    for name in peers.keys() - table.keys():
        print(f"{name} is missing: {peers[name]['missing']}")
    return peers


def _touching(given: list[Case], found: list[Spans]) -> list[Spans]:
    """The same, with a span that overlaps the planted value taken for that value."""
    moved = []
    for case, spans in zip(given, found, strict=True):
        hits = [span for span in spans if span[1] < case.end and span[2] > case.start and not case.is_decoy]
        rest = [span for span in spans if span not in hits]
        moved.append(rest + [(kind, case.start, case.end) for kind, _, _ in hits[:1]])
    return moved


def packages() -> dict[str, Any]:
    """What is replaced in real code, and how much of that is false; nothing where it cannot be fetched."""
    try:
        real = measure(KEY)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"no real code: {error}")
        return {"false_per_mb": None}
    most = ", ".join(language for language, _ in real.languages.most_common(8) if language)
    print(f"\n{real.megabytes:.0f} MB of real code ({most})")
    print(f"{sum(real.replaced.values())} replaced: {dict(real.replaced)}")
    print(f"{real.false_per_mb:.3f} false a MB; {real.megabytes / real.cpu_seconds:.1f} MB/CPU-s")
    return {
        "false_per_mb": round(real.false_per_mb, 4),
        "megabytes": round(real.megabytes, 1),
        "replaced": real.replaced,
    }


if __name__ == "__main__":
    main()
