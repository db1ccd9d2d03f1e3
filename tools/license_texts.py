"""Makes ingestion/license_texts.xz from the texts of SPDX's list: `python -m tools.license_texts FOLDER`.

FOLDER is the unpacked npm package spdx-license-list (its data is CC0). What is kept of a text is no text: a CRC-32 of
every two words in a row, and in which licences each occurs. Run by hand for each new version of the list.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
from array import array
from pathlib import Path

from codekiln.ingestion.license_expression import SPDX_IDS
from codekiln.ingestion.license_texts import PATH, pairs_of, words_of

_SMALLEST = 12
"""Pairs: what is shorter is a sentence that may stand anywhere."""
_DEPRECATED = re.compile(
    r".*\+|.*-with-.*|A?GPL-[123]\.0|LGPL-[23]\.[01]|GFDL-1\.[123]|BSD-2-Clause-(Free|Net)BSD|bzip2-1\.0\.5|eCos-2\.0"
    r"|Nunit|StandardML-NJ|wxWindows|Net-SNMP|.*-or-later|GFDL-.*-(no-)?invariants-.*"
)
"""Names that SPDX has given up, and those that share their text with another: a GNU text counts as `-only`."""


def main(folder: Path) -> None:
    version = json.loads((folder / "package.json").read_text())["version"]
    texts = {name: entry["licenseText"] for name, entry in json.loads((folder / "spdx-full.json").read_text()).items()}
    profiles: dict[frozenset[int], str] = {}
    for name in sorted(texts, key=lambda name: (name not in SPDX_IDS, len(name), name)):
        profile = frozenset(pairs_of(words_of(_without_blanks(texts[name]))))
        if len(profile) >= _SMALLEST and not _DEPRECATED.fullmatch(name):
            profiles.setdefault(profile, name)
    found = sorted((name, profile) for profile, name in profiles.items())
    names = [name for name, _ in found]
    holders: dict[int, list[int]] = {}
    for number, (_, profile) in enumerate(found):
        for pair in profile:
            holders.setdefault(pair, []).append(number)
    pairs = array("I", sorted(holders))
    counts = array("H", (len(holders[pair]) for pair in pairs))
    numbers = array("H", (number for pair in pairs for number in holders[pair]))
    head = {"source": f"spdx-license-list {version}", "names": names, "pairs": len(pairs), "numbers": len(numbers)}
    if sys.byteorder != "little":
        raise SystemExit("make this on a little-endian machine: the file is read as it lies")
    body = json.dumps(head).encode() + b"\n" + pairs.tobytes() + counts.tobytes() + numbers.tobytes()
    PATH.write_bytes(lzma.compress(body, preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(names)} licences, {len(pairs):,} pairs, {PATH.stat().st_size:,} bytes")


def _without_blanks(text: str) -> str:
    """A template without its blanks for names and years."""
    return re.sub(r"\$\{[^}]*\}|<[^<>\n]{1,60}>|\[[a-z ]{1,40}\]", " ", text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
