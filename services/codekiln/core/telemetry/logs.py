"""Logs: one JSON line an event on stderr, with time, level, service and the fields given. Never source text or secrets.

log = logger("reconciler", job=job.id)
log.info("submitted", attempt=2)
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from typing import Any

from codekiln.core.settings import Settings


class Logger:
    """Logs events with fields that stay the same."""

    def __init__(self, name: str, **fields: Any) -> None:
        self._log = logging.getLogger(f"codekiln.{name}")
        self._fields = fields

    def debug(self, event: str, **fields: Any) -> None:
        self._emit(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: Any) -> None:
        self._emit(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        self._emit(logging.WARNING, event, fields)

    def error(self, event: str, *, exc_info: bool = False, **fields: Any) -> None:
        self._emit(logging.ERROR, event, fields, exc_info)

    def _emit(self, level: int, event: str, fields: dict[str, Any], exc_info: bool = False) -> None:
        self._log.log(level, event, exc_info=exc_info, extra={"fields": {**self._fields, **fields}})


def logger(name: str, **fields: Any) -> Logger:
    """A logger for one part of a process."""
    return Logger(name, **fields)


def configure_logs(settings: Settings) -> None:
    """Sends the process's logs to stderr in the form that the settings name. Call once, at start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter(settings.service) if settings.log_format == "json" else _TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("codekiln").setLevel(settings.log_level.upper())


class _JsonFormatter(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            event["trace"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(event, default=str)


class _TextFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{key}={value}" for key, value in getattr(record, "fields", {}).items())
        text = f"{record.levelname.lower()}: {record.name}: {record.getMessage()} {fields}".rstrip()
        if record.exc_info and record.exc_info[0]:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info))
        return text
