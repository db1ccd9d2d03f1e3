"""`python -m bench.cleaning --json`: see `python -m bench.cleaning --help`."""

from __future__ import annotations

import argparse
import json

from bench.cleaning import scaling
from bench.cleaning.corpus import installed_files
from bench.cleaning.peer import datatrove
from bench.cleaning.single import measure


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.cleaning",
        description="How fast files are cleaned: one process step by step, beside datatrove on the same files, "
        "and whole cleanings on Dask from 25 MB to 400 MB. About a quarter of an hour; --quick leaves the last out.",
    )
    parser.add_argument("--megabytes", type=float, default=30.0, help="of files for one process; 30 by default")
    parser.add_argument("--runs", type=int, default=5, help="the median counts; 5 by default")
    parser.add_argument("--quick", action="store_true", help="one process only")
    parser.add_argument("--largest", type=int, default=16, help="times 25 MB in the largest cleaning; 16 by default")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    documents = installed_files(arguments.megabytes * 1e6)
    result = measure(documents, arguments.runs, datatrove)
    print(f"{result['files']:,} files, {result['bytes'] / 1e6:.1f} MB, {result['kept']:,} kept, gate: {result['gate']}")
    for name in ("mb_per_cpu_s", "mb_per_cpu_s_with_parse"):
        print(f"{name:<26} {result[name]:>8.1f}")
    for step, rate in result["steps"].items():
        print(f"  {step:<24} {rate:>8.0f} MB/CPU-s")
    if "missing" in result:
        print(f"datatrove is left out: {result['missing']}")
    else:
        print(f"{'datatrove':<26} {result['datatrove_mb_per_cpu_s']:>8.2f}")
        print(f"{'times_datatrove':<26} {result['times_datatrove']:>8.1f}")
    if not arguments.quick:
        grown = scaling.measure(arguments.largest)
        for name in ("two_workers", "rss_growth", "time_growth", "mb", "peak_mb", "cpu_seconds", "phases"):
            print(f"{name:<26} {grown[name]}")
        result |= grown
    if arguments.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
