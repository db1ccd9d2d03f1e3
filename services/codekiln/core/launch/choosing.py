"""From a setting to a launcher."""

from __future__ import annotations

from codekiln.core.errors import InvalidArgument
from codekiln.core.launch.interface import Launcher
from codekiln.core.launch.local import LocalLauncher
from codekiln.core.settings import PREFIX, Settings


def choose_launcher(settings: Settings) -> Launcher:
    """Raises InvalidArgument for a launcher that this version does not have, or that lacks a setting."""
    if settings.launcher == "local":
        return LocalLauncher(settings)
    if settings.launcher not in ("auto", "kubernetes", "pytorchjob", "trainjob"):
        raise InvalidArgument(
            f"CODEKILN_LAUNCHER is `{settings.launcher}`: "
            "this version has `local`, `auto`, `kubernetes`, `pytorchjob` and `trainjob`",
            reason="BAD_SETTING",
        )
    needed = ["namespace", "pod_template_file", *(["training_runtime"] if settings.launcher == "trainjob" else [])]
    for name in needed:
        if not getattr(settings, name):
            raise InvalidArgument(
                f"{PREFIX}LAUNCHER is `{settings.launcher}`: set {PREFIX}{name.upper()} too", reason="BAD_SETTING"
            )
    return _kubernetes(settings)


def _kubernetes(settings: Settings) -> Launcher:
    # A laptop does not need the package.
    from codekiln.core.kube.client import connect
    from codekiln.core.launch.kinds import KindChoice
    from codekiln.core.launch.kubernetes import KubernetesLauncher

    api = connect()
    return KubernetesLauncher(settings, api, KindChoice(settings.launcher, api))
