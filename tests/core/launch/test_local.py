"""The local launcher: a name runs at most once, outlives its server, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codekiln.core.errors import InvalidArgument
from codekiln.core.launch.choosing import choose_launcher
from codekiln.core.launch.command import worker_command, worker_environment
from codekiln.core.launch.interface import Phase, WorkerSpec
from codekiln.core.launch.local import LocalLauncher
from codekiln.core.settings import Settings, load_settings
from tests.core.toy.running import eventually, is_alive

SPEC = WorkerSpec("toy", "job", 1, "tests.core.launch.sleeper")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(service="toy", home=tmp_path)


@pytest.fixture
def launcher(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalLauncher]:
    root = Path(__file__).parents[3]
    monkeypatch.setenv("PYTHONPATH", f"{root}:{root / 'services'}")
    launcher = LocalLauncher(settings)
    yield launcher
    launcher.stop(SPEC.name, force=True)
    eventually(lambda: launcher.observe(SPEC.name).phase is not Phase.RUNNING)
    launcher.forget(SPEC.name)


def pids(settings: Settings) -> list[int]:
    """What the sleepers said: theirs, and their children's."""
    return [int(line) for line in (settings.home / "logs" / "job-1.log").read_text().split()]


def started(launcher: LocalLauncher, settings: Settings) -> list[int]:
    launcher.submit(SPEC)
    return eventually(lambda: found if len(found := pids(settings)) == 2 else None, "the sleeper")


def test_a_name_that_never_ran_is_absent_and_may_be_stopped_and_forgotten(launcher: LocalLauncher) -> None:
    assert launcher.observe(SPEC.name).phase is Phase.ABSENT
    launcher.stop(SPEC.name, force=False)
    launcher.stop(SPEC.name, force=True)
    launcher.forget(SPEC.name)


def test_a_name_runs_once_however_often_and_by_whom_it_is_submitted(
    launcher: LocalLauncher, settings: Settings
) -> None:
    others = [LocalLauncher(settings) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda other: other.submit(SPEC), others))
    eventually(lambda: len(pids(settings)) == 2, "the sleeper")
    others[0].submit(SPEC)
    eventually(lambda: sum(child.poll() is None for o in others for child in o._children.values()) == 1)
    assert len(pids(settings)) == 2
    assert all(other.observe(SPEC.name).phase is Phase.RUNNING for other in [*others, launcher])
    launcher.stop(SPEC.name, force=True)
    for other in others:
        eventually(lambda other=other: other.observe(SPEC.name).phase is not Phase.RUNNING)
        other.forget(SPEC.name)


@pytest.mark.parametrize("force", [False, True])
def test_another_server_may_stop_a_worker_and_sweep_its_children(
    launcher: LocalLauncher, settings: Settings, force: bool
) -> None:
    worker, child = started(launcher, settings)
    other = LocalLauncher(settings)
    other.stop(SPEC.name, force=force)
    eventually(lambda: other.observe(SPEC.name).phase is Phase.EXITED, "the worker's end")
    assert is_alive(child) or force
    other.forget(SPEC.name)  # though the worker is still a zombie of the first server
    eventually(lambda: not is_alive(child), "the child's end")
    assert not is_alive(worker)
    assert other.observe(SPEC.name).phase is Phase.ABSENT


def test_only_its_own_server_knows_how_a_worker_ended(launcher: LocalLauncher, settings: Settings) -> None:
    worker, _ = started(launcher, settings)
    os.kill(worker, signal.SIGTERM)
    seen = eventually(lambda: s if (s := launcher.observe(SPEC.name)).phase is Phase.EXITED else None)
    assert (seen.detail, seen.stopped) == ("killed by SIGTERM", True)
    assert LocalLauncher(settings).observe(SPEC.name).detail == ""


