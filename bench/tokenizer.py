"""Our vocabulary beside the published ones, on this Python's standard library: `python -m bench.tokenizer --json`.

Trains on nine tenths of the top-level modules and measures on the others. Published vocabularies are compared with
where their rank files are at hand (see codekiln/tokenizer/peers.py); nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codekiln.core.settings import load_settings
from codekiln.tokenizer import peers
from codekiln.tokenizer.compression import OURS, measure
from codekiln.tokenizer.documents import draw
from codekiln.tokenizer.packing import encode
from codekiln.tokenizer.training import train

_HELD_OUT = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.tokenizer", description=__doc__)
    parser.add_argument("--vocab-size", type=int, default=16384)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    result = compare(arguments.vocab_size)
    print(f"{'vocabulary':<12} {'entries':>8} {'bytes/token':>12}")
    for name, ratio in result["bytes_per_token"].items():
        print(f"{name:<12} {result['entries'][name]:>8} {ratio:>12.3f}")
    print(
        f"trained on {result['train_bytes'] / 1e6:.1f} MB at {result['train_mb_per_s']:.1f} MB/s, "
        f"measured on {result['held_out_bytes'] / 1e6:.1f} MB, "
        f"encoded at {result['encode_mb_per_s']:.1f} MB/s in one thread"
    )
    if arguments.json:
        print(json.dumps(result))


def compare(vocab_size: int) -> dict[str, Any]:
    """Everything the table shows."""
    texts: tuple[list[str], list[str]] = ([], [])
    for module, text in standard_library():
        texts[draw(0, module) < _HELD_OUT * 2**64].append(text)
    training, held_out = texts
    train_bytes, held_out_bytes = (sum(len(text.encode()) for text in side) for side in texts)
    start = time.perf_counter()
    _, vocabulary = train(training, vocab_size)
    trained = time.perf_counter()
    vocabulary.encoding.encode_ordinary("")
    prepared = time.perf_counter()
    for text in held_out:
        encode(text, vocabulary)
    encoded = time.perf_counter()
    encodings = {OURS: vocabulary.encoding, **peers.at_hand(peers.folders(load_settings("bench")))}
    compression = measure((("Python", text) for text in held_out), encodings)
    return {
        "bytes_per_token": {name: compression.all.bytes_per_token(name) for name in encodings},
        "entries": {name: encoding.n_vocab for name, encoding in encodings.items()},
        "train_bytes": train_bytes,
        "held_out_bytes": held_out_bytes,
        "train_mb_per_s": round(train_bytes / 1e6 / (trained - start), 2),
        "encode_mb_per_s": round(held_out_bytes / 1e6 / (encoded - prepared), 2),
    }


def standard_library() -> Iterator[tuple[str, str]]:
    """Top-level module and text of every file in UTF-8."""
    root = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if "site-packages" in name.parts:
            continue
        try:
            yield name.parts[0], path.read_bytes().decode()
        except UnicodeDecodeError:
            continue  # test files in other encodings


if __name__ == "__main__":
    main()
