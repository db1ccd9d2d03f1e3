"""The report of a cleaning: data.py orders counts and samples (report.json), page.py draws them (report.html)."""
