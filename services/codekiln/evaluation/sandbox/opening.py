"""open_sandbox(): the sandbox service where the settings name one, else this machine."""

from __future__ import annotations

from pathlib import Path

from codekiln.core.settings import Settings
from codekiln.evaluation.sandbox.counting import count
from codekiln.evaluation.sandbox.interface import Sandbox
from codekiln.evaluation.sandbox.pool import LocalSandbox
from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.sandbox.remote import RemoteSandbox


def open_sandbox(settings: Settings, scratch: Path, limits: Limits) -> Sandbox:
    """Starts and asks nothing before it is entered."""
    if settings.sandbox_endpoint:
        return RemoteSandbox(settings.sandbox_endpoint, settings, limits)
    return LocalSandbox(scratch, limits, settings.workers, count)
