"""`python -m bench.dedup --json`: see `python -m bench.dedup --help`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from bench.dedup import ours, peers
from bench.dedup.sample import Planted, families, natural, planted
from bench.dedup.truth import CUTS, shingles, similar_pairs, similarity

THRESHOLD = 0.7


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.dedup",
        description="Pairs of files of a Jaccard similarity of 0.7 and above: recall and precision against all such "
        "pairs, found exactly; documents a CPU second beside rensa, datasketch and datatrove. About three minutes.",
    )
    parser.add_argument("--files", type=int, default=3000, help="real files; 3000 by default")
    parser.add_argument("--copies", type=int, default=900, help="changed copies of some; 900 by default")
    parser.add_argument("--seed", type=int, default=0, help="of the sample and of the changes")
    parser.add_argument("--million", action="store_true", help="also a million small documents: some five minutes")
    parser.add_argument("--no-peers", action="store_true", help="ours only")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    documents, copies = planted(natural(arguments.files, arguments.seed), arguments.copies, arguments.seed)
    print(f"{len(documents):,} documents, {sum(map(len, documents)) / 1e6:.1f} MB")
    result = measure(documents, copies, with_peers=not arguments.no_peers)
    if arguments.million:
        done = subprocess.run([sys.executable, "-m", "bench.dedup.million"], capture_output=True, text=True, check=True)
        result["million"] = json.loads(done.stdout.splitlines()[-1])
        print("a million small documents:", result["million"])
    if arguments.json:
        print(json.dumps(result))


def measure(documents: list[bytes], copies: list[Planted], *, with_peers: bool) -> dict[str, Any]:
    """Ours and theirs; prints as it goes."""
    found = ours.run(documents, THRESHOLD)
    result: dict[str, Any] = {
        "documents": len(documents),
        "docs_per_cpu_s": round(len(documents) / found.cpu_seconds, 1),
    }
    for cut in CUTS:
        sets = [shingles(data, cut) for data in documents]
        truth = similar_pairs(sets, THRESHOLD)
        recall, precision = ours.score(found.pairs, truth)
        suffix = "" if cut == "words" else f"_{cut}"
        result |= {f"pairs{suffix}": len(truth), f"recall{suffix}": round(recall, 4)}
        result[f"precision{suffix}"] = round(precision, 4)
        if cut == "words":
            first = {copy.document for copy in copies}
            natural_pairs = {pair: value for pair, value in truth.items() if not first & set(pair)}
            result["natural_pairs"] = len(natural_pairs)
            result["recall_natural"] = round(ours.score(found.pairs, natural_pairs)[0], 4)
            result["recall_by_change"] = _by_change(found.pairs, copies, sets)
            result["fates"] = {
                name: round(v, 4) for name, v in ours.fates(found.clusters, sets, truth, THRESHOLD).items()
            }
    made = ours.of_families(families(documents, max(2, len(documents) // 20)), THRESHOLD)
    result["families"] = {name: round(value, 4) for name, value in made.items()}
    for name, value in result.items():
        print(f"{name:<24} {value}")
    if with_peers:
        result["peers"] = peers.measure(documents, truth)
        for name, figures in result["peers"].items():
            print(f"{name:<24} {figures}")
            if "docs_per_cpu_s" in figures:
                result[f"times_{name}"] = round(result["docs_per_cpu_s"] / figures["docs_per_cpu_s"], 1)
    return result


def _by_change(pairs: set[tuple[int, int]], copies: list[Planted], sets: list[frozenset[int]]) -> dict[str, list[int]]:
    """Of each change, how many copies were found to be alike to their original, and how many are."""
    found: dict[str, list[int]] = {}
    for copy in copies:
        counts = found.setdefault(copy.change, [0, 0])
        if similarity(sets[copy.original], sets[copy.document]) >= THRESHOLD:
            counts[0] += (copy.original, copy.document) in pairs
            counts[1] += 1
    return found


if __name__ == "__main__":
    main()
