"""datatrove's line rules of C4 on texts: JSON strings in, one a line, what is left of each out."""

import json
import sys

from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter


def main() -> None:
    rule = C4QualityFilter(filter_no_terminal_punct=False, min_num_sentences=-1)
    for line in sys.stdin:
        document = Document(text=json.loads(line), id="1")
        rule.filter(document)
        print(json.dumps(document.text), flush=True)


if __name__ == "__main__":
    main()
