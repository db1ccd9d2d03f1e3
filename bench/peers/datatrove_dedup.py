"""datatrove's four stages of MinHash on texts of a JSON-lines file: `SCRIPT FILE FOLDER`. Prints CPU seconds.

Its defaults: words by spaCy, 14 bands of 8 hashes. One task a stage. `left` is how many documents its filter keeps.
"""

import json
import sys
import time

from datatrove.data import Document
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from loguru import logger


def main(file: str, folder: str) -> None:
    logger.remove()
    with open(file, encoding="utf-8") as lines:
        documents = [Document(text=json.loads(line), id=str(number)) for number, line in enumerate(lines)]
    sign = MinhashDedupSignature(f"{folder}/signatures")
    sign.get_shingles("one two three four five six seven")  # loads the word splitter's tables
    buckets = MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets")
    cluster = MinhashDedupCluster(f"{folder}/buckets", f"{folder}/remove")
    keep = MinhashDedupFilter(f"{folder}/remove")
    start = time.process_time()
    sign.run(documents, rank=0, world_size=1)
    for band in range(14):
        buckets.run(None, rank=band, world_size=14)
    cluster.run(None, 0, 1)
    left = sum(1 for _ in keep.run(documents, rank=0, world_size=1))
    print(json.dumps({"cpu_seconds": time.process_time() - start, "left": left}))


if __name__ == "__main__":
    main(*sys.argv[1:])
