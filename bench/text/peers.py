"""Peers of bench.text, in an environment of their own: texts go in as JSON lines, cleaned texts come out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_DATATROVE = """
import json, sys
from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter
rule = C4QualityFilter(filter_no_terminal_punct=False, min_num_sentences=-1)
for line in sys.stdin:
    document = Document(text=json.loads(line), id="1")
    rule.filter(document)
    print(json.dumps(document.text), flush=True)
"""
_PACKAGES = ("datatrove==0.10.1", "nltk", "spacy", "orjson", "regex", "tldextract")
Cleaner = Callable[[str], str]


def available() -> list[tuple[str, Cleaner]]:
    """Those that can be installed; the others are told of on stderr. They end when this process closes their input."""
    try:
        python = _environment()
    except (subprocess.CalledProcessError, OSError, subprocess.TimeoutExpired) as error:
        print(f"datatrove cannot be installed, so it is left out: {error}", file=sys.stderr)
        return []
    peer = subprocess.Popen([python, "-c", _DATATROVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return [("datatrove", _asking(peer))]


def _environment() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "codekiln" / "bench-text"
    python = cache / "bin" / "python"
    if not (cache / "ready").exists():
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "venv", "--quiet", "--clear", cache], check=True, timeout=120)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *_PACKAGES], check=True, timeout=600)
        (cache / "ready").touch()
    return python


def _asking(peer: subprocess.Popen[str]) -> Cleaner:
    def clean(text: str) -> str:
        assert peer.stdin and peer.stdout
        peer.stdin.write(json.dumps(text) + "\n")
        peer.stdin.flush()
        cleaned: str = json.loads(peer.stdout.readline())
        return cleaned

    return clean
