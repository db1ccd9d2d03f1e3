"""What every launcher does, on this machine and, marked `cluster`, with real pods."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codekiln.core.launch.interface import Launcher, Observation, Phase, WorkerSpec
from tests.cluster.kube import missing, until
from tests.core.launch import places
from tests.core.launch.places import Place

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    if reason := missing():
        pytest.skip(reason)
    with places.namespace("launchers") as name:
        yield name


@pytest.fixture(
    params=[
        "local",
        pytest.param("kubernetes", marks=pytest.mark.cluster),
        pytest.param("pytorchjob", marks=pytest.mark.cluster),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    if request.param == "local":
        monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'services'}")
        return places.local(tmp_path)
    processes = 2 if request.param == "pytorchjob" else 1
    return places.cluster(request.param, request.getfixturevalue("namespace"), tmp_path, processes)


@pytest.fixture
def launcher(place: Place) -> Launcher:
    return place.new()


def comes(launcher: Launcher, spec: WorkerSpec, *phases: Phase) -> Observation:
    def look() -> Observation | None:
        seen = launcher.observe(spec.name)
        return seen if seen.phase in phases else None

    seen = until(look, f"{spec.name} is {' or '.join(phases)}")
    assert seen is not None
    return seen


def stops(launcher: Launcher, spec: WorkerSpec, *, force: bool) -> Observation:
    """Asked again and again, as the reconciler does: another server's worker may take its name after the first time."""

    def look() -> Observation | None:
        launcher.stop(spec.name, force=force)
        seen = launcher.observe(spec.name)
        return seen if seen.phase in (Phase.EXITED, Phase.ABSENT) else None

    seen = until(look, f"the end of {spec.name}")
    assert seen is not None
    return seen


def leaves_nothing(launcher: Launcher, spec: WorkerSpec) -> None:
    launcher.forget(spec.name)
    comes(launcher, spec, Phase.ABSENT)


def test_a_name_that_never_ran_is_absent_and_may_be_stopped_and_forgotten(place: Place, launcher: Launcher) -> None:
    spec = place.spec("sleeper", "toy-never")
    launcher.check()
    assert launcher.observe(spec.name).phase is Phase.ABSENT
    launcher.stop(spec.name, force=False)
    launcher.stop(spec.name, force=True)
    launcher.forget(spec.name)
    assert launcher.log_uri(spec.name)


def test_how_a_worker_ended_is_told_until_it_is_forgotten(place: Place, launcher: Launcher) -> None:
    spec = place.spec("failing")
    launcher.submit(spec)
    seen = comes(launcher, spec, Phase.EXITED)
    assert "exit status 7" in seen.detail and not seen.stopped
    launcher.submit(spec)
    assert launcher.observe(spec.name).phase is Phase.EXITED, "a name runs once"
    leaves_nothing(launcher, spec)


@pytest.mark.parametrize("force", [False, True])
def test_any_server_may_start_watch_and_stop_a_worker(place: Place, launcher: Launcher, force: bool) -> None:
    spec, other = place.spec("sleeper", f"toy-{'forced' if force else 'stopped'}"), place.new()
    launcher.submit(spec)
    other.submit(spec)
    assert comes(other, spec, Phase.RUNNING).hopeless is None
    assert not stops(other, spec, force=force).failed
    leaves_nothing(other, spec)
    leaves_nothing(launcher, spec)
