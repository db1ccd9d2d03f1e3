"""Uninstall leaves the data and nothing else; an install over it finds all again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cluster import kube
from tests.cluster.release import Release

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

KINDS = (
    "deployments,statefulsets,services,jobs,pods,configmaps,secrets,roles,rolebindings,serviceaccounts,networkpolicies"
)


def test_uninstall_keeps_the_data_and_a_new_install_finds_it(release: Release, tmp_path: Path) -> None:
    release = replace(release, home=tmp_path)  # the connection of the tests before ends with their release
    with release.connected():
        artifacts = release.lines("artifacts")
    assert artifacts
    release.uninstall()
    labels = f"app.kubernetes.io/instance={release.name}"
    kube.until(lambda: not kube.get(KINDS, release.namespace, labels=labels), "only data is left")
    assert kube.get("persistentvolumeclaims", release.namespace, labels=labels)

    release.install()
    with release.connected():
        assert release.lines("artifacts") == artifacts
