"""How much of a benchmark that was hidden in ordinary files is found: `python -m bench.contamination --json`."""