def test_a_killed_worker_was_not_stopped(launcher: LocalLauncher, settings: Settings) -> None:
    worker, _ = started(launcher, settings)
    os.kill(worker, signal.SIGKILL)
    seen = eventually(lambda: s if (s := launcher.observe(SPEC.name)).phase is Phase.EXITED else None)
    assert (seen.detail, seen.stopped) == ("killed by SIGKILL", False)


def test_a_claim_whose_pid_is_somebody_elses_now_is_not_running(launcher: LocalLauncher, settings: Settings) -> None:
    started(launcher, settings)
    claim = launcher._claim_path(SPEC.name)
    fields = claim.read_text().split()
    innocent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    try:
        launcher.stop(SPEC.name, force=True)
        fields[0] = str(innocent.pid)
        claim.write_text(" ".join(fields))
        other = LocalLauncher(settings)
        assert other.observe(SPEC.name).phase is Phase.EXITED
        other.stop(SPEC.name, force=True)
        other.forget(SPEC.name)
        assert is_alive(innocent.pid)
    finally:
        innocent.kill()
        innocent.wait()


def test_a_claim_that_could_not_be_written_harms_nobody_and_passes(launcher: LocalLauncher, settings: Settings) -> None:
    claim = launcher._claim_path(SPEC.name)
    claim.parent.mkdir(parents=True)
    claim.touch()  # what a full disk leaves
    assert launcher.observe(SPEC.name).phase is Phase.RUNNING, "it may be about to be written"
    launcher.stop(SPEC.name, force=False)
    launcher.stop(SPEC.name, force=True)  # must not be taken for a claim of this process
    os.utime(claim, (0, 0))
    assert launcher.observe(SPEC.name).phase is Phase.EXITED
    launcher.forget(SPEC.name)
    assert launcher.observe(SPEC.name).phase is Phase.ABSENT


def test_claims_of_before_the_last_boot_are_swept(settings: Settings) -> None:
    old = settings.home / "workers" / "00000000" / "job-1"
    old.parent.mkdir(parents=True)
    old.write_text("1 S 0")
    LocalLauncher(settings)
    assert not old.parent.exists()


def test_a_worker_has_its_own_session_log_and_no_open_files_of_the_server(
    launcher: LocalLauncher, settings: Settings
) -> None:
    worker, _ = started(launcher, settings)
    assert os.getsid(worker) == worker != os.getsid(0)
    log = settings.home / "logs" / "job-1.log"
    assert launcher.log_uri(SPEC.name) == str(log)
    opened = {os.readlink(path) for path in Path(f"/proc/{worker}/fd").iterdir()}
    assert opened == {"/dev/null", str(log)}


def test_a_worker_gets_the_servers_settings_but_not_its_ports() -> None:
    variables = {
        "CODEKILN_HOME": "/h", "CODEKILN_LISTEN": "0.0.0.0:1", "CODEKILN_METRICS_LISTEN": "0.0.0.0:2",
        "CODEKILN_HTTP_LISTEN": "0.0.0.0:3", "CODEKILN_ADDRESS_FILE": "/a", "CODEKILN_STOP_WORKERS_ON_EXIT": "1",
        "CODEKILN_STORE": "file:///s",
    }  # fmt: skip
    settings = load_settings("toy", variables)
    given = worker_environment(settings, {"PATH": "/bin", "OMP_NUM_THREADS": "3", **variables})
    assert {k: v for k, v in given.items() if k.startswith("CODEKILN_")} == {
        "CODEKILN_HOME": "/h",
        "CODEKILN_STORE": "file:///s",
    }
    assert given["PATH"] == "/bin" and given["OMP_NUM_THREADS"] == "3" and given["MKL_NUM_THREADS"] == "1"


def test_the_command_line_is_the_same_everywhere() -> None:
    assert worker_command("python3", WorkerSpec("cleaning", "cleaning-1", 2)) == [
        "python3", "-m", "codekiln.cleaning.worker", "cleaning-1", "2",
    ]  # fmt: skip


def test_a_launcher_that_this_version_lacks_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="CODEKILN_LAUNCHER is `slurm`"):
        choose_launcher(Settings(launcher="slurm"))
