"""Logs: one JSON line an event on stderr, whatever the fields hold; or text for people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from codekiln.core.settings import Settings
from codekiln.core.telemetry.logs import configure_logs, logger


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Puts the process's own logging back."""
    root, ours = logging.getLogger(), logging.getLogger("codekiln")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def test_an_event_is_one_json_line_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(service="cleaning"))
    logger("worker", job="cleaning-1").info("submitted\nnow", attempt=2, path=Path("/a"), text="日本\udcff\n")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert event.pop("time").endswith("Z")
    fields = {"attempt": 2, "path": "/a", "text": "日本\udcff\n", "job": "cleaning-1"}
    what = {"level": "info", "service": "cleaning", "logger": "codekiln.worker", "event": "submitted\nnow"}
    assert event == what | fields


def test_a_trace_stays_inside_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(service="cleaning"))
    try:
        raise ValueError("a defect")
    except ValueError:
        logger("worker").error("failed", exc_info=True)
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: a defect" in json.loads(line)["trace"]


def test_levels_leave_out_what_is_below(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_level="warning"))
    logger("worker").info("quiet")
    logging.getLogger("a.library").info("quiet too")
    logger("worker").warning("loud")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["loud"]


def test_people_get_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="text"))
    logger("worker", job="x").warning("worker lost", attempt=1)
    assert capsys.readouterr().err == "warning: codekiln.worker: worker lost job=x attempt=1\n"
