"""From a setting to a launcher."""

from __future__ import annotations

from codekiln.core.errors import InvalidArgument
from codekiln.core.launch.interface import Launcher
from codekiln.core.launch.local import LocalLauncher
from codekiln.core.settings import Settings


def choose_launcher(settings: Settings) -> Launcher:
    """Raises InvalidArgument for a launcher that this version does not have."""
    if settings.launcher == "local":
        return LocalLauncher(settings)
    raise InvalidArgument(f"CODEKILN_LAUNCHER is `{settings.launcher}`: this version has `local`", reason="BAD_SETTING")
