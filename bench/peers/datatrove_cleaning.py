"""datatrove's personal data step and MinHash stage 1, on texts of a JSON-lines file: `SCRIPT FILE FOLDER`.

Prints the CPU seconds of the two steps. Texts are in memory before the clock starts, as for ours.
"""

import json
import sys
import time

from datatrove.data import Document
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.formatters import PIIFormatter
from loguru import logger


def main(file: str, folder: str) -> None:
    logger.remove()
    with open(file, encoding="utf-8") as lines:
        texts = [json.loads(line) for line in lines]
    sign = MinhashDedupSignature(folder)
    redact = PIIFormatter()
    # The first document loads the word splitter's tables.
    list(redact.run([Document(text="warm up", id="0")]))
    sign.get_shingles("one two three four five six seven")
    start = time.process_time()
    sign.run(redact.run(Document(text=text, id=str(i)) for i, text in enumerate(texts)))
    print(json.dumps({"cpu_seconds": time.process_time() - start, "documents": len(texts)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
