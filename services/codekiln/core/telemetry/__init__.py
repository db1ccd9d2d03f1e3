"""What an operator sees: logs.py (one JSON line an event) and metrics.py (Prometheus), results.py (what was made)."""
