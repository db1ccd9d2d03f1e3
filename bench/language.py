"""How often linguist's own samples get linguist's name, and how fast: `python -m bench.language --samples DIR --json`.

DIR is `samples/` of a checkout of github-linguist: a folder for each language. Each file is shown with its name alone,
as linguist's own test does. Beside it Pygments, on the same files: a lexer counts as right if one of its names is one
of the language's. CPU time of one thread, files in memory before the clock starts.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from codekiln.core.language import LANGUAGES, detect
from codekiln.core.language.tables import BY_ALIAS, BY_EXTENSION

_FOLDERS = {"Fstar": "F*", "ProC": "Pro*C"}
"""Where a folder cannot have the language's name."""


class Sample(NamedTuple):
    """A file and the language that its folder says."""

    language: str
    name: str
    content: bytes

    @property
    def shared(self) -> bool:
        """Whether several languages have its extension."""
        return len(BY_EXTENSION.get(self.name.rpartition(".")[2].lower(), ())) > 1


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.language", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=Path, required=True, help="samples/ of a checkout of github-linguist")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    samples = read(arguments.samples)
    for sample in samples:  # expressions are compiled when first asked for
        detect(sample.name, sample.content)
    ours = score(samples, lambda sample: detect(sample.name, sample.content).language)
    peer = score(samples, pygments_name)
    size = sum(len(sample.content) for sample in samples)
    print(f"{len(samples):,} files, {size / 1e6:.1f} MB, {len({s.language for s in samples})} languages")
    print(f"{'':<12}{'right':>8}{'of shared extensions':>23}{'MB/CPU-s':>11}")
    for who, row in (("codekiln", ours), ("Pygments", peer)):
        print(f"{who:<12}{row['right']:>8.2%}{row['right_of_shared']:>23.2%}{row['mb_per_cpu_s']:>11.1f}")
    for name, found in ours["wrong"].items():
        print(f"  {name}: {', '.join(f'{other or chr(45)} {n}' for other, n in found.items())}")
    rules = Counter(detect(s.name, s.content).rule.partition(" ")[0] for s in samples)
    if arguments.json:
        print(json.dumps({"files": len(samples), "bytes": size, **ours, "rules": dict(rules), "pygments": peer}))


def read(folder: Path) -> list[Sample]:
    """All samples, those in `filenames/` folders too."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            language = path.relative_to(folder).parts[0]
            found.append(Sample(_FOLDERS.get(language, language), path.name, path.read_bytes()))
    unknown = {sample.language for sample in found} - set(LANGUAGES)
    if not found or unknown:
        raise SystemExit(f"{folder} is not linguist's samples/: {', '.join(sorted(unknown)[:5]) or 'it has no files'}")
    return found


def score(samples: list[Sample], name: Callable[[Sample], str]) -> dict[str, Any]:
    """Share of right names over all and over those of shared extensions, speed, and what was said instead."""
    started = time.process_time()
    said = [name(sample) for sample in samples]
    seconds = time.process_time() - started
    right = [word == sample.language for word, sample in zip(said, samples, strict=True)]
    shared = [ok for ok, sample in zip(right, samples, strict=True) if sample.shared]
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    for word, sample in zip(said, samples, strict=True):
        if word != sample.language:
            wrong[sample.language][word] += 1
    return {
        "right": sum(right) / len(right),
        "right_of_shared": sum(shared) / len(shared),
        "mb_per_cpu_s": sum(len(sample.content) for sample in samples) / seconds / 1e6,
        "languages_all_right": len({sample.language for sample in samples}) - len(wrong),
        "wrong": {language: dict(found) for language, found in wrong.items()},
    }


def pygments_name(sample: Sample) -> str:
    """The sample's language if the lexer that Pygments chooses has one of its names, else what that lexer is called."""
    from pygments.lexers import guess_lexer_for_filename
    from pygments.util import ClassNotFound

    try:
        lexer = guess_lexer_for_filename(sample.name, sample.content[: 50 * 1024].decode("utf-8", "replace"))
    except ClassNotFound:
        return ""
    names = {BY_ALIAS.get(word.lower().replace(" ", "-"), word) for word in (lexer.name, *lexer.aliases)}
    return sample.language if sample.language in names else str(lexer.name)


if __name__ == "__main__":
    main()
