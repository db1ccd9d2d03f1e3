"""Noise precision and recall, private values left, citations lost, and speed of the profile `text`: `python -m bench.text`.

Rules were written with `--half open` in sight; the other half's sentences and forms of noise were held back. The peer is
datatrove 0.10's C4 and Gopher cleaning of lines, which is what public recipes for text use; without it the run goes on.
CPU time of this process, one thread.
"""

# ruff: noqa: E501
from __future__ import annotations

import argparse
import json
import time
from typing import Any

from bench.text import peers
from bench.text.documents import KINDS, Made, make
from bench.text.noise import print_out
from bench.text.scoring import Score
from codekiln.cleaning import redact
from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.deduplication import sketching
from codekiln.cleaning.document import Document
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import build_steps
from codekiln.cleaning.profiles import PROFILES
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.text.tidying import tidy
from codekiln.core.artifacts import Ref


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.text", description=__doc__)
    parser.add_argument(
        "--half", choices=("open", "held"), default="open", help="of sentences and forms; open by default"
    )
    parser.add_argument("--each", type=int, default=20, help="documents of each of six kinds; 20 by default")
    parser.add_argument("--megabytes", type=float, default=4.0, help="cleaned for the speed; 4 by default")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    held = arguments.half == "held"
    documents = [make(kind, 1000 + seed, held, 40) for kind in KINDS for seed in range(arguments.each)]
    printed = [print_out(made, i, held) for i, made in enumerate(documents)]
    result: dict[str, Any] = {"half": arguments.half, "documents": len(documents)}
    for name, clean in (("codekiln", lambda text: tidy(text)[0]), *peers.available()):
        score = scored(documents, printed, clean, ours=name == "codekiln")
        result[name] = {
            "precision": score.precision,
            "recall": score.recall,
            "whole_paragraphs": score.whole / score.paragraphs,
        }
        print(
            f"{name:<10} noise precision {score.precision:.3f}, recall {score.recall:.3f}, paragraphs whole {score.whole}/{score.paragraphs}"
        )
        if name == "codekiln":
            result |= {
                "private_left": score.left,
                "private": score.private,
                "citations_lost": score.lost,
                "citations": score.cited,
            }
            print(
                f"           private values left {score.left}/{score.private}, citations lost {score.lost}/{score.cited}"
            )
    result |= speed(arguments.megabytes)
    print(f"{result['mb_per_cpu_s']:.1f} MB/CPU-s: decode, noise, quality, names and numbers, sketch")
    for step, rate in result["steps"].items():
        print(f"  {step:<10} {rate:>8.1f} MB/CPU-s")
    if arguments.json:
        print(json.dumps(result))


def scored(documents: list[Made], printed: list[str], clean: Any, *, ours: bool) -> Score:
    """One cleaner on all documents."""
    score = Score()
    for made, text in zip(documents, printed, strict=True):
        tidied = clean(text)
        score.add(made.text, text, tidied)
        prose = [p for i, p in enumerate(made.paragraphs) if i not in made.heads]
        score.paragraphs += len(prose)
        score.whole += sum(paragraph in tidied for paragraph in prose)
        if ours:
            replaced = redact(tidied, made.kind, profile="text").text
            score.private += len(made.private)
            score.left += sum(value in replaced for value in made.private)
            score.cited += len(made.cited)
            score.lost += sum(citation not in replaced for citation in made.cited)
    return score


def speed(megabytes: float) -> dict[str, Any]:
    """Each step on the printed documents, and all of them with the sketch. What quality would drop goes on all the same:
    these documents say everything several times, and the figure is of the work on them.
    """
    documents, size, seed = [], 0.0, 5000
    while size < megabytes * 1e6:
        for kind in KINDS:
            data = print_out(make(kind, seed, None, 120), seed).encode()
            documents.append(Document("", f"{kind}-{seed}.txt", kind, "1", "Text", ("MIT",), "", data, len(data)))
            size += len(data)
        seed += 1
    seconds: dict[str, float] = {}
    for step in build_steps(CleaningSpec(corpus=Ref("corpus", "0" * 32), profile="text"), Needs(Problems(), bytes(32))):
        start = time.process_time()
        results = [step.apply(document) for document in documents]
        seconds[step.name] = time.process_time() - start
        documents = [after if isinstance(after, Document) else d for d, after in zip(documents, results, strict=True)]
    start = time.process_time()
    sketching.sketch(documents, PROFILES["text"].shingles)
    seconds["sketch"] = time.process_time() - start
    rates = {name: size / 1e6 / max(1e-9, spent) for name, spent in seconds.items()}
    return {"megabytes": size / 1e6, "mb_per_cpu_s": size / 1e6 / sum(seconds.values()), "steps": rates}


if __name__ == "__main__":
    main()
