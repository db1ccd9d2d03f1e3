"""The worker's command line and environment. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from codekiln.core.launch.interface import WorkerSpec
from codekiln.core.settings import PREFIX, Settings, environment


def worker_command(python: str, spec: WorkerSpec) -> list[str]:
    """The same in a subprocess and in a pod."""
    return [python, "-m", spec.module or f"codekiln.{spec.service}.worker", spec.job, str(spec.attempt)]


def worker_environment(settings: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """The server's environment with our settings made explicit; what only concerns the server is left out."""
    server_only = {"LISTEN", "METRICS_LISTEN", "HTTP_LISTEN", "ADDRESS_FILE", "STOP_WORKERS_ON_EXIT"}
    variables = {key: value for key, value in inherited.items() if not key.startswith(PREFIX)}
    variables |= {k: v for k, v in environment(settings).items() if k.removeprefix(PREFIX) not in server_only}
    variables[f"{PREFIX}HOME"] = str(settings.home.absolute())
    # Libraries of a worker each start a thread a core; workers are many, so one thread each unless a stage says more.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        variables.setdefault(variable, "1")
    return variables
