"""Dashboards, alerts and their pages. What they look like in the chart is tests/chart; with data, tests/cluster."""
