"""What an operator sees: logs.py (one JSON line an event) and metrics.py (Prometheus)."""
