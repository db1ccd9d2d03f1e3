"""What the parse check rejects of files that are right, and finds of broken ones: `python -m bench.parse --files DIR`.

DIR holds source files of well-kept projects, in any layout; languages are named as ingestion names them. Every file is
judged as it is, then broken in six ways and judged again; the breaking depends on the file's bytes alone. Speed is CPU
time of this process on the files as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.breaking import BREAKAGES
from codekiln.cleaning.document import Document
from codekiln.cleaning.steps.parse import PARSERS, problem
from codekiln.core.language import detect

_MAX_BYTES = 300_000


@dataclass
class Result:
    """Of one language."""

    files: int = 0
    bytes: int = 0
    seconds: float = 0.0
    rejected: list[str] = field(default_factory=list)
    broken: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    """By kind of breakage: files broken so, and how many of them were found."""

    def to_json(self) -> dict[str, Any]:
        return {
            "files": self.files,
            "rejected": len(self.rejected) / self.files,
            "detected": {kind: found / made for kind, (made, found) in self.broken.items()},
            "mb_per_cpu_s": self.bytes / 1e6 / max(1e-9, self.seconds),
        }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.parse", description=__doc__)
    parser.add_argument("--files", required=True, type=Path, help="folder with files that are right")
    parser.add_argument("--languages", default="", help="only these, separated by commas")
    parser.add_argument("--most", type=int, default=1000, help="files of a language at the most; 1,000 by default")
    parser.add_argument("--rejected", action="store_true", help="name every file that is rejected, and why")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    wanted = set(filter(None, arguments.languages.split(","))) or set(PARSERS)
    found = collect(arguments.files, wanted, arguments.most)
    results: dict[str, Any] = {}
    print(
        f"{'language':<20}{'files':>6}{'rejected':>10}"
        + "".join(f"{kind:>11}" for kind in BREAKAGES)
        + f"{'MB/CPU-s':>10}"
    )
    for language in sorted(found):
        result = measure(language, found)
        results[language] = row = result.to_json()
        shares = "".join(f"{row['detected'].get(kind, 0):>11.1%}" for kind in BREAKAGES)
        print(
            f"{language:<20}{result.files:>6}{row['rejected']:>10.2%}{shares}{row['mb_per_cpu_s']:>10.1f}", flush=True
        )
        for line in result.rejected if arguments.rejected else ():
            print(f"    {line}")
    if arguments.json:
        print(json.dumps(results))


def collect(root: Path, wanted: set[str], most: int) -> dict[str, list[tuple[str, bytes]]]:
    """Files by language, in an order that is random but always the same."""
    found: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for path in sorted(_files(root)):
        data = path.read_bytes()
        name = str(path.relative_to(root))
        language = detect(name, data).language
        if language in wanted and data.strip() and len(data) <= _MAX_BYTES and _is_text(data):
            found[language].append((name, data.removeprefix(b"\xef\xbb\xbf")))
    for files in found.values():
        random.Random(0).shuffle(files)
        del files[most:]
    return found


def _files(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):
        yield from (Path(folder, name) for name in names if not Path(folder, name).is_symlink())


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def measure(language: str, found: dict[str, list[tuple[str, bytes]]]) -> Result:
    """One language's files, as they are and broken."""
    result = Result()
    strangers = [data for other in sorted(found) if other != language for _, data in found[other][:20]]
    for name, data in found[language]:
        start = time.process_time()
        PARSERS[language](data)
        result.seconds += time.process_time() - start
        result.files += 1
        result.bytes += len(data)
        if said := judge(language, data):
            result.rejected.append(f"{name}: {said}")
        chance = random.Random(hashlib.sha256(data).digest())
        for kind, damage in BREAKAGES.items():
            broken = damage(data, chance, strangers)
            if broken is not None:
                result.broken[kind][0] += 1
                result.broken[kind][1] += bool(judge(language, broken))
    return result


def judge(language: str, data: bytes) -> str:
    """What the step says, empty where it keeps the file."""
    return problem(Document("", "", "", "", language, (), "", data))


if __name__ == "__main__":
    main()
