"""One release for the whole run, installed as a newcomer does; later files use it as earlier ones leave it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import kube
from tests.cluster.release import Release

NAMESPACE = "codekiln-test"
_ORDER = (
    "install",
    "pipeline",
    "serving",
    "monitoring",
    "training",
    "deletions",
    "bad_input",
    "upgrade",
    "uninstall",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The life of a release, in order; files that bring their own objects come first."""
    ours = [item for item in items if "tests/cluster/" in str(item.path)]
    rest = [item for item in items if item not in ours]
    items[:] = rest + sorted(ours, key=lambda item: _place(item.path))


def _place(path: Path) -> int:
    name = path.stem.removeprefix("test_")
    return _ORDER.index(name) if name in _ORDER else -1


@pytest.fixture(scope="session")
def cluster() -> None:
    if reason := kube.missing():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def release(cluster: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """Installed with no values at all, in a namespace that enforces restricted pods and goes in the end."""
    kube.make_namespace(NAMESPACE)
    release = Release("codekiln", NAMESPACE, tmp_path_factory.mktemp("client"))
    release.install()
    yield release
    kube.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture(scope="session")
def client(release: Release) -> Iterator[Release]:
    """The release, with a client outside that is connected to it."""
    with release.connected():
        yield release
