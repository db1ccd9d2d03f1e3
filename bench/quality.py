"""What the quality step drops of well-kept code, by signal: `python -m bench.quality DIR... [--json]`.

Without a folder the installed packages are read. Files come to the step as in a cleaning, without the parser. A rate is
of the files that reach it; an example of every signal is printed, to be looked at. Beside it the speed of the comment
scanner, and that of pygments, by which StarCoder measures comments, on the same files (the first 300 of a language).
"""

from __future__ import annotations

import argparse
import json
import random
import sysconfig
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import build_steps
from codekiln.cleaning.scanning import scan
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.steps.quality import QualityStep
from codekiln.core.artifacts import Ref
from codekiln.core.language import candidates, detect

_BEFORE = ("size", "decode", "notebook", "lines", "encoded", "generated", "vendored", "license_header")
_SCANNED = 300


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="of well-kept code; the installed packages by default")
    parser.add_argument("--files", type=int, default=2000, help="of a language; 2,000 by default")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    folders = arguments.folders or [Path(sysconfig.get_paths()["purelib"])]
    results = {}
    for language, paths in sorted(by_language(folders).items()):
        random.Random(0).shuffle(paths)
        documents = list(reaching_quality(language, paths[: arguments.files]))
        if len(documents) >= 50:
            results[language] = measure(language, documents)
    if arguments.json:
        print(json.dumps(results))


def by_language(folders: list[Path]) -> dict[str, list[Path]]:
    """Files by the language that their path points to; those that several share are looked into."""
    found: dict[str, list[Path]] = defaultdict(list)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            named = candidates(path.name)
            if named and path.is_file() and not path.is_symlink():
                language = named[0] if len(named) == 1 else detect(path.name, path.read_bytes()).language
                found[language or named[0]].append(path)
    return found


def reaching_quality(language: str, paths: list[Path]) -> Iterator[Document]:
    """Files as they come to the step, less those that go earlier."""
    spec = CleaningSpec(corpus=Ref("corpus", "0" * 32))
    steps = [step for step in build_steps(spec, Needs(Problems(), bytes(32))) if step.name in _BEFORE]
    for path in paths:
        data = path.read_bytes()
        result: Document | Drop = Document("", str(path), "", "1", language, ("MIT",), "", data, len(data))
        for step in steps:
            if isinstance(result, Document):
                result = step.apply(result)
        if isinstance(result, Document):
            yield result


def measure(language: str, documents: list[Document]) -> dict[str, Any]:
    """Drops by signal in per cent, MB a CPU second of the step, of the scanner and of pygments."""
    size = sum(len(document.data) for document in documents)
    step, dropped, examples = QualityStep(), Counter[str](), dict[str, str]()
    start = time.process_time()
    for document in documents:
        result = step.apply(document)
        if isinstance(result, Drop):
            dropped[result.reason] += 1
            examples.setdefault(result.reason, f"{document.path[-70:]}: {result.detail}")
    rate = size / 1e6 / (time.process_time() - start)
    scanned = documents[:_SCANNED]
    ours, theirs = speed(scanned, lambda d: scan(d.data, d.language)), speed(scanned, _pygments(language))
    share = 100 * sum(dropped.values()) / len(documents)
    print(f"{language}: {len(documents):,} files, {size / 1e6:.1f} MB, {share:.2f} % dropped")
    print(f"  MB/CPU-s: step {rate:.0f}, comments {ours:.0f}, pygments {theirs:.1f}")
    for signal, count in dropped.most_common():
        print(f"  {signal:<24} {100 * count / len(documents):5.2f} %   {examples[signal]}")
    by_signal = {signal: 100 * count / len(documents) for signal, count in dropped.items()}
    speeds = {"mb_per_cpu_s": rate, "comments_mb_per_cpu_s": ours, "pygments_mb_per_cpu_s": theirs}
    return {"files": len(documents), "dropped_percent": share, "by_signal_percent": by_signal, **speeds}


def speed(documents: list[Document], work: Callable[[Document], object]) -> float:
    """Megabytes a CPU second."""
    start = time.process_time()
    for document in documents:
        work(document)
    return sum(len(document.data) for document in documents) / 1e6 / max(1e-9, time.process_time() - start)


def _pygments(language: str) -> Callable[[Document], object]:
    from pygments.lexers import get_lexer_by_name
    from pygments.token import Comment, String
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language.lower())
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return lambda d: sum(len(t) for kind, t in lexer.get_tokens(d.text) if kind in Comment or kind in String.Doc)


if __name__ == "__main__":
    main()
