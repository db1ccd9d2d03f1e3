"""datasketch finds near duplicates of texts of JSON lines: `SCRIPT FILE FOLDER`. Prints CPU seconds and pairs.

Sets of 5 words in a row as BigCode cut them, 128 permutations, its own index at 0.7; what that gives is not verified.
"""

import json
import re
import sys
import time

from datasketch import MinHash, MinHashLSH

WORD = re.compile(r"[A-Za-z0-9_]+")


def main(file: str, folder: str) -> None:
    with open(file, encoding="utf-8") as lines:
        texts = [json.loads(line) for line in lines]
    start = time.process_time()
    index = MinHashLSH(threshold=0.7, num_perm=128)
    pairs = set()
    for number, text in enumerate(texts):
        words = WORD.findall(text)
        size = max(1, min(5, len(words)))
        found = {" ".join(words[i : i + size]).encode() for i in range(len(words) - size + 1)}
        if not found:
            continue
        signature = MinHash(num_perm=128)
        signature.update_batch(found)
        pairs.update((other, number) for other in index.query(signature))
        index.insert(number, signature)
    seconds = time.process_time() - start
    print(json.dumps({"cpu_seconds": seconds, "pairs": sorted(pairs)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
