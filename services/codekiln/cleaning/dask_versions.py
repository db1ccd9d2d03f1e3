"""Whether a job, its Dask scheduler and its workers can work together."""

from __future__ import annotations

from typing import Any

from codekiln.core.errors import Unavailable


def check_versions(versions: dict[str, Any]) -> None:
    """Takes what Client.get_versions returns. Raises Unavailable where Python or Dask are not those of this process.

    Dask itself only warns, and pickles that cannot be read fail far from their cause.
    """
    here = versions["client"]["packages"]
    others = {"the scheduler": versions["scheduler"], **{f"worker {k}": v for k, v in versions["workers"].items()}}
    for name, other in others.items():
        for package in ("python", "dask", "distributed", "cloudpickle", "msgpack"):
            found, wanted = str(other["packages"].get(package)), str(here.get(package))
            if package == "python":  # 3.11.2.final.0: what is pickled depends on the first two numbers
                found, wanted = (".".join(version.split(".")[:2]) for version in (found, wanted))
            if found != wanted:
                raise Unavailable(
                    f"{name} of Dask has {package} {found}, the job {wanted}: run both from one version of codekiln",
                    reason="DASK_VERSION_MISMATCH",
                )
