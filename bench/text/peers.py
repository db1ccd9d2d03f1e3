"""Peers of bench.text, in an environment of their own: texts go in as JSON lines, cleaned texts come out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

from bench.peers import FOLDER, Missing, interpreter

Cleaner = Callable[[str], str]


def available() -> list[tuple[str, Cleaner]]:
    """Those that can be installed; the others are told of on stderr. They end when this process closes their input."""
    try:
        command = [str(interpreter("datatrove")), str(FOLDER / "datatrove_text.py")]
    except Missing as missing:
        print(f"datatrove is left out: {missing}", file=sys.stderr)
        return []
    peer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return [("datatrove", _asking(peer))]


def _asking(peer: subprocess.Popen[str]) -> Cleaner:
    def clean(text: str) -> str:
        assert peer.stdin and peer.stdout
        peer.stdin.write(json.dumps(text) + "\n")
        peer.stdin.flush()
        cleaned: str = json.loads(peer.stdout.readline())
        return cleaned

    return clean
