"""Real files of the installed packages, and changed copies of some."""

from __future__ import annotations

import random
import re
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codekiln.cleaning import Text

_ENDINGS = frozenset(
    {".py", ".pyi", ".js", ".ts", ".css", ".html", ".c", ".h", ".hpp", ".cpp", ".cuh", ".rs", ".go", ".java", ".sh"}
    | {".md", ".rst", ".json", ".yaml", ".toml"}
)
_LARGEST = 300_000
_SMALLEST = 200
_NAME = re.compile(rb"\b[A-Za-z_][A-Za-z0-9_]{3,}\b")
_COMMENT = re.compile(rb"(?m)^[ \t]*(?:#|//|\*|/\*).*\n?")
_HEADER = b"".join(
    b"# Notice %d: this copy was taken from another project and may be used, copied, changed and given away freely.\n"
    % i
    for i in range(6)
)


@dataclass(frozen=True)
class Planted:
    """A copy: which document it is, of which, and how it was changed."""

    document: int
    original: int
    change: str


def natural(files: int, seed: int = 0) -> list[bytes]:
    """So many real files, in an order that is random but always the same."""
    roots = [Path(sysconfig.get_paths()[name]) for name in ("purelib", "stdlib")]
    paths = sorted({path for root in roots for path in root.rglob("*") if path.suffix in _ENDINGS and path.is_file()})
    random.Random(seed).shuffle(paths)
    chosen = (path for path in paths if _SMALLEST <= path.stat().st_size <= _LARGEST)
    return [path.read_bytes() for _, path in zip(range(files), chosen, strict=False)]


def planted(documents: list[bytes], copies: int, seed: int = 0) -> tuple[list[bytes], list[Planted]]:
    """The documents with changed copies of some after them; each change as often as the others."""
    draw = random.Random(seed)
    originals = [i for i, data in enumerate(documents) if len(data) > 1000]
    found, names = list(documents), list(CHANGES)
    planted: list[Planted] = []
    for number in range(copies):
        original, change = draw.choice(originals), names[number % len(names)]
        planted.append(Planted(len(found), original, change))
        found.append(CHANGES[change](documents[original], draw))
    return found, planted


FAMILY = 6
"""A file and its copies."""


def families(documents: list[bytes], count: int, seed: int = 0) -> list[Text]:
    """So many of the documents, each followed by copies with 5 % of their lines changed; any of them may be the best.

    Members of a family are FAMILY documents in a row.
    """
    draw = random.Random(seed)
    originals = [data for data in documents if len(data) > 3000][:count]
    edit = CHANGES["lines 5 %"]
    texts = [data if not copy else edit(data, draw) for data in originals for copy in range(FAMILY)]
    return [Text(text, stars=draw.randrange(9)) for text in texts]


def _rename(data: bytes, draw: random.Random) -> bytes:
    """Three names get others everywhere."""
    names = sorted(set(_NAME.findall(data)))
    new = {name: b"%s_%d" % (name[:3], draw.randrange(1000)) for name in draw.sample(names, min(3, len(names)))}
    return _NAME.sub(lambda match: new.get(match[0], match[0]), data)


def _reindent(data: bytes, draw: random.Random) -> bytes:
    return data.replace(b"    ", b"\t").replace(b"\n", b" \n")


def _lines(share: float) -> Callable[[bytes, random.Random], bytes]:
    def edit(data: bytes, draw: random.Random) -> bytes:
        lines = data.split(b"\n")
        return b"\n".join(
            b"value_%d = compute(%d)" % (draw.randrange(10**6), i) if draw.random() < share else line
            for i, line in enumerate(lines)
        )

    return edit


CHANGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "rename": _rename,
    "header": lambda data, draw: _HEADER + data,
    "comments": lambda data, draw: _COMMENT.sub(b"", data),
    "reindent": _reindent,
    **{f"lines {percent} %": _lines(percent / 100) for percent in (5, 10, 20, 30, 50)},
}
