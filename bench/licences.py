"""Whether licence files say what their packages state: `python -m bench.licences [FOLDER...] --json`.

Folders are looked through for installed Python distributions, crates and npm packages that state a licence and bring
licence files; without FOLDER, this environment's. A package agrees if its files hold licences that it states and no
other (`-only` and `-or-later` share a text and count as one); where a choice is stated, some of it is enough. Beside it
askalono on the same files, where the package pyaskalono is installed: each file's best match from 0.9 on. CPU time.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, NamedTuple

from codekiln.ingestion.license_declarations import declared
from codekiln.ingestion.license_metadata import own_part, package_licenses
from codekiln.ingestion.license_text import is_license_file, match_licenses

_STATED_IN = frozenset({"METADATA", "Cargo.toml", "package.json"})


class Package(NamedTuple):
    """What is stated, and the texts that came with it."""

    name: str
    stated: frozenset[str]
    texts: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.licences", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, default=[Path(sysconfig.get_paths()["purelib"])])
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    found = {package.name: package for folder in arguments.folders for package in packages(folder)}
    if not found:
        raise SystemExit("no package there states a licence and brings its text")
    ours = score(list(found.values()), lambda text: match_licenses(own_part(text)).ids)
    print(f"{len(found):,} packages, {sum(len(p.texts) for p in found.values()):,} licence files")
    print(f"{'':<10}{'agrees':>8}{'finds none':>12}{'finds other':>13}{'ms a file':>11}")
    peer = score(list(found.values()), best) if (best := askalono()) else None
    for who, row in (("codekiln", ours), ("askalono", peer)):
        if row:
            print(f"{who:<10}{row['agrees']:>8.1%}{row['none']:>12.1%}{row['other']:>13.1%}{row['ms_a_file']:>11.2f}")
    for line in ours["differing"]:
        print(f"  {line}")
    if arguments.json:
        print(json.dumps({"packages": len(found), **ours, "askalono": peer}))


def packages(folder: Path) -> Iterator[Package]:
    """Every package below a folder that states a licence and brings licence files, by the path of its metadata."""
    for at, folders, files in os.walk(folder):
        folders.sort()
        for name in _STATED_IN & set(files):
            stated = _stated(Path(at, name))
            names = [Path(at, file) for file in sorted(files) if is_license_file(file) and file not in _STATED_IN]
            names += sorted(Path(at, "licenses").glob("*")) if "licenses" in folders else []
            texts = tuple(
                path.read_text("utf-8", "replace") for path in names if path.is_file() and path.suffix != ".toml"
            )
            if stated and texts:
                yield Package(f"{Path(at).relative_to(folder)}/{name}", stated, texts)


def _stated(path: Path) -> frozenset[str]:
    """Identifiers that metadata states, without `-only` and `-or-later`."""
    if path.name == "METADATA":
        ids = package_licenses(HeaderParser().parsestr(path.read_text("utf-8", "replace")), list).ids
    else:
        ids = tuple(id for declaration in declared(path.name, path.read_bytes())[1] for id in declaration.ids)
    return frozenset(_base(word) for id in ids for word in re.findall(r"[^\s()]+", id) if word not in ("AND", "OR"))


def _base(id: str) -> str:
    return id.removesuffix("-only").removesuffix("-or-later")


def score(packages: list[Package], identify: Callable[[str], tuple[str, ...]]) -> dict[str, Any]:
    """Shares of packages whose texts agree, hold nothing known, or hold something that is not stated."""
    started = time.process_time()
    found = [frozenset(_base(id) for text in package.texts for id in identify(text)) for package in packages]
    seconds = time.process_time() - started
    # An identifier may itself be a choice, of a text's SPDX header.
    found = [frozenset(_base(word) for id in ids for word in re.findall(r"[^\s()]+", id)) - {"OR"} for ids in found]
    what = Counter(
        "none" if not ids else "agrees" if ids <= p.stated else "other" for p, ids in zip(packages, found, strict=True)
    )
    differing = [
        f"{p.name}: states {', '.join(sorted(p.stated))}, holds {', '.join(sorted(ids)) or 'none'}"
        for p, ids in zip(packages, found, strict=True)
        if not ids or not ids <= p.stated
    ]
    return {
        **{name: what[name] / len(packages) for name in ("agrees", "none", "other")},
        "ms_a_file": seconds * 1000 / sum(len(package.texts) for package in packages),
        "differing": differing,
    }


def askalono() -> Callable[[str], tuple[str, ...]] | None:
    """askalono's best match of a whole text, or None where it is not installed."""
    try:
        from askalono import identify
    except ImportError:
        return None

    def best(text: str) -> tuple[str, ...]:
        match = identify(text)
        return (match.name,) if match.score >= 0.9 else ()

    return best


if __name__ == "__main__":
    main()
